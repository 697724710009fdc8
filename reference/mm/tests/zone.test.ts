import { GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from '../../include/gfp.ts';
import { DEFAULT_PAGE_SYSCTLS, smallMachine } from '../../include/machine.ts';
import { MIGRATE_UNMOVABLE, ZONE_DMA, ZONE_NORMAL } from '../../include/mmzone.ts';
import { boot, bootAll, onlyZone, picture } from './machines.ts';

const off = (frames: number) => bootAll(frames, 'off');

describe('Zone at boot', () => {
  test('is as few blocks as alignment allows, and no block of it is in a hole', () => {
    //  pfn  1 2 3 4 ... 7 | hole 8..9 | 10 11 12 ... 15 16
    const pages = boot({
      ...smallMachine(0),
      nodes: [
        {
          cpus: [0],
          zones: [{ zone: ZONE_NORMAL, startPfn: 1, spannedPages: 16, holes: [{ start: 8, end: 10 }] }],
          distances: [10],
        },
      ],
    });
    expect(picture(onlyZone(pages))).toEqual({ 0: [1, 16], 1: [2, 10], 2: [4, 12] });
    expect(pages.totalPages).toBe(14);
  });
});

describe('Zone.rmqueueSmallest', () => {
  test('keeps the lowest part and lists the upper halves', () => {
    const pages = off(16);
    expect(pages.allocPages(GFP_KERNEL, 0)).toBe(0);
    //  0 is used: 1, 2..3, 4..7, 8..15 are free
    expect(picture(onlyZone(pages))).toEqual({ 0: [1], 1: [2], 2: [4], 3: [8] });
  });

  test('hands out a fresh block in ascending order', () => {
    const pages = off(1024);
    const pfns = Array.from({ length: 1024 }, () => pages.allocPages(GFP_KERNEL, 0));
    expect(pfns).toEqual(pfns.map((_, at) => at));
  });
});

describe('Zone.freeOnePage', () => {
  test('puts a block at the tail when the pair one order up has a free buddy, whole; else at the head', () => {
    const pages = off(16);
    for (let i = 0; i < 16; i++) pages.allocPages(GFP_KERNEL, 0);
    //  * in use:  0* 1* 2* 3* 4* 5* 6* 7* 8* 9* ...
    pages.putPages(8, 0);
    pages.putPages(2, 0);
    pages.putPages(3, 0);
    expect(picture(onlyZone(pages))).toEqual({ 0: [8], 1: [2] });
    // 0 would make 0..3 with 1: its pair 0..1 has the free buddy 2..3
    pages.putPages(0, 0);
    expect(picture(onlyZone(pages))).toEqual({ 0: [8, 0], 1: [2] });
    // 4 has no such neighbour
    pages.putPages(4, 0);
    expect(picture(onlyZone(pages))).toEqual({ 0: [4, 8, 0], 1: [2] });
  });

  test('does not merge across zones', () => {
    const pages = boot({
      nodes: [
        {
          cpus: [0],
          zones: [
            { zone: ZONE_DMA, startPfn: 0, spannedPages: 4, holes: [] },
            { zone: ZONE_NORMAL, startPfn: 4, spannedPages: 4, holes: [] },
          ],
          distances: [10],
        },
      ],
      sysctls: { ...DEFAULT_PAGE_SYSCTLS, minFreeKbytes: 0 },
      perCpuPages: 'off',
      thp: 'off',
    });
    expect(pages.zones.all.map(picture)).toEqual([{ 2: [0] }, { 2: [4] }]);
    expect(pages.allocPages(GFP_KERNEL, 2)).toBe(4);
    pages.putPages(4, 2);
    expect(pages.zones.all.map(picture)).toEqual([{ 2: [0] }, { 2: [4] }]);
    pages.validate();
  });

  test('makes two pageblocks of one kind when they merge', () => {
    const pages = off(4096);
    const huge = [pages.allocPages(GFP_HIGHUSER_MOVABLE, 9), pages.allocPages(GFP_HIGHUSER_MOVABLE, 9)];
    expect(huge).toEqual([0, 512]);
    pages.zones.pageblocks.set(512, MIGRATE_UNMOVABLE);
    pages.putPages(0, 9);
    pages.putPages(512, 9);
    expect(pages.zones.pageblocks.typeOf(0)).toBe(MIGRATE_UNMOVABLE);
    pages.validate();
  });

  test('does not merge beyond order 10', () => {
    const pages = off(4096);
    const [a, b] = [pages.allocPages(GFP_KERNEL, 10), pages.allocPages(GFP_KERNEL, 10)];
    expect([a, b]).toEqual([0, 1024]);
    pages.putPages(0, 10);
    pages.putPages(1024, 10);
    expect(onlyZone(pages).areas.nrFree).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4]);
  });
});
