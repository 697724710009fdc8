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
 */
export function zoneStatistics(counters: readonly NumaCounters[], event: NumaEvent): NumaCounters[] {
  const { preferred, allocated, running } = event;
  return counters.map((old, node) => {
    const gotHere = node === allocated;
    const wantedHere = node === preferred;
    const runsHere = node === running;
    return {
      numaHit: old.numaHit + Number(gotHere && wantedHere),
      numaMiss: old.numaMiss + Number(gotHere && !wantedHere),
      numaForeign: old.numaForeign + Number(!gotHere && wantedHere),
      localNode: old.localNode + Number(gotHere && runsHere),
      otherNode: old.otherNode + Number(gotHere && !runsHere),
    };
  });
}
