import type { Area } from '../gap_nodes.ts';
import { GapTree } from '../gap_tree.ts';

const area = (vmStart: number, vmEnd: number): Area => ({ vmStart, vmEnd });
const treeOf = (...areas: Area[]): GapTree<Area> => {
  const tree = new GapTree<Area>();
  for (const each of areas) tree.insert(each);
  return tree;
};

//  0    10   20        50   60   70       100
//       |-a--|          |-b--|-c-|
const a = area(10, 20);
const b = area(50, 60);
const c = area(60, 70);

describe('GapTree.find', () => {
  test.each([
    [0, a],
    [10, a],
    [19, a],
    [20, b],
    [59, b],
    [60, c],
    [70, null],
  ])('of %i is the first area that ends above it', (addr, found) => {
    expect(treeOf(c, a, b).find(addr)).toBe(found);
  });
});

describe('GapTree.findPrev', () => {
  test.each([
    [10, null],
    [11, a],
    [50, a],
    [51, b],
    [100, c],
  ])('of %i is the last area that starts below it', (addr, found) => {
    expect(treeOf(c, a, b).findPrev(addr)).toBe(found);
  });
});

describe('GapTree.highestGap and lowestGap', () => {
  test.each([
    [10, { start: 70, end: 100 }, { start: 0, end: 10 }],
    [11, { start: 70, end: 100 }, { start: 20, end: 50 }],
    [30, { start: 70, end: 100 }, { start: 20, end: 50 }],
    [31, null, null],
  ])('of %i bytes in 0..100', (length, highest, lowest) => {
    expect(treeOf(a, b, c).highestGap(0, 100, length)).toEqual(highest);
    expect(treeOf(a, b, c).lowestGap(0, 100, length)).toEqual(lowest);
  });

  test('cut the gap to the limits', () => {
    expect(treeOf(a, b, c).highestGap(25, 45, 20)).toEqual({ start: 25, end: 45 });
    expect(treeOf(a, b, c).highestGap(25, 45, 21)).toBeNull();
    expect(treeOf(a, b, c).lowestGap(15, 80, 5)).toEqual({ start: 20, end: 50 });
  });

  test('of an empty tree are all there is', () => {
    expect(treeOf().highestGap(5, 9, 4)).toEqual({ start: 5, end: 9 });
  });
});

describe('GapTree.validate', () => {
  test('panics when areas overlap', () => {
    expect(() => treeOf(area(0, 20), area(10, 30)).validate()).toThrow('gap_tree: area at 10 out of order');
  });

  test('panics when an area was moved behind the back of the tree', () => {
    const moved = area(10, 20);
    const tree = treeOf(moved, area(30, 40));
    moved.vmEnd = 25;
    expect(() => tree.validate()).toThrow('gap_nodes: node at 10 is out of date');
  });
});

describe('a tree of 1000 areas, after every insertion, erasure and resizing', () => {
  // Area i lies in i*10..i*10+9; the order of insertion is a permutation: 7 and 1000 share no divisor.
  const areas = Array.from({ length: 1000 }, (_, i) => area(i * 10, i * 10 + 5));
  const shuffled = areas.map((_, i) => areas[(i * 7) % 1000] ?? a);

  test('is valid and finds what a list finds', () => {
    const tree = new GapTree<Area>();
    for (const each of shuffled) tree.insert(each);
    tree.validate();
    for (const each of shuffled.slice(0, 500)) {
      tree.erase(each);
      if (each.vmStart % 70 === 0) tree.validate();
    }
    const left = [...tree];
    for (const [i, each] of left.entries()) if (i % 3 === 0) tree.resize(each, each.vmStart - 2, each.vmEnd + 2);
    tree.validate();
    expect(tree.size).toBe(500);
    for (let addr = 0; addr < 10_000; addr += 3) {
      expect(tree.find(addr)).toBe(left.find(({ vmEnd }) => vmEnd > addr) ?? null);
    }
  });
});

test('100,000 areas take their place and are found at once', () => {
  const tree = new GapTree<Area>();
  for (let i = 0; i < 100_000; i++) tree.insert(area(i * 2, i * 2 + 1));
  expect(tree.find(123_457)).toEqual(area(123_458, 123_459));
  expect(tree.highestGap(0, 200_000, 2)).toBeNull();
  expect(tree.highestGap(0, 200_002, 2)).toEqual({ start: 199_999, end: 200_002 });
});
