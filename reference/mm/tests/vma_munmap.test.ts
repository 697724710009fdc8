import { EINVAL, ENOMEM, EPERM } from '../../include/errno.ts';
import { TASK_SIZE } from '../../include/param.ts';
import { doMseal } from '../mseal.ts';
import { doMunmap } from '../vma_munmap.ts';
import { at, bytes, drawn, FILE, makeMm, map } from './process.ts';

describe('doMunmap', () => {
  test.each([
    ['start is not a page', at(0) + 1, 4096],
    ['the length is 0', at(0), 0],
    ['the range leaves the user half', TASK_SIZE, 4096],
    ['the length is absurd', at(0), 2 ** 64],
  ])('refuses when %s', (_, start, len) => {
    const mm = makeMm();
    map(mm, 0, 2, 'rw-');
    expect(doMunmap(mm, start, len)).toBe(-EINVAL);
    expect(drawn(mm)).toEqual(['0-2 rw-p']);
  });

  test('cuts both ends and takes all between, holes too; the upper piece begins later in the file', () => {
    //  before  AAAA..BBFFFF
    //  after   AA........FF
    const mm = makeMm();
    map(mm, 0, 4, 'rw-');
    map(mm, 6, 8, 'rw-');
    map(mm, 8, 12, 'r--', { file: FILE, pgoff: 1 });
    expect(doMunmap(mm, at(2), bytes(8))).toBe(0);
    expect(drawn(mm)).toEqual(['0-2 rw-p', '10-12 r--p file@3']);
    expect(mm.totalVm).toBe(4);
    expect(mm.owner.commit.committedAs).toBe(2);
  });

  test('of nothing is fine', () => {
    expect(doMunmap(makeMm(), at(0), 1)).toBe(0);
  });

  test('may not take a hole out of a mapping when there are too many', () => {
    const mm = makeMm({ machine: { maxMapCount: 1 } });
    map(mm, 0, 4, 'rw-');
    expect(doMunmap(mm, at(1), bytes(1))).toBe(-ENOMEM);
    expect(doMunmap(mm, at(3), bytes(1))).toBe(0);
    expect(drawn(mm)).toEqual(['0-3 rw-p']);
  });

  test('of a sealed mapping takes nothing, but leaves the cut below it', () => {
    const mm = makeMm();
    map(mm, 0, 4, 'rw-');
    map(mm, 4, 6, 'r--');
    doMseal(mm, at(4), bytes(1));
    expect(doMunmap(mm, at(2), bytes(4))).toBe(-EPERM);
    expect(drawn(mm)).toEqual(['0-2 rw-p', '2-4 rw-p', '4-5 r--p sl', '5-6 r--p']);
  });
});
