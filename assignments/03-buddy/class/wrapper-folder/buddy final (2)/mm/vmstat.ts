import type { NumaCounters, NumaEvent } from '../include/mmzone.ts';

export function zoneStatistics(counters: readonly NumaCounters[], e: NumaEvent): NumaCounters[] {
  const one = (yes: boolean) => (yes ? 1 : 0);
  return counters.map((c, node) => ({
    numaHit: c.numaHit + one(node === e.allocated && node === e.preferred),
    numaMiss: c.numaMiss + one(node === e.allocated && node !== e.preferred),
    numaForeign: c.numaForeign + one(node !== e.allocated && node === e.preferred),
    localNode: c.localNode + one(node === e.allocated && node === e.running),
    otherNode: c.otherNode + one(node === e.allocated && node !== e.running),
  }));
}
