import type { NumaCounters, NumaEvent } from '../include/mmzone.ts';

const bump = (counters: readonly NumaCounters[], node: number, key: keyof NumaCounters): NumaCounters[] =>
  counters.map((counter, at) => (at === node ? { ...counter, [key]: counter[key] + 1 } : counter));

export const zoneStatistics = (
  counters: readonly NumaCounters[],
  { preferred, allocated, running }: NumaEvent,
): NumaCounters[] => {
  const located = bump(counters, allocated, running === allocated ? 'localNode' : 'otherNode');
  return preferred === allocated
    ? bump(located, allocated, 'numaHit')
    : bump(bump(located, allocated, 'numaMiss'), preferred, 'numaForeign');
};
