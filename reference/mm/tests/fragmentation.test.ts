import { extfragIndex, unusableFreeIndex } from '../fragmentation.ts';

//  5 single pages, 1 block of 4: 9 pages free, in 6 blocks
const MIXED = [5, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
const NOTHING = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

describe('unusableFreeIndex', () => {
  test('is the part of free memory in blocks that are too small', () => {
    expect([0, 1, 2, 3].map((order) => unusableFreeIndex(MIXED, order))).toEqual([0, 555, 555, 1000]);
  });

  test('is 1000 when nothing is free', () => {
    expect(unusableFreeIndex(NOTHING, 0)).toBe(1000);
  });
});

describe('extfragIndex', () => {
  test('is -1000 while there is a block', () => {
    expect([0, 2].map((order) => extfragIndex(MIXED, order))).toEqual([-1000, -1000]);
  });

  test('tells lack of memory from fragmentation', () => {
    // order 3: 1000 - (1000 + 9 * 1000 / 8) / 6
    expect(extfragIndex(MIXED, 3)).toBe(646);
    expect(extfragIndex([1000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 4)).toBe(937);
    expect(extfragIndex([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 10)).toBe(0);
  });

  test('is 0 when nothing is free', () => {
    expect(extfragIndex(NOTHING, 3)).toBe(0);
  });
});
