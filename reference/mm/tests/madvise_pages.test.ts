import { smapGatherStats } from '../../fs/proc/task_mmu.ts';
import {
  MADV_COLD,
  MADV_DONTNEED,
  MADV_FREE,
  MADV_PAGEOUT,
  MADV_REMOVE,
  MREMAP_FIXED,
  MREMAP_MAYMOVE,
} from '../../include/mman.ts';
import { PG_active, PG_referenced, PG_swapbacked } from '../../include/page_flags.ts';
import { PMD_SIZE } from '../../include/param.ts';
import { panic } from '../../lib/panic.ts';
import { dupMm } from '../fork.ts';
import { doMadvise } from '../madvise.ts';
import { doMlock, doMunlock } from '../mlock.ts';
import type { MmStruct } from '../mm_struct.ts';
import { doMremap } from '../mremap.ts';
import { validatePages } from '../validate_pages.ts';
import { doMunmap } from '../vma_munmap.ts';
import { frameAt, makePaged, type Paged, shown, touched } from './paged.ts';
import { at, bytes, map } from './process.ts';

/** One field of smaps of the mapping at a page, in kB. */
function smaps(
  { rooms }: Paged,
  mm: MmStruct,
  page: number,
  field: 'Referenced' | 'LazyFree' | 'Pss' | 'Locked',
): number {
  const vma = mm.vmaLookup(at(page)) ?? panic(`nothing is mapped at page ${page}`);
  return smapGatherStats(rooms.system, vma)[field];
}

describe('MADV_DONTNEED', () => {
  test('frees the pages; a table only if all of its 2 MiB go', () => {
    const paged = makePaged();
    const { mm, rooms } = paged;
    map(mm, 0, 1024, 'rw-');
    touched(paged, mm, [0, 511, 512], true);
    const tables = mm.pages.pgtablesBytes;
    doMadvise(mm, at(0), bytes(511), MADV_DONTNEED);
    expect([shown(paged, mm, 0), mm.pages.pgtablesBytes]).toEqual(['511 Px 512 Px', tables]);
    doMadvise(mm, at(0), PMD_SIZE, MADV_DONTNEED);
    expect([shown(paged, mm, 0), mm.pages.pgtablesBytes]).toEqual(['512 Px', tables - 4096]);
    validatePages(rooms.system, [mm]);
  });

  test('tells the cache that a page of a file was used, and not where it is read once through', () => {
    const paged = makePaged();
    const { mm, file, rooms } = paged;
    map(mm, 0, 1, 'r--', { file });
    touched(paged, mm, [0], false);
    const pfn = frameAt(mm, 0);
    expect(rooms.system.memMap.test(pfn, PG_referenced)).toBe(false);
    doMadvise(mm, at(0), bytes(1), MADV_DONTNEED);
    expect(rooms.system.memMap.test(pfn, PG_referenced)).toBe(true);
  });
});

describe('MADV_COLD', () => {
  test('makes the pages of one owner old and inactive, shared ones stay', () => {
    const paged = makePaged();
    const { mm, rooms } = paged;
    map(mm, 0, 2, 'rw-');
    touched(paged, mm, [0, 1], true);
    const { memMap, lru } = rooms.system;
    for (const page of [0, 1]) lru.activate(frameAt(mm, page));
    const child = dupMm(mm);
    if (typeof child !== 'number') touched(paged, child, [1], true);
    doMadvise(mm, at(0), bytes(2), MADV_COLD);
    expect([0, 1].map((page) => memMap.test(frameAt(mm, page), PG_active))).toEqual([true, false]);
    expect(smaps(paged, mm, 0, 'Referenced')).toBe(4);
  });
});

describe('MADV_FREE', () => {
  test('leaves the pages, clean and to be dropped; a write keeps one', () => {
    const paged = makePaged();
    const { mm, rooms } = paged;
    map(mm, 0, 2, 'rw-');
    touched(paged, mm, [0, 1], true);
    doMadvise(mm, at(0), bytes(2), MADV_FREE);
    expect([shown(paged, mm, 0), smaps(paged, mm, 0, 'LazyFree')]).toEqual(['0 Px 1 Px', 8]);
    expect(rooms.system.memMap.test(frameAt(mm, 0), PG_swapbacked)).toBe(false);
    touched(paged, mm, [1], true);
    expect(smaps(paged, mm, 0, 'LazyFree')).toBe(4);
  });
});

describe('MADV_PAGEOUT', () => {
  test('hands the pages of one owner to reclaim, isolated', () => {
    const paged = makePaged();
    const { mm, rooms } = paged;
    map(mm, 0, 2, 'rw-');
    touched(paged, mm, [0, 1], true);
    const asked: number[] = [];
    rooms.system.reclaim = {
      reclaimPages(pfns) {
        asked.push(...pfns);
        return 0;
      },
    };
    doMadvise(mm, at(0), bytes(2), MADV_PAGEOUT);
    expect(asked).toEqual([frameAt(mm, 0), frameAt(mm, 1)]);
  });
});

describe('MADV_REMOVE', () => {
  test('makes a hole in shared memory, for all', () => {
    const paged = makePaged();
    const { mm, rooms } = paged;
    map(mm, 0, 4, 'rw-', { file: rooms.system.shmem.create('memfd', 4), shared: true });
    touched(paged, mm, [0, 1, 2], true);
    expect(doMadvise(mm, at(1), bytes(1), MADV_REMOVE)).toBe(0);
    expect(shown(paged, mm, 0)).toBe('0 Pxf 2 Pxf');
  });
});

describe('mremap', () => {
  test('moves pages without touching them, guards and gaps too, and whole tables where both places allow it', () => {
    const paged = makePaged();
    const { mm, rooms } = paged;
    map(mm, 0, 1024, 'rw-');
    touched(paged, mm, [0, 3, 600], true);
    const frames = [0, 3, 600].map((page) => frameAt(mm, page));
    const flags = MREMAP_MAYMOVE | MREMAP_FIXED;
    for (const to of [2048, 5001]) {
      const from = to === 2048 ? 0 : 2048;
      doMremap(mm, { addr: at(from), oldLen: bytes(1024), newLen: bytes(1024), flags, newAddr: at(to) });
      expect([0, 3, 600].map((page) => frameAt(mm, to + page))).toEqual(frames);
      expect(mm.pages.minFlt).toBe(3);
      validatePages(rooms.system, [mm]);
    }
  });
});

describe('mlock', () => {
  test('faults all pages in, and Locked is their share', () => {
    const paged = makePaged();
    const { mm, rooms } = paged;
    map(mm, 0, 4, 'rw-');
    expect(doMlock(mm, at(0), bytes(4), 0)).toBe(0);
    expect([mm.pages.minFlt, smaps(paged, mm, 0, 'Locked')]).toEqual([4, 16]);
    dupMm(mm);
    expect(smaps(paged, mm, 0, 'Locked')).toBe(8);
    rooms.system.mlockBatch.drain();
    expect(rooms.system.vmstat.globalZone('nr_mlock')).toBe(4);
    doMunlock(mm, at(0), bytes(4));
    expect(rooms.system.vmstat.globalZone('nr_mlock')).toBe(0);
  });

  test('a page that waits to be unlocked is held, so that the next owner copies it', () => {
    const paged = makePaged();
    const { mm } = paged;
    map(mm, 0, 1, 'rw-');
    doMlock(mm, at(0), bytes(1), 0);
    paged.rooms.system.mlockBatch.drain();
    const child = dupMm(mm);
    if (typeof child === 'number') throw new Error('fork failed');
    const pfn = frameAt(child, 0);
    doMunmap(mm, at(0), bytes(1));
    touched(paged, child, [0], true);
    expect(frameAt(child, 0)).not.toBe(pfn);
  });
});
