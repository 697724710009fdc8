import { GFP_ATOMIC, GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from '../../include/gfp.ts';
import { ZONE_DMA32, ZONE_NORMAL, type ZoneDescription } from '../../include/mmzone.ts';
import { fallbacks, gfpZone, PageAllocator } from '../page_alloc.ts';

const DMA32: ZoneDescription = {
  zone: ZONE_DMA32,
  startPfn: 4096,
  spannedPages: 64,
  holes: [],
  watermarks: { min: 8, low: 10, high: 12, promo: 14 },
  lowmemReserve: [0, 0, 20, 20],
};
const NORMAL: ZoneDescription = { ...DMA32, zone: ZONE_NORMAL, startPfn: 1048576, lowmemReserve: [0, 0, 0, 0] };

const drained = (gfp: number) => {
  const node = new PageAllocator([DMA32, NORMAL]);
  while (node.allocPages(gfp, 0) !== null);
  return ([ZONE_DMA32, ZONE_NORMAL] as const).map((zone) => node.zone(zone)?.nrFreePages);
};

describe('PageAllocator.allocPages', () => {
  test('leaves MIN to an ordinary request, and the reserve in a lower zone', () => {
    expect(drained(GFP_KERNEL)).toEqual([28, 8]);
  });

  test('leaves three eighths of MIN to an atomic one', () => {
    expect(drained(GFP_ATOMIC)).toEqual([23, 3]);
  });

  test('falls back to Normal when there is no Movable', () => {
    expect(gfpZone(GFP_HIGHUSER_MOVABLE)).toBe(3);
    expect(new PageAllocator([NORMAL]).allocPages(GFP_HIGHUSER_MOVABLE, 0)).toBe(1048576);
  });
});

describe('PageAllocator.allocPagesBulk', () => {
  test('gives everything back when one page is missing, for each number of pages', () => {
    for (let taken = 0; taken <= 56; taken++) {
      const node = new PageAllocator([NORMAL]);
      expect(node.allocPagesBulk(GFP_KERNEL, taken)).toHaveLength(taken);
      expect(node.allocPagesBulk(GFP_KERNEL, 57 - taken)).toBeNull();
      expect(node.zone(ZONE_NORMAL)?.nrFreePages).toBe(64 - taken);
    }
  });
});

describe('PageAllocator.freePages', () => {
  test('panics for a frame of no zone', () => {
    expect(() => new PageAllocator([NORMAL]).freePages(5, 0)).toThrow('in no zone');
  });
});

describe('fallbacks', () => {
  test('never names the type itself', () => {
    expect(([0, 1, 2] as const).map(fallbacks)).toEqual([
      [2, 1],
      [2, 0],
      [0, 1],
    ]);
  });
});
