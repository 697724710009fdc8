/**
 * One zone of a node, with its free memory: the buddy system, with blocks of each kind in lists of their own.
 * Linux: struct zone (include/linux/mmzone.h), mm/page_alloc.c. Textbook: buddy allocator. With one kind of memory it
 * does what the zone of mmzone.ts does.
 */
import type { ZoneRange } from '../include/machine.ts';
import { PAGEBLOCK_ORDER, type PageblockType } from '../include/migratetype.ts';
import { type FreeBlocks, type Watermarks, ZONE_NAMES, type ZoneIndex } from '../include/mmzone.ts';
import { PG_buddy } from '../include/page_flags.ts';
import { MAX_PAGE_ORDER, NR_PAGE_ORDERS } from '../include/param.ts';
import type { Order, Pfn } from '../include/types.ts';
import type { ZoneStat } from '../include/vm_items.ts';
import { FreeAreas } from './free_area.ts';
import type { MemMap } from './mem_map.ts';
import { buddyMergeLikely, findBuddyPfn } from './mmzone.ts';
import { migratetypeIsMergeable, type Pageblocks } from './pageblock.ts';

export class Zone implements FreeBlocks {
  readonly nid: number;
  readonly index: ZoneIndex;
  readonly name: string;
  readonly range: ZoneRange;
  readonly startPfn: Pfn;
  /** The first frame behind it. */
  readonly endPfn: Pfn;
  /** Frames with memory. */
  readonly managedPages: number;
  readonly memMap: MemMap;
  readonly pageblocks: Pageblocks;
  readonly stat: ZoneStat;
  readonly areas: FreeAreas;
  /** Without the boost. */
  watermarks: Watermarks = { min: 0, low: 0, high: 0, promo: 0 };
  /** Pages on top of each watermark, while kinds get mixed; kswapd takes it back. */
  watermarkBoost = 0;
  /** kswapd is to be woken, for the boost has grown. Linux: ZONE_BOOSTED_WATERMARK. */
  boosted = false;
  /** See PageSysctls. */
  boostFactor = 0;
  /** A request that likes this zone best is served from others before kinds are mixed here. */
  keepsKindsApart = false;
  /** By zone index, in pages; see ZoneDescription. */
  lowmemReserve: readonly number[] = [0, 0, 0, 0];
  /** Pages in pageblocks of MIGRATE_HIGHATOMIC, free or not. */
  nrReservedHighatomic = 0;

  /** A zone whose memory is all in use; see freeBootMemory(). */
  constructor(nid: number, range: ZoneRange, memMap: MemMap, pageblocks: Pageblocks, stat: ZoneStat) {
    this.nid = nid;
    this.index = range.zone;
    this.name = ZONE_NAMES[range.zone];
    this.range = range;
    this.startPfn = range.startPfn;
    this.endPfn = range.startPfn + range.spannedPages;
    this.managedPages = range.holes.reduce((left, { start, end }) => left - (end - start), range.spannedPages);
    this.memMap = memMap;
    this.pageblocks = pageblocks;
    this.stat = stat;
    this.areas = new FreeAreas(memMap, stat);
  }

  get nrFreePages(): number {
    return this.stat.nr_free_pages;
  }

  /** A mark with the boost, in pages. Linux: wmark_pages(). */
  wmarkPages(mark: keyof Watermarks): number {
    return this.watermarks[mark] + this.watermarkBoost;
  }

  /** Whether a frame lies between its first and its last. */
  spans(pfn: Pfn): boolean {
    return this.startPfn <= pfn && pfn < this.endPfn;
  }

  /** Linux: page_is_buddy(). */
  isFreeBlock(pfn: Pfn, order: Order): boolean {
    return this.spans(pfn) && (this.memMap.flags[pfn] & PG_buddy) !== 0 && this.memMap.private[pfn] === order;
  }

  /** Gives all its memory to the lists, in the largest blocks that fit, lower ones first. Linux: __free_memory_core(). */
  freeBootMemory(): void {
    let from = this.startPfn;
    for (const { start, end } of this.range.holes) {
      this.#freeRange(from, start);
      from = end;
    }
    this.#freeRange(from, this.endPfn);
  }

  /**
   * Takes back a block, merged with its buddies as far as it goes, and hands it out next, or last if it is likely to
   * merge soon. Linux: __free_one_page().
   */
  freeOnePage(pfn: Pfn, order: Order): void {
    const type = this.pageblocks.typeOf(pfn);
    this.stat.nr_free_pages += 1 << order;
    let merged = pfn;
    let size = order;
    for (; size < MAX_PAGE_ORDER; size++) {
      const buddy = findBuddyPfn(merged, size);
      if (!this.isFreeBlock(buddy, size) || !this.#takeBuddy(buddy, size, type)) break;
      merged &= buddy;
    }
    if (buddyMergeLikely(this, merged, size)) this.areas.addTail(merged, size, type);
    else this.areas.addHead(merged, size, type);
  }

  /** The smallest sufficient block of one kind, split. Linux: __rmqueue_smallest(). @returns its first frame, or null */
  rmqueueSmallest(order: Order, type: PageblockType): Pfn | null {
    for (let current = order; current < NR_PAGE_ORDERS; current++) {
      const pfn = this.areas.first(current, type);
      if (pfn === null) continue;
      this.takeAndExpand(pfn, order, current, type);
      return pfn;
    }
    return null;
  }

  /** Takes a free block of order `high` and gives back all but its first 2^low frames. Linux: page_del_and_expand(). */
  takeAndExpand(pfn: Pfn, low: Order, high: Order, type: PageblockType): void {
    this.areas.remove(pfn, high, type);
    this.stat.nr_free_pages -= 1 << low;
    for (let half = high - 1; half >= low; half--) this.areas.addHead(pfn + (1 << half), half, type);
  }

  /** Linux: buddies of whole pageblocks may be of two kinds; only ordinary ones merge, and then both become ours. */
  #takeBuddy(buddy: Pfn, order: Order, type: PageblockType): boolean {
    if (order < PAGEBLOCK_ORDER) {
      this.areas.remove(buddy, order, type);
      return true;
    }
    const other = this.pageblocks.typeOf(buddy);
    if (other !== type && !(migratetypeIsMergeable(type) && migratetypeIsMergeable(other))) return false;
    this.areas.remove(buddy, order, other);
    if (other !== type) this.pageblocks.setRange(buddy, order, type);
    return true;
  }

  #freeRange(start: Pfn, end: Pfn): void {
    for (let pfn = start; pfn < end; ) {
      let order = 0;
      while (order < MAX_PAGE_ORDER && pfn % 2 ** (order + 1) === 0 && pfn + 2 ** (order + 1) <= end) order++;
      this.areas.addTail(pfn, order, this.pageblocks.typeOf(pfn));
      this.stat.nr_free_pages += 1 << order;
      pfn += 1 << order;
    }
  }
}
