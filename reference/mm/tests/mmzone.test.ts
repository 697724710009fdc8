import { buddyMergeLikely, Zone } from '../mmzone.ts';

/** The next `count` single frames. */
const take = (zone: Zone, count: number) => Array.from({ length: count }, () => zone.rmqueue(0));

describe('Zone.rmqueue', () => {
  test('hands out fresh memory in ascending order, across blocks of the largest order', () => {
    const zone = new Zone('Normal', 0, 2048);
    expect(take(zone, 2048)).toEqual(Array.from({ length: 2048 }, (_, pfn) => pfn));
  });

  test('takes the block that was freed last', () => {
    const zone = new Zone('DMA', 0, 8);
    take(zone, 8);
    for (const pfn of [1, 3, 5]) zone.freeOnePage(pfn, 0);
    expect(take(zone, 3)).toEqual([5, 3, 1]);
  });

  test('takes a block that is likely to merge last', () => {
    //  [0 f] 1 2 3 [4 f] 5 [6 . 7 f]: 4 waits for 5, then 4..7 would be whole
    const zone = new Zone('DMA', 0, 8);
    take(zone, 8);
    for (const pfn of [6, 7, 0, 4]) zone.freeOnePage(pfn, 0);
    expect(take(zone, 4)).toEqual([0, 4, 6, 7]);
  });
});

describe('buddyMergeLikely', () => {
  test('is false at order 9, where nothing larger can come of it', () => {
    const zone = new Zone('Normal', 0, 4096);
    expect(buddyMergeLikely(zone, 0, 9)).toBe(false);
  });
});

describe('Zone.freeOnePage', () => {
  test('gives the boot picture whatever the order of the frees', () => {
    const zone = new Zone('DMA', 3, 61, [{ start: 17, end: 20 }]);
    const boot = zone.freeBlocks();
    const pages = take(zone, zone.managedPages).filter((pfn) => pfn !== null);
    for (const stride of [1, 3, 7, 11]) {
      for (let i = 0; i < pages.length; i++) zone.freeOnePage(pages[(i * stride) % pages.length], 0);
      expect(zone.freeBlocks().map((blocks) => blocks.toSorted((a, b) => a - b))).toEqual(boot);
      take(zone, zone.managedPages);
    }
  });
});
