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
  const few = Math.min(Math.floor(managedPages / 1024), 256);
  const quarter = Math.max(few >>> 2, 1);
  return (1 << (31 - Math.clz32(quarter + (quarter >>> 1)))) - 1;
}

/**
 * The list of one CPU. To the zone, the pages in it are in use: /proc/buddyinfo does not count them.
 * SIMPLIFIED: order 0 only, fixed high.
 *
 * Invariant: after every call, 0 ≤ count < high.
 */
export class PerCpuPages {
  readonly #zone: BlockSource;
  readonly #batch: number;
  readonly #high: number;
  /** Pages by position: #head ≤ position < #end. Positions go below 0 too, nothing ever moves. */
  readonly #slots = new Map<number, Pfn>();
  #head = 0;
  #end = 0;

  /**
   * An empty list.
   * @param zone  where pages come from and go back to, all of order 0
   * @param batch  pages that move at a time, 1 ≤ batch < high
   * @param high  the length at which a batch goes back
   */
  constructor(zone: BlockSource, batch: number, high: number) {
    this.#zone = zone;
    this.#batch = batch;
    this.#high = high;
  }

  /** Pages in the list. */
  get count(): number {
    return this.#end - this.#head;
  }

  /**
   * Takes the page at the head. When the list is empty it is refilled first: a batch of pages from the zone, fewer if
   * the zone has no more, each put behind the one before, so that they are handed out as the zone gave them.
   * Linux: __rmqueue_pcplist(), rmqueue_bulk().
   * @returns a page, or null when list and zone are empty
   */
  alloc(): Pfn | null {
    if (this.count === 0) this.#refill();
    return this.count === 0 ? null : this.#pick(this.#head++);
  }

  /**
   * Puts a page at the head. When the list has then reached `high`, a batch of pages goes back to the zone from the
   * tail, where those lie that have not been used for longest. Linux: free_unref_page_commit(), free_pcppages_bulk().
   */
  free(pfn: Pfn): void {
    this.#slots.set(--this.#head, pfn);
    if (this.count >= this.#high) this.#giveBack(this.#batch);
  }

  /** Gives all pages back to the zone. Linux: drain_pages(). */
  drain(): void {
    this.#giveBack(this.count);
  }

  #refill(): void {
    for (let wanted = this.#batch; wanted > 0; wanted--) {
      const pfn = this.#zone.rmqueue(0);
      if (pfn === null) return;
      this.#slots.set(this.#end++, pfn);
    }
  }

  /** Gives back the last `pages` pages of the list, from the middle to the tail. */
  #giveBack(pages: number): void {
    const end = this.#end;
    this.#end -= pages;
    for (let position = this.#end; position < end; position++) this.#zone.freeOnePage(this.#pick(position), 0);
  }

  /** Empties a slot. */
  #pick(position: number): Pfn {
    const pfn = this.#slots.get(position)!;
    this.#slots.delete(position);
    return pfn;
  }
}
