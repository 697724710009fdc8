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

/**
 * Frame is not the first of a block, or has no memory.
 * @answer
 */
const INSIDE = -1;
/**
 * Added to the order of a block that is in use.
 * @answer
 */
const IN_USE = 32;

/**
 * The other half of the block twice as large: where a block's buddy begins. The address decides alone, not the zone.
 * Linux: mm/internal.h, __find_buddy_pfn().
 * @param pfn  first frame of a block, aligned to 2^order, below 2^31
 * @param order  0 ≤ order < MAX_PAGE_ORDER
 * @hole
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
 * @hole
 */
export function buddyMergeLikely(zone: FreeBlocks, pfn: Pfn, order: Order): boolean {
  if (order >= MAX_PAGE_ORDER - 1) return false;
  const pair = pfn & findBuddyPfn(pfn, order);
  return zone.isFreeBlock(findBuddyPfn(pair, order + 1), order + 1);
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
   * By frame, counted from startPfn: the order of the free block that begins here; of the block in use that begins
   * here, plus IN_USE; or INSIDE.
   * @answer
   */
  private readonly heads: Int8Array;
  /**
   * Circular lists of free blocks, one for each order: by frame, the next block. The list of an order is entered at
   * the place `spannedPages + order`, which stands for no block.
   * @answer
   */
  private readonly next: Int32Array;
  /**
   * The same lists, backwards.
   * @answer
   */
  private readonly prev: Int32Array;
  /** @answer */
  private readonly freeCounts: number[];
  /** @answer */
  private freeFrames = 0;

  /**
   * Boots the zone: all its memory is free, in as few blocks as possible.
   * Linux: mm/memblock.c, __free_memory_core().
   * @param startPfn  first frame: any number, not aligned to anything, below 2^31
   * @param spannedPages  frames from the first to the last, holes included: any number, 0 too
   * @param holes  frames without memory, never handed out: ascending, disjoint, not empty, inside the zone; they may touch
   * @hole
   */
  constructor(name: string, startPfn: Pfn, spannedPages: number, holes: readonly PfnRange[] = []) {
    this.name = name;
    this.startPfn = startPfn;
    this.spannedPages = spannedPages;
    this.heads = new Int8Array(spannedPages).fill(INSIDE);
    this.next = new Int32Array(spannedPages + NR_PAGE_ORDERS);
    this.prev = new Int32Array(spannedPages + NR_PAGE_ORDERS);
    this.freeCounts = Array.from({ length: NR_PAGE_ORDERS }, () => 0);
    for (let order = 0; order < NR_PAGE_ORDERS; order++) {
      this.next[spannedPages + order] = spannedPages + order;
      this.prev[spannedPages + order] = spannedPages + order;
    }
    let from = startPfn;
    for (const hole of holes) {
      this.freeRange(from, hole.start);
      from = hole.end;
    }
    this.freeRange(from, startPfn + spannedPages);
    this.managedPages = this.freeFrames;
  }

  /** Frames in free blocks. @hole */
  get nrFreePages(): number {
    return this.freeFrames;
  }

  /** By order 0..MAX_PAGE_ORDER: how many blocks of that order are free. Linux: free_area[order].nr_free. @hole */
  get nrFree(): readonly number[] {
    return this.freeCounts;
  }

  /**
   * The free blocks, for tests and pictures: by order 0..MAX_PAGE_ORDER, the first frames of all free blocks, in any
   * order. May cost as much as there are blocks.
   * @hole
   */
  freeBlocks(): Pfn[][] {
    return this.freeCounts.map((_, order) => {
      const entry = this.spannedPages + order;
      const found: Pfn[] = [];
      for (let head = this.next[entry]; head !== entry; head = this.next[head]) found.push(this.startPfn + head);
      return found;
    });
  }

  /**
   * Whether exactly the block of 2^order frames at pfn is free: not a part of it, nor a larger block around it.
   * False for frames outside of the zone. Linux: mm/internal.h, page_is_buddy().
   * @hole
   */
  isFreeBlock(pfn: Pfn, order: Order): boolean {
    return this.heads[pfn - this.startPfn] === order;
  }

  /**
   * Takes a free block of the smallest sufficient order and splits it until one of the wanted order remains: each time
   * the lower half is kept, the upper half becomes free. Which of several blocks of that smallest order is taken does
   * not matter. Linux: mm/page_alloc.c, __rmqueue_smallest() and expand().
   * @param order  log2 of the number of frames; above MAX_PAGE_ORDER there never is a block
   * @returns the first frame of the block that was split: aligned to 2^order; or null when no block is large enough
   * @hole
   */
  rmqueue(order: Order): Pfn | null {
    for (let current = order; current < NR_PAGE_ORDERS; current++) {
      const head = this.next[this.spannedPages + current];
      if (head >= this.spannedPages) continue;
      this.removeFromList(head, current);
      for (let half = current - 1; half >= order; half--) this.addToHead(head + (1 << half), half);
      this.heads[head] = IN_USE + order;
      this.freeFrames -= 1 << order;
      return this.startPfn + head;
    }
    return null;
  }

  /**
   * Takes back a block that rmqueue handed out, and merges it with its buddy while that is free as a whole block of the
   * same order in this zone, up to MAX_PAGE_ORDER. Linux: mm/page_alloc.c, __free_one_page().
   * @param pfn  as rmqueue returned it
   * @param order  as rmqueue was asked
   * @throws KernelPanic unless exactly this block is in use: a frame outside of the zone or in a hole, one that is not
   *   the first of a block, another order than it was handed out with, a block that has come back already
   * @hole
   */
  freeOnePage(pfn: Pfn, order: Order): void {
    if (this.heads[pfn - this.startPfn] !== IN_USE + order) {
      panic(`page_alloc: free of pfn ${pfn} order ${order}: no such block of zone ${this.name} is in use`);
    }
    this.heads[pfn - this.startPfn] = INSIDE;
    this.freeFrames += 1 << order;
    let merged = pfn;
    let size = order;
    for (; size < MAX_PAGE_ORDER; size++) {
      const buddy = findBuddyPfn(merged, size);
      if (!this.isFreeBlock(buddy, size)) break;
      this.removeFromList(buddy - this.startPfn, size);
      merged &= buddy;
    }
    const head = merged - this.startPfn;
    if (buddyMergeLikely(this, merged, size)) this.addToTail(head, size);
    else this.addToHead(head, size);
  }

  /**
   * Frees memory at boot, in the largest blocks that alignment and the end allow; lower ones are handed out first.
   * @answer
   */
  private freeRange(start: Pfn, end: Pfn): void {
    for (let pfn = start; pfn < end; ) {
      let order = 0;
      while (order < MAX_PAGE_ORDER && pfn % 2 ** (order + 1) === 0 && pfn + 2 ** (order + 1) <= end) order++;
      this.addToTail(pfn - this.startPfn, order);
      this.freeFrames += 1 << order;
      pfn += 1 << order;
    }
  }

  /** Handed out next: a block just freed is still in the caches. @answer */
  private addToHead(head: number, order: Order): void {
    const entry = this.spannedPages + order;
    this.insert(head, order, entry, this.next[entry]);
  }

  /** Handed out last. @answer */
  private addToTail(head: number, order: Order): void {
    const entry = this.spannedPages + order;
    this.insert(head, order, this.prev[entry], entry);
  }

  /** @answer */
  private insert(head: number, order: Order, before: number, after: number): void {
    this.next[before] = head;
    this.prev[head] = before;
    this.next[head] = after;
    this.prev[after] = head;
    this.heads[head] = order;
    this.freeCounts[order]++;
  }

  /** @answer */
  private removeFromList(head: number, order: Order): void {
    const before = this.prev[head];
    const after = this.next[head];
    this.next[before] = after;
    this.prev[after] = before;
    this.heads[head] = INSIDE;
    this.freeCounts[order]--;
  }
}
