import { __GFP_RECLAIMABLE, __GFP_THISNODE, GFP_ATOMIC, GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from '../../include/gfp.ts';
import { DEFAULT_PAGE_SYSCTLS } from '../../include/machine.ts';
import { MIGRATE_HIGHATOMIC } from '../../include/migratetype.ts';
import { MIGRATE_MOVABLE, MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE, ZONE_DMA32 } from '../../include/mmzone.ts';
import { PG_lru } from '../../include/page_flags.ts';
import type { PageAllocator } from '../alloc_pages.ts';
import { boot, bootAll, normalZone, onlyZone, picture } from './machines.ts';

const GFP_RECLAIMABLE = GFP_KERNEL | __GFP_RECLAIMABLE;

/** Kinds of the first pageblocks. */
const kinds = (pages: PageAllocator, count: number) =>
  Array.from({ length: count }, (_, block) => pages.zones.pageblocks.typeOf(block * 512));

/** All frames in use, one by one, then some freed. */
function allUsedBut(gfp: number, free: readonly number[]): PageAllocator {
  const pages = bootAll(3072, 'off');
  while (pages.allocPages(gfp, 0) !== null);
  for (const pfn of free) pages.putPages(pfn, 0);
  pages.zones.all.forEach((zone) => {
    zone.watermarkBoost = 0;
  });
  return pages;
}

const range = (start: number, end: number) => Array.from({ length: end - start }, (_, i) => start + i);

describe('small machines', () => {
  test('do not keep kinds apart: below five pageblocks all is unmovable', () => {
    expect(bootAll(2559, 'off').zones.pageblocks.grouped).toBe(false);
    expect(bootAll(2560, 'off').zones.pageblocks.grouped).toBe(true);
  });
});

describe('a request without memory of its kind', () => {
  test('takes over the pageblocks of the largest block', () => {
    const pages = bootAll(3072, 'off');
    expect(kinds(pages, 3)).toEqual([MIGRATE_MOVABLE, MIGRATE_MOVABLE, MIGRATE_MOVABLE]);
    expect(pages.allocPages(GFP_KERNEL, 0)).toBe(0);
    expect(kinds(pages, 3)).toEqual([MIGRATE_UNMOVABLE, MIGRATE_UNMOVABLE, MIGRATE_MOVABLE]);
    expect([...onlyZone(pages).areas.list(9, MIGRATE_UNMOVABLE)]).toEqual([512]);
    pages.validate();
  });

  test('reclaimable asks unmovable before movable', () => {
    const pages = bootAll(3072, 'off');
    pages.allocPages(GFP_KERNEL, 0);
    expect(pages.allocPages(GFP_RECLAIMABLE, 0)).toBe(1024);
    expect(kinds(pages, 4)).toEqual([MIGRATE_UNMOVABLE, MIGRATE_UNMOVABLE, MIGRATE_RECLAIMABLE, MIGRATE_RECLAIMABLE]);
  });

  test('takes over a pageblock of which half is free, with its free blocks', () => {
    //  pageblock 2: 1024 [ 300 free: 256 + 32 + 8 + 4 | 212 in use ]
    const pages = allUsedBut(GFP_HIGHUSER_MOVABLE, range(1024, 1324));
    for (const pfn of range(1324, 1536)) pages.memMap.set(pfn, PG_lru);
    expect(pages.allocPages(GFP_KERNEL, 0)).toBe(1320);
    expect(kinds(pages, 3)).toEqual([MIGRATE_MOVABLE, MIGRATE_MOVABLE, MIGRATE_UNMOVABLE]);
    pages.validate();
  });

  test('takes only a page where less than half is free or alike, and has watermarks raised', () => {
    const pages = allUsedBut(GFP_HIGHUSER_MOVABLE, range(1024, 1224));
    for (const pfn of range(1224, 1536)) pages.memMap.set(pfn, PG_lru);
    expect(pages.allocPages(GFP_KERNEL, 0)).toBe(1024);
    expect(kinds(pages, 3)).toEqual([MIGRATE_MOVABLE, MIGRATE_MOVABLE, MIGRATE_MOVABLE]);
    expect(onlyZone(pages).watermarkBoost).toBe(512);
    expect(onlyZone(pages).areas.nrFree).toEqual([1, 1, 1, 2, 1, 1, 2, 0, 0, 0, 0]);
    pages.validate();
  });

  test('counts pages in use that cannot move as alike, when it takes from movable memory', () => {
    const pages = allUsedBut(GFP_HIGHUSER_MOVABLE, range(1024, 1224));
    expect(pages.allocPages(GFP_KERNEL, 0)).toBe(1216);
    expect(kinds(pages, 3)[2]).toBe(MIGRATE_UNMOVABLE);
  });

  test('counts movable pages in use as alike, when it is movable', () => {
    const pages = allUsedBut(GFP_KERNEL, range(1024, 1224));
    for (const pfn of range(1224, 1324)) pages.memMap.set(pfn, PG_lru);
    expect(pages.allocPages(GFP_HIGHUSER_MOVABLE, 0)).toBe(1216);
    expect(kinds(pages, 3)).toEqual([MIGRATE_UNMOVABLE, MIGRATE_UNMOVABLE, MIGRATE_MOVABLE]);
  });

  test('mixes kinds rather than ask another node', () => {
    const pages = boot({
      nodes: [
        { cpus: [0], zones: [{ ...normalZone(0, 512), zone: ZONE_DMA32 }, normalZone(512, 2048)], distances: [10, 20] },
        { cpus: [1], zones: [normalZone(4096, 2048)], distances: [20, 10] },
      ],
      sysctls: { ...DEFAULT_PAGE_SYSCTLS, minFreeKbytes: 0 },
      perCpuPages: 'off',
      thp: 'off',
    });
    while (pages.allocPages(GFP_HIGHUSER_MOVABLE | __GFP_THISNODE, 0) !== null);
    for (const pfn of range(600, 610)) pages.putPages(pfn, 0);
    expect(pages.nidOf(pages.allocPages(GFP_KERNEL, 0) ?? -1)).toBe(0);
  });

  test('movable takes the smallest block where it may not take over the largest', () => {
    const pages = allUsedBut(GFP_KERNEL, [...range(1024, 1032), 1600]);
    expect(pages.allocPages(GFP_HIGHUSER_MOVABLE, 0)).toBe(1600);
    expect(picture(onlyZone(pages))).toEqual({ 3: [1024] });
  });
});

describe('HIGHATOMIC', () => {
  /** MIN is 60000 of 65536 pages: only those who may go below it are served. */
  function low(): PageAllocator {
    const pages = bootAll(65536, 'off');
    pages.setSysctls({ minFreeKbytes: 240000 });
    return pages;
  }

  test('a pageblock is kept for large requests that cannot wait, after the first of them', () => {
    const pages = low();
    const pfn = pages.allocPages(GFP_ATOMIC, 1) ?? -1;
    expect(pages.zones.pageblocks.typeOf(pfn)).toBe(MIGRATE_HIGHATOMIC);
    expect(onlyZone(pages).nrReservedHighatomic).toBe(512);
    expect(onlyZone(pages).areas.nrFreeOrdinary.reduce((sum, n, order) => sum + n * 2 ** order, 0)).toBe(65536 - 512);
    pages.validate();
  });

  test('none is kept for single pages, nor for those who can wait', () => {
    const pages = low();
    pages.allocPages(GFP_ATOMIC, 0);
    pages.setSysctls({ minFreeKbytes: 0 });
    pages.allocPages(GFP_KERNEL, 1);
    expect(onlyZone(pages).nrReservedHighatomic).toBe(0);
  });

  test('at most a hundredth of the zone is kept, in whole pageblocks', () => {
    const pages = low();
    for (let i = 0; i < 20; i++) pages.allocPages(GFP_ATOMIC, 9);
    expect(onlyZone(pages).nrReservedHighatomic).toBe(1024);
    pages.validate();
  });
});
