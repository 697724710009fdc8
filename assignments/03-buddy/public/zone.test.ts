import { subject } from '../../../graders/suite/index.ts';
import type * as Mmzone from '../../../starter/mm/mmzone.ts';
import { panics } from './panics.ts';

const mmzone = subject<typeof Mmzone>('mm/mmzone');

/** The free blocks of each order in ascending order, orders without any left out: { 3: [8, 16] }. */
function picture(zone: Mmzone.Zone): Record<number, number[]> {
  const orders = zone.freeBlocks().map((blocks, order) => [order, blocks.toSorted((a, b) => a - b)] as const);
  return Object.fromEntries(orders.filter(([, blocks]) => blocks.length > 0));
}

describe('buddy-pfn', () => {
  test.each([
    [0, 0, 1],
    [1, 0, 0],
    [4, 2, 0],
    [8, 2, 12],
    [12, 2, 8],
    [1024, 9, 1536],
  ])('the buddy of the block at %i of order %i is at %i', (pfn, order, buddy) => {
    expect(mmzone.findBuddyPfn(pfn, order)).toBe(buddy);
  });
});

describe('boot', () => {
  test('memory of 16 frames is one free block of order 4', () => {
    const zone = new mmzone.Zone('DMA', 0, 16);
    expect(picture(zone)).toEqual({ 4: [0] });
    expect(zone.managedPages).toBe(16);
  });

  test('free blocks are aligned by frame number, whatever the first frame is', () => {
    //  pfn  5  6  7  8  9 10 11 12 13
    //       5 [6   ] [8         ][12 ]
    expect(picture(new mmzone.Zone('DMA', 5, 9))).toEqual({ 0: [5], 1: [6, 12], 2: [8] });
  });

  test('no block is larger than order 10', () => {
    expect(picture(new mmzone.Zone('Normal', 0, 4096))).toEqual({ 10: [0, 1024, 2048, 3072] });
  });

  test('holes are no memory', () => {
    const zone = new mmzone.Zone('DMA', 0, 16, [{ start: 5, end: 7 }]);
    expect(picture(zone)).toEqual({ 0: [4, 7], 2: [0], 3: [8] });
    expect(zone.managedPages).toBe(14);
  });

  test('holes may touch, and a zone may be all hole: nothing is ever free', () => {
    const zone = new mmzone.Zone('DMA', 4, 8, [
      { start: 4, end: 6 },
      { start: 6, end: 12 },
    ]);
    expect(picture(zone)).toEqual({});
    expect([zone.spannedPages, zone.managedPages]).toEqual([8, 0]);
  });

  test('a zone knows what it was made of', () => {
    const zone = new mmzone.Zone('DMA32', 4096, 100);
    expect([zone.name, zone.startPfn, zone.spannedPages]).toEqual(['DMA32', 4096, 100]);
  });
});

describe('split', () => {
  test('the lower half is kept each time, the upper halves become free', () => {
    //  before  [0 . . . . . . . ]
    //  after    0  1 [2 . ][4 . . . ]
    const zone = new mmzone.Zone('DMA', 0, 8);
    expect(zone.rmqueue(0)).toBe(0);
    expect(picture(zone)).toEqual({ 0: [1], 1: [2], 2: [4] });
  });

  test('the smallest sufficient block is taken', () => {
    const zone = new mmzone.Zone('DMA', 2, 14);
    expect(picture(zone)).toEqual({ 1: [2], 2: [4], 3: [8] });
    expect(zone.rmqueue(1)).toBe(2);
    expect(zone.rmqueue(1)).toBe(4);
    expect(picture(zone)).toEqual({ 1: [6], 3: [8] });
  });

  test('no block that is large enough: null, and nothing changes', () => {
    const zone = new mmzone.Zone('DMA', 1, 6);
    expect(zone.rmqueue(2)).toBeNull();
    expect(zone.rmqueue(11)).toBeNull();
    expect(picture(zone)).toEqual({ 0: [1, 6], 1: [2, 4] });
  });
});

describe('coalesce', () => {
  test('a block merges with its free buddy, and the result with its own', () => {
    const zone = new mmzone.Zone('DMA', 0, 8);
    for (let i = 0; i < 8; i++) zone.rmqueue(0);
    for (const pfn of [2, 3, 1]) zone.freeOnePage(pfn, 0);
    expect(picture(zone)).toEqual({ 0: [1], 1: [2] });
    zone.freeOnePage(0, 0);
    expect(picture(zone)).toEqual({ 2: [0] });
  });

  test('neighbours that are no buddies do not merge', () => {
    const zone = new mmzone.Zone('DMA', 0, 4);
    for (let i = 0; i < 4; i++) zone.rmqueue(0);
    zone.freeOnePage(1, 0);
    zone.freeOnePage(2, 0);
    expect(picture(zone)).toEqual({ 0: [1, 2] });
  });
});

describe('accounting', () => {
  test('nrFree counts blocks, nrFreePages counts frames', () => {
    const zone = new mmzone.Zone('DMA', 0, 11);
    expect(zone.nrFree).toEqual([1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    expect(zone.nrFreePages).toBe(11);
    zone.rmqueue(3);
    expect(zone.nrFree).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(zone.nrFreePages).toBe(3);
  });

  test('isFreeBlock means the whole block, not a part of it or a larger one', () => {
    const zone = new mmzone.Zone('DMA', 1, 7);
    expect(zone.isFreeBlock(4, 2)).toBe(true);
    expect(zone.isFreeBlock(4, 1)).toBe(false);
    expect(zone.isFreeBlock(0, 3)).toBe(false);
    expect(zone.isFreeBlock(8, 3)).toBe(false);
  });
});

describe('bad-free', () => {
  test('a block that has come back already', () => {
    const zone = new mmzone.Zone('DMA', 0, 8);
    zone.rmqueue(3);
    zone.freeOnePage(0, 3);
    expect(panics(() => zone.freeOnePage(0, 3))).toBe(true);
  });

  test('another order than it was handed out with', () => {
    const zone = new mmzone.Zone('DMA', 0, 8);
    zone.rmqueue(3);
    expect(panics(() => zone.freeOnePage(0, 1))).toBe(true);
  });
});

describe('insertion', () => {
  /** A zone of which only the named blocks are free: pfn/order. */
  const freeOnly = (...blocks: string[]) => ({
    isFreeBlock: (pfn: number, order: number) => blocks.includes(`${pfn}/${order}`),
  });

  test('likely when the block that it would make has a free buddy', () => {
    expect(mmzone.buddyMergeLikely(freeOnly('4/0', '6/1'), 4, 0)).toBe(true);
  });

  test('not likely when that buddy is not free as a whole', () => {
    expect(mmzone.buddyMergeLikely(freeOnly('4/0', '6/0', '7/0'), 4, 0)).toBe(false);
  });
});
