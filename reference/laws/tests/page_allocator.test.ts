import { __GFP_RECLAIMABLE, GFP_ATOMIC, GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from '../../include/gfp.ts';
import { DEFAULT_PAGE_SYSCTLS } from '../../include/machine.ts';
import { ZONE_DMA, ZONE_DMA32, ZONE_NORMAL } from '../../include/mmzone.ts';
import type { PageAllocator } from '../../mm/alloc_pages.ts';
import { Zone } from '../../mm/mmzone.ts';
import { boot, bootAll, normalZone, seeded } from '../../mm/tests/machines.ts';
import { type Allocator, breaksAllocatorLaw, tellsApart } from '../page_allocator.ts';

/** Free blocks of all zones, after what CPUs keep has gone back. */
function nrFree(pages: PageAllocator): number[] {
  pages.drainAllPages();
  return Array.from({ length: 11 }, (_, order) => pages.zones.all.reduce((n, zone) => n + zone.areas.nrFree[order], 0));
}

function asked(pages: PageAllocator, anyGfp: () => number): Allocator {
  return {
    alloc: (order) => pages.allocPages(anyGfp(), order),
    free: (pfn, order) => pages.putPages(pfn, order),
    freeFrames: () => pages.nrFreePages + pages.zones.nrPcpPages,
    nrFree: () => nrFree(pages),
    validate: () => pages.validate(),
  };
}

/** The zone of one kind of memory, of assignment 03. */
function plain(startPfn: number, frames: number): Allocator {
  const zone = new Zone('Normal', startPfn, frames);
  return {
    alloc: (order) => zone.rmqueue(order),
    free: (pfn, order) => zone.freeOnePage(pfn, order),
    freeFrames: () => zone.nrFreePages,
    nrFree: () => zone.nrFree,
    validate: () => undefined,
  };
}

const always = (gfp: number) => () => gfp;

describe('a zone with one kind of memory, without per-CPU lists', () => {
  test.each([
    [0, 1024],
    [0, 1000],
    [3, 2047],
    [1023, 2],
    [1, 63],
    [5, 7],
  ])('hands out what the plain zone does: %d + %d frames', (startPfn, frames) => {
    for (let seed = 0; seed < 20; seed++) {
      const machine = {
        nodes: [{ cpus: [0], zones: [normalZone(startPfn, frames)], distances: [10] }],
        sysctls: { ...DEFAULT_PAGE_SYSCTLS, minFreeKbytes: 0 },
        perCpuPages: 'off',
        thp: 'off',
      } as const;
      const ours = asked(boot(machine), always(GFP_KERNEL));
      expect(tellsApart(ours, plain(startPfn, frames), seeded(seed), 200)).toBeNull();
    }
  });
});

describe('allocator laws', () => {
  test.each(['on', 'off'] as const)('hold for one kind, per-CPU lists %s', (perCpuPages) => {
    for (let seed = 0; seed < 8; seed++) {
      expect(breaksAllocatorLaw(asked(bootAll(1500, perCpuPages), always(GFP_KERNEL)), seeded(seed), 60)).toBeNull();
    }
  });

  const gfps = [GFP_KERNEL, GFP_HIGHUSER_MOVABLE, GFP_KERNEL | __GFP_RECLAIMABLE, GFP_ATOMIC];
  test('hold for several kinds, zones, nodes and CPUs', () => {
    for (let seed = 0; seed < 4; seed++) {
      const random = seeded(seed);
      const pages = boot({
        nodes: [
          {
            cpus: [0, 1],
            zones: [
              { zone: ZONE_DMA, startPfn: 1, spannedPages: 1023, holes: [{ start: 100, end: 130 }] },
              { zone: ZONE_DMA32, startPfn: 1024, spannedPages: 2048, holes: [] },
              { zone: ZONE_NORMAL, startPfn: 4096, spannedPages: 2000, holes: [] },
            ],
            distances: [10, 20],
          },
          { cpus: [2], zones: [normalZone(8192, 2048)], distances: [20, 10] },
        ],
        sysctls: DEFAULT_PAGE_SYSCTLS,
        perCpuPages: 'on',
        thp: 'off',
      });
      const anyGfp = () => {
        pages.cpu = random(3);
        return gfps[random(gfps.length)];
      };
      expect(breaksAllocatorLaw(asked(pages, anyGfp), random, 100)).toBeNull();
    }
  });
});
