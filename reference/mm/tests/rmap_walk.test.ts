import { MREMAP_FIXED, MREMAP_MAYMOVE, MS_SYNC } from '../../include/mman.ts';
import { dupMm } from '../fork.ts';
import { doMlock } from '../mlock.ts';
import type { MmStruct } from '../mm_struct.ts';
import { doMprotect } from '../mprotect.ts';
import { doMremap } from '../mremap.ts';
import { doMsync } from '../msync.ts';
import { folioMkclean, folioReferenced, rmapWalk } from '../rmap_walk.ts';
import { tryToUnmap } from '../try_to_unmap.ts';
import { frameAt, makePaged, type Paged, shown, touched } from './paged.ts';
import { at, bytes, map, prot } from './process.ts';

/** Addresses, as pages, of all entries that hold a page. */
function holders({ rooms }: Paged, pfn: number): number[] {
  const found: number[] = [];
  rmapWalk(rooms.system, pfn, (_vma, addr) => {
    found.push((addr - at(0)) / bytes(1));
    return true;
  });
  return found.sort((a, b) => a - b);
}

function fork(mm: MmStruct): MmStruct {
  const child = dupMm(mm);
  if (typeof child === 'number') throw new Error(`fork returned ${child}`);
  return child;
}

describe('rmapWalk', () => {
  test('finds a page after its mapping was cut, moved and forked', () => {
    const paged = makePaged();
    const { mm } = paged;
    map(mm, 0, 8, 'rw-');
    touched(paged, mm, [5], true);
    const pfn = frameAt(mm, 5);
    doMprotect(mm, at(4), bytes(2), prot('r--'));
    expect(holders(paged, pfn)).toEqual([5]);
    const flags = MREMAP_MAYMOVE | MREMAP_FIXED;
    doMremap(mm, { addr: at(4), oldLen: bytes(2), newLen: bytes(2), flags, newAddr: at(20) });
    expect(holders(paged, pfn)).toEqual([21]);
    const child = fork(mm);
    doMremap(child, { addr: at(20), oldLen: bytes(2), newLen: bytes(2), flags, newAddr: at(40) });
    expect(holders(paged, pfn)).toEqual([21, 41]);
  });

  test('finds pages of files in all mappings of the file', () => {
    const paged = makePaged();
    const { mm, file } = paged;
    map(mm, 0, 4, 'rw-', { file, shared: true });
    map(mm, 8, 10, 'r--', { file, pgoff: 1 });
    touched(paged, mm, [1], true);
    touched(paged, mm, [8], false);
    expect(holders(paged, frameAt(mm, 1))).toEqual([1, 8]);
  });
});

describe('folioReferenced', () => {
  test('counts the entries that were used, once', () => {
    const paged = makePaged();
    const { mm, rooms } = paged;
    map(mm, 0, 1, 'rw-');
    touched(paged, mm, [0], true);
    const child = fork(mm);
    const pfn = frameAt(mm, 0);
    expect(folioReferenced(rooms.system, pfn).referenced).toBe(1);
    expect(folioReferenced(rooms.system, pfn).referenced).toBe(0);
    rooms.mmu.tlb.flushAll();
    touched(paged, child, [0], false);
    expect(folioReferenced(rooms.system, pfn).referenced).toBe(1);
  });
});

describe('folioMkclean', () => {
  test('takes D and the right to write from shared entries, so that the next store is a fault', () => {
    const paged = makePaged();
    const { mm, file, rooms } = paged;
    map(mm, 0, 4, 'rw-', { file, shared: true });
    touched(paged, mm, [1], true);
    expect(folioMkclean(rooms.system, frameAt(mm, 1))).toBe(1);
    expect(folioMkclean(rooms.system, frameAt(mm, 1))).toBe(0);
    touched(paged, mm, [1], true);
    expect(mm.pages.minFlt).toBe(2);
  });

  test('is what msync does', () => {
    const paged = makePaged();
    const { mm, file, rooms } = paged;
    map(mm, 0, 4, 'rw-', { file, shared: true });
    touched(paged, mm, [1], true);
    expect(doMsync(mm, at(0), bytes(4), MS_SYNC)).toBe(0);
    expect(rooms.system.vmstat.nodes[0].nr_dirty).toBe(0);
    touched(paged, mm, [1], true);
    expect([mm.pages.minFlt, rooms.system.vmstat.nodes[0].nr_dirty]).toEqual([2, 1]);
  });
});

describe('tryToUnmap', () => {
  test('takes a page of a file out of all entries', () => {
    const paged = makePaged();
    const { mm, file, rooms } = paged;
    map(mm, 0, 1, 'rw-', { file, shared: true });
    touched(paged, mm, [0], true);
    const pfn = frameAt(mm, 0);
    expect(tryToUnmap(rooms.system, pfn)).toBe(true);
    expect([shown(paged, mm, 0), mm.pages.rss.file, rooms.system.memMap.refcount[pfn]]).toEqual(['', 0, 1]);
  });

  test('leaves pages of locked mappings, and anonymous ones without a place in swap', () => {
    const paged = makePaged();
    const { mm, rooms } = paged;
    map(mm, 0, 2, 'rw-');
    touched(paged, mm, [0, 1], true);
    doMlock(mm, at(1), bytes(1), 0);
    for (const page of [0, 1]) expect(tryToUnmap(rooms.system, frameAt(mm, page))).toBe(false);
    expect(shown(paged, mm, 0)).toBe('0 Px');
  });
});
