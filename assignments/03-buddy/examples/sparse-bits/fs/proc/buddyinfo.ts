/** The text of /proc/buddyinfo: how fragmented free memory is. Linux: mm/vmstat.c, frag_show(). */
import type { BuddyinfoZone } from '../../include/mmzone.ts';

/**
 * One line for each zone of a node that has memory, as they are given: `Node `, the node, `, zone `, the zone's name
 * right-aligned in 8 columns, a space; then for each order the number of free blocks, right-aligned in 6 columns, and a
 * space; then a line end. The space before the line end is Linux's too.
 *
 *     Node 0, zone   Normal     52    169     37     16     21     84     31      6      3      4     30 ⏎
 *
 * @param node  number of the node
 * @returns the lines, or '' when no zone has memory
 */
export function fragShow(node: number, zones: readonly BuddyinfoZone[]): string {
  let text = '';
  for (const { name, managedPages, nrFree } of zones) {
    if (managedPages === 0) continue;
    const cells = [name.padStart(8), ...nrFree.map((count) => String(count).padStart(6))];
    text += `Node ${node}, zone ${cells.join(' ')} \n`;
  }
  return text;
}
