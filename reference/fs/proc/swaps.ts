/** The text of /proc/swaps. Linux: mm/swapfile.c, swap_show(). */
import { pagesToKb } from './seq_file.ts';

const HEADER = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n';
/** From here on, numbers are so wide that one tab is enough. */
const WIDE = 10_000_000;

/** One area, in pages. */
export interface SwapRow {
  readonly name: string;
  readonly kind: 'partition' | 'file';
  readonly size: number;
  readonly used: number;
  readonly prio: number;
}

const column = (kb: number): string => (kb < WIDE ? `${kb}\t\t` : `${kb}\t`);

export function swapsShow(areas: readonly SwapRow[]): string {
  const rows = areas.map(({ name, kind, size, used, prio }) => {
    const path = name.length < 40 ? name.padEnd(40) : `${name} `;
    const type = kind === 'partition' ? 'partition\t' : 'file\t\t';
    return `${path}${type}${column(pagesToKb(size))}${column(pagesToKb(used))}${prio}\n`;
  });
  return HEADER + rows.join('');
}

/** Whatever is below /dev is a partition. */
export const swapKind = (name: string): SwapRow['kind'] => (name.startsWith('/dev/') ? 'partition' : 'file');
