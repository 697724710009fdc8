import { EINVAL, ENOMEM } from '../../include/errno.ts';
import {
  MADV_DONTNEED,
  MADV_PAGEOUT,
  MAP_HUGE_SHIFT,
  MAP_HUGETLB,
  MAP_NORESERVE,
  MREMAP_FIXED,
  MREMAP_MAYMOVE,
} from '../../include/mman.ts';
import { exitMmap } from '../exit_mmap.ts';
import { dupMm } from '../fork.ts';
import { doMadvise } from '../madvise.ts';
import type { MmStruct } from '../mm_struct.ts';
import { doMprotect } from '../mprotect.ts';
import { doMremap } from '../mremap.ts';
import { doMunmap } from '../vma_munmap.ts';
import { runs, smaps, sound } from './huge.ts';
import { makePaged, type Paged, touched } from './paged.ts';
import { at, bytes, map, prot } from './process.ts';

/** A process, and a pool of so many pages. */
function withPool(pages: number): Paged {
  const paged = makePaged();
  paged.rooms.system.huge.hugetlb.setMaxHugePages(pages, null);
  return paged;
}

/** Maps huge pages `block`.. of an arena. */
function mapHuge(mm: MmStruct, block: number, pages: number, more: { shared?: boolean; flags?: number } = {}): number {
  const { shared = false, flags = 0 } = more;
  const result = map(mm, block * 512, (block + pages) * 512, 'rw-', { shared, flags: flags | MAP_HUGETLB });
  return result < 0 ? result : 0;
}

const touch = (paged: Paged, mm: MmStruct, blocks: readonly number[], write = true): string =>
  touched(
    paged,
    mm,
    blocks.map((block) => block * 512 + 7),
    write,
  );

function forked(mm: MmStruct): MmStruct {
  const child = dupMm(mm);
  if (typeof child === 'number') throw new Error(`no child: ${child}`);
  return child;
}

/** `nr free resv surplus` */
function told(paged: Paged, mms: readonly MmStruct[]): string {
  sound(paged, mms);
  const { total, free, rsvd, surp } = paged.rooms.system.huge.hugetlb.report(null);
  return `${total} ${free} ${rsvd} ${surp}`;
}

describe('mmap', () => {
  test('promises the pages of a private mapping, or fails', () => {
    const paged = withPool(4);
    const { mm } = paged;
    expect([mapHuge(mm, 0, 3), told(paged, [mm])]).toEqual([0, '4 4 3 0']);
    expect([mapHuge(mm, 8, 2), told(paged, [mm])]).toEqual([-ENOMEM, '4 4 3 0']);
    expect([mapHuge(mm, 8, 2, { flags: MAP_NORESERVE }), told(paged, [mm])]).toEqual([0, '4 4 3 0']);
  });

  test('rounds its length up, takes no other size, and no half of a page', () => {
    const paged = withPool(4);
    const { mm } = paged;
    expect([map(mm, 0, 1, 'rw-', { flags: MAP_HUGETLB }), told(paged, [mm])]).toEqual([at(0), '4 4 1 0']);
    expect(map(mm, 1024, 1536, 'rw-', { flags: MAP_HUGETLB | (21 << MAP_HUGE_SHIFT) })).toBe(at(1024));
    expect(map(mm, 2048, 2560, 'rw-', { flags: MAP_HUGETLB | (30 << MAP_HUGE_SHIFT) })).toBe(-EINVAL);
    expect(map(mm, 4097, 4609, 'rw-', { flags: MAP_HUGETLB })).toBe(-EINVAL);
  });

  test('what was mapped there is gone even if it fails', () => {
    const paged = withPool(1);
    const { mm } = paged;
    map(mm, 0, 512, 'rw-');
    expect([mapHuge(mm, 0, 2), mm.vmas.size]).toEqual([-ENOMEM, 0]);
  });

  test('it counts neither as promised memory nor as resident', () => {
    const paged = withPool(2);
    const { mm } = paged;
    mapHuge(mm, 0, 2);
    touch(paged, mm, [0, 1]);
    expect([mm.owner.commit.committedAs, mm.pages.rss.anon, mm.pages.hugetlbPages]).toEqual([0, 0, 1024]);
    expect([smaps(paged, mm, 0, 'Rss'), smaps(paged, mm, 0, 'Private_Hugetlb')]).toEqual([0, 4096]);
  });
});

describe('a touch', () => {
  test('uses up a promise; two tables lead to the page', () => {
    const paged = withPool(3);
    const { mm } = paged;
    mapHuge(mm, 0, 3);
    expect([touch(paged, mm, [0], false), told(paged, [mm]), mm.pages.pgtablesBytes]).toEqual(['.', '3 2 2 0', 8192]);
    expect([touch(paged, mm, [0, 1]), told(paged, [mm]), runs(paged, mm, 0)]).toEqual(['..', '3 1 1 0', '0+1024 Px']);
    expect(mm.pages.minFlt).toBe(3);
  });

  test('without a promise and without a page: SIGBUS', () => {
    const paged = withPool(1);
    const { mm } = paged;
    mapHuge(mm, 0, 2, { flags: MAP_NORESERVE });
    expect(touch(paged, mm, [0, 1])).toBe('.B');
  });

  test('shared mappings have the page of the file, children too', () => {
    const paged = withPool(2);
    const { mm } = paged;
    mapHuge(mm, 0, 2, { shared: true });
    touch(paged, mm, [0]);
    const child = forked(mm);
    touch(paged, child, [0, 1]);
    expect([told(paged, [mm, child]), runs(paged, mm, 0), runs(paged, child, 0)]).toEqual([
      '2 0 0 0',
      '0+512 Pf',
      '0+512 Pf 512+512 Pxf',
    ]);
    expect([smaps(paged, child, 0, 'Shared_Hugetlb'), smaps(paged, child, 0, 'Private_Hugetlb')]).toEqual([2048, 2048]);
    exitMmap(child);
    expect(told(paged, [mm])).toBe('2 0 0 0');
    doMunmap(mm, at(0), bytes(1024));
    expect(told(paged, [mm])).toBe('2 2 0 0');
  });
});

describe('copy on write', () => {
  test('the child copies while there are pages, then it gets SIGBUS', () => {
    const paged = withPool(3);
    const { mm } = paged;
    mapHuge(mm, 0, 2);
    touch(paged, mm, [0, 1]);
    const child = forked(mm);
    expect([touch(paged, child, [0, 1]), told(paged, [mm, child])]).toEqual(['.B', '3 0 0 0']);
  });

  test('the owner takes the page from the child when there is no other', () => {
    const paged = withPool(1);
    const { mm } = paged;
    mapHuge(mm, 0, 1);
    touch(paged, mm, [0]);
    const child = forked(mm);
    expect([touch(paged, mm, [0]), touch(paged, child, [0], false), runs(paged, mm, 0)]).toEqual([
      '.',
      'B',
      '0+512 Px',
    ]);
    expect(told(paged, [mm, child])).toBe('1 0 0 0');
  });

  test('whoever is left alone writes without a copy', () => {
    const paged = withPool(1);
    const { mm } = paged;
    mapHuge(mm, 0, 1);
    touch(paged, mm, [0]);
    exitMmap(forked(mm));
    expect([touch(paged, mm, [0]), told(paged, [mm])]).toEqual(['.', '1 0 0 0']);
  });

  test('the owner ends first: the promise comes back with the page', () => {
    const paged = withPool(2);
    const { mm } = paged;
    mapHuge(mm, 0, 1);
    touch(paged, mm, [0]);
    const child = forked(mm);
    doMadvise(mm, at(0), bytes(512), MADV_DONTNEED);
    expect(told(paged, [mm, child])).toBe('2 1 0 0');
    exitMmap(child);
    expect(told(paged, [mm])).toBe('2 2 1 0');
    doMunmap(mm, at(0), bytes(512));
    expect(told(paged, [mm])).toBe('2 2 0 0');
  });
});

describe('a promise whose page a child still has', () => {
  test.each([
    [false, 0],
    [true, -1],
  ])('is taken back without going below zero, unless it is to be as in Linux: %s', (asLinux, resv) => {
    const paged = withPool(1);
    const { mm } = paged;
    const { hugetlb } = paged.rooms.system.huge;
    hugetlb.reserveUnderflows = asLinux;
    mapHuge(mm, 0, 1);
    touch(paged, mm, [0]);
    const child = forked(mm);
    doMunmap(mm, at(0), bytes(512));
    expect(told(paged, [mm, child])).toBe(`1 0 ${resv} 0`);
    exitMmap(child);
    expect(told(paged, [mm])).toBe('1 1 0 0');
  });
});

describe('other calls', () => {
  test('munmap and mprotect cut between pages only', () => {
    const paged = withPool(2);
    const { mm } = paged;
    mapHuge(mm, 0, 2);
    expect([doMunmap(mm, at(0), 4096), doMprotect(mm, at(0), 4096, prot('r--'))]).toEqual([-EINVAL, -EINVAL]);
    expect([doMprotect(mm, at(0), bytes(512), prot('r--')), touch(paged, mm, [0, 1])]).toEqual([0, 'A.']);
    expect([doMunmap(mm, at(512), bytes(512)), told(paged, [mm])]).toEqual([0, '2 2 1 0']);
  });

  test('MADV_DONTNEED drops whole pages, and their promises stay; MADV_PAGEOUT is not for them', () => {
    const paged = withPool(2);
    const { mm } = paged;
    mapHuge(mm, 0, 2);
    touch(paged, mm, [0, 1]);
    expect([doMadvise(mm, at(0), bytes(600), MADV_DONTNEED), told(paged, [mm])]).toEqual([0, '2 1 1 0']);
    expect(doMadvise(mm, at(1), bytes(512), MADV_DONTNEED)).toBe(-EINVAL);
    expect(doMadvise(mm, at(0), bytes(512), MADV_PAGEOUT)).toBe(-EINVAL);
  });

  test('mremap moves them with their promises, and never makes them more', () => {
    const paged = withPool(3);
    const { mm } = paged;
    mapHuge(mm, 0, 2);
    touch(paged, mm, [0]);
    const move = { oldLen: bytes(1024), newLen: bytes(1024), flags: MREMAP_MAYMOVE | MREMAP_FIXED };
    expect(doMremap(mm, { addr: at(0), newAddr: at(4096), ...move })).toBe(at(4096));
    expect([told(paged, [mm]), runs(paged, mm, 4096)]).toEqual(['3 2 1 0', '0+512 Px']);
    const more = { addr: at(4096), oldLen: bytes(1024), newLen: bytes(1536), flags: MREMAP_MAYMOVE, newAddr: 0 };
    expect(doMremap(mm, more)).toBe(-EINVAL);
    expect([touch(paged, mm, [8, 9]), told(paged, [mm])]).toEqual(['..', '3 1 0 0']);
    doMunmap(mm, at(4096), bytes(1024));
    expect(told(paged, [mm])).toBe('3 3 0 0');
  });

  test('a part that moves leaves the other part its promises', () => {
    const paged = withPool(3);
    const { mm } = paged;
    mapHuge(mm, 0, 3);
    const move = { oldLen: bytes(512), newLen: bytes(512), flags: MREMAP_MAYMOVE | MREMAP_FIXED };
    doMremap(mm, { addr: at(512), newAddr: at(4096), ...move });
    expect([told(paged, [mm]), touch(paged, mm, [0, 2, 8]), told(paged, [mm])]).toEqual(['3 3 3 0', '...', '3 0 0 0']);
  });
});

test('a file of huge pages from memory that was freed holds zeroes', () => {
  const paged = withPool(1);
  const { mm, rooms } = paged;
  mapHuge(mm, 0, 1);
  touch(paged, mm, [0]);
  const [pfn] = [...Array(rooms.system.memMap.nrFrames).keys()].filter(
    (each) => rooms.system.memMap.mapcount[each] > 0,
  );
  rooms.system.memory.writeByte((pfn ?? 0) * 4096 + 9, 77);
  doMunmap(mm, at(0), bytes(512));
  mapHuge(mm, 0, 1);
  touch(paged, mm, [0], false);
  expect(rooms.system.memory.readByte((pfn ?? 0) * 4096 + 9)).toBe(0);
});
