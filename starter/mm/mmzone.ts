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
import type { Order, Pfn } from '../include/types.ts';

/**
 * The other half of the block twice as large: where a block's buddy begins. The address decides alone, not the zone.
 * Linux: mm/internal.h, __find_buddy_pfn().
 * @param pfn  first frame of a block, aligned to 2^order, below 2^31
 * @param order  0 ≤ order < MAX_PAGE_ORDER
 */
export function findBuddyPfn(pfn: Pfn, order: Order): Pfn {
  throw new Error('not written yet: findBuddyPfn');
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
  throw new Error('not written yet: buddyMergeLikely');
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

  /**
   * Boots the zone: all its memory is free, in as few blocks as possible.
   * Linux: mm/memblock.c, __free_memory_core().
   * @param startPfn  first frame: any number, not aligned to anything, below 2^31
   * @param spannedPages  frames from the first to the last, holes included: any number, 0 too
   * @param holes  frames without memory, never handed out: ascending, disjoint, not empty, inside the zone; they may touch
   */
  constructor(name: string, startPfn: Pfn, spannedPages: number, holes: readonly PfnRange[] = []) {
    throw new Error('not written yet: Zone.constructor');
  }

  /** Frames in free blocks. */
  get nrFreePages(): number {
    throw new Error('not written yet: Zone.nrFreePages');
  }

  /** By order 0..MAX_PAGE_ORDER: how many blocks of that order are free. Linux: free_area[order].nr_free. */
  get nrFree(): readonly number[] {
    throw new Error('not written yet: Zone.nrFree');
  }

  /**
   * The free blocks, for tests and pictures: by order 0..MAX_PAGE_ORDER, the first frames of all free blocks, in any
   * order. May cost as much as there are blocks.
   */
  freeBlocks(): Pfn[][] {
    throw new Error('not written yet: Zone.freeBlocks');
  }

  /**
   * Whether exactly the block of 2^order frames at pfn is free: not a part of it, nor a larger block around it.
   * False for frames outside of the zone. Linux: mm/internal.h, page_is_buddy().
   */
  isFreeBlock(pfn: Pfn, order: Order): boolean {
    throw new Error('not written yet: Zone.isFreeBlock');
  }

  /**
   * Takes a free block of the smallest sufficient order and splits it until one of the wanted order remains: each time
   * the lower half is kept, the upper half becomes free. Which of several blocks of that smallest order is taken does
   * not matter. Linux: mm/page_alloc.c, __rmqueue_smallest() and expand().
   * @param order  log2 of the number of frames; above MAX_PAGE_ORDER there never is a block
   * @returns the first frame of the block that was split: aligned to 2^order; or null when no block is large enough
   */
  rmqueue(order: Order): Pfn | null {
    throw new Error('not written yet: Zone.rmqueue');
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
    throw new Error('not written yet: Zone.freeOnePage');
  }
}
