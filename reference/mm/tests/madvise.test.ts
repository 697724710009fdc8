import { EAGAIN, EFAULT, EINVAL, ENOMEM } from '../../include/errno.ts';
import {
  MADV_COLD,
  MADV_DODUMP,
  MADV_DONTDUMP,
  MADV_DONTNEED,
  MADV_DONTNEED_LOCKED,
  MADV_FREE,
  MADV_GUARD_INSTALL,
  MADV_GUARD_REMOVE,
  MADV_HUGEPAGE,
  MADV_NOHUGEPAGE,
  MADV_NORMAL,
  MADV_POPULATE_READ,
  MADV_POPULATE_WRITE,
  MADV_RANDOM,
  MADV_SEQUENTIAL,
  MADV_WIPEONFORK,
  MAP_LOCKED,
} from '../../include/mman.ts';
import { doUserAddrFault } from '../fault.ts';
import { doMadvise } from '../madvise.ts';
import type { MmStruct } from '../mm_struct.ts';
import { at, bytes, drawn, FILE, makeMm, map } from './process.ts';

const advise = (mm: MmStruct, first: number, end: number, advice: number) =>
  doMadvise(mm, at(first), bytes(end - first), advice);

describe('doMadvise', () => {
  test('changes the flags of a part, and joins it again when they go', () => {
    const mm = makeMm();
    map(mm, 0, 6, 'rw-');
    expect(advise(mm, 2, 4, MADV_DONTDUMP)).toBe(0);
    expect(drawn(mm)).toEqual(['0-2 rw-p', '2-4 rw-p dd', '4-6 rw-p']);
    expect(advise(mm, 0, 6, MADV_DODUMP)).toBe(0);
    expect(drawn(mm)).toEqual(['0-6 rw-p']);
  });

  test.each([
    [MADV_SEQUENTIAL, 'sr'],
    [MADV_RANDOM, 'rr'],
    [MADV_HUGEPAGE, 'hg'],
    [MADV_NOHUGEPAGE, 'nh'],
  ])('advice %i takes back its opposite', (advice, mnemonic) => {
    const mm = makeMm();
    map(mm, 0, 1, 'rw-');
    for (const before of [MADV_RANDOM, MADV_NORMAL, MADV_SEQUENTIAL, MADV_NORMAL]) advise(mm, 0, 1, before);
    advise(mm, 0, 1, advice === MADV_HUGEPAGE ? MADV_NOHUGEPAGE : MADV_HUGEPAGE);
    if (mnemonic === 'sr' || mnemonic === 'rr') advise(mm, 0, 1, mnemonic === 'sr' ? MADV_RANDOM : MADV_SEQUENTIAL);
    advise(mm, 0, 1, advice);
    expect(drawn(mm)).toEqual([mnemonic.endsWith('r') ? `0-1 rw-p ${mnemonic} hg` : `0-1 rw-p ${mnemonic}`]);
  });

  test('skips holes, goes on, and reports them at the end', () => {
    const mm = makeMm();
    map(mm, 0, 1, 'rw-');
    map(mm, 2, 3, 'rw-');
    expect(advise(mm, 0, 4, MADV_RANDOM)).toBe(-ENOMEM);
    expect(drawn(mm)).toEqual(['0-1 rw-p rr', '2-3 rw-p rr']);
  });

  test.each([
    ['advice that does not exist', at(0), 4096, 77],
    ['a start that is not a page', at(0) + 1, 4096, MADV_RANDOM],
    ['a range that wraps around', at(0), 2 ** 64 - 8192, MADV_RANDOM],
  ])('refuses %s', (_, start, len, advice) => {
    expect(doMadvise(makeMm(), start, len, advice)).toBe(-EINVAL);
  });

  test('a length of 0 is fine even where nothing is mapped', () => {
    expect(doMadvise(makeMm(), at(0), 0, MADV_RANDOM)).toBe(0);
  });

  test('one mapping more than allowed is "again", not "no memory"', () => {
    const mm = makeMm({ machine: { maxMapCount: 1 } });
    map(mm, 0, 3, 'rw-');
    expect(advise(mm, 0, 1, MADV_RANDOM)).toBe(-EAGAIN);
  });

  test.each([
    [MADV_DONTNEED, -EINVAL],
    [MADV_DONTNEED_LOCKED, 0],
    [MADV_FREE, -EINVAL],
    [MADV_COLD, -EINVAL],
    [MADV_GUARD_INSTALL, -EINVAL],
  ])('advice %i on locked memory gives %i', (advice, result) => {
    const mm = makeMm();
    map(mm, 0, 1, 'rw-', { flags: MAP_LOCKED });
    expect(advise(mm, 0, 1, advice)).toBe(result);
  });

  test('MADV_FREE and MADV_WIPEONFORK are for anonymous memory', () => {
    const mm = makeMm();
    map(mm, 0, 1, 'rw-', { file: FILE });
    map(mm, 1, 2, 'rw-', { shared: true });
    expect([MADV_FREE, MADV_WIPEONFORK].map((advice) => advise(mm, 0, 1, advice))).toEqual([-EINVAL, -EINVAL]);
    expect(advise(mm, 1, 2, MADV_WIPEONFORK)).toBe(-EINVAL);
  });

  test('a guarded page faults until the guard goes; the mapping stays whole', () => {
    const mm = makeMm();
    map(mm, 0, 4, 'rw-');
    expect(advise(mm, 1, 2, MADV_GUARD_INSTALL)).toBe(0);
    expect(drawn(mm)).toEqual(['0-4 rw-p gu']);
    expect(doUserAddrFault(mm, at(1), false)).toBe('SEGV_MAPERR');
    expect(advise(mm, 0, 4, MADV_POPULATE_READ)).toBe(-EFAULT);
    expect(advise(mm, 0, 4, MADV_GUARD_REMOVE)).toBe(0);
    expect(doUserAddrFault(mm, at(1), false)).toBe('ok');
    expect(drawn(mm)).toEqual(['0-4 rw-p gu']);
  });

  test('the guard of a file mapping needs no anon_vma: such mappings still merge', () => {
    const mm = makeMm();
    map(mm, 0, 2, 'r--', { file: FILE });
    map(mm, 2, 4, 'rw-', { file: FILE, pgoff: 2 });
    for (const page of [0, 2]) advise(mm, page, page + 1, MADV_GUARD_INSTALL);
    expect([...mm.vmas].map(({ anonVma }) => anonVma)).toEqual([null, null]);
    map(mm, 0, 2, 'rw-', { file: FILE });
    expect(drawn(mm)).toEqual(['0-4 rw-p gu file@0']);
  });

  test('a kernel that does not remember guard markers shows no flag', () => {
    const mm = makeMm({ machine: { maybeGuard: false } });
    map(mm, 0, 4, 'rw-');
    advise(mm, 1, 2, MADV_GUARD_INSTALL);
    expect(drawn(mm)).toEqual(['0-4 rw-p']);
    expect(doUserAddrFault(mm, at(1), false)).toBe('SEGV_MAPERR');
  });

  test('populating needs the right, and stops at a hole', () => {
    const mm = makeMm();
    map(mm, 0, 1, 'r--');
    expect(advise(mm, 0, 1, MADV_POPULATE_READ)).toBe(0);
    expect(advise(mm, 0, 1, MADV_POPULATE_WRITE)).toBe(-EINVAL);
    expect(advise(mm, 0, 2, MADV_POPULATE_READ)).toBe(-ENOMEM);
  });
});
