import { MADV_HUGEPAGE, MADV_NOHUGEPAGE } from '../../include/mman.ts';
import { exitMmap } from '../exit_mmap.ts';
import { dupMm } from '../fork.ts';
import { doMadvise } from '../madvise.ts';
import { doMlock } from '../mlock.ts';
import type { MmStruct } from '../mm_struct.ts';
import { doMunmap } from '../vma_munmap.ts';
import { failHuge, failNthPage, makeHuge, runs, smaps, sound } from './huge.ts';
import { type Paged, touched } from './paged.ts';
import { at, bytes, map } from './process.ts';

function forked(mm: MmStruct): MmStruct {
  const child = dupMm(mm);
  if (typeof child === 'number') throw new Error(`no child: ${child}`);
  return child;
}

/** Events of huge pages, those that are not 0. */
function events({ rooms }: Paged): Record<string, number> {
  const all = Object.entries(rooms.system.vmstat.events);
  return Object.fromEntries(all.filter(([name, count]) => name.startsWith('thp_') && count > 0));
}

describe('where a huge page comes', () => {
  test.each([
    ['always', 0, 'PxT'],
    ['always', MADV_NOHUGEPAGE, 'Px'],
    ['madvise', 0, 'Px'],
    ['madvise', MADV_HUGEPAGE, 'PxT'],
    ['never', MADV_HUGEPAGE, 'Px'],
  ] as const)('enabled is %s, advice %i: %s', (thpEnabled, advice, code) => {
    const paged = makeHuge({ thpEnabled });
    const { mm } = paged;
    map(mm, 0, 512, 'rw-');
    if (advice !== 0) doMadvise(mm, at(0), bytes(512), advice);
    touched(paged, mm, [5], true);
    expect(runs(paged, mm, 0)).toBe(code === 'Px' ? '5+1 Px' : '0+512 PxT');
    sound(paged, [mm]);
  });

  test('only where an aligned 2 MiB lies in the mapping', () => {
    const paged = makeHuge();
    const { mm } = paged;
    map(mm, 1, 1025, 'rw-');
    touched(paged, mm, [1, 600, 1024], true);
    expect(runs(paged, mm, 1)).toBe('0+1 Px 511+512 PxT 1023+1 Px');
    sound(paged, [mm]);
  });

  test('a block with a PTE table stays small, even if that is empty', () => {
    const paged = makeHuge({ thpEnabled: 'madvise' });
    const { mm } = paged;
    map(mm, 0, 512, 'rw-');
    touched(paged, mm, [3], true);
    doMadvise(mm, at(0), bytes(512), MADV_HUGEPAGE);
    touched(paged, mm, [4], true);
    expect(runs(paged, mm, 0)).toBe('3+2 Px');
  });

  test('it costs three tables, one of them put aside; 2048 kB are resident', () => {
    const paged = makeHuge();
    const { mm } = paged;
    map(mm, 0, 512, 'rw-');
    touched(paged, mm, [0], true);
    expect([mm.pages.pgtablesBytes, mm.pages.nrDeposited, mm.pages.rss.anon]).toEqual([3 * 4096, 1, 512]);
    expect([smaps(paged, mm, 0, 'AnonHugePages'), smaps(paged, mm, 0, 'Rss'), mm.pages.minFlt]).toEqual([
      2048, 2048, 1,
    ]);
    expect(events(paged)).toEqual({ thp_fault_alloc: 1 });
    const { nodes } = paged.rooms.system.vmstat;
    expect([nodes[0].nr_anon_pages, nodes[0].nr_anon_transparent_hugepages, nodes[0].nr_inactive_anon]).toEqual([
      512, 1, 512,
    ]);
  });

  test('small pages where there is no large block', () => {
    const paged = makeHuge();
    const { mm } = paged;
    failHuge(paged);
    map(mm, 0, 512, 'rw-');
    touched(paged, mm, [9], true);
    expect([runs(paged, mm, 0), events(paged)]).toEqual(['9+1 Px', { thp_fault_fallback: 1 }]);
    sound(paged, [mm]);
  });

  test.each([1, 2, 3, 4])('whichever page fails (%i), nothing is lost', (n) => {
    const paged = makeHuge();
    const { mm, rooms } = paged;
    map(mm, 0, 512, 'rw-');
    failNthPage(paged, n);
    touched(paged, mm, [0], true);
    rooms.allocator.failNext = null;
    sound(paged, [mm]);
    doMunmap(mm, at(0), bytes(512));
    expect(mm.pages.pgtablesBytes).toBe(0);
    sound(paged, [mm]);
  });
});

describe('the huge page of zeroes', () => {
  test('a read maps it, not counted as resident; a write replaces it', () => {
    const paged = makeHuge();
    const { mm } = paged;
    map(mm, 0, 1024, 'rw-');
    touched(paged, mm, [0, 600], false);
    expect([runs(paged, mm, 0), mm.pages.rss.anon]).toEqual(['0+1024 PZfT', 0]);
    touched(paged, mm, [7], true);
    expect([runs(paged, mm, 0), mm.pages.rss.anon]).toEqual(['0+512 PxT 512+512 PZfT', 512]);
    expect(events(paged)).toEqual({ thp_zero_page_alloc: 1, thp_fault_alloc: 1 });
    sound(paged, [mm]);
  });

  test('without memory for its own, the writer splits it and has a small page', () => {
    const paged = makeHuge();
    const { mm } = paged;
    map(mm, 0, 512, 'rw-');
    touched(paged, mm, [0], false);
    failHuge(paged);
    touched(paged, mm, [7], true);
    expect(runs(paged, mm, 0)).toBe('0+7 PZ 7+1 Px 8+504 PZ');
    sound(paged, [mm]);
  });

  test('use_zero_page 0: a read has a page of its own', () => {
    const paged = makeHuge();
    const { mm, rooms } = paged;
    rooms.system.huge.thp.useZeroPage = 0;
    map(mm, 0, 512, 'rw-');
    touched(paged, mm, [0], false);
    expect(runs(paged, mm, 0)).toBe('0+512 PxT');
  });

  test('it goes under pressure when no address space has it', () => {
    const paged = makeHuge();
    const { mm, rooms } = paged;
    const { zero } = rooms.system.huge;
    map(mm, 0, 512, 'rw-');
    touched(paged, mm, [0], false);
    expect([zero.countObjects(), zero.scanObjects()]).toEqual([0, 0]);
    const free = rooms.allocator.nrFreePages;
    exitMmap(mm);
    expect([zero.countObjects(), zero.scanObjects(), zero.countObjects()]).toEqual([512, 512, 0]);
    expect(rooms.allocator.nrFreePages).toBeGreaterThanOrEqual(free + 512);
    rooms.allocator.validate();
  });
});

describe('copy on write', () => {
  test('after a fork both share it; a write splits, and copies one page of 4 KiB', () => {
    const paged = makeHuge();
    const { mm } = paged;
    map(mm, 0, 512, 'rw-');
    touched(paged, mm, [0], true);
    const child = forked(mm);
    expect([runs(paged, mm, 0), runs(paged, child, 0), smaps(paged, mm, 0, 'Pss')]).toEqual([
      '0+512 PT',
      '0+512 PT',
      1024,
    ]);
    touched(paged, child, [3], true);
    expect([runs(paged, child, 0), smaps(paged, child, 0, 'AnonHugePages')]).toEqual(['0+3 PT 3+1 Px 4+508 PT', 0]);
    expect(smaps(paged, mm, 0, 'AnonHugePages')).toBe(2048);
    expect(events(paged)).toEqual({ thp_fault_alloc: 1, thp_split_pmd: 1 });
    sound(paged, [mm, child]);
  });

  test('when the child has ended, the parent writes without a copy', () => {
    const paged = makeHuge();
    const { mm, rooms } = paged;
    map(mm, 0, 512, 'rw-');
    touched(paged, mm, [0], true);
    exitMmap(forked(mm));
    const free = rooms.allocator.nrFreePages;
    touched(paged, mm, [9], true);
    expect([runs(paged, mm, 0), rooms.allocator.nrFreePages]).toEqual(['0+512 PxT', free]);
  });

  test('a part of a split one is reused if this process alone has the folio; the last part is copied', () => {
    const paged = makeHuge();
    const { mm } = paged;
    map(mm, 0, 512, 'rw-');
    touched(paged, mm, [0], true);
    const child = forked(mm);
    touched(paged, mm, [3], true);
    exitMmap(child);
    touched(paged, mm, [5], true);
    expect(runs(paged, mm, 0)).toBe('0+3 PxT 3+1 Px 4+508 PxT');
    const other = forked(mm);
    doMunmap(mm, at(0), bytes(511));
    exitMmap(other);
    touched(paged, mm, [511], true);
    expect(runs(paged, mm, 511)).toBe('0+1 Px');
    sound(paged, [mm]);
  });

  test('a third process keeps a folio shared, until one of the first two has all of it', () => {
    const paged = makeHuge();
    const { mm, rooms } = paged;
    map(mm, 0, 512, 'rw-');
    touched(paged, mm, [0], true);
    const [second, third] = [forked(mm), forked(mm)];
    const shared = (): unknown => [...rooms.system.huge.folios.mapped.values()].map(({ mappedShared }) => mappedShared);
    exitMmap(second);
    expect(shared()).toEqual([true]);
    exitMmap(third);
    expect(shared()).toEqual([false]);
    sound(paged, [mm]);
  });

  test('whichever page fails in a fork, nothing is lost', () => {
    for (let n = 1; n <= 8; n++) {
      const paged = makeHuge();
      const { mm, rooms } = paged;
      map(mm, 0, 1024, 'rw-');
      touched(paged, mm, [0, 600], true);
      failNthPage(paged, n);
      const child = dupMm(mm);
      rooms.allocator.failNext = null;
      sound(paged, typeof child === 'number' ? [mm] : [mm, child]);
    }
  });
});

describe('mlock', () => {
  test('marks the folio as one, and takes it out of the lists of reclaim', () => {
    const paged = makeHuge();
    const { mm, rooms } = paged;
    map(mm, 0, 512, 'rw-');
    touched(paged, mm, [0], true);
    doMlock(mm, at(0), bytes(512), 0);
    const [zone] = rooms.system.vmstat.zones[0].filter(({ nr_mlock }) => nr_mlock > 0);
    expect([zone?.nr_mlock, rooms.system.vmstat.nodes[0].nr_unevictable, runs(paged, mm, 0)]).toEqual([
      512,
      512,
      '0+512 PxT',
    ]);
    expect(smaps(paged, mm, 0, 'Locked')).toBe(2048);
    doMunmap(mm, at(0), bytes(512));
    rooms.system.mlockBatch.drain();
    expect([rooms.system.vmstat.nodes[0].nr_unevictable, rooms.system.vmstat.globalZone('nr_mlock')]).toEqual([0, 0]);
    sound(paged, [mm]);
  });
});
