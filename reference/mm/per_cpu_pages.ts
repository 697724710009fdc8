/**
 * Free pages that one CPU keeps of one zone, by size and by kind: most requests touch nothing else.
 * Linux: mm/page_alloc.c, struct per_cpu_pages in include/linux/mmzone.h.
 * SIMPLIFIED: `high` and `batch` are fixed; Linux moves them between two limits as the CPU is busy.
 *
 *     free  --> [ 7 3 9 ... 4 ] --> back to the zone from the tail, when all lists together reach `high`
 *     alloc <--   head    tail  <-- refilled from the zone, `batch` pages at a time
 */
import { MIGRATE_PCPTYPES, PAGEBLOCK_ORDER } from '../include/migratetype.ts';
import { MIGRATE_MOVABLE, type MigrateType } from '../include/mmzone.ts';
import type { Order, Pfn } from '../include/types.ts';
import { PageList } from '../lib/list.ts';
import { rmqueueType } from './fallback.ts';
import type { Zone } from './zone.ts';

/** Larger blocks are costly: they are not kept, but for huge pages. Linux: PAGE_ALLOC_COSTLY_ORDER. */
export const PAGE_ALLOC_COSTLY_ORDER = 3;
/** Lists of small blocks. */
const NR_LOWORDER_LISTS = MIGRATE_PCPTYPES * (PAGE_ALLOC_COSTLY_ORDER + 1);
/** Two more for huge pages: movable ones, and others. */
const NR_PCP_LISTS = NR_LOWORDER_LISTS + 2;
/** At most so many batches are given back at a time, as a power of two. Linux: CONFIG_PCP_BATCH_SCALE_MAX. */
const BATCH_SCALE_MAX = 5;

/** Whether such blocks are kept. Linux: pcp_allowed_order(). */
export function pcpAllowedOrder(order: Order): boolean {
  return order <= PAGE_ALLOC_COSTLY_ORDER || order === PAGEBLOCK_ORDER;
}

/** Which list. Linux: order_to_pindex(). */
function pindexOf(order: Order, type: MigrateType): number {
  if (order === PAGEBLOCK_ORDER) return NR_LOWORDER_LISTS + (type === MIGRATE_MOVABLE ? 1 : 0);
  return MIGRATE_PCPTYPES * order + type;
}

function orderOf(pindex: number): Order {
  return pindex >= NR_LOWORDER_LISTS ? PAGEBLOCK_ORDER : Math.floor(pindex / MIGRATE_PCPTYPES);
}

/** Invariant, after every call: count is that of the pages in the lists. */
export class PerCpuPages {
  readonly #zone: Zone;
  readonly #lists: readonly PageList[];
  #count = 0;
  #high = 0;
  #batch = 1;
  /** Pages freed lately, without a page being asked for. */
  #freeCount = 0;

  /** Empty lists that keep nothing. Linux: boot_pageset. */
  constructor(zone: Zone) {
    this.#zone = zone;
    this.#lists = Array.from({ length: NR_PCP_LISTS }, () => new PageList(zone.memMap));
  }

  /** Pages in all lists. */
  get count(): number {
    return this.#count;
  }

  get high(): number {
    return this.#high;
  }

  get batch(): number {
    return this.#batch;
  }

  /** @param high  pages; below batch: nothing is kept  @param batch  pages, 1 or more */
  setHighAndBatch(high: number, batch: number): void {
    this.#high = high;
    this.#batch = batch;
  }

  /** Takes a block of an allowed order, after a refill if need be; null: neither list nor zone has one. */
  alloc(order: Order, type: MigrateType, allocFlags: number): Pfn | null {
    const list = this.#lists[order === 0 ? type : pindexOf(order, type)];
    this.#freeCount >>= 1;
    if (list.size === 0) this.#refill(list, order, type, allocFlags);
    const pfn = list.first;
    if (pfn === null) return null;
    list.remove(pfn);
    this.#count -= 1 << order;
    return pfn;
  }

  /** Keeps a block of an allowed order, then gives some back if there are too many. Linux: free_unref_page_commit(). */
  free(pfn: Pfn, order: Order, type: MigrateType): void {
    const pindex = order === 0 ? type : pindexOf(order, type);
    this.#lists[pindex].addHead(pfn);
    this.#count += 1 << order;
    if (this.#freeCount < this.#batch << BATCH_SCALE_MAX) this.#freeCount += 1 << order;
    if (this.#count >= this.#high) this.#giveBack(this.#nrToFree(), pindex);
  }

  /** Gives all back. Linux: drain_pages_zone(). */
  drain(): void {
    this.#giveBack(this.#count, 0);
  }

  /** By list, its pages in order, for checks and pictures. */
  *pages(): Generator<{ pfn: Pfn; order: Order }> {
    for (const [pindex, list] of this.#lists.entries()) {
      for (const pfn of list) yield { pfn, order: orderOf(pindex) };
    }
  }

  /** Linux: rmqueue_bulk(), nr_pcp_alloc(). */
  #refill(list: PageList, order: Order, type: MigrateType, allocFlags: number): void {
    let batch = this.#high < this.#batch ? 1 : this.#batch;
    if (batch > 1) batch = Math.max(batch >> order, 2);
    for (let i = 0; i < batch; i++) {
      const pfn = rmqueueType(this.#zone, order, type, allocFlags);
      if (pfn === null) return;
      list.addTail(pfn);
      this.#count += 1 << order;
    }
  }

  /** Linux: nr_pcp_free(). */
  #nrToFree(): number {
    if (this.#high < this.#batch) return 1;
    return Math.min(Math.max(this.#freeCount, this.#batch), this.#high - this.#batch);
  }

  /** From the tails, list after list, beginning with one. Linux: free_pcppages_bulk(). */
  #giveBack(pages: number, pindex: number): void {
    let left = Math.min(pages, this.#count);
    for (let at = pindex; left > 0; at = (at + 1) % NR_PCP_LISTS) {
      const list = this.#lists[at];
      const order = orderOf(at);
      for (let pfn = list.last; left > 0 && pfn !== null; pfn = list.last) {
        list.remove(pfn);
        left -= 1 << order;
        this.#count -= 1 << order;
        this.#zone.freeOnePage(pfn, order);
      }
    }
  }
}
