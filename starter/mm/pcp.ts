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
 */
export function zoneBatchsize(managedPages: number): number {
  throw new Error('not written yet: zoneBatchsize');
}

/**
 * The list of one CPU. To the zone, the pages in it are in use: /proc/buddyinfo does not count them.
 * SIMPLIFIED: order 0 only, fixed high.
 *
 * Invariant: after every call, 0 ≤ count < high.
 */
export class PerCpuPages {
  /**
   * An empty list.
   * @param zone  where pages come from and go back to, all of order 0
   * @param batch  pages that move at a time, 1 ≤ batch < high
   * @param high  the length at which a batch goes back
   */
  constructor(zone: BlockSource, batch: number, high: number) {
    throw new Error('not written yet: PerCpuPages.constructor');
  }

  /** Pages in the list. */
  get count(): number {
    throw new Error('not written yet: PerCpuPages.count');
  }

  /**
   * Takes the page at the head. When the list is empty it is refilled first: a batch of pages from the zone, fewer if
   * the zone has no more, each put behind the one before, so that they are handed out as the zone gave them.
   * Linux: __rmqueue_pcplist(), rmqueue_bulk().
   * @returns a page, or null when list and zone are empty
   */
  alloc(): Pfn | null {
    throw new Error('not written yet: PerCpuPages.alloc');
  }

  /**
   * Puts a page at the head. When the list has then reached `high`, a batch of pages goes back to the zone from the
   * tail, where those lie that have not been used for longest. Linux: free_unref_page_commit(), free_pcppages_bulk().
   */
  free(pfn: Pfn): void {
    throw new Error('not written yet: PerCpuPages.free');
  }

  /** Gives all pages back to the zone. Linux: drain_pages(). */
  drain(): void {
    throw new Error('not written yet: PerCpuPages.drain');
  }
}
