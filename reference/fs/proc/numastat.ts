/** The text of /sys/devices/system/node/nodeN/numastat. Linux: drivers/base/node.c, node_read_numastat(). */
import { NUMA_STAT_ITEMS, type ZoneStat } from '../../include/vm_items.ts';

/** As the file names them. */
const NAMES: Partial<Record<(typeof NUMA_STAT_ITEMS)[number], string>> = {
  numa_interleave: 'interleave_hit',
  numa_local: 'local_node',
  numa_other: 'other_node',
};

/** @param zones  of one node */
export function numastatShow(zones: readonly ZoneStat[]): string {
  return NUMA_STAT_ITEMS.map((item) => {
    const count = zones.reduce((sum, zone) => sum + zone[item], 0);
    return `${NAMES[item] ?? item} ${count}\n`;
  }).join('');
}
