import { subject } from '../../../graders/suite/index.ts';
import {
  __GFP_DMA,
  ALLOC_MIN_RESERVE,
  ALLOC_NON_BLOCK,
  GFP_ATOMIC,
  GFP_HIGHUSER_MOVABLE,
  GFP_KERNEL,
} from '../../../starter/include/gfp.ts';
import {
  MIGRATE_MOVABLE,
  MIGRATE_RECLAIMABLE,
  MIGRATE_UNMOVABLE,
  ZONE_DMA,
  ZONE_DMA32,
  ZONE_MOVABLE,
  ZONE_NORMAL,
  type ZoneDescription,
  type ZoneIndex,
} from '../../../starter/include/mmzone.ts';
import type * as PageAlloc from '../../../starter/mm/page_alloc.ts';

const pageAlloc = subject<typeof PageAlloc>('mm/page_alloc');

/** A small zone; all its marks are 0 unless they are given. */
const zoneOf = (zone: ZoneIndex, startPfn: number, spannedPages: number, min = 0, low = 0): ZoneDescription => ({
  zone,
  startPfn,
  spannedPages,
  holes: [],
  watermarks: { min, low, high: low, promo: low },
  lowmemReserve: [0, 0, 0, 0],
});

describe('gfp', () => {
  test('the highest zone of a request', () => {
    expect(pageAlloc.gfpZone(GFP_KERNEL)).toBe(ZONE_NORMAL);
    expect(pageAlloc.gfpZone(GFP_KERNEL | __GFP_DMA)).toBe(ZONE_DMA);
    expect(pageAlloc.gfpZone(GFP_HIGHUSER_MOVABLE)).toBe(ZONE_MOVABLE);
  });

  test('the rights of a request', () => {
    expect(pageAlloc.gfpToAllocFlags(GFP_KERNEL)).toBe(0);
    expect(pageAlloc.gfpToAllocFlags(GFP_ATOMIC)).toBe(ALLOC_MIN_RESERVE | ALLOC_NON_BLOCK);
  });
});

describe('fallbacks', () => {
  test('unmovable memory steals from reclaimable first', () => {
    expect(pageAlloc.fallbacks(MIGRATE_UNMOVABLE)).toEqual([MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE]);
  });
});

describe('zone-fallback', () => {
  const zones = [zoneOf(ZONE_DMA, 16, 4), zoneOf(ZONE_DMA32, 4096, 4), zoneOf(ZONE_NORMAL, 1048576, 4)];

  test('Normal first, then DMA32, then DMA, then null', () => {
    const node = new pageAlloc.PageAllocator(zones);
    expect(node.allocPages(GFP_KERNEL, 2)).toBe(1048576);
    expect(node.allocPages(GFP_KERNEL, 2)).toBe(4096);
    expect(node.allocPages(GFP_KERNEL, 2)).toBe(16);
    expect(node.allocPages(GFP_KERNEL, 2)).toBeNull();
  });

  test('a block goes back to its own zone', () => {
    const node = new pageAlloc.PageAllocator(zones);
    expect(node.allocPages(GFP_KERNEL | __GFP_DMA, 2)).toBe(16);
    node.freePages(16, 2);
    expect(node.zone(ZONE_DMA)?.nrFreePages).toBe(4);
  });

  test('a zone that the node was not given, and one given without frames', () => {
    expect(new pageAlloc.PageAllocator(zones).zone(ZONE_MOVABLE)).toBeNull();
    const node = new pageAlloc.PageAllocator([...zones, zoneOf(ZONE_MOVABLE, 2097152, 0)]);
    expect(node.zone(ZONE_MOVABLE)?.spannedPages).toBe(0);
    expect(node.allocPages(GFP_HIGHUSER_MOVABLE, 2)).toBe(1048576);
  });
});

describe('ladder', () => {
  test('all zones are drained to LOW before one is drained to MIN', () => {
    const node = new pageAlloc.PageAllocator([
      zoneOf(ZONE_DMA32, 4096, 4, 1, 2),
      zoneOf(ZONE_NORMAL, 1048576, 4, 1, 2),
    ]);
    const free = () => [ZONE_DMA32, ZONE_NORMAL].map((zone) => node.zone(zone as ZoneIndex)?.nrFreePages);
    const seen = [free()];
    for (let i = 0; i < 6; i++) {
      node.allocPages(GFP_KERNEL, 0);
      seen.push(free());
    }
    expect(node.allocPages(GFP_KERNEL, 0)).toBeNull();
    expect(seen).toEqual([
      [4, 4],
      [4, 3],
      [4, 2],
      [3, 2],
      [2, 2],
      [2, 1],
      [1, 1],
    ]);
  });
});

describe('bulk', () => {
  test('all pages, or none', () => {
    const node = new pageAlloc.PageAllocator([zoneOf(ZONE_NORMAL, 1048576, 4)]);
    const free = () =>
      node
        .zone(ZONE_NORMAL)
        ?.freeBlocks()
        .reduce((sum, blocks, order) => sum + blocks.length * 2 ** order, 0);
    expect(node.allocPagesBulk(GFP_KERNEL, 5)).toBeNull();
    expect(free()).toBe(4);
    expect(node.allocPagesBulk(GFP_KERNEL, 4)).toHaveLength(4);
  });
});
