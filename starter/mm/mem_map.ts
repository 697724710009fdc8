/**
 * What the kernel knows of every frame. Linux: mem_map, an array of struct page (include/linux/mm_types.h).
 *
 * A page is its frame number, and a field of all pages is one array: 0 is what a fresh page has everywhere, so that
 * frames that nobody uses cost nothing.
 */
import { PG_head, PG_tail } from '../include/page_flags.ts';
import type { Pfn } from '../include/types.ts';

export class MemMap {
  readonly nrFrames: number;
  /** PG_ bits. */
  readonly flags: Uint32Array;
  /** Who keeps it from being freed: page tables, caches, whoever looks at it. 0: free, or not handed out by pages. */
  readonly refcount: Int32Array;
  /** Page-table entries that map it. Linux: _mapcount + 1. */
  readonly mapcount: Int32Array;
  /** Number of the anon_vma (PG_anon) or address space it belongs to; 0: none. */
  readonly mapping: Int32Array;
  /** Its place there, in pages. Linux: index. */
  readonly index: Float64Array;
  /** See PG_swapcache, PG_tail and PG_buddy. */
  readonly private: Float64Array;
  /** By frame + 1, neighbours in a list: also frame + 1, so that 0 is none. See ListHead. */
  readonly next: Int32Array;
  readonly prev: Int32Array;
  /** In a first frame: log2 of the frames of its block. */
  readonly order: Uint8Array;

  /** @param nrFrames  frames 0 .. nrFrames-1 exist; below 2^31 */
  constructor(nrFrames: number) {
    this.nrFrames = nrFrames;
    this.flags = new Uint32Array(nrFrames);
    this.refcount = new Int32Array(nrFrames);
    this.mapcount = new Int32Array(nrFrames);
    this.mapping = new Int32Array(nrFrames);
    this.index = new Float64Array(nrFrames);
    this.private = new Float64Array(nrFrames);
    this.next = new Int32Array(nrFrames + 1);
    this.prev = new Int32Array(nrFrames + 1);
    this.order = new Uint8Array(nrFrames);
  }

  /** Whether any of these bits is set. */
  test(pfn: Pfn, bits: number): boolean {
    return (this.flags[pfn] & bits) !== 0;
  }

  set(pfn: Pfn, bits: number): void {
    this.flags[pfn] |= bits;
  }

  clear(pfn: Pfn, bits: number): void {
    this.flags[pfn] &= ~bits;
  }

  /** Clears bits. @returns whether any was set. Linux: TestClearPage...() */
  testAndClear(pfn: Pfn, bits: number): boolean {
    const had = this.test(pfn, bits);
    this.clear(pfn, bits);
    return had;
  }

  /** First frame of the block that a frame is used in. Linux: compound_head(). */
  compoundHead(pfn: Pfn): Pfn {
    return this.flags[pfn] & PG_tail ? this.private[pfn] : pfn;
  }

  /** log2 of the frames of that block. Linux: compound_order(). @param head  a first frame */
  compoundOrder(head: Pfn): number {
    return this.flags[head] & PG_head ? this.order[head] : 0;
  }
}
