import { PAGE_SIZE, PMD_SIZE } from '../../include/param.ts';
import {
  FIRST_SWAP_WINDOW,
  nextClusterWindow,
  nextVmaWindow,
  vmaWindowRange,
  windowWithHit,
} from '../swap_readahead.ts';

describe('nextClusterWindow', () => {
  test.each([
    [0, 0, 50, 1],
    [0, 0, 11, 2],
    [0, 0, 9, 2],
    [1, 0, 50, 4],
    [2, 0, 50, 4],
    [3, 0, 50, 8],
    [60, 0, 50, 8],
    [0, 8, 50, 4],
    [0, 2, 50, 1],
  ])('%i hits, last window of %i pages for slot 10, now slot %i: %i pages', (hits, pages, slot, expected) => {
    expect(nextClusterWindow({ at: 10, pages, hits }, slot, 3).pages).toBe(expected);
  });

  test('the first window is of 8 pages; hits are used up; the place is kept while there were any', () => {
    expect(nextClusterWindow(FIRST_SWAP_WINDOW, 20, 3)).toEqual({ at: 0, pages: 8, hits: 0 });
    expect(nextClusterWindow({ at: 7, pages: 1, hits: 0 }, 20, 3)).toEqual({ at: 20, pages: 1, hits: 0 });
  });

  test('page_cluster 0: nothing changes', () => {
    expect(nextClusterWindow(FIRST_SWAP_WINDOW, 20, 0)).toBe(FIRST_SWAP_WINDOW);
  });
});

describe('nextVmaWindow and vmaWindowRange', () => {
  const bounds = { start: PMD_SIZE, end: PMD_SIZE + 100 * PAGE_SIZE };
  const range = (last: number, at: number, pages: number): number[] => {
    const window = { at: 512 + at, pages, hits: 0 };
    const { start, end } = vmaWindowRange({ at: 512 + last, pages: 0, hits: 0 }, window, bounds);
    return [start / PAGE_SIZE - 512, end / PAGE_SIZE - 512];
  };

  test('remembers the page', () => {
    expect(nextVmaWindow(FIRST_SWAP_WINDOW, 20 * PAGE_SIZE, 3)).toEqual({ at: 20, pages: 8, hits: 0 });
    expect(nextVmaWindow({ at: 19, pages: 1, hits: 0 }, 20 * PAGE_SIZE, 3)).toEqual({ at: 20, pages: 2, hits: 0 });
  });

  test.each([
    ['onward', 19, 20, 4, [20, 24]],
    ['backward', 21, 20, 4, [17, 21]],
    ['around', 50, 20, 8, [17, 25]],
    ['cut at the start', 50, 1, 8, [0, 6]],
    ['cut at the end', 50, 98, 8, [95, 100]],
  ])('%s', (_, last, at, pages, expected) => {
    expect(range(last, at, pages)).toEqual(expected);
  });

  test('stays in one table', () => {
    const wide = { start: 0, end: 4 * PMD_SIZE };
    const at = 512 * 2 - 1;
    const { start, end } = vmaWindowRange({ at: at - 1, pages: 0, hits: 0 }, { at, pages: 8, hits: 0 }, wide);
    expect([start / PAGE_SIZE, end / PAGE_SIZE]).toEqual([at, at + 1]);
  });
});

describe('windowWithHit', () => {
  test('counts up to 63', () => {
    expect(windowWithHit({ at: 3, pages: 4, hits: 62 }).hits).toBe(63);
    expect(windowWithHit({ at: 3, pages: 4, hits: 63 }).hits).toBe(63);
  });
});
