import { subject, Wrong } from '../../../graders/suite/index.ts';
import { MAX_PAGE_ORDER } from '../../../starter/include/param.ts';
import type * as Mmzone from '../../../starter/mm/mmzone.ts';

const mmzone = subject<typeof Mmzone>('mm/mmzone');

/** What is free of the neighbour of the pair that the block would make. */
const NEIGHBOURS = ['nothing', 'lower half', 'upper half', 'whole'] as const;

/** Free blocks: the one asked about, and what is said of the neighbour. */
function freeBlocks(pfn: number, order: number, neighbour: (typeof NEIGHBOURS)[number]): readonly string[] {
  const pairSize = 2 ** (order + 1);
  const pair = Math.floor(pfn / pairSize);
  const start = (pair % 2 === 0 ? pair + 1 : pair - 1) * pairSize;
  const own = `${pfn}, ${order}`;
  switch (neighbour) {
    case 'nothing':
      return [own];
    case 'lower half':
      return [own, `${start}, ${order}`];
    case 'upper half':
      return [own, `${start + 2 ** order}, ${order}`];
    case 'whole':
      return [own, `${start}, ${order + 1}`];
  }
}

describe('insertion', () => {
  test('every place in a group of four, every order, every neighbour', () => {
    for (let order = 0; order <= MAX_PAGE_ORDER; order++) {
      for (const neighbour of order < MAX_PAGE_ORDER ? NEIGHBOURS : (['nothing', 'lower half'] as const)) {
        for (let place = 0; place < 4; place++) asks((8 + place) * 2 ** order, order, neighbour);
      }
    }
  });
});

function asks(pfn: number, order: number, neighbour: (typeof NEIGHBOURS)[number]): void {
  const free = freeBlocks(pfn, order, neighbour);
  const zone = { isFreeBlock: (at: number, of: number) => free.includes(`${at}, ${of}`) };
  const expected = neighbour === 'whole' && order < MAX_PAGE_ORDER - 1;
  const actual = mmzone.buddyMergeLikely(zone, pfn, order);
  if (actual === expected) return;
  throw new Wrong({
    steps: [`isFreeBlock is true for (${free.join(') and (')}) only`, `buddyMergeLikely(zone, ${pfn}, ${order})`],
    expected: String(expected),
    actual: String(actual),
    figures: [],
  });
}
