/** What the page allocator counts for each node. Linux: mm/vmstat.c, and zone_statistics() in mm/page_alloc.c. */
import type { NumaCounters, NumaEvent } from '../include/mmzone.ts';

/**
 * Counts one allocated page. It was got on node `allocated`:
 *
 * - on the preferred node: a hit there; otherwise a miss there, and a foreign on the node that was preferred;
 * - always, on the node where it was got: local if the task runs on that node, other if it does not.
 *
 * Linux: zone_statistics().
 * @param counters  by node; left as they are
 * @returns the new counters, by node
 * Invariant: over all nodes, misses = foreigns; on each node, hits + misses = local + other.
 * @hole
 */
export function zoneStatistics(counters: readonly NumaCounters[], event: NumaEvent): NumaCounters[] {
  const { preferred, allocated, running } = event;
  const hit = allocated === preferred;
  return counters.map((counter, node) => {
    const here = node === allocated;
    return {
      numaHit: counter.numaHit + Number(here && hit),
      numaMiss: counter.numaMiss + Number(here && !hit),
      numaForeign: counter.numaForeign + Number(node === preferred && !hit),
      localNode: counter.localNode + Number(here && node === running),
      otherNode: counter.otherNode + Number(here && node !== running),
    };
  });
}
