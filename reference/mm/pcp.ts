/**
 * Per-CPU page lists: single pages that one CPU keeps to itself, so that most requests need no lock of the zone.
 * Linux: mm/page_alloc.c (struct per_cpu_pages: include/linux/mmzone.h).
 *
 *     free  --> [ 7 3 9 ... 4 ] --> back to the zone, a batch at a time
 *     alloc <--   head    tail  <-- refilled from the zone, a batch at a time
 */
import type { BlockSource } from '../include/mmzone.ts';
import type { Pfn } from '../include/types.ts';

/**
 * How many pages move at a time between a CPU's list and the zone: start with a thousandth of the zone (managed / 1024)
 * but at most 256; a quarter of that, but at least 1; one and a half of that; then the largest power of two that is not
 * more, minus 1. Every quotient is rounded down. 0 for small zones: the caller then takes 1.
 * Linux: zone_batchsize().
 * @param managedPages  of the zone
 * @hole
 */
export function zoneBatchsize(managedPages: number): number {
  const batch = Math.max(Math.floor(Math.min(Math.floor(managedPages / 1024), 256) / 4), 1);
  return 2 ** Math.floor(Math.log2(batch + Math.floor(batch / 2))) - 1;
}

/**
 * The list of one CPU. To the zone, the pages in it are in use: /proc/buddyinfo does not count them.
 * SIMPLIFIED: order 0 only, fixed high.
 *
 * Invariant: after every call, 0 ≤ count < high.
 */
export class PerCpuPages {
  /** @answer */
  private readonly zone: BlockSource;
  /** @answer */
  private readonly batch: number;
  /** @answer */
  private readonly high: number;
  /** Tail first: the head, where most happens, is the array's cheap end. @answer */
  private pages: Pfn[] = [];

  /**
   * An empty list.
   * @param zone  where pages come from and go back to, all of order 0
   * @param batch  pages that move at a time, 1 ≤ batch < high
   * @param high  the length at which a batch goes back
   * @hole
   */
  constructor(zone: BlockSource, batch: number, high: number) {
    this.zone = zone;
    this.batch = batch;
    this.high = high;
  }

  /** Pages in the list. @hole */
  get count(): number {
    return this.pages.length;
  }

  /**
   * Takes the page at the head. When the list is empty it is refilled first: a batch of pages from the zone, fewer if
   * the zone has no more, each put behind the one before, so that they are handed out as the zone gave them.
   * Linux: __rmqueue_pcplist(), rmqueue_bulk().
   * @returns a page, or null when list and zone are empty
   * @hole
   */
  alloc(): Pfn | null {
    if (this.pages.length === 0) {
      while (this.pages.length < this.batch) {
        const pfn = this.zone.rmqueue(0);
        if (pfn === null) break;
        this.pages.push(pfn);
      }
      this.pages.reverse();
    }
    return this.pages.pop() ?? null;
  }

  /**
   * Puts a page at the head. When the list has then reached `high`, a batch of pages goes back to the zone from the
   * tail, where those lie that have not been used for longest. Linux: free_unref_page_commit(), free_pcppages_bulk().
   * @hole
   */
  free(pfn: Pfn): void {
    this.pages.push(pfn);
    if (this.pages.length >= this.high) this.giveBack(this.batch);
  }

  /** Gives all pages back to the zone. Linux: drain_pages(). @hole */
  drain(): void {
    this.giveBack(this.pages.length);
  }

  /** @answer */
  private giveBack(count: number): void {
    for (const pfn of this.pages.splice(0, count)) this.zone.freeOnePage(pfn, 0);
  }
}
