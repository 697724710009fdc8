import * as gfps from '../include/gfp.ts';
import { type MigrateType, ZONE_NAMES, type ZoneDescription, type ZoneIndex } from '../include/mmzone.ts';
import { KernelPanic } from '../lib/panic.ts';
import { Zone } from './mmzone.ts';
import { zoneWatermarkOk } from './watermark.ts';

const has = (gfp: number, bits: number) => (gfp & bits) === bits;

export const gfpZone = (gfp: number): ZoneIndex =>
  has(gfp, gfps.__GFP_DMA)
    ? 0
    : has(gfp, gfps.__GFP_DMA32)
      ? 1
      : has(gfp, gfps.__GFP_HIGHMEM | gfps.__GFP_MOVABLE)
        ? 3
        : 2;

export const gfpToAllocFlags = (gfp: number): number =>
  (has(gfp, gfps.__GFP_HIGH) ? gfps.ALLOC_MIN_RESERVE : 0) +
  (has(gfp, gfps.__GFP_DIRECT_RECLAIM) ? 0 : gfps.ALLOC_NON_BLOCK);

const FALLBACKS = new Map<MigrateType, readonly MigrateType[]>([
  [0, [2, 1]],
  [1, [2, 0]],
  [2, [0, 1]],
]);
export const fallbacks = (type: MigrateType): readonly MigrateType[] => FALLBACKS.get(type) ?? [];

class NodeZone extends Zone {
  readonly about: ZoneDescription;

  constructor(about: ZoneDescription) {
    super(ZONE_NAMES[about.zone], about.startPfn, about.spannedPages, about.holes);
    this.about = about;
  }

  allows(gfp: number, order: number, mark: number, allocFlags: number): boolean {
    return zoneWatermarkOk(
      { nrFreePages: this.nrFreePages, nrFree: this.nrFree, lowmemReserve: this.about.lowmemReserve },
      { order, mark, allocFlags, highestZone: gfpZone(gfp) },
    );
  }

  holds(pfn: number): boolean {
    return pfn >= this.startPfn && pfn - this.startPfn < this.spannedPages;
  }
}

export class PageAllocator {
  readonly #zones = new Map<ZoneIndex, NodeZone>();

  constructor(zones: readonly ZoneDescription[]) {
    for (const about of zones) this.#zones.set(about.zone, new NodeZone(about));
  }

  zone(index: ZoneIndex): Zone | null {
    return this.#zones.get(index) ?? null;
  }

  allocPages(gfp: number, order: number): number | null {
    const list = ([3, 2, 1, 0] as const)
      .filter((index) => index <= gfpZone(gfp))
      .flatMap((index) => this.#zones.get(index) ?? []);
    const attempts = [
      ...list.map((zone) => ({ zone, mark: zone.about.watermarks.low, flags: 0 })),
      ...list.map((zone) => ({ zone, mark: zone.about.watermarks.min, flags: gfpToAllocFlags(gfp) })),
    ];
    for (const { zone, mark, flags } of attempts) {
      const pfn = zone.allows(gfp, order, mark, flags) ? zone.rmqueue(order) : null;
      if (pfn !== null) return pfn;
    }
    return null;
  }

  freePages(pfn: number, order: number): void {
    const home = [...this.#zones.values()].find((zone) => zone.holds(pfn));
    if (!home) throw new KernelPanic(`frame ${pfn} is in no zone`);
    home.freeOnePage(pfn, order);
  }

  allocPagesBulk(gfp: number, count: number): number[] | null {
    if (count === 0) return [];
    const pfn = this.allocPages(gfp, 0);
    if (pfn === null) return null;
    const rest = this.allocPagesBulk(gfp, count - 1);
    if (rest === null) this.freePages(pfn, 0);
    return rest && [pfn, ...rest];
  }
}
