/**
 * Pages of locked mappings: they stand in a list that reclaim never looks at. Linux: mm/mlock.c, the part about pages.
 *
 *     inactive or active  -- lruMlock: culled ----->  unevictable, counted by locked mappings
 *                        <-- munlockFolio: rescued --  when the last one is gone
 *
 * The count is kept only while a page is in that list; lost counts are mended by reclaim, which finds the locked mapping.
 */
import { PG_active, PG_lru, PG_mlocked, PG_unevictable } from '../include/page_flags.ts';
import type { Pfn } from '../include/types.ts';
import type { Lruvecs } from './lruvec.ts';

/** A locked mapping maps a page: it is marked at once, and moved by lruMlock(), perhaps later. Linux: mlock_folio(). */
export function mlockFolio(lru: Lruvecs, pfn: Pfn): void {
  if (lru.memMap.test(pfn, PG_mlocked)) return;
  lru.memMap.set(pfn, PG_mlocked);
  lru.zoneOf(pfn).stat.nr_mlock += lru.nrPages(pfn);
  lru.vmstat.events.unevictable_pgs_mlocked += lru.nrPages(pfn);
}

/** Moves a page for one more locked mapping, unless the mark has been taken away meanwhile. Linux: __mlock_folio(). */
export function lruMlock(lru: Lruvecs, pfn: Pfn): void {
  const { memMap, vmstat, mlockCount } = lru;
  if (!memMap.test(pfn, PG_lru)) return;
  if (!memMap.test(pfn, PG_mlocked)) {
    if (memMap.test(pfn, PG_unevictable)) rescue(lru, pfn);
    return;
  }
  if (memMap.test(pfn, PG_unevictable)) {
    mlockCount.set(pfn, (mlockCount.get(pfn) ?? 0) + 1);
    return;
  }
  lru.delFolio(pfn);
  memMap.clear(pfn, PG_active);
  memMap.set(pfn, PG_unevictable);
  lru.link(pfn);
  mlockCount.set(pfn, 1);
  vmstat.events.unevictable_pgs_culled += lru.nrPages(pfn);
}

/** One locked mapping less maps a page. Linux: munlock_folio(), __munlock_folio(). */
export function munlockFolio(lru: Lruvecs, pfn: Pfn): void {
  const { memMap, vmstat, mlockCount } = lru;
  const listed = memMap.test(pfn, PG_lru);
  if (listed && memMap.test(pfn, PG_unevictable)) {
    const left = Math.max((mlockCount.get(pfn) ?? 0) - 1, 0);
    mlockCount.set(pfn, left);
    if (left > 0) return;
  }
  if (memMap.testAndClear(pfn, PG_mlocked)) {
    lru.zoneOf(pfn).stat.nr_mlock -= lru.nrPages(pfn);
    if (listed || !memMap.test(pfn, PG_unevictable)) vmstat.events.unevictable_pgs_munlocked += lru.nrPages(pfn);
    else vmstat.events.unevictable_pgs_stranded += lru.nrPages(pfn);
  }
  if (listed && memMap.test(pfn, PG_unevictable)) rescue(lru, pfn);
}

function rescue(lru: Lruvecs, pfn: Pfn): void {
  lru.delFolio(pfn);
  lru.memMap.clear(pfn, PG_unevictable);
  lru.link(pfn);
  lru.vmstat.events.unevictable_pgs_rescued += lru.nrPages(pfn);
}
