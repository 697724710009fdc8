import type { MigrateType, ZoneDescription, ZoneIndex } from '../include/mmzone.ts';
import { panic } from '../lib/panic.ts';
import { Zone } from './mmzone.ts';
import { zoneWatermarkOk } from './watermark.ts';

const NAMES = ['DMA', 'DMA32', 'Normal', 'Movable'];

export function gfpZone(gfp: number): ZoneIndex {
  switch (gfp & 0xf) {
    case 0x1:
    case 0x9:
      return 0;
    case 0x4:
    case 0xc:
      return 1;
    case 0xa:
      return 3;
    default:
      return 2;
  }
}

export function gfpToAllocFlags(gfp: number): number {
  let flags = 0;
  if (gfp & 0x20) flags |= 0x20;
  if (!(gfp & 0x400)) flags |= 0x10;
  return flags;
}

export function fallbacks(type: MigrateType): readonly MigrateType[] {
  const table: MigrateType[][] = [
    [2, 1],
    [2, 0],
    [0, 1],
  ];
  return table[type]!;
}

export class PageAllocator {
  private zones: (Zone | null)[] = [null, null, null, null];
  private about: (ZoneDescription | null)[] = [null, null, null, null];

  constructor(zones: readonly ZoneDescription[]) {
    for (const z of zones) {
      this.zones[z.zone] = new Zone(NAMES[z.zone]!, z.startPfn, z.spannedPages, z.holes);
      this.about[z.zone] = z;
    }
  }

  zone(index: ZoneIndex): Zone | null {
    return this.zones[index]!;
  }

  allocPages(gfp: number, order: number): number | null {
    if (order > 10) return null;
    for (let round = 0; round < 2; round++) {
      for (let i = gfpZone(gfp) as number; i >= 0; i--) {
        const zone = this.zones[i];
        const about = this.about[i];
        if (!zone || !about) continue;
        const mark = round === 0 ? about.watermarks.low : about.watermarks.min;
        const allocFlags = round === 0 ? 0 : gfpToAllocFlags(gfp);
        const state = { nrFreePages: zone.nrFreePages, nrFree: zone.nrFree, lowmemReserve: about.lowmemReserve };
        if (!zoneWatermarkOk(state, { order, mark, highestZone: gfpZone(gfp), allocFlags })) continue;
        const pfn = zone.rmqueue(order);
        if (pfn !== null) return pfn;
      }
    }
    return null;
  }

  freePages(pfn: number, order: number): void {
    for (const zone of this.zones) {
      if (zone && pfn >= zone.startPfn && pfn < zone.startPfn + zone.spannedPages) {
        zone.freeOnePage(pfn, order);
        return;
      }
    }
    panic('page_alloc: no zone');
  }

  allocPagesBulk(gfp: number, count: number): number[] | null {
    const got: number[] = [];
    for (let i = 0; i < count; i++) {
      const pfn = this.allocPages(gfp, 0);
      if (pfn === null) {
        while (got.length > 0) this.freePages(got.pop()!, 0);
        return null;
      }
      got.push(pfn);
    }
    return got;
  }
}
