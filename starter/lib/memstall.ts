/** A stretch of work that is a wait for memory. Linux: psi_memstall_enter() .. psi_memstall_leave(). */
import type { StallWatch } from '../include/stalls.ts';

/** @param stalls  who hears of it; null: nobody */
export function asMemstall<T>(stalls: StallWatch | null, run: () => T): T {
  if (stalls === null) return run();
  const was = stalls.psiMemstallEnter();
  const result = run();
  stalls.psiMemstallLeave(was);
  return result;
}
