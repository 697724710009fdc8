import { EAGAIN, EFAULT, EINVAL, ENOMEM } from '../../include/errno.ts';
import { MAP_LOCKED, MREMAP_DONTUNMAP, MREMAP_FIXED, MREMAP_MAYMOVE } from '../../include/mman.ts';
import { doUserAddrFault } from '../fault.ts';
import type { MmStruct } from '../mm_struct.ts';
import { doMremap } from '../mremap.ts';
import { at, bytes, drawn, FILE, makeMm, map } from './process.ts';

const FIXED = MREMAP_MAYMOVE | MREMAP_FIXED;

/** Remaps pages first..end to `pages` pages, at page `to` if that is given. */
const remap = (mm: MmStruct, [first, end]: readonly [number, number], pages: number, flags = 0, to?: number) =>
  doMremap(mm, {
    addr: at(first),
    oldLen: bytes(end - first),
    newLen: bytes(pages),
    flags,
    newAddr: to === undefined ? 0 : at(to),
  });

describe('doMremap in place', () => {
  test('shrinks, and grows again over free pages and into a neighbour that fits', () => {
    const mm = makeMm();
    map(mm, 0, 8, 'rw-');
    expect(remap(mm, [2, 8], 2)).toBe(at(2));
    expect(drawn(mm)).toEqual(['0-4 rw-p']);
    map(mm, 6, 8, 'rw-');
    expect(remap(mm, [0, 4], 6)).toBe(at(0));
    expect(drawn(mm)).toEqual(['0-8 rw-p']);
    expect(mm.owner.commit.committedAs).toBe(8);
  });

  test('shrinks over several mappings: only what remains must be one', () => {
    const mm = makeMm();
    map(mm, 0, 2, 'rw-');
    map(mm, 2, 4, 'r--');
    expect(remap(mm, [0, 4], 1)).toBe(at(0));
    expect(drawn(mm)).toEqual(['0-1 rw-p']);
  });

  test('cannot grow where something is, nor in its middle, unless it may move', () => {
    const mm = makeMm();
    map(mm, 0, 2, 'rw-');
    map(mm, 2, 3, 'r--');
    expect(remap(mm, [0, 2], 3)).toBe(-ENOMEM);
    expect(remap(mm, [0, 1], 2)).toBe(-ENOMEM);
    const moved = remap(mm, [0, 2], 3, MREMAP_MAYMOVE);
    expect(moved).toBe(at(1_000_000 - 3));
    expect(drawn(mm)).toEqual(['2-3 r--p', '999997-1000000 rw-p']);
  });

  test('grows one mapping only', () => {
    const mm = makeMm();
    map(mm, 0, 2, 'rw-');
    map(mm, 2, 4, 'r--');
    expect(remap(mm, [0, 4], 5)).toBe(-EFAULT);
    expect(remap(mm, [8, 9], 5)).toBe(-EFAULT);
  });

  test('locks and counts what a locked mapping gains', () => {
    const mm = makeMm({ capable: { ipcLock: false }, rlimits: { memlock: bytes(3) } });
    map(mm, 0, 2, 'rw-', { flags: MAP_LOCKED });
    expect(remap(mm, [0, 2], 4)).toBe(-EAGAIN);
    expect(remap(mm, [0, 2], 3)).toBe(at(0));
    expect(mm.lockedVm).toBe(3);
  });

  test('obeys RLIMIT_AS', () => {
    const mm = makeMm({ rlimits: { as: bytes(3) } });
    map(mm, 0, 2, 'rw-');
    expect(remap(mm, [0, 2], 4)).toBe(-ENOMEM);
    expect(remap(mm, [0, 2], 3)).toBe(at(0));
  });
});

describe('doMremap elsewhere', () => {
  test.each([
    ['an unknown flag', 64, 1, 20],
    ['MREMAP_FIXED alone', MREMAP_FIXED, 1, 20],
    ['no pages', MREMAP_MAYMOVE, 0, 20],
    ['a place that overlaps the old one', FIXED, 2, 1],
    ['another length with MREMAP_DONTUNMAP', FIXED | MREMAP_DONTUNMAP, 1, 20],
  ])('refuses %s', (_, flags, pages, to) => {
    const mm = makeMm();
    map(mm, 0, 2, 'rw-');
    expect(remap(mm, [0, 2], pages, flags, to)).toBe(-EINVAL);
    expect(drawn(mm)).toEqual(['0-2 rw-p']);
  });

  test('untouched memory merges at its new place; touched memory keeps its page offset and does not', () => {
    const mm = makeMm();
    map(mm, 0, 2, 'rw-');
    map(mm, 10, 12, 'rw-');
    expect(remap(mm, [0, 2], 2, FIXED, 12)).toBe(at(12));
    expect(drawn(mm)).toEqual(['10-14 rw-p']);
    map(mm, 0, 2, 'rw-');
    doUserAddrFault(mm, at(0), true);
    expect(remap(mm, [0, 2], 2, FIXED, 14)).toBe(at(14));
    expect(drawn(mm)).toEqual(['10-14 rw-p', '14-16 rw-p']);
    expect(mm.owner.commit.committedAs).toBe(6);
  });

  test('of a part cuts it out', () => {
    const mm = makeMm();
    map(mm, 0, 4, 'r--', { file: FILE });
    expect(remap(mm, [1, 3], 2, FIXED, 20)).toBe(at(20));
    expect(drawn(mm)).toEqual(['0-1 r--p file@0', '3-4 r--p file@3', '20-22 r--p file@1']);
  });

  test('several mappings keep their distances, and what lies at the destination of a hole survives', () => {
    //  from  RR.WW     to  ..X..   gives  RRXWW
    const mm = makeMm();
    map(mm, 0, 2, 'r--');
    map(mm, 3, 5, 'rw-');
    map(mm, 20, 25, '--x');
    expect(remap(mm, [0, 5], 5, FIXED, 20)).toBe(at(20));
    expect(drawn(mm)).toEqual(['20-22 r--p', '22-23 --xp', '23-25 rw-p']);
  });

  test('a hole at the start is refused', () => {
    const mm = makeMm();
    map(mm, 1, 2, 'r--');
    expect(remap(mm, [0, 2], 2, FIXED, 20)).toBe(-EFAULT);
  });

  test('a smaller mapping is cut first, but not before it is sure that the rest is one', () => {
    const mm = makeMm();
    map(mm, 0, 2, 'r--');
    map(mm, 2, 4, 'rw-');
    map(mm, 20, 24, '--x');
    expect(remap(mm, [0, 4], 3, FIXED, 20)).toBe(-EFAULT);
    expect(drawn(mm)).toEqual(['0-2 r--p', '2-4 rw-p', '20-24 --xp']);
    expect(remap(mm, [0, 4], 2, FIXED, 20)).toBe(at(20));
    expect(drawn(mm)).toEqual(['20-22 r--p', '22-24 --xp']);
  });

  test('MREMAP_DONTUNMAP leaves the old range whole, unlocked and empty', () => {
    const mm = makeMm();
    map(mm, 0, 4, 'rw-', { flags: MAP_LOCKED });
    expect(remap(mm, [1, 2], 1, FIXED | MREMAP_DONTUNMAP, 20)).toBe(at(20));
    expect(drawn(mm)).toEqual(['0-4 rw-p', '20-21 rw-p lo']);
    expect(mm.owner.commit.committedAs).toBe(5);
    expect(remap(mm, [0, 4], 4, FIXED | MREMAP_DONTUNMAP, 30)).toBe(at(30));
    expect(mm.vmaLookup(at(0))?.anonVma).toBeNull();
    expect(mm.vmaLookup(at(30))?.anonVma).not.toBeNull();
  });

  test('an old length of 0 maps shared memory a second time, and private memory never', () => {
    const mm = makeMm();
    map(mm, 0, 4, 'rw-', { shared: true });
    map(mm, 8, 9, 'rw-');
    expect(remap(mm, [1, 1], 2, FIXED, 20)).toBe(at(20));
    expect(drawn(mm)).toEqual(['0-4 rw-s shmem@0', '8-9 rw-p', '20-22 rw-s shmem@1']);
    expect(remap(mm, [8, 8], 2, FIXED, 30)).toBe(-EINVAL);
  });
});
