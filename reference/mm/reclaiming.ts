/** Reclaim takes time, and is done piece by piece. Linux: mm/vmscan.c, reclaim_throttle(). */
import type { VirtualClock } from '../arch/clock.ts';
import type { Ticks } from '../include/types.ts';

/** Between two pieces: the CPU was busy for so long; or whoever reclaims waits, for a disk or for others. */
export interface ReclaimPause {
  readonly kind: 'works' | 'waitsForDisk' | 'waits';
  readonly ns: Ticks;
}

/** A task that reclaims for itself lets the clock advance; kswapd goes to sleep meanwhile, and others run. */
export type Reclaiming<T> = Generator<ReclaimPause, T, unknown>;

export const works = (ns: Ticks): ReclaimPause => ({ kind: 'works', ns });
export const waitsForDisk = (ns: Ticks): ReclaimPause => ({ kind: 'waitsForDisk', ns });
export const waits = (ns: Ticks): ReclaimPause => ({ kind: 'waits', ns });

/** The task that runs does so. */
export function pass(clock: VirtualClock, { kind, ns }: ReclaimPause): void {
  if (kind === 'works') clock.work(ns);
  else if (kind === 'waitsForDisk') clock.ioSleep(ns);
  else clock.advance(ns);
}
