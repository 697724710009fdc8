import { MADV_DONTNEED, MADV_GUARD_INSTALL } from '../../include/mman.ts';
import { PG_active, PG_anon_exclusive, PG_lru, PG_swapbacked } from '../../include/page_flags.ts';
import { exitMmap } from '../exit_mmap.ts';
import { dupMm } from '../fork.ts';
import { doMadvise } from '../madvise.ts';
import type { MmStruct } from '../mm_struct.ts';
import { doMprotect } from '../mprotect.ts';
import { validatePages } from '../validate_pages.ts';
import { counted, frameAt, makePaged, shown, touched } from './paged.ts';
import { at, bytes, map, prot } from './process.ts';

function fork(mm: MmStruct): MmStruct {
  const child = dupMm(mm);
  if (typeof child === 'number') throw new Error(`fork returned ${child}`);
  return child;
}

describe('anonymous memory', () => {
  test('a read maps the page of zeroes, which nobody owns; a write after it gets a page', () => {
    const paged = makePaged();
    const { mm, rooms } = paged;
    map(mm, 0, 4, 'rw-');
    expect(touched(paged, mm, [0, 1], false)).toBe('..');
    expect(shown(paged, mm, 0)).toBe('0 PZ 1 PZ');
    expect(counted(mm)).toBe('2+0 faults, anon 0 file 0 shmem 0');
    expect(mm.vmaLookup(at(0))?.anonVma).toBeNull();
    expect(touched(paged, mm, [1, 2], true)).toBe('..');
    expect(shown(paged, mm, 0)).toBe('0 PZ 1 Px 2 Px');
    expect(counted(mm)).toBe('4+0 faults, anon 2 file 0 shmem 0');
    expect(rooms.system.memMap.mapcount[rooms.system.zeroPage]).toBe(0);
    validatePages(rooms.system, [mm]);
  });

  test('a new page is full of zeroes, on the inactive list, and its entry alone may hold it', () => {
    const paged = makePaged();
    const { mm, rooms } = paged;
    map(mm, 0, 1, 'rw-');
    touched(paged, mm, [0], true);
    const { memMap, memory } = rooms.system;
    const pfn = frameAt(mm, 0);
    expect(memory.frameWords(pfn).every((word) => word === 0)).toBe(true);
    const flags = PG_swapbacked | PG_lru | PG_anon_exclusive;
    expect(memMap.flags[pfn] & (flags | PG_active)).toBe(flags);
    expect([memMap.refcount[pfn], memMap.mapcount[pfn]]).toEqual([1, 1]);
  });

  test('the first page costs three tables; they go when the last mapping goes', () => {
    const paged = makePaged();
    const { mm } = paged;
    map(mm, 0, 4, 'rw-');
    touched(paged, mm, [0, 3], true);
    expect(mm.pages.pgtablesBytes).toBe(3 * 4096);
    exitMmap(mm);
    expect(mm.pages.pgtablesBytes).toBe(0);
  });

  test.each([
    ['nothing mapped', '---', [9], false, 'M'],
    ['no rights', '---', [0], false, 'A'],
    ['a write without the right', 'r--', [0], true, 'A'],
    ['a read with the right to write only', '-w-', [0], false, '.'],
  ])('%s', (_, perms, pages, write, result) => {
    const paged = makePaged();
    map(paged.mm, 0, 4, perms);
    expect(touched(paged, paged.mm, pages, write)).toBe(result);
  });

  test('a guard is a SIGSEGV, and a discard leaves it', () => {
    const paged = makePaged();
    const { mm } = paged;
    map(mm, 0, 4, 'rw-');
    touched(paged, mm, [0, 1, 2], true);
    doMadvise(mm, at(1), bytes(2), MADV_GUARD_INSTALL);
    expect(touched(paged, mm, [0, 1, 2], true)).toBe('.MM');
    doMadvise(mm, at(0), bytes(4), MADV_DONTNEED);
    expect(shown(paged, mm, 0)).toBe('1 G 2 G');
  });

  test('without memory nothing is mapped, and the fault is counted for the machine only', () => {
    const paged = makePaged();
    const { mm, rooms } = paged;
    map(mm, 0, 4, 'rw-');
    touched(paged, mm, [0], true);
    rooms.allocator.failNext = { shouldFail: () => true };
    expect(touched(paged, mm, [1], true)).toBe('O');
    expect(shown(paged, mm, 0)).toBe('0 Px');
    expect(counted(mm)).toBe('1+0 faults, anon 1 file 0 shmem 0');
    expect(rooms.system.vmstat.events.pgfault).toBe(2);
  });
});

describe('copy on write', () => {
  //  before   parent [p] r-    child [p] r-       the child writes: a copy; then the parent: p is its own again
  test('the first to write copies, the last one keeps the page', () => {
    const paged = makePaged();
    const { mm, rooms } = paged;
    map(mm, 0, 2, 'rw-');
    touched(paged, mm, [0, 1], true);
    const old = frameAt(mm, 0);
    const child = fork(mm);
    expect([shown(paged, mm, 0), shown(paged, child, 0)]).toEqual(['0 P 1 P', '0 P 1 P']);
    expect(touched(paged, child, [0], true)).toBe('.');
    expect(frameAt(child, 0)).not.toBe(old);
    expect(touched(paged, mm, [0], true)).toBe('.');
    expect(frameAt(mm, 0)).toBe(old);
    expect([mm.pages.minFlt, child.pages.minFlt]).toEqual([3, 1]);
    validatePages(rooms.system, [mm, child]);
    exitMmap(child);
    validatePages(rooms.system, [mm]);
  });

  test('a reference of somebody else forces a copy', () => {
    const paged = makePaged();
    const { mm, rooms } = paged;
    map(mm, 0, 1, 'rw-');
    touched(paged, mm, [0], true);
    const old = frameAt(mm, 0);
    exitMmap(fork(mm));
    rooms.system.folios.get(old);
    touched(paged, mm, [0], true);
    expect(frameAt(mm, 0)).not.toBe(old);
    rooms.system.folios.put(old);
  });

  test('rights taken and given again cost no fault, unless a fork came in between', () => {
    const paged = makePaged();
    const { mm } = paged;
    map(mm, 0, 2, 'rw-');
    touched(paged, mm, [0, 1], true);
    doMprotect(mm, at(0), bytes(2), prot('r--'));
    doMprotect(mm, at(0), bytes(2), prot('rw-'));
    touched(paged, mm, [0, 1], true);
    expect(mm.pages.minFlt).toBe(2);
    exitMmap(fork(mm));
    doMprotect(mm, at(0), bytes(2), prot('---'));
    expect(shown(paged, mm, 0)).toBe('0 Px 1 Px');
    doMprotect(mm, at(0), bytes(2), prot('rw-'));
    touched(paged, mm, [0, 1], true);
    expect(mm.pages.minFlt).toBe(4);
  });
});

describe('files', () => {
  test('a read maps the cached pages of its 64 KiB, cut to the mapping', () => {
    const paged = makePaged();
    const { mm, file } = paged;
    map(mm, 8, 30, 'r--', { file, pgoff: 0 });
    expect(touched(paged, mm, [20], false)).toBe('.');
    expect(counted(mm)).toBe('1+0 faults, anon 0 file 14 shmem 0');
    expect(frameAt(mm, 16)).toBe(
      paged.rooms.system.pageCache.find(paged.rooms.system.pageCache.mappings.byId(file.mapping ?? 0), 8),
    );
  });

  test('a kernel that makes no table for the end of a file maps one page there', () => {
    const paged = makePaged({ faultAroundMakesTable: 'insideFile' });
    const { mm, file, rooms } = paged;
    rooms.system.pageCache.mappings.byId(file.mapping ?? 0).folioOrders.set(0, 5);
    map(mm, 0, 32, 'r--', { file });
    touched(paged, mm, [0], false);
    expect(mm.pages.rss.file).toBe(1);
    touched(paged, mm, [17], false);
    expect(mm.pages.rss.file).toBe(17);
  });

  test('a private write copies at once, a shared one dirties the page of the cache', () => {
    const paged = makePaged();
    const { mm, file, rooms } = paged;
    map(mm, 0, 4, 'rw-', { file });
    map(mm, 8, 12, 'rw-', { file, shared: true });
    expect(touched(paged, mm, [1], true)).toBe('.');
    expect(shown(paged, mm, 0)).toBe('1 Px');
    expect(rooms.system.memory.frameWords(frameAt(mm, 1))[9]).toBe(1);
    expect(touched(paged, mm, [9], true)).toBe('.');
    expect(shown(paged, mm, 8)).toBe('1 Pxf');
    expect(counted(mm)).toBe('2+0 faults, anon 1 file 1 shmem 0');
    expect(rooms.system.vmstat.nodes[0].nr_dirty).toBe(1);
  });

  test('beyond the end of the file is a SIGBUS, which leaves tables but no PTE table', () => {
    const paged = makePaged();
    const { mm, file } = paged;
    map(mm, 0, 4, 'rw-', { file, pgoff: 30 });
    expect(touched(paged, mm, [2], false)).toBe('B');
    expect(mm.pages.pgtablesBytes).toBe(2 * 4096);
    expect(touched(paged, mm, [2], true)).toBe('B');
  });

  test('memory files map what is read writable: a write after it is no fault', () => {
    const paged = makePaged();
    const { mm, rooms } = paged;
    map(mm, 0, 4, 'rw-', { file: rooms.system.shmem.create('memfd', 4), shared: true });
    touched(paged, mm, [0], false);
    touched(paged, mm, [0], true);
    expect(counted(mm)).toBe('1+0 faults, anon 0 file 0 shmem 1');
  });
});
