/**
 * The page allocator of one node: which zone serves a request, and how far down it may be drained.
 * Linux: mm/page_alloc.c.  SIMPLIFIED: one node, no reclaim, no per-CPU lists on the way, no migratetypes in the zones.
 */
import type { MigrateType, ZoneDescription, ZoneIndex } from '../include/mmzone.ts';
import type { Order, Pfn } from '../include/types.ts';
import type { Zone } from './mmzone.ts';

/**
 * The highest zone that may serve a request: DMA for __GFP_DMA, DMA32 for __GFP_DMA32, Movable for __GFP_HIGHMEM and
 * __GFP_MOVABLE together, Normal for all others (__GFP_HIGHMEM alone and __GFP_MOVABLE alone too). Flags that do not
 * say where change nothing; __GFP_MOVABLE beside __GFP_DMA or __GFP_DMA32 neither.
 * Linux: include/linux/gfp.h, gfp_zone(), on x86-64.
 * @param gfp  at most one of __GFP_DMA, __GFP_DMA32, __GFP_HIGHMEM is set
 */
export function gfpZone(gfp: number): ZoneIndex {
  throw new Error('not written yet: gfpZone');
}

/**
 * The rights of a request that did not get its memory above LOW: ALLOC_MIN_RESERVE for __GFP_HIGH, ALLOC_NON_BLOCK for
 * requests without __GFP_DIRECT_RECLAIM. Linux: gfp_to_alloc_flags().
 * @returns ALLOC_ rights, joined with `|`
 */
export function gfpToAllocFlags(gfp: number): number {
  throw new Error('not written yet: gfpToAllocFlags');
}

/**
 * From which other kinds of memory a request may steal when its own has run out, in this order: unmovable from
 * reclaimable, then movable; movable from reclaimable, then unmovable; reclaimable from unmovable, then movable.
 * Linux: fallbacks[][].
 */
export function fallbacks(type: MigrateType): readonly MigrateType[] {
  throw new Error('not written yet: fallbacks');
}

/** The zones of one node, and the way from a request to one of them. */
export class PageAllocator {
  /**
   * Boots the node: all memory is free.
   * @param zones  at most one for each zone index, in any order, disjoint; some may be missing, or have no frames
   */
  constructor(zones: readonly ZoneDescription[]) {
    throw new Error('not written yet: PageAllocator.constructor');
  }

  /** The zone of that index (one given without frames, too), or null when the node was not given one. */
  zone(index: ZoneIndex): Zone | null {
    throw new Error('not written yet: PageAllocator.zone');
  }

  /**
   * Allocates 2^order frames that lie together. The zones are asked from gfpZone(gfp) downwards, and all of them twice:
   *
   * 1. with mark LOW and no rights (0);
   * 2. with mark MIN and the rights of gfpToAllocFlags(gfp).
   *
   * The first zone that zoneWatermarkOk allows and that has a block gives it.
   * Linux: __alloc_pages(), get_page_from_freelist().  SIMPLIFIED: nothing is reclaimed between the two.
   * @param gfp  see include/gfp.ts
   * @param order  above MAX_PAGE_ORDER there never is a block
   * @returns the first frame, or null when no zone can give a block: nothing has changed then
   */
  allocPages(gfp: number, order: Order): Pfn | null {
    throw new Error('not written yet: PageAllocator.allocPages');
  }

  /**
   * Gives a block back to the zone it came from. Linux: __free_pages().
   * @param pfn  as allocPages returned it
   * @param order  as allocPages was asked
   * @throws KernelPanic unless exactly this block is in use: see Zone.freeOnePage
   */
  freePages(pfn: Pfn, order: Order): void {
    throw new Error('not written yet: PageAllocator.freePages');
  }

  /**
   * Allocates single pages, all or none.
   * Linux: alloc_pages_bulk_noprof().  SIMPLIFIED: Linux keeps what it could get.
   * @param count  0 ≤ count
   * @returns the frames, each as allocPages(gfp, 0) gives them; or null when there are not enough: all that had been
   *   taken has been given back
   */
  allocPagesBulk(gfp: number, count: number): Pfn[] | null {
    throw new Error('not written yet: PageAllocator.allocPagesBulk');
  }
}
