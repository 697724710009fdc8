import { MADV_GUARD_INSTALL } from '../../include/mman.ts';
import { doUserAddrFault } from '../fault.ts';
import { doMadvise } from '../madvise.ts';
import type { MmStruct } from '../mm_struct.ts';
import { doMprotect } from '../mprotect.ts';
import { doMunmap } from '../vma_munmap.ts';
import { at, bytes, drawn, FILE, makeMm, map, prot } from './process.ts';

const protect = (mm: MmStruct, first: number, end: number, perms: string) =>
  doMprotect(mm, at(first), bytes(end - first), prot(perms));
const write = (mm: MmStruct, page: number) => doUserAddrFault(mm, at(page), true);

describe('vmaMergeNewRange', () => {
  //  before  AA....BB
  test.each([
    ['neither side', 3, 5, ['0-2 rw-p', '3-5 rw-p', '6-8 rw-p']],
    ['below', 2, 5, ['0-5 rw-p', '6-8 rw-p']],
    ['above', 3, 6, ['0-2 rw-p', '3-8 rw-p']],
    ['both sides', 2, 6, ['0-8 rw-p']],
  ])('merges with %s when the range touches it', (_, first, end, after) => {
    const mm = makeMm();
    map(mm, 0, 2, 'rw-');
    map(mm, 6, 8, 'rw-');
    map(mm, first, end, 'rw-');
    expect(drawn(mm)).toEqual(after);
  });

  test('does not merge other rights', () => {
    const mm = makeMm();
    map(mm, 0, 2, 'rw-');
    map(mm, 2, 4, 'r--');
    expect(drawn(mm)).toEqual(['0-2 rw-p', '2-4 r--p']);
  });

  test('merges a file only where its pages run on', () => {
    const mm = makeMm();
    map(mm, 0, 2, 'r--', { file: FILE, pgoff: 0 });
    map(mm, 2, 4, 'r--', { file: FILE, pgoff: 2 });
    map(mm, 4, 6, 'r--', { file: FILE, pgoff: 2 });
    expect(drawn(mm)).toEqual(['0-4 r--p file@0', '4-6 r--p file@2']);
  });

  test('does not merge two sides whose pages belong to different anon_vmas', () => {
    const mm = makeMm();
    map(mm, 0, 2, 'rw-');
    map(mm, 4, 6, 'rw-');
    write(mm, 0);
    write(mm, 4);
    map(mm, 2, 4, 'rw-');
    expect(drawn(mm)).toEqual(['0-4 rw-p', '4-6 rw-p']);
  });
});

describe('vmaMergeExistingRange', () => {
  //  before  AAAAMMMMBBBB   A and B rw-, M r--
  const threeOf = (): MmStruct => {
    const mm = makeMm();
    map(mm, 0, 12, 'rw-');
    protect(mm, 4, 8, 'r--');
    return mm;
  };

  test.each([
    ['the whole of it joins both', 4, 8, ['0-12 rw-p']],
    ['its left part joins the left', 4, 6, ['0-6 rw-p', '6-8 r--p', '8-12 rw-p']],
    ['its right part joins the right', 6, 8, ['0-4 rw-p', '4-6 r--p', '6-12 rw-p']],
    ['its middle joins nobody', 5, 7, ['0-4 rw-p', '4-5 r--p', '5-7 rw-p', '7-8 r--p', '8-12 rw-p']],
  ])('%s', (_, first, end, after) => {
    const mm = threeOf();
    protect(mm, first, end, 'rw-');
    expect(drawn(mm)).toEqual(after);
  });

  test('joins the left alone when the right ends elsewhere', () => {
    const mm = threeOf();
    doMunmap(mm, at(8), bytes(4));
    protect(mm, 4, 8, 'rw-');
    expect(drawn(mm)).toEqual(['0-8 rw-p']);
  });

  test('hands on the anon_vma of the part that goes', () => {
    const mm = threeOf();
    protect(mm, 4, 8, 'rwx');
    write(mm, 5);
    const middle = mm.vmaLookup(at(5))?.anonVma;
    expect(middle).not.toBeNull();
    protect(mm, 4, 8, 'rw-');
    expect(drawn(mm)).toEqual(['0-12 rw-p']);
    expect(mm.vmaLookup(at(0))?.anonVma).toBe(middle);
  });

  test('does not let guard markers keep mappings apart: what merges has the flag', () => {
    const mm = threeOf();
    doMadvise(mm, at(5), bytes(1), MADV_GUARD_INSTALL);
    expect(drawn(mm)).toEqual(['0-4 rw-p', '4-8 r--p gu', '8-12 rw-p']);
    protect(mm, 4, 8, 'rw-');
    expect(drawn(mm)).toEqual(['0-12 rw-p gu']);
  });
});
