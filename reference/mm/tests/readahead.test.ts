import { FsRoom } from '../../fs/tests/fs_room.ts';
import { VM_RAND_READ, VM_SEQ_READ } from '../../include/mm_types.ts';
import { PG_readahead } from '../../include/page_flags.ts';
import { getInitRaSize, getNextRaSize, newRaState } from '../readahead.ts';

/** Windows of a reader that asks for `req` pages each time. */
function windows(req: number): number[] {
  const all = [getInitRaSize(req, 32)];
  while (all.at(-1) !== 32) all.push(getNextRaSize(all.at(-1) ?? 0, 32));
  return all;
}

describe('getInitRaSize, getNextRaSize', () => {
  test.each([
    [1, [4, 8, 16, 32]],
    [2, [4, 8, 16, 32]],
    [4, [8, 16, 32]],
    [8, [16, 32]],
    [16, [32]],
    [20, [32]],
  ])('requests of %i pages give windows %j', (req, wanted) => {
    expect(windows(req)).toEqual(wanted);
  });
});

describe('reading page by page', () => {
  //  page    0 1 2 3 4 5 6 7 8 .. 11 12 .. 19 20 .. 27 28
  //  read    [  4  ] [    8     ]   [   16       ]  [ 32
  //  mark      #     #              #               #
  test('starts windows of 4, 8, 16, 32, 32 pages, each when the mark of the one before is touched', () => {
    const room = new FsRoom();
    const file = room.coldFile('/f', 128);
    const { mapping } = file.inode;
    const grown: [number, number][] = [];
    for (let page = 0; page < 60; page++) {
      const before = mapping.pages.size;
      expect(room.readPages(file, page, 1)).toEqual([page + 1]);
      if (mapping.pages.size > before) grown.push([page, mapping.pages.size - before]);
    }
    expect(grown).toEqual([
      [0, 4],
      [1, 8],
      [4, 16],
      [12, 32],
      [28, 32],
    ]);
    room.validate();
  });

  test('n pages take at most n/32 + 4 requests, and no page is read twice', () => {
    const room = new FsRoom();
    const file = room.coldFile('/f', 500);
    const { requests, pages } = room.readsOf(() => {
      for (let page = 0; page < 500; page++) room.readPages(file, page, 1);
    });
    expect(pages).toBe(500);
    expect(requests).toBeLessThanOrEqual(Math.floor(500 / 32) + 4);
  });

  test('the mark is gone once it was touched; the last window ends with the file', () => {
    const room = new FsRoom();
    const file = room.coldFile('/f', 10);
    const { mapping } = file.inode;
    const marked = (): number[] =>
      [...mapping.pages].filter(([, pfn]) => room.rooms.memMap.test(pfn, PG_readahead)).map(([index]) => index);
    room.readPages(file, 0, 1);
    expect(marked()).toEqual([1]);
    room.readPages(file, 1, 1);
    // The window of 8 is cut to 6: its mark would be at its first page, two before which the file ends.
    expect([mapping.pages.size, marked()]).toEqual([10, []]);
  });
});

describe('reading here and there', () => {
  test('reads no page that was not asked for', () => {
    const room = new FsRoom();
    const file = room.coldFile('/f', 256);
    const order = [200, 40, 90, 7, 150, 60, 220, 120];
    const { requests, pages } = room.readsOf(() => {
      for (const page of order) room.readPages(file, page, 1);
    });
    expect({ requests, pages }).toEqual({ requests: 8, pages: 8 });
  });

  test('behind pages that are cached because they were read in order, goes on in order', () => {
    const room = new FsRoom();
    const file = room.coldFile('/f', 256);
    room.readPages(file, 100, 1);
    room.readPages(file, 101, 1);
    const before = file.inode.mapping.pages.size;
    file.ra.prevPos = -1;
    file.ra.start = 0;
    const next = 100 + before;
    room.readPages(file, next, 1);
    expect(file.ra).toMatchObject({ start: next, size: before + 1, asyncSize: 1 });
  });

  test('with POSIX_FADV_RANDOM, or without readahead, page by page', () => {
    const room = new FsRoom();
    const file = room.coldFile('/f', 64);
    file.ra.random = true;
    expect(room.readsOf(() => room.readPages(file, 0, 4))).toEqual({ requests: 1, pages: 4 });
    file.ra.random = false;
    file.ra.raPages = 0;
    expect(room.readsOf(() => room.readPages(file, 10, 4))).toEqual({ requests: 4, pages: 4 });
  });
});

describe('faults', () => {
  test('read around: half a window before, half behind', () => {
    const room = new FsRoom();
    const file = room.coldFile('/f', 128);
    expect(room.readsOf(() => room.files.fault(file, 40))).toEqual({ requests: 1, pages: 32 });
    expect(file.inode.mapping.indexesIn(0, 128)).toEqual(Array.from({ length: 32 }, (_, i) => 24 + i));
    expect(file.ra).toMatchObject({ start: 24, size: 32, asyncSize: 8, mmapMiss: 1 });
  });

  test('are major when the page was not there, minor when it was', () => {
    const room = new FsRoom();
    const file = room.coldFile('/f', 128);
    expect(room.files.fault(file, 40)).toMatchObject({ major: true });
    expect(room.files.fault(file, 41)).toMatchObject({ major: false });
    expect(room.rooms.vmstat.events.pgmajfault).toBe(1);
  });

  test('that touch the mark start the next window, and are tried again: major, but not a miss', () => {
    const room = new FsRoom();
    const file = room.coldFile('/f', 128);
    room.files.fault(file, 0);
    //  0 .. 23 24 # .. 31      the mark stands 8 before the end
    expect(room.readsOf(() => expect(room.files.fault(file, 24)).toMatchObject({ major: true })).pages).toBe(32);
    expect(file.ra).toMatchObject({ start: 32, size: 32, asyncSize: 32 });
    expect(room.rooms.vmstat.events.pgmajfault).toBe(1);
  });

  test('beyond the end of the file are errors', () => {
    const room = new FsRoom();
    expect(room.files.fault(room.coldFile('/f', 4), 4)).toBe(-14);
  });

  test('of MADV_RANDOM read one page, of MADV_SEQUENTIAL a window from there on', () => {
    const room = new FsRoom();
    const file = room.coldFile('/f', 128);
    expect(room.readsOf(() => room.files.fault(file, 40, VM_RAND_READ)).pages).toBe(1);
    expect(room.readsOf(() => room.files.fault(file, 60, VM_SEQ_READ))).toEqual({ requests: 1, pages: 32 });
    expect(file.inode.mapping.indexesIn(41, 128)[0]).toBe(60);
  });

  test('that miss a hundred times more than they hit read single pages', () => {
    const room = new FsRoom();
    const file = room.coldFile('/f', 128);
    file.ra.mmapMiss = 100;
    expect(room.readsOf(() => room.files.fault(file, 40)).pages).toBe(1);
    file.ra.mmapMiss = 99;
    expect(room.readsOf(() => room.files.fault(file, 80)).pages).toBe(32);
  });
});

describe('newRaState', () => {
  test('is a file that nobody has read, with windows of 128 KiB', () => {
    expect(newRaState()).toMatchObject({ raPages: 32, prevPos: -1, size: 0 });
  });
});
