/**
 * How much memory each zone keeps back, and whether a request may still have some: numbers only, no allocator.
 * Linux: mm/page_alloc.c. All marks and reserves are in pages, rounded down.
 *
 *     free pages of a zone
 *     HIGH ----- kswapd sleeps again
 *     LOW  ----- kswapd wakes; ordinary requests first try to stay above
 *     MIN  ----- below: only __GFP_HIGH requests, a part of the way
 *     0
 */
import { ALLOC_MIN_RESERVE, ALLOC_NON_BLOCK } from '../include/gfp.ts';
import { type WatermarkRequest, type Watermarks, ZONE_MOVABLE, type ZoneFreeState } from '../include/mmzone.ts';
import { PAGE_SIZE } from '../include/param.ts';

/** kB in a page. @answer */
const PAGE_KB = PAGE_SIZE / 1024;
/** Least min_free_kbytes that is ever computed. @answer */
const LEAST_KB = 128;
/** Most min_free_kbytes that is ever computed. @answer */
const MOST_KB = 262144;

/**
 * Whether a zone has enough free memory for a request, and may give it.
 *
 * - A block of 2^order pages needs more than one page: of the free pages, 2^order - 1 do not count.
 * - The mark sinks with the rights: with ALLOC_MIN_RESERVE by half of it (half rounded down); with ALLOC_MIN_RESERVE
 *   and ALLOC_NON_BLOCK after that by a quarter of what remained (quarter rounded down). ALLOC_NON_BLOCK alone changes
 *   nothing.
 * - What counts must be more than the mark plus the reserve that this zone keeps from requests of that highest zone:
 *   exactly at the mark is not enough.
 * - For order 0 that is all. A larger block must also exist: some block of the order or above must be free.
 *
 * Linux: __zone_watermark_ok().  SIMPLIFIED: no OOM victims, no high-order atomic reserve, no CMA.
 * @hole
 */
export function zoneWatermarkOk(zone: ZoneFreeState, request: WatermarkRequest): boolean {
  const { order, highestZone, allocFlags } = request;
  let min = request.mark;
  if (allocFlags & ALLOC_MIN_RESERVE) {
    min -= Math.floor(min / 2);
    if (allocFlags & ALLOC_NON_BLOCK) min -= Math.floor(min / 4);
  }
  const counted = zone.nrFreePages - ((1 << order) - 1);
  if (counted <= min + zone.lowmemReserve[highestZone]) return false;
  return order === 0 || zone.nrFree.some((blocks, at) => at >= order && blocks > 0);
}

/**
 * The default of vm.min_free_kbytes: the square root of 16 times the memory in kB, rounded down, not below 128 and not
 * above 262144. It grows slower than memory: 1024 kB for 64 MiB, 32768 kB for 64 GiB.
 * Linux: calculate_min_free_kbytes().
 * @param lowmemPages  pages, not kB, of all zones but Movable
 * @returns kB
 * @hole
 */
export function calculateMinFreeKbytes(lowmemPages: number): number {
  const wanted = Math.floor(Math.sqrt(lowmemPages * PAGE_KB * 16));
  return Math.min(Math.max(wanted, LEAST_KB), MOST_KB);
}

/**
 * Watermarks of all zones of a node. Let `share` be the zone's part of min_free_kbytes in pages: in proportion to its
 * managed pages among the managed pages of all zones but Movable. Then
 *
 * - MIN is the share; of zone Movable, which is no lowmem: managed / 1024, not below 32 and not above 128;
 * - the step is share / 4, or managed * scaleFactor / 10000 where that is more: for Movable from its share too;
 * - LOW, HIGH and PROMO each lie one step above the one before.
 *
 * Every quotient is rounded down where it arises; min_free_kbytes becomes pages first. Products go beyond 32 bits.
 * Linux: __setup_per_zone_wmarks().  SIMPLIFIED: no boost.
 * @param managedPages  by zone index; some zone other than Movable has memory
 * @param scaleFactor  vm.watermark_scale_factor, in 1/10000 of the zone; Linux starts with 10
 * @returns by zone index
 * @hole
 */
export function setupPerZoneWmarks(
  managedPages: readonly number[],
  minFreeKbytes: number,
  scaleFactor: number,
): Watermarks[] {
  const pagesMin = Math.floor(minFreeKbytes / PAGE_KB);
  const lowmemPages = managedPages.reduce((sum, pages, zone) => (zone === ZONE_MOVABLE ? sum : sum + pages), 0);
  return managedPages.map((managed, zone) => {
    const share = Math.floor((pagesMin * managed) / lowmemPages);
    const min = zone === ZONE_MOVABLE ? Math.min(Math.max(Math.floor(managed / 1024), 32), 128) : share;
    const step = Math.max(Math.floor(share / 4), Math.floor((managed * scaleFactor) / 10000));
    return { min, low: min + step, high: min + 2 * step, promo: min + 3 * step };
  });
}

/**
 * What each zone keeps from requests that could have been served higher up: zone i keeps from those of highest zone j,
 * j > i, the managed pages of zones i+1 to j together, divided by the ratio of zone i, rounded down. It keeps nothing
 * from requests of its own or a lower zone, nothing when its ratio is 0, nothing when it has no memory itself. An empty
 * zone j adds 0, and its column is filled in like any other.
 * Linux: setup_per_zone_lowmem_reserve(), as in newer kernels; 6.12 writes 0 into the column of an empty zone.
 * @param managedPages  by zone index
 * @param ratio  by zone index: vm.lowmem_reserve_ratio; Linux starts with 256, 256, 32, 0
 * @returns pages: row i, column j
 * @hole
 */
export function setupPerZoneLowmemReserve(managedPages: readonly number[], ratio: readonly number[]): number[][] {
  return managedPages.map((own, i) => {
    let above = 0;
    return managedPages.map((managed, j) => {
      if (j <= i) return 0;
      above += managed;
      return ratio[i] === 0 || own === 0 ? 0 : Math.floor(above / ratio[i]);
    });
  });
}
