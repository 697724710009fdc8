/**
 * What is in debugfs, which is mounted there: how broken up free memory is, and leaks of the kernel itself.
 * Linux: fs/debugfs/; mm/vmstat.c, extfrag_debug_init(); mm/kmemleak.c.
 */
import { EINVAL } from '../../include/errno.ts';
import type { BuddyinfoZone } from '../../include/mmzone.ts';
import type { Order } from '../../include/types.ts';
import { extfragIndex, unusableFreeIndex } from '../../mm/fragmentation.ts';
import { buddyinfoOf } from '../../mm/zone_info.ts';
import { type PseudoDir, type PseudoFile, pseudoDir, textFile } from '../proc/generic.ts';
import type { ProcRooms } from '../proc/proc_rooms.ts';

/** `-1.000`. */
const thousandths = (index: number): string => (index / 1000).toFixed(3);

type Index = (nrFree: readonly number[], order: Order) => number;

/** A line: an index of each order. @param width  of a number */
function show(node: number, { name, nrFree }: BuddyinfoZone, index: Index, width: number): string {
  const indexes = nrFree.map((_, order) => `${thousandths(index(nrFree, order)).padStart(width)} `);
  return `Node ${node}, zone ${name.padStart(8)} ${indexes.join('')}\n`;
}

/** Linux: unusable_show_print(). */
export const unusableShow = (node: number, zone: BuddyinfoZone): string => show(node, zone, unusableFreeIndex, 5);

/** Linux: extfrag_show_print(). */
export const extfragShow = (node: number, zone: BuddyinfoZone): string => show(node, zone, extfragIndex, 6);

/** Only root gets in. */
export function debugDir({ booted: { pages }, rooms: { kmemleak } }: ProcRooms): PseudoDir {
  const zones = pages.zones.all.filter(({ managedPages }) => managedPages > 0);
  const ofZones = (line: (node: number, zone: BuddyinfoZone) => string): PseudoFile =>
    textFile(() => zones.map((zone) => line(zone.nid, buddyinfoOf(zone))).join(''), -EINVAL);
  const extfrag = pseudoDir({ extfrag_index: ofZones(extfragShow), unusable_index: ofZones(unusableShow) });
  if (kmemleak === null) return pseudoDir({ extfrag }, 0o700);
  const leaks: PseudoFile = {
    ...textFile(() => kmemleak.read(), -EINVAL, 0o644),
    write: (text) => kmemleak.write(text),
  };
  return pseudoDir({ extfrag, kmemleak: leaks }, 0o700);
}
