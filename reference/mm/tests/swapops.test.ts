import {
  MAX_SWAPFILES,
  NO_SWP_ENTRY,
  nonSwapEntry,
  pteToSwpEntry,
  SWP_EXCLUSIVE,
  SWP_PTE_MARKER,
  swpEntry,
  swpEntryToHigh,
  swpEntryToLow,
  swpOffset,
  swpType,
} from '../swapops.ts';

const pte = (type: number, offset: number): string => {
  const entry = swpEntry(type, offset);
  const word = (value: number): string => value.toString(16).padStart(8, '0');
  return word(swpEntryToHigh(entry)) + word(swpEntryToLow(entry));
};

describe('swpEntryToLow and swpEntryToHigh', () => {
  test.each([
    [0, 1, '07fffffffffffc00'],
    [0, 2, '07fffffffffffa00'],
    [1, 0x1234, '0fffffffffdb9600'],
    [0, 0, '07fffffffffffe00'],
    [22, 2 ** 40 - 1, 'b7fe000000000000'],
  ])('type %i, offset %i is %s', (type, offset, expected) => {
    expect(pte(type, offset)).toBe(expected);
  });

  test('is not present and has none of the bits that mark', () => {
    expect(swpEntryToLow(swpEntry(3, 77)) & 0x1ff).toBe(0);
  });
});

describe('pteToSwpEntry', () => {
  test.each([
    [0, 1],
    [1, 0x1234],
    [5, 2 ** 23 - 1],
    [5, 2 ** 23],
    [22, 2 ** 40 - 1],
  ])('gives back type %i, offset %i, exclusive or not', (type, offset) => {
    const entry = swpEntry(type, offset);
    const [low, high] = [swpEntryToLow(entry), swpEntryToHigh(entry)];
    expect(pteToSwpEntry(low, high)).toBe(entry);
    expect(pteToSwpEntry((low | SWP_EXCLUSIVE) >>> 0, high)).toBe(entry);
    expect([swpType(entry), swpOffset(entry)]).toEqual([type, offset]);
  });
});

describe('nonSwapEntry', () => {
  test('says no for every area, yes for a marker', () => {
    expect(nonSwapEntry(swpEntry(0, 1))).toBe(false);
    expect(nonSwapEntry(swpEntry(MAX_SWAPFILES - 1, 2 ** 40 - 1))).toBe(false);
    expect(nonSwapEntry(swpEntry(SWP_PTE_MARKER, 0))).toBe(true);
    expect(NO_SWP_ENTRY).toBe(0);
  });
});
