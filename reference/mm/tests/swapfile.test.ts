import { EBUSY, EEXIST, EINVAL, ENOENT, ENOMEM, EPERM } from '../../include/errno.ts';
import { COUNT_CONTINUED, SWAP_HAS_CACHE, SWAP_MAP_MAX } from '../swap_area.ts';
import { MAX_SWAPFILES, NO_SWP_ENTRY, swpEntry, swpOffset, swpType } from '../swapops.ts';
import { FailNth, SwapRoom } from './swap_room.ts';

describe('swapon', () => {
  test('gives -2, -3, ... to areas without a wish, and lists them by type', () => {
    const { swap } = withAreas([10, null], [20, 5], [30, null]);
    expect(swap.procSwaps()).toEqual([
      { name: '/swap10', size: 9, used: 0, prio: -2 },
      { name: '/swap20', size: 19, used: 0, prio: 5 },
      { name: '/swap30', size: 29, used: 0, prio: -3 },
    ]);
    expect(swap.siSwapinfo()).toEqual({ total: 57, free: 57 });
  });

  test('refuses what is too small, in use, of no priority, or one too many', () => {
    const room = new SwapRoom();
    expect(room.swapon(1)).toBe(-EINVAL);
    expect(room.swapon(8, 32768)).toBe(-EINVAL);
    expect(room.swapon(8, -1)).toBe(-EINVAL);
    const file = { name: 'a', device: room.device(4), pages: 4, rotational: true };
    expect(room.swap.swapon(file, null)).toBe(0);
    expect(room.swap.swapon(file, null)).toBe(-EBUSY);
    for (let type = 1; type < MAX_SWAPFILES; type++) expect(room.swapon(4)).toBe(type);
    expect(room.swapon(4)).toBe(-EPERM);
    room.validate();
  });
});

describe('disable and remove', () => {
  //  before  -2 [0]  -3 [1]  -4 [2]
  //  after            -2 [1]  -3 [2]       the next one gets -4
  test('areas behind move up, and the type is free again', () => {
    const room = withAreas([10, null], [20, null], [30, null]);
    const [first] = room.swap.areas;
    room.swap.disable(first);
    room.swap.remove(first);
    expect(room.swap.procSwaps().map(({ prio }) => prio)).toEqual([-2, -3]);
    expect(room.swapon(40)).toBe(0);
    expect(room.swap.procSwaps().map(({ name, prio }) => [name, prio])).toEqual([
      ['/swap40', -4],
      ['/swap20', -2],
      ['/swap30', -3],
    ]);
    room.validate();
  });

  test('slots in use of an area that goes count in the total, not in what is free', () => {
    const room = withAreas([10, null]);
    room.swap.getSwapPage();
    room.swap.disable(room.swap.areas[0]);
    expect(room.swap.siSwapinfo()).toEqual({ total: 1, free: 0 });
    expect(room.swap.getSwapPage()).toBe(NO_SWP_ENTRY);
    expect(() => room.swap.remove(room.swap.areas[0])).toThrow('swapfile: area 0 removed while in use');
    room.swap.validate();
  });
});

describe('getSwapPage', () => {
  test('larger priorities first; equals take turns; when full, the next', () => {
    const { swap } = withAreas([3, null], [4, 7], [4, 7]);
    const types = Array.from({ length: 9 }, () => swap.getSwapPage()).map((e) =>
      e === NO_SWP_ENTRY ? -1 : swpType(e),
    );
    expect(types).toEqual([1, 2, 1, 2, 1, 2, 0, 0, -1]);
    expect(swap.nrSwapPages).toBe(0);
    swap.validate();
  });

  test('fails when told to', () => {
    const { swap } = withAreas([8, null]);
    swap.failNext = new FailNth('swap', 2);
    expect([swap.getSwapPage(), swap.getSwapPage(), swap.getSwapPage()]).toEqual([1, NO_SWP_ENTRY, 2]);
    swap.validate();
  });
});

describe('counts', () => {
  test('the slot is free when neither the cache nor anybody else refers to it', () => {
    const { swap } = withAreas([8, null]);
    const entry = swap.getSwapPage();
    expect(swap.swapDuplicate(entry)).toBe(0);
    expect(swap.swapDuplicate(entry)).toBe(0);
    expect(swap.swapCount(entry)).toBe(2);
    swap.swapcacheFree(entry);
    swap.swapFree(entry);
    expect(swap.nrSwapPages).toBe(6);
    swap.swapFree(entry);
    expect(swap.nrSwapPages).toBe(7);
    expect(() => swap.swapDuplicate(entry)).toThrow('duplicated, but it is free');
    swap.validate();
  });

  test('a page is read into the cache once', () => {
    const { swap } = withAreas([8, null]);
    const entry = swap.getSwapPage();
    expect(swap.swapcachePrepare(entry)).toBe(-EEXIST);
    swap.swapDuplicate(entry);
    swap.swapcacheFree(entry);
    expect(swap.swapcachePrepare(entry)).toBe(0);
    expect(swap.swapcachePrepare(swpEntry(0, 5))).toBe(-ENOENT);
    expect(() => swap.swapcacheFree(swpEntry(0, 5))).toThrow('is not in the swap cache');
  });

  test('beyond 62 the count goes on in a continuation, and comes back', () => {
    const room = withAreas([8, null]);
    const { swap } = room;
    const entry = swap.getSwapPage();
    const { map } = swap.area(entry);
    const free = room.pages.nrFreePages;
    for (let i = 1; i <= 200; i++) {
      expect(swap.swapDuplicate(entry)).toBe(0);
      expect(swap.swapCount(entry)).toBe(i);
    }
    expect(map[swpOffset(entry)]).toBe(COUNT_CONTINUED | SWAP_HAS_CACHE | (200 - 3 * (SWAP_MAP_MAX + 1)));
    swap.validate();
    for (let i = 199; i >= 0; i--) {
      swap.swapFree(entry);
      expect(swap.swapCount(entry)).toBe(i);
    }
    expect(map[swpOffset(entry)]).toBe(SWAP_HAS_CACHE);
    expect(() => swap.swapFree(entry)).toThrow('nobody refers to it');
    swap.swapcacheFree(entry);
    swap.disable(swap.areas[0]);
    swap.remove(swap.areas[0]);
    room.pages.drainAllPages();
    expect(room.pages.nrFreePages).toBeGreaterThanOrEqual(free);
  });

  test('no frame for a continuation: -ENOMEM, and the count is as it was', () => {
    const room = withAreas([8, null]);
    const entry = room.swap.getSwapPage();
    for (let i = 0; i < SWAP_MAP_MAX; i++) room.swap.swapDuplicate(entry);
    room.pages.failNext = new FailNth('page', 1);
    expect(room.swap.swapDuplicate(entry)).toBe(-ENOMEM);
    expect(room.swap.swapCount(entry)).toBe(SWAP_MAP_MAX);
    expect(room.swap.swapDuplicate(entry)).toBe(0);
    expect(room.swap.swapCount(entry)).toBe(SWAP_MAP_MAX + 1);
    room.swap.validate();
  });
});

describe('vmSwapFull', () => {
  test('says yes when more than half is used', () => {
    const { swap } = withAreas([9, null]);
    for (let i = 0; i < 4; i++) swap.getSwapPage();
    expect(swap.vmSwapFull).toBe(false);
    swap.getSwapPage();
    expect(swap.vmSwapFull).toBe(true);
  });
});

/** Areas of so many pages, header included, with these priorities. */
function withAreas(...areas: [pages: number, prio: number | null][]): SwapRoom {
  const room = new SwapRoom();
  for (const [pages, prio] of areas) room.swapon(pages, prio);
  return room;
}
