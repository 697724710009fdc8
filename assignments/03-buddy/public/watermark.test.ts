import { subject } from '../../../graders/suite/index.ts';
import { ALLOC_MIN_RESERVE, ALLOC_NON_BLOCK } from '../../../starter/include/gfp.ts';
import { ZONE_DMA32, ZONE_NORMAL } from '../../../starter/include/mmzone.ts';
import type * as Watermark from '../../../starter/mm/watermark.ts';

const watermark = subject<typeof Watermark>('mm/watermark');

describe('watermark-check', () => {
  /** A zone of single free pages. */
  const pages = (nrFreePages: number) => ({
    nrFreePages,
    nrFree: [nrFreePages, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    lowmemReserve: [0, 0, 30, 30],
  });
  const request = { order: 0, mark: 100, highestZone: ZONE_DMA32, allocFlags: 0 } as const;

  test('exactly at the mark is not enough', () => {
    expect(watermark.zoneWatermarkOk(pages(100), request)).toBe(false);
    expect(watermark.zoneWatermarkOk(pages(101), request)).toBe(true);
  });

  test('the reserve for requests from above is added to the mark', () => {
    expect(watermark.zoneWatermarkOk(pages(130), { ...request, highestZone: ZONE_NORMAL })).toBe(false);
    expect(watermark.zoneWatermarkOk(pages(131), { ...request, highestZone: ZONE_NORMAL })).toBe(true);
  });

  test('a non-blocking request of high priority may take five eighths of the mark', () => {
    const allocFlags = ALLOC_MIN_RESERVE | ALLOC_NON_BLOCK;
    // 100 - 50 = 50; 50 - 12 = 38
    expect(watermark.zoneWatermarkOk(pages(38), { ...request, allocFlags })).toBe(false);
    expect(watermark.zoneWatermarkOk(pages(39), { ...request, allocFlags })).toBe(true);
  });

  test('a large block must exist', () => {
    expect(watermark.zoneWatermarkOk(pages(1000), { ...request, order: 1 })).toBe(false);
  });
});

describe('watermark-setup', () => {
  test.each([
    [64, 1024],
    [1024, 4096],
    [8192, 11585],
    [65536, 32768],
  ])('%i MiB of memory: min_free_kbytes is %i', (mebibytes, kilobytes) => {
    expect(watermark.calculateMinFreeKbytes(mebibytes * 256)).toBe(kilobytes);
  });

  test('a machine of 8 GiB', () => {
    const [dma, dma32, normal] = watermark.setupPerZoneWmarks([3840, 765952, 1265664, 0], 11413, 10);
    expect(dma).toMatchObject({ min: 5, low: 8, high: 11 });
    expect(dma32).toMatchObject({ min: 1073, low: 1838, high: 2603 });
    expect(normal).toMatchObject({ min: 1774, low: 3039, high: 4304 });
  });
});

describe('lowmem-reserve', () => {
  test('a machine of 8 GiB', () => {
    expect(watermark.setupPerZoneLowmemReserve([3840, 765952, 1265664, 0], [256, 256, 32, 0])).toEqual([
      [0, 2992, 7936, 7936],
      [0, 0, 4944, 4944],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
  });
});
