import type { NumaCounters, NumaEvent } from '../include/mmzone.ts';

type Writable = { -readonly [K in keyof NumaCounters]: number };

export function zoneStatistics(counters: readonly NumaCounters[], event: NumaEvent): NumaCounters[] {
  const next: Writable[] = counters.map((c) => ({ ...c }));
  const here = next[event.allocated]!;
  if (event.allocated === event.preferred) {
    here.numaHit++;
  } else {
    here.numaMiss++;
    next[event.preferred]!.numaForeign++;
  }
  if (event.running === event.allocated) here.localNode++;
  else here.otherNode++;
  return next;
}
