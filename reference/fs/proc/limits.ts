/** The text of /proc/PID/limits. Linux: fs/proc/base.c, proc_pid_limits(). */

import type { Rlimits } from '../../include/mm_types.ts';
import { PAGE_SIZE } from '../../include/param.ts';

/** Bytes of a kernel stack. Linux: THREAD_SIZE. */
const THREAD_SIZE = 16384;
/** Files that may be open. */
const NOFILE = 1024;

/** One row: soft and hard; Infinity: unlimited; unit '': none. */
export type LimitRow = readonly [name: string, soft: number, hard: number, unit: string];

const limit = (value: number): string => (value === Infinity ? 'unlimited' : String(value)).padEnd(20);
const row = (name: string, soft: string, hard: string, unit: string): string =>
  `${name.padEnd(25)} ${soft.padEnd(20)} ${hard.padEnd(20)} ${unit === '' ? '' : unit.padEnd(10)}\n`;

export function limitsShow(rows: readonly LimitRow[]): string {
  const lines = rows.map(([name, soft, hard, unit]) => row(name, limit(soft), limit(hard), unit));
  return row('Limit', 'Soft Limit', 'Hard Limit', 'Units') + lines.join('');
}

/** Processes that a user may have: their stacks take an eighth of memory, and half of that. Linux: fork_init(). */
export const maxProcesses = (totalPages: number): number =>
  Math.floor((totalPages * PAGE_SIZE) / (THREAD_SIZE * 8) / 2);

/** SIMPLIFIED: limits have one value each; of those that begin unlimited, the hard one stays so. */
export function limitsOf({ as, data, stack, memlock }: Rlimits, totalPages: number): LimitRow[] {
  const processes = maxProcesses(totalPages);
  return [
    ['Max cpu time', Infinity, Infinity, 'seconds'],
    ['Max file size', Infinity, Infinity, 'bytes'],
    ['Max data size', data, Infinity, 'bytes'],
    ['Max stack size', stack, Infinity, 'bytes'],
    ['Max core file size', 0, Infinity, 'bytes'],
    ['Max resident set', Infinity, Infinity, 'bytes'],
    ['Max processes', processes, processes, 'processes'],
    ['Max open files', NOFILE, NOFILE, 'files'],
    ['Max locked memory', memlock, memlock, 'bytes'],
    ['Max address space', as, Infinity, 'bytes'],
    ['Max file locks', Infinity, Infinity, 'locks'],
    ['Max pending signals', processes, processes, 'signals'],
    ['Max msgqueue size', 819200, 819200, 'bytes'],
    ['Max nice priority', 0, 0, ''],
    ['Max realtime priority', 0, 0, ''],
    ['Max realtime timeout', Infinity, Infinity, 'us'],
  ];
}
