/** Waiting for the content of a page. Linux: mm/filemap.c, folio_wait_bit_common(). */
import type { VirtualClock } from '../arch/clock.ts';
import { PG_locked, PG_uptodate, PG_workingset } from '../include/page_flags.ts';
import type { Pfn } from '../include/types.ts';
import { asMemstall } from '../lib/memstall.ts';
import type { MemMap } from './mem_map.ts';

/**
 * Waits until a page is neither read nor looked at. If it would still be there with more memory, it is memory that is
 * waited for, not only a disk.
 */
export function folioWaitLocked(clock: VirtualClock, memMap: MemMap, pfn: Pfn): void {
  const unlocked = (): boolean => !memMap.test(pfn, PG_locked);
  if (unlocked()) return;
  const thrashing = memMap.test(pfn, PG_workingset) && !memMap.test(pfn, PG_uptodate);
  asMemstall(thrashing ? clock.stalls : null, () => clock.waitUntil(unlocked));
}
