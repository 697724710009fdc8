/**
 * A request that no zone could serve above LOW. Linux: mm/page_alloc.c, __alloc_pages_slowpath().
 * SIMPLIFIED: no compaction.
 *
 *     wake kswapd -> above MIN? -> reserves? -> reclaim -> again, while it helps -> above HIGH? -> kill -> again
 */
import {
  __GFP_DIRECT_RECLAIM,
  __GFP_KSWAPD_RECLAIM,
  __GFP_MEMALLOC,
  __GFP_NOFAIL,
  __GFP_NOMEMALLOC,
  __GFP_NORETRY,
  __GFP_RETRY_MAYFAIL,
  __GFP_THISNODE,
  ALLOC_HIGHATOMIC,
  ALLOC_KSWAPD,
  ALLOC_MIN_RESERVE,
  ALLOC_NO_WATERMARKS,
  ALLOC_NON_BLOCK,
  ALLOC_OOM,
  ALLOC_WMARK_HIGH,
} from '../include/gfp.ts';
import { PAGEBLOCK_NR_PAGES } from '../include/migratetype.ts';
import { ZONE_NORMAL, type ZoneIndex } from '../include/mmzone.ts';
import type { OomKiller } from '../include/reclaim.ts';
import type { Pfn } from '../include/types.ts';
import type { VmEvents } from '../include/vm_items.ts';
import { panic } from '../lib/panic.ts';
import { unreserveHighatomic } from './fallback.ts';
import { type AllocContext, type GetPageRooms, getPageFromFreelist, zonesOf } from './get_page.ts';
import { gfpToAllocFlags } from './page_alloc.ts';
import { PAGE_ALLOC_COSTLY_ORDER } from './per_cpu_pages.ts';
import { watermarkOk } from './zone_watermark.ts';

/** Rounds of reclaim that free nothing, before it is given up. */
const MAX_RECLAIM_RETRIES = 16;

export interface SlowpathRooms extends GetPageRooms {
  readonly oomKiller: OomKiller | null;
  /** Whether whoever asks is freeing memory itself, and must not wait for more. Linux: PF_MEMALLOC. */
  readonly memalloc: boolean;
  /** Runs as one who frees memory. */
  asMemalloc<T>(run: () => T): T;
}

/** @returns a block, or null */
export function allocPagesSlowpath(rooms: SlowpathRooms, ac: AllocContext): Pfn | null {
  const allocFlags = slowAllocFlags(ac);
  if (allocFlags & ALLOC_KSWAPD) wakeAllKswapds(rooms, ac);
  let pfn = getPageFromFreelist(rooms, ac, allocFlags);
  const reserves = reserveFlags(rooms, ac);
  if (pfn === null && reserves !== 0) {
    pfn = getPageFromFreelist(rooms, ac, reserves | (allocFlags & ALLOC_KSWAPD));
  }
  if (pfn !== null) return pfn;
  if (ac.gfp & __GFP_DIRECT_RECLAIM && !rooms.memalloc) pfn = reclaimAndRetry(rooms, ac, allocFlags);
  return pfn ?? noPage(rooms, ac);
}

/** Linux: gfp_to_alloc_flags(). */
function slowAllocFlags({ gfp, order }: AllocContext): number {
  const kswapd = gfp & __GFP_KSWAPD_RECLAIM ? ALLOC_KSWAPD : 0;
  let rights = gfpToAllocFlags(gfp);
  if (gfp & __GFP_NOMEMALLOC) rights &= ~ALLOC_NON_BLOCK;
  const atomic = ALLOC_NON_BLOCK | ALLOC_MIN_RESERVE;
  if (order > 0 && (rights & atomic) === atomic) rights |= ALLOC_HIGHATOMIC;
  return rights | kswapd;
}

/** What opens the reserves. Linux: __gfp_pfmemalloc_flags(). */
function reserveFlags(rooms: SlowpathRooms, { gfp, oomVictim }: AllocContext): number {
  if (gfp & __GFP_NOMEMALLOC) return 0;
  if (gfp & __GFP_MEMALLOC || rooms.memalloc) return ALLOC_NO_WATERMARKS;
  return oomVictim ? ALLOC_OOM : 0;
}

/** Linux: the loop of __alloc_pages_slowpath(). */
function reclaimAndRetry(rooms: SlowpathRooms, ac: AllocContext, allocFlags: number): Pfn | null {
  const costly = ac.order > PAGE_ALLOC_COSTLY_ORDER;
  let idleLoops = 0;
  for (;;) {
    const progress = directReclaim(rooms, ac);
    const pfn = progress > 0 ? getPageAfterReclaim(rooms, ac, allocFlags) : null;
    if (pfn !== null) return pfn;
    if (ac.gfp & __GFP_NORETRY) return null;
    if (costly && !(ac.gfp & __GFP_RETRY_MAYFAIL)) return null;
    idleLoops = progress > 0 && !costly ? 0 : idleLoops + 1;
    const worthIt = idleLoops <= MAX_RECLAIM_RETRIES && couldPass(rooms, ac, allocFlags);
    if (!worthIt && !unreserve(ac, 0)) {
      const { pfn: last, again } = mayOom(rooms, ac);
      if (last !== null || !again) return last;
      idleLoops = 0;
    }
    if (allocFlags & ALLOC_KSWAPD) wakeAllKswapds(rooms, ac);
    const retried = getPageFromFreelist(rooms, ac, allocFlags);
    if (retried !== null) return retried;
  }
}

/** Linux: __perform_reclaim(). @returns pages freed */
function directReclaim(rooms: SlowpathRooms, ac: AllocContext): number {
  const { reclaimer } = rooms;
  if (reclaimer === null) return 0;
  countAllocstall(rooms.events, ac.highestZone);
  return rooms.asMemalloc(() => reclaimer.tryToFreePages(ac.preferred.nid, ac.order, ac.gfp));
}

/** What has become free may lie in other CPUs' lists, or be reserved. Linux: __alloc_pages_direct_reclaim(). */
function getPageAfterReclaim(rooms: SlowpathRooms, ac: AllocContext, allocFlags: number): Pfn | null {
  const pfn = getPageFromFreelist(rooms, ac, allocFlags);
  if (pfn !== null) return pfn;
  unreserve(ac, PAGEBLOCK_NR_PAGES);
  rooms.zones.drainAllPages();
  return getPageFromFreelist(rooms, ac, allocFlags);
}

/** Opens one reserved pageblock. @param keep  pages that each zone keeps reserved */
function unreserve(ac: AllocContext, keep: number): boolean {
  for (const zone of zonesOf(ac)) {
    if (zone.nrReservedHighatomic > keep && unreserveHighatomic(zone, ac.migratetype)) return true;
  }
  return false;
}

/** Whether the request would pass if all that reclaim could free were free. Linux: should_reclaim_retry(). */
function couldPass(rooms: SlowpathRooms, ac: AllocContext, allocFlags: number): boolean {
  for (const zone of zonesOf(ac)) {
    const reclaimable = rooms.reclaimer?.reclaimablePages(zone.nid, zone.index) ?? 0;
    const mark = zone.wmarkPages('min');
    if (reclaimable > 0 && watermarkOk(zone, ac, allocFlags, mark, zone.nrFreePages + reclaimable)) return true;
  }
  return false;
}

/** Linux: __alloc_pages_may_oom(). */
function mayOom(rooms: SlowpathRooms, ac: AllocContext): { pfn: Pfn | null; again: boolean } {
  const pfn = getPageFromFreelist(rooms, { ...ac, gfp: ac.gfp & ~__GFP_DIRECT_RECLAIM }, ALLOC_WMARK_HIGH);
  const { gfp, order, highestZone } = ac;
  const refuses = order > PAGE_ALLOC_COSTLY_ORDER || gfp & (__GFP_RETRY_MAYFAIL | __GFP_THISNODE);
  if (pfn !== null || refuses || highestZone < ZONE_NORMAL) return { pfn, again: false };
  return { pfn: null, again: rooms.oomKiller?.outOfMemory(gfp, order, ac.nodemask) ?? false };
}

/** Linux: wake_all_kswapds(): each node of the list once. */
function wakeAllKswapds(rooms: SlowpathRooms, ac: AllocContext): void {
  let last = -1;
  for (const { nid } of zonesOf(ac)) {
    if (nid !== last) rooms.reclaimer?.wakeupKswapd(nid, ac.order, ac.highestZone);
    last = nid;
  }
}

/** Nothing is left. A request that must not fail gets part of the reserve, then the machine stops. */
function noPage(rooms: SlowpathRooms, ac: AllocContext): Pfn | null {
  if (!(ac.gfp & __GFP_NOFAIL)) return null;
  const pfn = getPageFromFreelist(rooms, ac, ALLOC_MIN_RESERVE);
  return pfn ?? panic(`page_alloc: no memory of order ${ac.order} for a request that must not fail`);
}

function countAllocstall(events: VmEvents, highestZone: ZoneIndex): void {
  if (highestZone === 0) events.allocstall_dma++;
  else if (highestZone === 1) events.allocstall_dma32++;
  else if (highestZone === 2) events.allocstall_normal++;
  else events.allocstall_movable++;
}
