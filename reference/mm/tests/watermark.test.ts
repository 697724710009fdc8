import { calculateMinFreeKbytes, setupPerZoneLowmemReserve, setupPerZoneWmarks } from '../watermark.ts';

// A real machine of 24 GiB (Linux 6.18) whose zone Normal grew while it was watched, zone Movable empty.
// managed pages of Normal, then min low high promo of DMA, DMA32, Normal.
const RECORDED = [
  [1212416, [32, 40, 48, 56], [6565, 8206, 9847, 11488], [10298, 12872, 15446, 18020]],
  [1474560, [28, 35, 42, 49], [5800, 7250, 8700, 10150], [11066, 13832, 16598, 19364]],
  [1572864, [27, 33, 39, 45], [5557, 6946, 8335, 9724], [11310, 14137, 16964, 19791]],
  [1703936, [26, 32, 38, 44], [5264, 6580, 7896, 9212], [11605, 14506, 17407, 20308]],
] as const;

const marks = ([min, low, high, promo]: readonly number[]) => ({ min, low, high, promo });

describe('setupPerZoneWmarks', () => {
  test.each(RECORDED)('gives the recorded marks of a machine with %i pages in Normal', (normal, ...recorded) => {
    const expected = [...recorded, [32, 32, 32, 32]].map(marks);
    expect(setupPerZoneWmarks([3840, 772915, normal, 0], 67584, 10)).toEqual(expected);
  });
});

describe('setupPerZoneLowmemReserve', () => {
  test.each([
    [1212416, 7755, 4736],
    [1474560, 8779, 5760],
    [1703936, 9675, 6656],
  ])('gives the recorded reserves of a machine with %i pages in Normal', (normal, dma, dma32) => {
    expect(setupPerZoneLowmemReserve([3840, 772915, normal, 0], [256, 256, 32, 0])).toEqual([
      [0, 3019, dma, dma],
      [0, 0, dma32, dma32],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
  });
});

describe('calculateMinFreeKbytes', () => {
  test.each([
    [1, 128],
    [64, 1024],
    [128, 1448],
    [256, 2048],
    [512, 2896],
    [1024, 4096],
    [2048, 5792],
    [4096, 8192],
    [8192, 11585],
    [16384, 16384],
    [65536, 32768],
    [262144, 65536],
    [1048576, 131072],
    [16777216, 262144],
  ])('of %i MiB', (mebibytes, kilobytes) => {
    expect(calculateMinFreeKbytes(mebibytes * 256)).toBe(kilobytes);
  });
});
