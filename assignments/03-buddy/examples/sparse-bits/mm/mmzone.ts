/**
 * The buddy system of one zone: free memory in blocks of 2^order frames, each aligned to its size.
 * Linux: mm/page_alloc.c (struct zone: include/linux/mmzone.h). Textbook: buddy allocator.
 *
 *     pfn       0   1   2   3   4   5   6   7
 *     order 2                 [ 4 . . . . . . ]     4..7 is free as one block
 *     order 1  [ 0 . . ]                            0..1 too; its buddy is 2..3
 *     order 0              [ 3 ]                    2 is in use, so 3 and 0..1 must wait
 */
import type { BlockSource, FreeBlocks, PfnRange } from '../include/mmzone.ts';
import { MAX_PAGE_ORDER, NR_PAGE_ORDERS } from '../include/param.ts';
import type { Order, Pfn } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import { SparseBits } from './sparse_bits.ts';

/** The order of the largest block that may end right before frame `end` > 0 and has at most `room` ≥ 1 frames. */
function orderEndingAt(end: Pfn, room: number): Order {
  return Math.min(31 - Math.clz32(end & -end), 31 - Math.clz32(room), MAX_PAGE_ORDER);
}

/**
 * The other half of the block twice as large: where a block's buddy begins. The address decides alone, not the zone.
 * Linux: mm/internal.h, __find_buddy_pfn().
 * @param pfn  first frame of a block, aligned to 2^order, below 2^31
 * @param order  0 ≤ order < MAX_PAGE_ORDER
 */
export function findBuddyPfn(pfn: Pfn, order: Order): Pfn {
  return pfn ^ (1 << order);
}

/**
 * Whether a free block is likely to merge soon, so that it should be handed out last: its buddy is still in use, but
 * the block that the two would make has a buddy that is free, whole, already.
 * Linux: mm/page_alloc.c, buddy_merge_likely().
 *
 *     [ 4: just freed ][ 5: in use ][ 6 . . 7: free, order 1 ]      buddyMergeLikely(zone, 4, 0) = true
 *
 * @param pfn  first frame of the block that has just become free, after all merging
 * @param order  its order; for MAX_PAGE_ORDER - 1 and above the answer is false
 */
export function buddyMergeLikely(zone: FreeBlocks, pfn: Pfn, order: Order): boolean {
  if (order >= MAX_PAGE_ORDER - 1) return false;
  const union = pfn & ~(1 << order);
  return zone.isFreeBlock(findBuddyPfn(union, order + 1), order + 1);
}

/**
 * One zone and its free blocks.
 *
 * Invariant, after every call: free blocks are disjoint, aligned to their size by absolute frame number, inside the
 * zone's memory, and merged as far as they go: never are two buddies of the same order below MAX_PAGE_ORDER both free.
 */
export class Zone implements FreeBlocks, BlockSource {
  readonly name: string;
  readonly startPfn: Pfn;
  /** Frames from the first to the last, holes included. */
  readonly spannedPages: number;
  /** Frames with memory. */
  readonly managedPages: number;

  /** By order: the free blocks, each as its number among the blocks of its size (first frame / 2^order). */
  readonly #shelves = Array.from({ length: NR_PAGE_ORDERS }, () => new SparseBits());
  /** Bit o is set while some block of order o is free. */
  #stocked = 0;
  #nrFreePages = 0;
  /** Blocks in use: first frame to order. */
  readonly #loans = new Map<Pfn, Order>();

  /**
   * Boots the zone: all its memory is free, in as few blocks as possible.
   * Linux: mm/memblock.c, __free_memory_core().
   * @param startPfn  first frame: any number, not aligned to anything, below 2^31
   * @param spannedPages  frames from the first to the last, holes included: any number, 0 too
   * @param holes  frames without memory, never handed out: ascending, disjoint, not empty, inside the zone; they may touch
   */
  constructor(name: string, startPfn: Pfn, spannedPages: number, holes: readonly PfnRange[] = []) {
    this.name = name;
    this.startPfn = startPfn;
    this.spannedPages = spannedPages;
    // From the top down: `ceiling` is the end of the memory not yet looked at.
    let ceiling = startPfn + spannedPages;
    for (const hole of holes.toReversed()) {
      this.#bootRange(hole.end, ceiling);
      ceiling = hole.start;
    }
    this.#bootRange(startPfn, ceiling);
    this.managedPages = this.#nrFreePages;
  }

  /** Frames start ≤ pfn < end are memory and become free. */
  #bootRange(start: Pfn, end: Pfn): void {
    for (let top = end; top > start; ) {
      const order = orderEndingAt(top, top - start);
      top -= 2 ** order;
      this.#shelve(top / 2 ** order, order);
      this.#nrFreePages += 2 ** order;
    }
  }

  #shelve(block: number, order: Order): void {
    this.#shelves[order]!.add(block);
    this.#stocked |= 1 << order;
  }

  /** To be called when a block of that order has gone. */
  #noteGone(order: Order): void {
    if (this.#shelves[order]!.size === 0) this.#stocked &= ~(1 << order);
  }

  /** Frames in free blocks. */
  get nrFreePages(): number {
    return this.#nrFreePages;
  }

  /** By order 0..MAX_PAGE_ORDER: how many blocks of that order are free. Linux: free_area[order].nr_free. */
  get nrFree(): readonly number[] {
    return this.#shelves.map((shelf) => shelf.size);
  }

  /**
   * The free blocks, for tests and pictures: by order 0..MAX_PAGE_ORDER, the first frames of all free blocks, in any
   * order. May cost as much as there are blocks.
   */
  freeBlocks(): Pfn[][] {
    return this.#shelves.map((shelf, order) => shelf.members().map((block) => block * 2 ** order));
  }

  /**
   * Whether exactly the block of 2^order frames at pfn is free: not a part of it, nor a larger block around it.
   * False for frames outside of the zone. Linux: mm/internal.h, page_is_buddy().
   */
  isFreeBlock(pfn: Pfn, order: Order): boolean {
    const size = 2 ** order;
    if (order > MAX_PAGE_ORDER || pfn % size !== 0) return false;
    if (pfn < this.startPfn || pfn + size > this.startPfn + this.spannedPages) return false;
    return this.#shelves[order]!.has(pfn / size);
  }

  /**
   * Takes a free block of the smallest sufficient order and splits it until one of the wanted order remains: each time
   * the lower half is kept, the upper half becomes free. Which of several blocks of that smallest order is taken does
   * not matter. Linux: mm/page_alloc.c, __rmqueue_smallest() and expand().
   * @param order  log2 of the number of frames; above MAX_PAGE_ORDER there never is a block
   * @returns the first frame of the block that was split: aligned to 2^order; or null when no block is large enough
   */
  rmqueue(order: Order): Pfn | null {
    if (order > MAX_PAGE_ORDER) return null;
    const sufficient = (this.#stocked >>> order) << order;
    if (sufficient === 0) return null;
    const found = 31 - Math.clz32(sufficient & -sufficient);
    const pfn = this.#shelves[found]!.takeAny() * 2 ** found;
    this.#noteGone(found);
    // All but the lowest part becomes free: the upper halves, here from the smallest to the largest.
    for (let half = order; half < found; half++) this.#shelve(pfn / 2 ** half + 1, half);
    this.#nrFreePages -= 2 ** order;
    this.#loans.set(pfn, order);
    return pfn;
  }

  /**
   * Takes back a block that rmqueue handed out, and merges it with its buddy while that is free as a whole block of the
   * same order in this zone, up to MAX_PAGE_ORDER. Linux: mm/page_alloc.c, __free_one_page().
   * @param pfn  as rmqueue returned it
   * @param order  as rmqueue was asked
   * @throws KernelPanic unless exactly this block is in use: a frame outside of the zone or in a hole, one that is not
   *   the first of a block, another order than it was handed out with, a block that has come back already
   */
  freeOnePage(pfn: Pfn, order: Order): void {
    const lent = this.#loans.get(pfn);
    if (lent === undefined || lent !== order) {
      panic(`mmzone: ${this.name}: no block of order ${order} at pfn ${pfn} is in use`);
    }
    this.#loans.delete(pfn);
    this.#nrFreePages += 2 ** order;
    let block = pfn / 2 ** order;
    let grown = order;
    // Two buddies' numbers differ in the last bit alone; without it they are the number of their union.
    while (grown < MAX_PAGE_ORDER && this.#shelves[grown]!.remove(block ^ 1)) {
      this.#noteGone(grown);
      block >>>= 1;
      grown++;
    }
    this.#shelve(block, grown);
  }
}
