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
import { type MigrateType, ZONE_NAMES, type ZoneDescription, type ZoneIndex } from '../include/mmzone.ts';
import { panic } from '../lib/panic.ts';
import { Zone } from './mmzone.ts';
import { zoneWatermarkOk } from './watermark.ts';

export const gfpZone = (gfp: number): ZoneIndex => {
  if ((gfp & __GFP_DMA) !== 0) return 0;
  if ((gfp & __GFP_DMA32) !== 0) return 1;
  const movable = __GFP_HIGHMEM + __GFP_MOVABLE;
  return (gfp & movable) === movable ? 3 : 2;
};

export const gfpToAllocFlags = (gfp: number): number =>
  [
    [gfp & __GFP_HIGH, ALLOC_MIN_RESERVE],
    [~gfp & __GFP_DIRECT_RECLAIM, ALLOC_NON_BLOCK],
  ].reduce((flags, [asked, right]) => (asked ? flags | right! : flags), 0);

export const fallbacks = (type: MigrateType): MigrateType[] => (type === 2 ? [0, 1] : [2, type === 0 ? 1 : 0]);

type Serve = (order: number) => number | null;

const makeNode = (descriptions: readonly ZoneDescription[]) => {
  const zones = new Map(
    descriptions.map((d) => [d.zone, { d, zone: new Zone(ZONE_NAMES[d.zone], d.startPfn, d.spannedPages, d.holes) }]),
  );
  const server =
    (index: ZoneIndex, gfp: number, level: 'low' | 'min'): Serve =>
    (order) => {
      const found = zones.get(index);
      if (found === undefined) return null;
      const { d, zone } = found;
      const request = {
        order,
        mark: d.watermarks[level],
        highestZone: gfpZone(gfp),
        allocFlags: level === 'low' ? 0 : gfpToAllocFlags(gfp),
      };
      const state = { nrFreePages: zone.nrFreePages, nrFree: zone.nrFree, lowmemReserve: d.lowmemReserve };
      return zoneWatermarkOk(state, request) ? zone.rmqueue(order) : null;
    };
  const firstOf = (servers: Serve[]): Serve => (order) => {
    for (const serve of servers) {
      const pfn = serve(order);
      if (pfn !== null) return pfn;
    }
    return null;
  };
  const down = (gfp: number) => ([3, 2, 1, 0] as const).filter((index) => index <= gfpZone(gfp));
  return {
    zone: (index: ZoneIndex) => zones.get(index)?.zone ?? null,
    alloc: (gfp: number) =>
      firstOf((['low', 'min'] as const).flatMap((level) => down(gfp).map((index) => server(index, gfp, level)))),
    free: (pfn: number, order: number) => {
      for (const { zone } of zones.values()) {
        if (pfn >= zone.startPfn && pfn < zone.startPfn + zone.spannedPages) return zone.freeOnePage(pfn, order);
      }
      return panic(`page_alloc: ${pfn} is in no zone`);
    },
  };
};

export class PageAllocator {
  zone: (index: ZoneIndex) => Zone | null;
  allocPages: (gfp: number, order: number) => number | null;
  freePages: (pfn: number, order: number) => void;
  allocPagesBulk: (gfp: number, count: number) => number[] | null;

  constructor(zones: readonly ZoneDescription[]) {
    const node = makeNode(zones);
    this.zone = node.zone;
    this.freePages = node.free;
    this.allocPages = (gfp, order) => node.alloc(gfp)(order);
    this.allocPagesBulk = (gfp, count) => {
      const serve = node.alloc(gfp);
      const pages = Array.from({ length: count }, () => serve(0));
      const got = pages.filter((pfn) => pfn !== null);
      if (got.length === count) return got;
      for (const pfn of got) node.free(pfn, 0);
      return null;
    };
  }
}
