/**
 * What is known of a frame: one bit each. Linux: include/linux/page-flags.h (same names; the numbers are our own).
 *
 * Linux keeps two of these facts elsewhere: PG_anon in the low bit of `mapping`, PG_buddy in `page_type`.
 */

/** Under I/O, or being looked at by somebody who must not be disturbed. */
export const PG_locked = 1 << 0;
/** It holds what the disk holds. */
export const PG_uptodate = 1 << 1;
/** It holds what the disk does not hold yet. */
export const PG_dirty = 1 << 2;
/** On its way to the disk. */
export const PG_writeback = 1 << 3;
/** Used once since it was last looked at. */
export const PG_referenced = 1 << 4;
/** On one of the LRU lists; which one, the next bits and PG_swapbacked say. */
export const PG_lru = 1 << 5;
export const PG_active = 1 << 6;
export const PG_unevictable = 1 << 7;
/** In a mapping that is locked. */
export const PG_mlocked = 1 << 8;
/** It was active before it was reclaimed or deactivated. */
export const PG_workingset = 1 << 9;
/** To be reclaimed as soon as it has been written. */
export const PG_reclaim = 1 << 10;
/** Its place on disk, if any, is in swap: anonymous memory and shmem. */
export const PG_swapbacked = 1 << 11;
/** In the swap cache: `private` is its swap entry. */
export const PG_swapcache = 1 << 12;
/** Whoever reads this page starts the next readahead. */
export const PG_readahead = 1 << 13;
/** Anonymous: `mapping` is the number of an anon_vma; without it, of an address space. */
export const PG_anon = 1 << 14;
/** One page table alone may hold it, so that it may be written without a copy. Linux: PageAnonExclusive. */
export const PG_anon_exclusive = 1 << 15;
/** First frame of a block of more than one, that is used as one. */
export const PG_head = 1 << 16;
/** One of the other frames of such a block; `private` is the pfn of the first. */
export const PG_tail = 1 << 17;
/** Belongs to a slab cache. */
export const PG_slab = 1 << 18;
/** A page table. */
export const PG_table = 1 << 19;
/** Never handed out: the kernel itself, the zero page. */
export const PG_reserved = 1 << 20;
/** First frame of a free block; `private` is its order. */
export const PG_buddy = 1 << 21;
/** Holds a page of hugetlb. */
export const PG_hugetlb = 1 << 22;
