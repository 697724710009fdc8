/**
 * The free blocks of one zone, by size and by kind. Linux: struct free_area, include/linux/mmzone.h.
 *
 *                 Unmovable   Movable       Reclaimable ...
 *     order 0     8           3 -> 21
 *     order 1                 16
 *     ...
 *     order 10                1024 -> 2048 -> 3072          each block by its first frame, which has PG_buddy
 */
import { MIGRATE_PCPTYPES, MIGRATE_TYPES, PAGEBLOCK_ORDER, type PageblockType } from '../include/migratetype.ts';
import { PG_buddy } from '../include/page_flags.ts';
import { NR_PAGE_ORDERS } from '../include/param.ts';
import type { Order, Pfn } from '../include/types.ts';
import type { ZoneStat } from '../include/vm_items.ts';
import { PageList } from '../lib/list.ts';
import type { MemMap } from './mem_map.ts';

export class FreeAreas {
  /** By order: free blocks. */
  readonly nrFree: number[] = Array.from({ length: NR_PAGE_ORDERS }, () => 0);
  /** The same, without HIGHATOMIC and ISOLATE. */
  readonly nrFreeOrdinary: number[] = Array.from({ length: NR_PAGE_ORDERS }, () => 0);
  readonly #memMap: MemMap;
  readonly #stat: ZoneStat;
  /** At order * MIGRATE_TYPES + type. */
  readonly #lists: readonly PageList[];

  /** No block is free. @param stat  where nr_free_pages_blocks is kept */
  constructor(memMap: MemMap, stat: ZoneStat) {
    this.#memMap = memMap;
    this.#stat = stat;
    this.#lists = Array.from({ length: NR_PAGE_ORDERS * MIGRATE_TYPES }, () => new PageList(memMap));
  }

  list(order: Order, type: PageblockType): PageList {
    return this.#lists[order * MIGRATE_TYPES + type];
  }

  /** The block that is handed out next, or null. Linux: get_page_from_free_area(). */
  first(order: Order, type: PageblockType): Pfn | null {
    return this.#lists[order * MIGRATE_TYPES + type].first;
  }

  /** To be handed out next: it may still be in the caches. */
  addHead(pfn: Pfn, order: Order, type: PageblockType): void {
    this.list(order, type).addHead(pfn);
    this.#count(order, type, 1);
    this.#memMap.flags[pfn] |= PG_buddy;
    this.#memMap.private[pfn] = order;
  }

  /** To be handed out last. */
  addTail(pfn: Pfn, order: Order, type: PageblockType): void {
    this.list(order, type).addTail(pfn);
    this.#count(order, type, 1);
    this.#memMap.flags[pfn] |= PG_buddy;
    this.#memMap.private[pfn] = order;
  }

  remove(pfn: Pfn, order: Order, type: PageblockType): void {
    this.list(order, type).remove(pfn);
    this.#count(order, type, -1);
    this.#memMap.flags[pfn] &= ~PG_buddy;
    this.#memMap.private[pfn] = 0;
  }

  /** Linux: move_to_free_list(). */
  retype(pfn: Pfn, order: Order, from: PageblockType, to: PageblockType): void {
    this.remove(pfn, order, from);
    this.addTail(pfn, order, to);
  }

  #count(order: Order, type: PageblockType, blocks: number): void {
    this.nrFree[order] += blocks;
    if (type < MIGRATE_PCPTYPES) this.nrFreeOrdinary[order] += blocks;
    if (order >= PAGEBLOCK_ORDER) this.#stat.nr_free_pages_blocks += blocks << order;
  }
}
