import { PAGE_SIZE, TASK_SIZE } from '../../include/param.ts';
import type { MmStruct } from '../mm_struct.ts';
import { VmArea } from '../vma.ts';
import { at, makeMm, map } from './process.ts';

describe('MmStruct', () => {
  //  ..AA..B.
  const mm = makeMm();
  map(mm, 2, 4, 'rw-');
  map(mm, 6, 7, 'rw-');

  test('vmaLookup is the mapping that holds an address', () => {
    expect([1, 2, 3, 4].map((page) => mm.vmaLookup(at(page))?.vmStart)).toEqual([undefined, at(2), at(2), undefined]);
  });

  test.each([
    [0, 2, undefined],
    [0, 3, 2],
    [4, 6, undefined],
    [3, 7, 2],
    [3, 3, undefined],
  ])('findVmaIntersection of %i..%i', (start, end, found) => {
    const vma = mm.findVmaIntersection(at(start), at(end));
    expect(vma?.vmStart).toBe(found === undefined ? undefined : at(found));
  });

  test('only a mapping that touches the range is adjacent', () => {
    expect([4, 5].map((page) => mm.adjacentBelow(at(page))?.vmStart)).toEqual([at(2), undefined]);
    expect([5, 6].map((page) => mm.adjacentAbove(at(page))?.vmStart)).toEqual([undefined, at(6)]);
  });
});

describe('validate', () => {
  const shape = { vmStart: at(0), vmEnd: at(1), vmFlags: 0, vmPgoff: 0, vmFile: null };
  const withVma = (change: Partial<typeof shape>): MmStruct => {
    const mm = makeMm();
    mm.link(new VmArea(mm.pages, { ...shape, ...change }));
    return mm;
  };

  test.each([
    ['a mapping that is not whole pages', { vmEnd: at(1) + 1 }, 'is not whole pages'],
    ['one that leaves the user half', { vmEnd: TASK_SIZE + PAGE_SIZE }, 'leaves the user half'],
    ['a negative page offset', { vmPgoff: -1 }, 'has a negative page offset'],
    ['pages that were not counted', {}, '1 pages of other, counted 0'],
  ])('panics for %s', (_, change, fact) => {
    expect(() => withVma(change).validate()).toThrow(fact);
  });

  test('panics for an anon_vma that is not in the chain', () => {
    const mm = makeMm();
    map(mm, 0, 1, 'rw-');
    const vma = mm.vmaLookup(at(0));
    if (vma !== null) vma.anonVma = { id: 1, parent: null, numChildren: 0, numActiveVmas: 1, vmas: new Set() };
    expect(() => mm.validate()).toThrow('has a chain without its own anon_vma');
  });
});
