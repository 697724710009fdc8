/** The text of /proc/vmstat, and of a node's vmstat in sysfs. Linux: mm/vmstat.c; drivers/base/node.c. */
import {
  NODE_STAT_ITEMS,
  type NodeStat,
  NUMA_STAT_ITEMS,
  VM_EVENT_ITEMS,
  ZONE_STAT_ITEMS,
  type ZoneStat,
} from '../../include/vm_items.ts';
import type { ProcRooms } from './proc_rooms.ts';
import { plainLines } from './seq_file.ts';

/** Bytes of struct page. */
const STRUCT_PAGE = 64;

type Item = readonly [name: string, value: number];

/** Of zones, or of sums of zones; then of nodes. */
function statItems(zone: (item: keyof ZoneStat) => number, node: (item: keyof NodeStat) => number): Item[] {
  return [
    ...[...ZONE_STAT_ITEMS, ...NUMA_STAT_ITEMS].map((item): Item => [item, zone(item)]),
    ...NODE_STAT_ITEMS.map((item): Item => [item, node(item)]),
  ];
}

/** Linux: vmstat_show(). */
export function vmstatShow({ booted: { system, pages, throttle } }: ProcRooms): string {
  const { vmstat } = system;
  const { thresh, background } = throttle.limits;
  return plainLines([
    ...statItems(
      (item) => vmstat.globalZone(item),
      (item) => vmstat.globalNode(item),
    ),
    ['nr_dirty_threshold', thresh],
    ['nr_dirty_background_threshold', background],
    ['nr_memmap_pages', 0],
    ['nr_memmap_boot_pages', Math.ceil((pages.totalPages * STRUCT_PAGE) / 4096)],
    ...VM_EVENT_ITEMS.map((item): Item => [item, vmstat.events[item]]),
    ['nr_unstable', 0],
  ]);
}

/** Linux: node_read_vmstat(). */
export function nodeVmstatShow({ booted: { system } }: ProcRooms, nid: number): string {
  const { zones, nodes } = system.vmstat;
  const sum = (item: keyof ZoneStat): number => zones[nid].reduce((total, zone) => total + zone[item], 0);
  return plainLines(statItems(sum, (item) => nodes[nid][item]));
}
