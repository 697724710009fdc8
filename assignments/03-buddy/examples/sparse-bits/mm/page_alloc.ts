/**
 * The page allocator of one node: which zone serves a request, and how far down it may be drained.
 * Linux: mm/page_alloc.c.  SIMPLIFIED: one node, no reclaim, no per-CPU lists on the way, no migratetypes in the zones.
 */
import {
  __GFP_DIRECT_RECLAIM,
  __GFP_DMA,
  __GFP_DMA32,
  __GFP_HIGH,
  __GFP_HIGHMEM,
  __GFP_MOVABLE,
  ALLOC_MIN_RESERVE,
  ALLOC_NON_BLOCK,
} from '../include/gfp.ts';
import {
  MIGRATE_MOVABLE,
  MIGRATE_RECLAIMABLE,
  MIGRATE_UNMOVABLE,
  type MigrateType,
  ZONE_DMA,
  ZONE_DMA32,
  ZONE_MOVABLE,
  ZONE_NAMES,
  ZONE_NORMAL,
  type ZoneDescription,
  type ZoneIndex,
} from '../include/mmzone.ts';
import { MAX_PAGE_ORDER } from '../include/param.ts';
import type { Order, Pfn } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import { Zone } from './mmzone.ts';
import { zoneWatermarkOk } from './watermark.ts';

const ANYWHERE_ABOVE = __GFP_HIGHMEM | __GFP_MOVABLE;

/** Whom each kind steals from, first choice first. */
const VICTIMS = new Map<MigrateType, readonly MigrateType[]>([
  [MIGRATE_RECLAIMABLE, [MIGRATE_UNMOVABLE, MIGRATE_MOVABLE]],
  [MIGRATE_MOVABLE, [MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE]],
  [MIGRATE_UNMOVABLE, [MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE]],
]);

/** A zone, and how it is guarded. */
interface Guarded {
  readonly plan: ZoneDescription;
  readonly memory: Zone;
}

/**
 * The highest zone that may serve a request: DMA for __GFP_DMA, DMA32 for __GFP_DMA32, Movable for __GFP_HIGHMEM and
 * __GFP_MOVABLE together, Normal for all others (__GFP_HIGHMEM alone and __GFP_MOVABLE alone too). Flags that do not
 * say where change nothing; __GFP_MOVABLE beside __GFP_DMA or __GFP_DMA32 neither.
 * Linux: include/linux/gfp.h, gfp_zone(), on x86-64.
 * @param gfp  at most one of __GFP_DMA, __GFP_DMA32, __GFP_HIGHMEM is set
 */
export function gfpZone(gfp: number): ZoneIndex {
  if (gfp & __GFP_DMA) return ZONE_DMA;
  if (gfp & __GFP_DMA32) return ZONE_DMA32;
  return (gfp & ANYWHERE_ABOVE) === ANYWHERE_ABOVE ? ZONE_MOVABLE : ZONE_NORMAL;
}

/**
 * The rights of a request that did not get its memory above LOW: ALLOC_MIN_RESERVE for __GFP_HIGH, ALLOC_NON_BLOCK for
 * requests without __GFP_DIRECT_RECLAIM. Linux: gfp_to_alloc_flags().
 * @returns ALLOC_ rights, joined with `|`
 */
export function gfpToAllocFlags(gfp: number): number {
  return (gfp & __GFP_HIGH ? ALLOC_MIN_RESERVE : 0) | (gfp & __GFP_DIRECT_RECLAIM ? 0 : ALLOC_NON_BLOCK);
}

/**
 * From which other kinds of memory a request may steal when its own has run out, in this order: unmovable from
 * reclaimable, then movable; movable from reclaimable, then unmovable; reclaimable from unmovable, then movable.
 * Linux: fallbacks[][].
 */
export function fallbacks(type: MigrateType): readonly MigrateType[] {
  return [...VICTIMS.get(type)!];
}

/** The zones of one node, and the way from a request to one of them. */
export class PageAllocator {
  /** Highest zone first: the order in which they are asked. */
  readonly #downwards: readonly Guarded[];

  /**
   * Boots the node: all memory is free.
   * @param zones  at most one for each zone index, in any order, disjoint; some may be missing, or have no frames
   */
  constructor(zones: readonly ZoneDescription[]) {
    this.#downwards = zones
      .toSorted((a, b) => b.zone - a.zone)
      .map((plan) => ({
        plan,
        memory: new Zone(ZONE_NAMES[plan.zone], plan.startPfn, plan.spannedPages, plan.holes),
      }));
  }

  /** The zone of that index (one given without frames, too), or null when the node was not given one. */
  zone(index: ZoneIndex): Zone | null {
    return this.#downwards.find(({ plan }) => plan.zone === index)?.memory ?? null;
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
    if (order > MAX_PAGE_ORDER) return null;
    const highestZone = gfpZone(gfp);
    const attempts = [
      { level: 'low', allocFlags: 0 },
      { level: 'min', allocFlags: gfpToAllocFlags(gfp) },
    ] as const;
    for (const { level, allocFlags } of attempts) {
      for (const { plan, memory } of this.#downwards) {
        if (plan.zone > highestZone) continue;
        const state = {
          nrFreePages: memory.nrFreePages,
          nrFree: memory.nrFree,
          lowmemReserve: plan.lowmemReserve,
        };
        const mark = plan.watermarks[level];
        const pfn = zoneWatermarkOk(state, { order, mark, highestZone, allocFlags }) ? memory.rmqueue(order) : null;
        if (pfn !== null) return pfn;
      }
    }
    return null;
  }

  /**
   * Gives a block back to the zone it came from. Linux: __free_pages().
   * @param pfn  as allocPages returned it
   * @param order  as allocPages was asked
   * @throws KernelPanic unless exactly this block is in use: see Zone.freeOnePage
   */
  freePages(pfn: Pfn, order: Order): void {
    const home = this.#downwards.find(
      ({ memory }) => pfn >= memory.startPfn && pfn < memory.startPfn + memory.spannedPages,
    );
    if (home === undefined) panic(`page_alloc: pfn ${pfn} lies in no zone`);
    home.memory.freeOnePage(pfn, order);
  }

  /**
   * Allocates single pages, all or none.
   * Linux: alloc_pages_bulk_noprof().  SIMPLIFIED: Linux keeps what it could get.
   * @param count  0 ≤ count
   * @returns the frames, each as allocPages(gfp, 0) gives them; or null when there are not enough: all that had been
   *   taken has been given back
   */
  allocPagesBulk(gfp: number, count: number): Pfn[] | null {
    const pages: Pfn[] = [];
    while (pages.length < count) {
      const pfn = this.allocPages(gfp, 0);
      if (pfn === null) {
        for (const taken of pages) this.freePages(taken, 0);
        return null;
      }
      pages.push(pfn);
    }
    return pages;
  }
}
