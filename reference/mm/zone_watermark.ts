/**
 * Whether a zone may serve a request: the rule of watermark.ts, with the rights that it leaves out.
 * Linux: mm/page_alloc.c, zone_watermark_fast(), __zone_watermark_ok().
 */
import {
  ALLOC_HIGHATOMIC,
  ALLOC_MIN_RESERVE,
  ALLOC_OOM,
  ALLOC_RESERVES,
  ALLOC_WMARK_HIGH,
  ALLOC_WMARK_LOW,
  ALLOC_WMARK_MASK,
  ALLOC_WMARK_MIN,
} from '../include/gfp.ts';
import type { Watermarks, ZoneIndex } from '../include/mmzone.ts';
import type { Order } from '../include/types.ts';
import { zoneWatermarkOk } from './watermark.ts';
import type { Zone } from './zone.ts';

/** One request, as far as a watermark check looks at it. */
export interface WatermarkedRequest {
  readonly order: Order;
  readonly highestZone: ZoneIndex;
}

function markOf(allocFlags: number): keyof Watermarks {
  switch (allocFlags & ALLOC_WMARK_MASK) {
    case ALLOC_WMARK_LOW:
      return 'low';
    case ALLOC_WMARK_HIGH:
      return 'high';
    default:
      return 'min';
  }
}

/** Pages in pageblocks that are kept for others. SIMPLIFIED: those in use count too, as in 6.12. */
function reservedFromOthers(zone: Zone, allocFlags: number): number {
  return allocFlags & ALLOC_RESERVES ? 0 : zone.nrReservedHighatomic;
}

/**
 * Whether a zone would still be above a mark, if so many pages were free.
 * SIMPLIFIED: for an OOM victim the mark is halved before other rights, not after: one page of rounding.
 * @param mark  pages
 * @param freePages  pages
 */
export function watermarkOk(
  zone: Zone,
  { order, highestZone }: WatermarkedRequest,
  allocFlags: number,
  mark: number,
  freePages: number,
): boolean {
  const { nrFree, nrFreeOrdinary } = zone.areas;
  const state = {
    nrFreePages: freePages - reservedFromOthers(zone, allocFlags),
    nrFree: allocFlags & (ALLOC_HIGHATOMIC | ALLOC_OOM) ? nrFree : nrFreeOrdinary,
    lowmemReserve: zone.lowmemReserve,
  };
  const halved = allocFlags & ALLOC_OOM ? mark - Math.floor(mark / 2) : mark;
  return zoneWatermarkOk(state, { order, mark: halved, highestZone, allocFlags });
}

/** Whether a request may be served above its mark: a comparison or two for a single page. Linux: zone_watermark_fast(). */
export function zoneWatermarkFast(zone: Zone, request: WatermarkedRequest, allocFlags: number): boolean {
  const mark = zone.wmarkPages(markOf(allocFlags));
  const free = zone.nrFreePages;
  if (request.order === 0) {
    const usable = free - reservedFromOthers(zone, allocFlags);
    if (usable > mark + zone.lowmemReserve[request.highestZone]) return true;
  }
  if (watermarkOk(zone, request, allocFlags, mark, free)) return true;
  // The boost is no reason to refuse a page to those who may go below MIN.
  const urgent = request.order === 0 && allocFlags & ALLOC_MIN_RESERVE && zone.watermarkBoost > 0;
  if (!urgent || (allocFlags & ALLOC_WMARK_MASK) !== ALLOC_WMARK_MIN) return false;
  return watermarkOk(zone, request, allocFlags, zone.watermarks.min, free);
}
