import { EINVAL, ENOMEM, EPERM } from '../../include/errno.ts';
import { MAP_32BIT, MAP_FIXED, MAP_GROWSDOWN, MAP_SHARED } from '../../include/mman.ts';
import { PMD_SIZE, TASK_SIZE } from '../../include/param.ts';
import type { MmStruct } from '../mm_struct.ts';
import { getUnmappedArea, type Placement, unmappedArea, unmappedAreaTopdown } from '../unmapped_area.ts';
import { at, bytes, FILE, makeMm, map } from './process.ts';

/** The mapping area of the tests ends at page 1,000,000. */
const TOP = 1_000_000;

const place = (mm: MmStruct, change: Partial<Placement>) =>
  getUnmappedArea(mm, { addr: 0, len: bytes(1), file: null, pgoff: 0, flags: 0, ...change });

describe('unmappedAreaTopdown', () => {
  //  ....AAAA..BBB...|top
  const withTwo = (): MmStruct => {
    const mm = makeMm();
    map(mm, TOP - 12, TOP - 8, 'rw-');
    map(mm, TOP - 6, TOP - 3, 'rw-');
    return mm;
  };

  test.each([
    [1, TOP - 1],
    [3, TOP - 3],
    [4, TOP - 16],
  ])('puts %i pages at the end of the highest gap that is large enough', (pages, page) => {
    expect(unmappedAreaTopdown(withTwo(), bytes(pages), at(TOP))).toBe(at(page));
  });

  test('fills a gap exactly', () => {
    const mm = withTwo();
    map(mm, TOP - 3, TOP, 'r--');
    expect(unmappedAreaTopdown(mm, bytes(2), at(TOP))).toBe(at(TOP - 8));
  });

  test('starts again below the guard gap of a stack, past gaps that would have been large enough', () => {
    //  .....AA.... 256 pages of guard ....SS|top : the gap between A and S is 200 pages, all of it guarded
    const mm = makeMm();
    map(mm, TOP - 2, TOP, 'rw-', { flags: MAP_GROWSDOWN });
    map(mm, TOP - 204, TOP - 202, 'rw-');
    expect(unmappedAreaTopdown(mm, bytes(1), at(TOP))).toBe(at(TOP - 2 - 256 - 1));
  });

  test('gives up above mmap_min_addr', () => {
    expect(unmappedAreaTopdown(makeMm(), 65536, 131072)).toBe(65536);
    expect(unmappedAreaTopdown(makeMm(), 65536 + 4096, 131072)).toBe(-ENOMEM);
  });
});

describe('unmappedArea', () => {
  test('puts pages at the start of the lowest gap that is large enough', () => {
    const mm = makeMm();
    map(mm, 2, 4, 'rw-');
    expect([2, 3].map((pages) => unmappedArea(mm, bytes(pages), at(0), at(100)))).toEqual([at(0), at(4)]);
  });

  test('goes on above a stack whose guard gap it would touch', () => {
    const mm = makeMm();
    map(mm, 100, 102, 'rw-', { flags: MAP_GROWSDOWN });
    expect(unmappedArea(mm, bytes(2), at(0), at(1000))).toBe(at(102));
  });
});

describe('getUnmappedArea', () => {
  test('takes a hint that is free, rounded down to a page, and ignores one that is not', () => {
    const mm = makeMm();
    map(mm, 10, 12, 'rw-');
    expect(place(mm, { addr: at(8) + 100, len: bytes(2) })).toBe(at(8));
    expect(place(mm, { addr: at(9), len: bytes(2) })).toBe(at(TOP - 2));
    expect(place(mm, { addr: 2 ** 47 })).toBe(at(TOP - 1));
  });

  test('does not take a hint inside the guard gap of a stack', () => {
    const mm = makeMm();
    map(mm, 300, 301, 'rw-', { flags: MAP_GROWSDOWN });
    expect(place(mm, { addr: at(43) })).toBe(at(43));
    expect(place(mm, { addr: at(44) })).toBe(at(TOP - 1));
  });

  test('takes a fixed place as it is, if it can be one', () => {
    const mm = makeMm({ capable: { sysRawio: false } });
    map(mm, 0, 1, 'rw-');
    expect(place(mm, { addr: at(0), flags: MAP_FIXED })).toBe(at(0));
    expect(place(mm, { addr: at(0) + 1, flags: MAP_FIXED })).toBe(-EINVAL);
    expect(place(mm, { addr: TASK_SIZE, flags: MAP_FIXED })).toBe(-ENOMEM);
    expect(place(mm, { addr: 4096, flags: MAP_FIXED })).toBe(-EPERM);
    expect(place(mm, { len: TASK_SIZE + 4096 })).toBe(-ENOMEM);
  });

  test('MAP_32BIT looks between 1 and 2 GiB, upwards; a free hint below 2 GiB wins', () => {
    expect(place(makeMm(), { flags: MAP_32BIT })).toBe(2 ** 30);
    expect(place(makeMm(), { flags: MAP_32BIT, addr: 2 ** 29 })).toBe(2 ** 29);
    expect(place(makeMm(), { flags: MAP_32BIT, len: 2 ** 30 + 4096 })).toBe(-ENOMEM);
  });

  describe('aligns to huge pages', () => {
    test.each([
      ['private memory of whole huge pages', {}, true],
      ['with a hint', { addr: at(TOP) }, false],
      ['of another length', { len: PMD_SIZE + 4096 }, false],
      ['shared memory', { flags: MAP_SHARED }, false],
    ])('%s', (_, change, aligned) => {
      const found = place(makeMm(), { len: PMD_SIZE, ...change });
      expect(found % PMD_SIZE === 0).toBe(aligned);
    });

    test('in the room that is one huge page larger: where it already fits, one huge page higher', () => {
      // The area ends at page 1,000,000, which is 64 pages above a huge page.
      expect(place(makeMm(), { len: PMD_SIZE })).toBe(at(TOP - 64 - 512));
      const mm = makeMm();
      map(mm, TOP - 64, TOP, 'r--');
      expect(place(mm, { len: PMD_SIZE })).toBe(at(TOP - 64 - 512));
    });

    test('files by their offset, if the range covers a huge page of the file', () => {
      const file = { ...FILE, thpAligned: true };
      const found = place(makeMm(), { len: 2 * PMD_SIZE, file, pgoff: 5 });
      expect(found % PMD_SIZE).toBe(bytes(5));
      expect(place(makeMm(), { len: PMD_SIZE, file, pgoff: 5 })).toBe(at(TOP - 512));
    });
  });
});
