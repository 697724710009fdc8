/** The text of /proc/pagetypeinfo: free blocks and pageblocks by kind. Linux: mm/vmstat.c, pagetypeinfo_show(). */
import { MIGRATETYPE_NAMES, type PagetypeinfoZone } from '../../include/migratetype.ts';

const columns = (numbers: readonly number[]): string => numbers.map((n) => `${String(n).padStart(6)} `).join('');

/** @param order  of a pageblock @param zones  of one node, ascending @returns the whole file, for one node */
export function pagetypeinfoShow(order: number, zones: readonly PagetypeinfoZone[]): string {
  const head = `Page block order: ${order}\nPages per block:  ${2 ** order}\n\n`;
  const orders = Array.from({ length: zones[0]?.nrFree[0]?.length ?? 0 }, (_, at) => at);
  const free = zones.flatMap(({ node, name, nrFree }) =>
    nrFree.map((counts, type) => {
      const kind = (MIGRATETYPE_NAMES[type] ?? '').padStart(12);
      return `Node ${String(node).padStart(4)}, zone ${name.padStart(8)}, type ${kind} ${columns(counts)}\n`;
    }),
  );
  const kinds = MIGRATETYPE_NAMES.map((kind) => `${kind.padStart(12)} `).join('');
  const blocks = zones.map(({ node, name, pageblocks }) => {
    const counts = pageblocks.map((n) => `${String(n).padStart(12)} `).join('');
    return `Node ${node}, zone ${name.padStart(8)} ${counts}\n`;
  });
  const freeHead = `${'Free pages count per migrate type at order'.padEnd(43)} ${columns(orders)}\n`;
  return `${head}${freeHead}${free.join('')}\n${'Number of blocks type'.padEnd(23)}${kinds}\n${blocks.join('')}`;
}
