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

const KB_PER_PAGE = PAGE_SIZE / 1024;

const clamp = (low: number, value: number, high: number) => Math.max(low, Math.min(value, high));

/** factor * other / divisor, rounded down; exact where the product goes beyond 53 bits, too. */
function portion(factor: number, other: number, divisor: number): number {
  const product = factor * other;
  return product <= Number.MAX_SAFE_INTEGER
    ? Math.floor(product / divisor)
    : Number((BigInt(factor) * BigInt(other)) / BigInt(divisor));
}

/** What is left of a mark for a request with these rights. */
function markFor(mark: number, allocFlags: number): number {
  if ((allocFlags & ALLOC_MIN_RESERVE) === 0) return mark;
  const half = mark - Math.floor(mark / 2);
  return (allocFlags & ALLOC_NON_BLOCK) === 0 ? half : half - Math.floor(half / 4);
}

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
 */
export function zoneWatermarkOk(zone: ZoneFreeState, request: WatermarkRequest): boolean {
  const { order, mark, highestZone, allocFlags } = request;
  const counting = zone.nrFreePages - (2 ** order - 1);
  if (counting <= markFor(mark, allocFlags) + zone.lowmemReserve[highestZone]!) return false;
  return order === 0 || zone.nrFree.findLastIndex((blocks) => blocks > 0) >= order;
}

/**
 * The default of vm.min_free_kbytes: the square root of 16 times the memory in kB, rounded down, not below 128 and not
 * above 262144. It grows slower than memory: 1024 kB for 64 MiB, 32768 kB for 64 GiB.
 * Linux: calculate_min_free_kbytes().
 * @param lowmemPages  pages, not kB, of all zones but Movable
 * @returns kB
 */
export function calculateMinFreeKbytes(lowmemPages: number): number {
  return clamp(128, Math.floor(Math.sqrt(16 * lowmemPages * KB_PER_PAGE)), 262144);
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
 */
export function setupPerZoneWmarks(
  managedPages: readonly number[],
  minFreeKbytes: number,
  scaleFactor: number,
): Watermarks[] {
  const minimum = Math.floor(minFreeKbytes / KB_PER_PAGE);
  const lowmem = managedPages.reduce((sum, managed, zone) => (zone === ZONE_MOVABLE ? sum : sum + managed), 0);
  return managedPages.map((managed, zone) => {
    const share = portion(minimum, managed, lowmem);
    const step = Math.max(Math.floor(share / 4), portion(managed, scaleFactor, 10000));
    const min = zone === ZONE_MOVABLE ? clamp(32, Math.floor(managed / 1024), 128) : share;
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
 */
export function setupPerZoneLowmemReserve(managedPages: readonly number[], ratio: readonly number[]): number[][] {
  // Column by column; upTo[j] is the memory of zones 0..j, so that of i+1..j is a difference.
  let sum = 0;
  const upTo = managedPages.map((managed) => (sum += managed));
  const table = managedPages.map(() => managedPages.map(() => 0));
  for (let j = managedPages.length - 1; j > 0; j--) {
    for (let i = j - 1; i >= 0; i--) {
      if (ratio[i]! > 0 && managedPages[i]! > 0) table[i]![j] = Math.floor((upTo[j]! - upTo[i]!) / ratio[i]!);
    }
  }
  return table;
}
