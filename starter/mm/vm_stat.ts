/**
 * The counters of the machine; whoever does something counts it here. Linux: mm/vmstat.c.
 * SIMPLIFIED: no per-CPU differences: what is read is exact.
 */

import { ZONE_NAMES } from '../include/mmzone.ts';
import {
  NODE_STAT_ITEMS,
  type NodeStat,
  NUMA_STAT_ITEMS,
  VM_EVENT_ITEMS,
  type VmEvents,
  ZONE_STAT_ITEMS,
  type ZoneStat,
} from '../include/vm_items.ts';

function zeroes<Item extends string>(items: readonly Item[]): Record<Item, number> {
  return Object.fromEntries(items.map((item) => [item, 0])) as Record<Item, number>;
}

export class VmStat {
  /** By node, then by zone index. */
  readonly zones: readonly (readonly ZoneStat[])[];
  /** By node. */
  readonly nodes: readonly NodeStat[];
  readonly events: VmEvents = zeroes(VM_EVENT_ITEMS);

  constructor(nrNodes: number) {
    const nodes = Array.from({ length: nrNodes });
    this.zones = nodes.map(() => ZONE_NAMES.map(() => zeroes([...ZONE_STAT_ITEMS, ...NUMA_STAT_ITEMS])));
    this.nodes = nodes.map(() => zeroes(NODE_STAT_ITEMS));
  }

  /** An item of all zones of the machine together. Linux: global_zone_page_state(). */
  globalZone(item: keyof ZoneStat): number {
    return this.zones.flat().reduce((sum, zone) => sum + zone[item], 0);
  }

  /** An item of all nodes together. Linux: global_node_page_state(). */
  globalNode(item: keyof NodeStat): number {
    return this.nodes.reduce((sum, node) => sum + node[item], 0);
  }
}
