import { EFAULT, ENOMEM, EPERM } from '../../include/errno.ts';
import { MADV_HUGEPAGE, MAP_GROWSDOWN, MAP_LOCKED } from '../../include/mman.ts';
import { doUserAddrFault, expandDownwards } from '../fault.ts';
import { doMadvise } from '../madvise.ts';
import type { MmStruct } from '../mm_struct.ts';
import type { VmArea } from '../vma.ts';
import { at, bytes, drawn, FILE, makeMm, map } from './process.ts';

const hasAnonVma = (mm: MmStruct, page: number) => (mm.vmaLookup(at(page))?.anonVma ?? null) !== null;

function vmaAt(mm: MmStruct, page: number): VmArea {
  const vma = mm.vmaLookup(at(page));
  if (vma === null) throw new Error(`nothing is mapped at page ${page}`);
  return vma;
}

describe('doUserAddrFault', () => {
  test.each([
    ['rw-', 'ok', 'ok'],
    ['r--', 'ok', 'SEGV_ACCERR'],
    ['-w-', 'ok', 'ok'],
    ['--x', 'ok', 'SEGV_ACCERR'],
    ['---', 'SEGV_ACCERR', 'SEGV_ACCERR'],
  ])('of memory %s: a read is %s, a write %s', (perms, read, write) => {
    const mm = makeMm();
    map(mm, 0, 1, perms);
    expect([false, true].map((writes) => doUserAddrFault(mm, at(0) + 5, writes))).toEqual([read, write]);
  });

  test('where nothing is mapped', () => {
    const mm = makeMm();
    map(mm, 1, 2, 'rw-');
    expect(doUserAddrFault(mm, at(0), false)).toBe('SEGV_MAPERR');
    expect(doUserAddrFault(mm, at(2), false)).toBe('SEGV_MAPERR');
  });

  test('beyond the end of a file', () => {
    const mm = makeMm();
    map(mm, 0, 2, 'rw-', { file: FILE, pgoff: 7 });
    expect([0, 1].map((page) => doUserAddrFault(mm, at(page), true))).toEqual(['ok', 'BUS_ADRERR']);
  });

  test('only the first write gives private memory an anon_vma; shared memory never gets one', () => {
    const mm = makeMm();
    map(mm, 0, 1, 'rw-');
    map(mm, 2, 3, 'rw-', { file: FILE });
    map(mm, 4, 5, 'rw-', { shared: true });
    for (const page of [0, 2, 4]) doUserAddrFault(mm, at(page), false);
    expect([0, 2, 4].map((page) => hasAnonVma(mm, page))).toEqual([false, false, false]);
    for (const page of [0, 2, 4]) doUserAddrFault(mm, at(page), true);
    expect([0, 2, 4].map((page) => hasAnonVma(mm, page))).toEqual([true, true, false]);
  });

  test('a read gives one too where a huge page fits', () => {
    const mm = makeMm();
    map(mm, 512, 1024, 'rw-');
    map(mm, 2048, 2559, 'rw-');
    doMadvise(mm, at(512), bytes(2560 - 512), MADV_HUGEPAGE);
    for (const page of [600, 2100]) doUserAddrFault(mm, at(page), false);
    expect([600, 2100].map((page) => hasAnonVma(mm, page))).toEqual([true, false]);
  });

  test('takes the anon_vma of a neighbour that differs in its rights only, the next one first', () => {
    const mm = makeMm();
    map(mm, 0, 1, 'rw-');
    map(mm, 2, 3, 'rw-');
    for (const page of [0, 2]) doUserAddrFault(mm, at(page), true);
    map(mm, 1, 2, 'rwx');
    doUserAddrFault(mm, at(1), true);
    expect(vmaAt(mm, 1).anonVma).toBe(vmaAt(mm, 2).anonVma);
    expect(vmaAt(mm, 1).anonVma).not.toBe(vmaAt(mm, 0).anonVma);
  });
});

describe('expandDownwards', () => {
  const withStack = (flags = 0, limit = bytes(2048)): MmStruct => {
    const mm = makeMm({ rlimits: { stack: limit } });
    map(mm, 600, 602, 'rw-', { flags: MAP_GROWSDOWN | flags });
    return mm;
  };

  test('grows a stack down to the page that was touched', () => {
    const mm = withStack(MAP_LOCKED);
    expect(doUserAddrFault(mm, at(590) + 7, true)).toBe('ok');
    expect(drawn(mm)).toEqual(['590-602 rw-p gd lo']);
    expect([mm.totalVm, mm.lockedVm, mm.usedVm.stack, mm.owner.commit.committedAs]).toEqual([12, 12, 12, 12]);
  });

  test('not beyond RLIMIT_STACK', () => {
    const mm = withStack(0, bytes(4));
    expect(expandDownwards(mm, vmaAt(mm, 600), at(597))).toBe(-ENOMEM);
    expect(expandDownwards(mm, vmaAt(mm, 600), at(598))).toBe(0);
  });

  test('not into 256 pages above a mapping that can be used, but right up to one that cannot, or to a stack', () => {
    const mm = withStack();
    map(mm, 300, 301, 'r--');
    expect(expandDownwards(mm, vmaAt(mm, 600), at(556))).toBe(-ENOMEM);
    expect(expandDownwards(mm, vmaAt(mm, 600), at(557))).toBe(0);
    map(mm, 500, 501, '---');
    expect(expandDownwards(mm, vmaAt(mm, 600), at(501))).toBe(0);
  });

  test('neither what is no stack, nor to the bottom of memory', () => {
    const mm = withStack();
    map(mm, 700, 701, 'rw-');
    expect(expandDownwards(mm, vmaAt(mm, 700), at(699))).toBe(-EFAULT);
    expect(expandDownwards(mm, vmaAt(mm, 600), 4096)).toBe(-EPERM);
  });
});
