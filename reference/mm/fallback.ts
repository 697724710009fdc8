/**
 * When a zone has no memory of the wanted kind: whose to take, and whether to take over its pageblock.
 * Linux: mm/page_alloc.c, __rmqueue_fallback() and steal_suitable_fallback(), as in 6.12.
 *
 *     [ M . U M . . . M ]      a pageblock of movable memory, asked for unmovable: more than half of it free or
 *     [ U . U U . . . U ]      unmovable already: all becomes unmovable; else the one block is taken, and no more
 */
import { ALLOC_KSWAPD, ALLOC_NOFRAGMENT } from '../include/gfp.ts';
import { MIGRATE_HIGHATOMIC, PAGEBLOCK_NR_PAGES, PAGEBLOCK_ORDER, type PageblockType } from '../include/migratetype.ts';
import { MIGRATE_MOVABLE, MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE, type MigrateType } from '../include/mmzone.ts';
import { PG_buddy, PG_lru } from '../include/page_flags.ts';
import { MAX_PAGE_ORDER, NR_PAGE_ORDERS } from '../include/param.ts';
import type { Order, Pfn } from '../include/types.ts';
import { fallbacks } from './page_alloc.ts';
import type { Zone } from './zone.ts';

/** A free block of another kind. */
interface Foreign {
  readonly pfn: Pfn;
  readonly order: Order;
  readonly type: MigrateType;
}

/** A block of the wanted kind, or of another. Linux: __rmqueue(). */
export function rmqueueType(zone: Zone, order: Order, type: MigrateType, allocFlags: number): Pfn | null {
  return zone.rmqueueSmallest(order, type) ?? rmqueueFallback(zone, order, type, allocFlags);
}

/** Largest first: it is likely to lie in the pageblock that is emptiest. Linux: __rmqueue_fallback(). */
function rmqueueFallback(zone: Zone, order: Order, type: MigrateType, allocFlags: number): Pfn | null {
  const least = order < PAGEBLOCK_ORDER && allocFlags & ALLOC_NOFRAGMENT ? PAGEBLOCK_ORDER : order;
  for (let current = MAX_PAGE_ORDER; current >= least; current--) {
    const largest = findSuitableFallback(zone, current, type);
    if (largest === null) continue;
    const whole = canStealFallback(zone, current, type);
    if (whole || type !== MIGRATE_MOVABLE || current === order) return steal(zone, largest, order, type, allocFlags);
    return steal(zone, smallestForeign(zone, order, type) ?? largest, order, type, allocFlags);
  }
  return null;
}

/** Movable pages can leave again: it does not matter where they are, so that the least is broken up. */
function smallestForeign(zone: Zone, order: Order, type: MigrateType): Foreign | null {
  for (let current = order; current < NR_PAGE_ORDERS; current++) {
    const found = findSuitableFallback(zone, current, type);
    if (found !== null) return found;
  }
  return null;
}

function findSuitableFallback(zone: Zone, order: Order, type: MigrateType): Foreign | null {
  if (zone.areas.nrFree[order] === 0) return null;
  for (const other of fallbacks(type)) {
    const pfn = zone.areas.first(order, other);
    if (pfn !== null) return { pfn, order, type: other };
  }
  return null;
}

/** Whether the pageblock of such a block may be taken over. */
function canStealFallback(zone: Zone, order: Order, type: MigrateType): boolean {
  if (order >= Math.floor(PAGEBLOCK_ORDER / 2) || !zone.pageblocks.grouped) return true;
  return type === MIGRATE_RECLAIMABLE || type === MIGRATE_UNMOVABLE;
}

/** Linux: steal_suitable_fallback(). */
function steal(zone: Zone, from: Foreign, order: Order, type: MigrateType, allocFlags: number): Pfn | null {
  const { pageblocks } = zone;
  if (from.order >= PAGEBLOCK_ORDER) {
    zone.areas.retype(from.pfn, from.order, from.type, type);
    pageblocks.setRange(from.pfn, from.order, type);
    zone.takeAndExpand(from.pfn, order, from.order, type);
    return from.pfn;
  }
  if (boostWatermark(zone) && allocFlags & ALLOC_KSWAPD) zone.boosted = true;
  if (canStealFallback(zone, from.order, type) && claimPageblock(zone, from, type)) {
    return zone.rmqueueSmallest(order, type);
  }
  zone.takeAndExpand(from.pfn, order, from.order, from.type);
  return from.pfn;
}

/** Takes over the pageblock around a block if enough of it is free, or of our kind. @returns whether it was */
function claimPageblock(zone: Zone, from: Foreign, type: MigrateType): boolean {
  const start = from.pfn - (from.pfn % PAGEBLOCK_NR_PAGES);
  if (!blockInZone(zone, start)) return false;
  const { free, movable } = countPageblock(zone, start);
  let alike = 0;
  if (type === MIGRATE_MOVABLE) alike = movable;
  else if (from.type === MIGRATE_MOVABLE) alike = PAGEBLOCK_NR_PAGES - (free + movable);
  if (free + alike < PAGEBLOCK_NR_PAGES / 2 && zone.pageblocks.grouped) return false;
  moveFreepagesBlock(zone, start, from.type, type);
  return true;
}

/** Pages of a pageblock. SIMPLIFIED: movable are those on LRU lists; Linux knows others too. */
function countPageblock(zone: Zone, start: Pfn): { free: number; movable: number } {
  const { flags, private: orders } = zone.memMap;
  let free = 0;
  let movable = 0;
  for (let pfn = start; pfn < start + PAGEBLOCK_NR_PAGES; ) {
    const size = flags[pfn] & PG_buddy ? 1 << orders[pfn] : 1;
    if (flags[pfn] & PG_buddy) free += size;
    else if (flags[pfn] & PG_lru) movable++;
    pfn += size;
  }
  return { free, movable };
}

function blockInZone(zone: Zone, start: Pfn): boolean {
  return zone.spans(start) && zone.spans(start + PAGEBLOCK_NR_PAGES - 1);
}

/**
 * Makes a pageblock one of another kind, with the free blocks in it. Linux: move_freepages_block().
 * @returns whether it lies in the zone as a whole; nothing has changed otherwise
 */
export function moveFreepagesBlock(zone: Zone, pfn: Pfn, from: PageblockType, to: PageblockType): boolean {
  const start = pfn - (pfn % PAGEBLOCK_NR_PAGES);
  if (!blockInZone(zone, start)) return false;
  const { flags, private: orders } = zone.memMap;
  for (let at = start; at < start + PAGEBLOCK_NR_PAGES; ) {
    const order = flags[at] & PG_buddy ? orders[at] : 0;
    if (flags[at] & PG_buddy) zone.areas.retype(at, order, from, to);
    at += 1 << order;
  }
  zone.pageblocks.set(start, to);
  return true;
}

/** Raises the watermarks of a zone whose kinds get mixed, so that kswapd frees more. @returns whether they may rise */
function boostWatermark(zone: Zone): boolean {
  if (zone.boostFactor === 0 || PAGEBLOCK_NR_PAGES * 4 > zone.managedPages) return false;
  const most = Math.floor((zone.watermarks.high * zone.boostFactor) / 10000);
  if (most === 0) return false;
  zone.watermarkBoost = Math.min(zone.watermarkBoost + PAGEBLOCK_NR_PAGES, Math.max(PAGEBLOCK_NR_PAGES, most));
  return true;
}

/** Keeps the pageblock of a page for large requests of those who cannot wait. Linux: reserve_highatomic_pageblock(). */
export function reserveHighatomic(zone: Zone, pfn: Pfn, order: Order): void {
  const hundredth = Math.floor(zone.managedPages / 100);
  if (hundredth < PAGEBLOCK_NR_PAGES) return;
  const most = Math.ceil(hundredth / PAGEBLOCK_NR_PAGES) * PAGEBLOCK_NR_PAGES;
  const type = zone.pageblocks.typeOf(pfn);
  if (zone.nrReservedHighatomic >= most || type >= MIGRATE_HIGHATOMIC) return;
  if (order >= PAGEBLOCK_ORDER) {
    zone.pageblocks.setRange(pfn, order, MIGRATE_HIGHATOMIC);
    zone.nrReservedHighatomic += 1 << order;
  } else if (moveFreepagesBlock(zone, pfn, type, MIGRATE_HIGHATOMIC)) zone.nrReservedHighatomic += PAGEBLOCK_NR_PAGES;
}

/** Opens one reserved pageblock with free memory again. Linux: unreserve_highatomic_pageblock(). @returns whether there was one */
export function unreserveHighatomic(zone: Zone, type: MigrateType): boolean {
  for (let order = 0; order < NR_PAGE_ORDERS; order++) {
    const pfn = zone.areas.first(order, MIGRATE_HIGHATOMIC);
    if (pfn === null) continue;
    zone.nrReservedHighatomic -= Math.max(PAGEBLOCK_NR_PAGES, 1 << order);
    if (order < PAGEBLOCK_ORDER) return moveFreepagesBlock(zone, pfn, MIGRATE_HIGHATOMIC, type);
    zone.areas.retype(pfn, order, MIGRATE_HIGHATOMIC, type);
    zone.pageblocks.setRange(pfn, order, type);
    return true;
  }
  return false;
}
