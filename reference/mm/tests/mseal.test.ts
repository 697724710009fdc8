import { EINVAL, ENOMEM, EPERM } from '../../include/errno.ts';
import { MADV_DONTNEED, MADV_RANDOM, MREMAP_MAYMOVE } from '../../include/mman.ts';
import { doMadvise } from '../madvise.ts';
import { doMremap } from '../mremap.ts';
import { doMseal } from '../mseal.ts';
import { at, bytes, drawn, makeMm, map } from './process.ts';

describe('doMseal', () => {
  test('seals a range over several mappings', () => {
    const mm = makeMm();
    map(mm, 0, 2, 'rw-');
    map(mm, 2, 4, 'r--');
    expect(doMseal(mm, at(1), bytes(2))).toBe(0);
    expect(drawn(mm)).toEqual(['0-1 rw-p', '1-2 rw-p sl', '2-3 r--p sl', '3-4 r--p']);
  });

  test('seals nothing when there is a hole', () => {
    const mm = makeMm();
    map(mm, 0, 2, 'rw-');
    expect(doMseal(mm, at(0), bytes(3))).toBe(-ENOMEM);
    expect(drawn(mm)).toEqual(['0-2 rw-p']);
  });

  test('refuses a start that is not a page, and a range that wraps around', () => {
    expect(doMseal(makeMm(), at(0) + 1, 4096)).toBe(-EINVAL);
    expect(doMseal(makeMm(), at(0), 2 ** 64 - 8192)).toBe(-EINVAL);
    expect(doMseal(makeMm(), at(0), 0)).toBe(0);
  });

  test('forbids to move, and to discard what could not be written anyway', () => {
    const mm = makeMm();
    map(mm, 0, 2, 'rw-');
    map(mm, 2, 4, 'r--');
    doMseal(mm, at(0), bytes(4));
    const move = { addr: at(0), oldLen: bytes(2), newLen: bytes(3), flags: MREMAP_MAYMOVE, newAddr: 0 };
    expect(doMremap(mm, move)).toBe(-EPERM);
    expect(doMadvise(mm, at(0), bytes(2), MADV_DONTNEED)).toBe(0);
    expect(doMadvise(mm, at(2), bytes(2), MADV_DONTNEED)).toBe(-EPERM);
    expect(doMadvise(mm, at(2), bytes(2), MADV_RANDOM)).toBe(0);
  });
});
