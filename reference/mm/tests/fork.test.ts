import { ENOMEM } from '../../include/errno.ts';
import { MADV_DONTFORK, MADV_GUARD_INSTALL, MADV_WIPEONFORK, MAP_LOCKED } from '../../include/mman.ts';
import { doUserAddrFault } from '../fault.ts';
import { dupMm } from '../fork.ts';
import { doMadvise } from '../madvise.ts';
import { MmStruct } from '../mm_struct.ts';
import { brk } from '../mmap.ts';
import { doMprotect } from '../mprotect.ts';
import { doMunmap } from '../vma_munmap.ts';
import { at, bytes, drawn, makeMm, map, prot } from './process.ts';

function forked(mm: MmStruct): MmStruct {
  const child = dupMm(mm);
  if (!(child instanceof MmStruct)) throw new Error(`fork failed: ${child}`);
  return child;
}

describe('dupMm', () => {
  test('copies mappings, promises and the heap; locks stay behind', () => {
    const mm = makeMm();
    map(mm, 0, 2, 'rw-', { flags: MAP_LOCKED });
    map(mm, 2, 4, 'r-x');
    brk(mm, at(1000) + 5);
    const child = forked(mm);
    expect(drawn(child)).toEqual(['0-2 rw-p', '2-4 r-xp', '1000-1001 rw-p']);
    expect([child.totalVm, child.usedVm, child.lockedVm, child.brk]).toEqual([5, mm.usedVm, 0, at(1000) + 5]);
    expect(mm.owner.commit.committedAs).toBe(6);
  });

  test('leaves out MADV_DONTFORK', () => {
    const mm = makeMm();
    map(mm, 0, 4, 'rw-');
    doMadvise(mm, at(1), bytes(1), MADV_DONTFORK);
    const child = forked(mm);
    expect([drawn(child), child.totalVm]).toEqual([['0-1 rw-p', '2-4 rw-p'], 3]);
  });

  test('passes on guard markers, but nothing of MADV_WIPEONFORK', () => {
    const mm = makeMm();
    map(mm, 0, 4, 'rw-');
    doMadvise(mm, at(0), bytes(4), MADV_GUARD_INSTALL);
    doMadvise(mm, at(2), bytes(2), MADV_WIPEONFORK);
    const child = forked(mm);
    expect([0, 2].map((page) => doUserAddrFault(child, at(page), false))).toEqual(['SEGV_MAPERR', 'ok']);
    expect(child.vmaLookup(at(0))?.anonVma).not.toBeNull();
    expect(doUserAddrFault(mm, at(2), false)).toBe('SEGV_MAPERR');
  });

  test('is refused when the memory cannot be promised twice', () => {
    const mm = makeMm({ machine: { overcommitMemory: 2 } });
    map(mm, 0, 100_000, 'rw-');
    expect(dupMm(mm)).toBe(-ENOMEM);
    expect(mm.owner.commit.committedAs).toBe(100_000);
  });

  test('neighbours that were written before the fork stay apart in the child, where the parent merges them', () => {
    //  AABB, both written: one anon_vma in the parent, one each in the child
    const mm = makeMm();
    map(mm, 0, 4, 'rw-');
    doUserAddrFault(mm, at(0), true);
    doMprotect(mm, at(2), bytes(2), prot('r--'));
    const child = forked(mm);
    for (const each of [mm, child]) doMprotect(each, at(2), bytes(2), prot('rw-'));
    expect(drawn(mm)).toEqual(['0-4 rw-p']);
    expect(drawn(child)).toEqual(['0-2 rw-p', '2-4 rw-p']);
  });

  describe('of a child of a child takes over an anon_vma that nobody has as its own', () => {
    //  first -> second -> third, and a fourth of the third after page 0 was unmapped in one of them
    const generations = (): [MmStruct, MmStruct, MmStruct] => {
      const first = makeMm();
      map(first, 0, 1, 'rw-');
      doUserAddrFault(first, at(0), true);
      const second = forked(first);
      return [first, second, forked(second)];
    };
    const anonVma = (mm: MmStruct) => mm.vmaLookup(at(0))?.anonVma;

    test('if it has one child', () => {
      const [, second, third] = generations();
      const idle = anonVma(second);
      doMunmap(second, at(0), bytes(1));
      expect(anonVma(forked(third))).toBe(idle);
    });

    test('not if it has two, which the first counts itself as', () => {
      const [first, , third] = generations();
      const idle = anonVma(first);
      doMunmap(first, at(0), bytes(1));
      expect(anonVma(forked(third))).not.toBe(idle);
      expect(anonVma(forked(third))?.parent).toBe(anonVma(third));
    });

    test('a child that has gone does not count', () => {
      const [, second, third] = generations();
      const idle = anonVma(second);
      const other = forked(second);
      doMunmap(second, at(0), bytes(1));
      expect(anonVma(forked(third))).not.toBe(idle);
      doMunmap(other, at(0), bytes(1));
      expect(anonVma(forked(third))).toBe(idle);
    });
  });
});
