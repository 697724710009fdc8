/** The formats of ps(1) that have letters of their own. procps: src/ps/output.c, macro_array. */
import type { PsColumn } from './ps_columns.ts';
import { type Chosen, chosen } from './ps_table.ts';

export const DEFAULT_SYSV = 'pid tname time ucmd';
export const DEFAULT_BSD = 'pid tname stat bsdtime args';

/** By letters behind a dash. */
export const SYSV_FORMATS: Readonly<Record<string, string>> = {
  f: 'uid_user pid ppid c stime tname time cmd',
  F: 'uid_user pid ppid c sz rss psr stime tname time cmd',
  l: 'f s uid pid ppid c opri ni addr_1 sz wchan tname time ucmd',
  j: 'pid pgid sid tname time ucmd',
};

export const SYSV_FULL_LONG = 'f s uid_user pid ppid c opri ni addr_1 sz wchan stime tname time cmd';

/** By letters without one. */
export const BSD_FORMATS: Readonly<Record<string, string>> = {
  u: 'user pid pcpu pmem vsz rss tname stat start_time bsdtime args',
  l: 'f uid pid ppid priority ni vsz rss wchan stat tname bsdtime args',
  j: 'ppid pid pgid sid tname tpgid stat uid bsdtime args',
  v: 'pid tname stat bsdtime maj_flt m_trs m_drs rss pmem args',
};

/** Columns by their names. */
export function named(names: string): readonly Chosen[] {
  return names.split(' ').map((name) => {
    // A user below the title UID.
    if (name === 'uid_user') return titled(chosen('user').column, 'UID');
    return chosen(name);
  });
}

const titled = (column: PsColumn, head: string): Chosen => ({ column, head, width: column.width });
