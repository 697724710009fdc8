import { MADV_DONTNEED, MADV_NOHUGEPAGE, MREMAP_FIXED, MREMAP_MAYMOVE } from '../../include/mman.ts';
import { doMadvise } from '../madvise.ts';
import { doMprotect } from '../mprotect.ts';
import { doMremap } from '../mremap.ts';
import { doMunmap } from '../vma_munmap.ts';
import { makeHuge, runs, smaps, sound } from './huge.ts';
import { type Paged, touched } from './paged.ts';
import { at, bytes, map, prot } from './process.ts';

const MOVE = MREMAP_MAYMOVE | MREMAP_FIXED;

/** Two huge pages, at pages 0 and 512. */
function twoHuge(): Paged {
  const paged = makeHuge();
  map(paged.mm, 0, 1024, 'rw-');
  touched(paged, paged.mm, [0, 512], true);
  return paged;
}

describe('a part of a huge page', () => {
  test('is unmapped: the PMD is split, the folio stays large and waits to be split', () => {
    const paged = twoHuge();
    const { mm, rooms } = paged;
    doMunmap(mm, at(100), bytes(1));
    expect([runs(paged, mm, 0), runs(paged, mm, 101)]).toEqual(['0+100 PxT', '0+923 PxT']);
    expect([smaps(paged, mm, 0, 'AnonHugePages'), smaps(paged, mm, 101, 'AnonHugePages')]).toEqual([0, 2048]);
    expect([rooms.system.huge.folios.deferred.size, rooms.system.vmstat.events.thp_deferred_split_page]).toEqual([
      1, 1,
    ]);
    sound(paged, [mm]);
  });

  test('becomes read-only: no page is lost, none waits', () => {
    const paged = twoHuge();
    const { mm, rooms } = paged;
    doMprotect(mm, at(10), bytes(5), prot('r--'));
    expect([runs(paged, mm, 10), touched(paged, mm, [9, 10], true)]).toEqual(['0+5 PxT', '.A']);
    expect(rooms.system.huge.folios.deferred.size).toBe(0);
    doMprotect(mm, at(10), bytes(5), prot('rw-'));
    expect(runs(paged, mm, 0)).toBe('0+1024 PxT');
    sound(paged, [mm]);
  });

  test('gets advice of its own: split where the mapping is cut', () => {
    const paged = twoHuge();
    const { mm } = paged;
    doMadvise(mm, at(512), bytes(10), MADV_NOHUGEPAGE);
    expect([smaps(paged, mm, 0, 'AnonHugePages'), smaps(paged, mm, 512, 'AnonHugePages')]).toEqual([2048, 0]);
    sound(paged, [mm]);
  });

  test('all parts go, one after the other: then the folio is free', () => {
    const paged = twoHuge();
    const { mm, rooms } = paged;
    const free = rooms.allocator.nrFreePages;
    for (let page = 0; page < 512; page += 128) doMadvise(mm, at(page), bytes(128), MADV_DONTNEED);
    expect([runs(paged, mm, 0), rooms.system.huge.folios.deferred.size]).toEqual(['512+512 PxT', 0]);
    expect(rooms.allocator.nrFreePages).toBe(free + 512);
    sound(paged, [mm]);
  });
});

describe('a whole huge page', () => {
  test('is unmapped, with the table that was put aside', () => {
    const paged = twoHuge();
    const { mm, rooms } = paged;
    const free = rooms.allocator.nrFreePages;
    doMadvise(mm, at(0), bytes(512), MADV_DONTNEED);
    expect([mm.pages.nrDeposited, mm.pages.rss.anon, runs(paged, mm, 0)]).toEqual([1, 512, '512+512 PxT']);
    expect(rooms.allocator.nrFreePages).toBeGreaterThanOrEqual(free + 512);
    sound(paged, [mm]);
  });

  test('becomes read-only and writable again in one piece, without a fault', () => {
    const paged = twoHuge();
    const { mm } = paged;
    doMprotect(mm, at(0), bytes(512), prot('r--'));
    expect([touched(paged, mm, [3], true), smaps(paged, mm, 0, 'AnonHugePages')]).toEqual(['A', 2048]);
    doMprotect(mm, at(0), bytes(512), prot('rw-'));
    const faults = mm.pages.minFlt;
    expect([touched(paged, mm, [3], true), mm.pages.minFlt - faults]).toEqual(['.', 0]);
    doMprotect(mm, at(0), bytes(512), prot('---'));
    expect([touched(paged, mm, [3], false), smaps(paged, mm, 0, 'AnonHugePages')]).toEqual(['A', 2048]);
    sound(paged, [mm]);
  });

  test('moves in one piece to another 2 MiB, and in parts to anywhere else', () => {
    const paged = twoHuge();
    const { mm } = paged;
    doMremap(mm, { addr: at(0), oldLen: bytes(512), newLen: bytes(512), flags: MOVE, newAddr: at(2048) });
    expect([runs(paged, mm, 2048), smaps(paged, mm, 2048, 'AnonHugePages')]).toEqual(['0+512 PxT', 2048]);
    doMremap(mm, { addr: at(2048), oldLen: bytes(512), newLen: bytes(512), flags: MOVE, newAddr: at(4097) });
    expect([runs(paged, mm, 4097), smaps(paged, mm, 4097, 'AnonHugePages')]).toEqual(['0+512 PxT', 0]);
    sound(paged, [mm]);
  });
});
