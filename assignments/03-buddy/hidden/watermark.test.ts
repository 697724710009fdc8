import fc from 'fast-check';
import { forAll, subject, Wrong } from '../../../graders/suite/index.ts';
import * as linux from '../../../reference/mm/watermark.ts';
import { ALLOC_MIN_RESERVE, ALLOC_NON_BLOCK } from '../../../starter/include/gfp.ts';
import type { WatermarkRequest, ZoneFreeState, ZoneIndex } from '../../../starter/include/mmzone.ts';
import type * as Watermark from '../../../starter/mm/watermark.ts';

const watermark = subject<typeof Watermark>('mm/watermark');

/** @throws Wrong unless the two say the same */
function same(step: string, expected: unknown, actual: unknown): void {
  const [right, got] = [JSON.stringify(expected), JSON.stringify(actual)];
  if (right !== got) throw new Wrong({ steps: [step], expected: right, actual: String(got), figures: [] });
}

function checks([zone, request]: readonly [ZoneFreeState, WatermarkRequest]): void {
  const step = `zoneWatermarkOk(${JSON.stringify(zone)}, ${JSON.stringify(request)})`;
  same(step, linux.zoneWatermarkOk(zone, request), watermark.zoneWatermarkOk(zone, request));
}

/** So many free blocks of one order. */
const nrFree = (order: number, blocks: number) => Array.from({ length: 11 }, (_, at) => (at === order ? blocks : 0));

const RIGHTS = [0, ALLOC_NON_BLOCK, ALLOC_MIN_RESERVE, ALLOC_MIN_RESERVE | ALLOC_NON_BLOCK];

describe('watermark-check', () => {
  test('one page below, at and above the mark, for every order, right and reserve', () => {
    const lowmemReserve = [0, 0, 37, 1000];
    for (const mark of [0, 1, 7, 130]) {
      for (const allocFlags of RIGHTS) {
        for (const highestZone of [1, 2] as const) {
          for (const order of [0, 1, 4, 10]) {
            let min = mark;
            if (allocFlags & ALLOC_MIN_RESERVE) min -= Math.floor(min / 2);
            if (allocFlags === (ALLOC_MIN_RESERVE | ALLOC_NON_BLOCK)) min -= Math.floor(min / 4);
            const edge = min + lowmemReserve[highestZone] + 2 ** order - 1;
            for (const nrFreePages of [edge - 1, edge, edge + 1]) {
              checks([
                { nrFreePages, nrFree: nrFree(10, 2), lowmemReserve },
                { order, mark, highestZone, allocFlags },
              ]);
            }
          }
        }
      }
    }
  });

  test('blocks that are too small do not help', () => {
    for (let order = 0; order <= 10; order++) {
      for (let largest = 0; largest <= 10; largest++) {
        const zone = { nrFreePages: 1e6, nrFree: nrFree(largest, 5), lowmemReserve: [0, 0, 0, 0] };
        checks([zone, { order, mark: 10, highestZone: 2, allocFlags: 0 }]);
      }
    }
  });

  test('a single free block of the largest order is enough', () => {
    const zone = { nrFreePages: 1e6, nrFree: nrFree(10, 1), lowmemReserve: [0, 0, 0, 0] };
    checks([zone, { order: 10, mark: 10, highestZone: 3, allocFlags: 0 }]);
  });

  test('random zones and requests', () => {
    const zone = fc.record({
      nrFreePages: fc.nat(300),
      nrFree: fc.array(fc.nat(2), { minLength: 11, maxLength: 11 }),
      lowmemReserve: fc.tuple(fc.constant(0), fc.nat(60), fc.nat(60), fc.nat(60)),
    });
    const request = fc.record({
      order: fc.nat(10),
      mark: fc.nat(150),
      highestZone: fc.constantFrom<ZoneIndex>(0, 1, 2, 3),
      allocFlags: fc.constantFrom(...RIGHTS),
    });
    forAll(fc.tuple(zone, request), checks, 150);
  });
});

/** Managed pages by zone; zones may be empty, though not all but Movable. */
const machines = fc
  .tuple(fc.constantFrom(0, 3840, 4095), fc.nat(1044480), fc.nat(2 ** 26), fc.oneof(fc.constant(0), fc.nat(2 ** 24)))
  .filter(([dma, dma32, normal]) => dma + dma32 + normal > 0);

describe('watermark-setup', () => {
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
    [4194304, 262144],
    [16777216, 262144],
  ])('min_free_kbytes of %i MiB', (mebibytes, kilobytes) => {
    expect(watermark.calculateMinFreeKbytes(mebibytes * 256)).toBe(kilobytes);
  });

  test('min_free_kbytes of any memory', () => {
    forAll(fc.oneof(fc.nat(2 ** 12), fc.nat(2 ** 32)), (pages) => {
      const step = `calculateMinFreeKbytes(${pages})`;
      same(step, linux.calculateMinFreeKbytes(pages), watermark.calculateMinFreeKbytes(pages));
    });
  });

  test('marks of any machine', () => {
    forAll(fc.tuple(machines, fc.integer({ min: 128, max: 262144 }), fc.integer({ min: 1, max: 3000 })), marks, 80);
  });

  test('marks of a machine whose Movable zone is small, middling, large', () => {
    for (const movable of [0, 1024, 33000, 100000, 140000, 4194304])
      marks([[3840, 765952, 1265664, movable], 11413, 10]);
  });
});

function marks([managed, minFree, scale]: readonly [readonly number[], number, number]): void {
  const step = `setupPerZoneWmarks([${managed.join(', ')}], ${minFree}, ${scale})`;
  const inOrder = (zones: ReturnType<typeof linux.setupPerZoneWmarks>) =>
    zones.map(({ min, low, high, promo }) => ({ min, low, high, promo }));
  same(
    step,
    inOrder(linux.setupPerZoneWmarks(managed, minFree, scale)),
    inOrder(watermark.setupPerZoneWmarks(managed, minFree, scale)),
  );
}

describe('lowmem-reserve', () => {
  test('reserves of any machine', () => {
    const ratios = fc.tuple(
      fc.constantFrom(0, 1, 256),
      fc.constantFrom(0, 32, 256),
      fc.constantFrom(0, 1, 32),
      fc.constantFrom(0, 32),
    );
    forAll(fc.tuple(machines, ratios), reserves, 80);
  });

  test('reserves of a machine with an empty zone below, between, above', () => {
    for (const managed of [
      [0, 772915, 1212416, 0],
      [3840, 0, 1212416, 0],
      [3840, 772915, 0, 0],
      [3840, 772915, 1212416, 300000],
    ]) {
      reserves([managed, [256, 256, 32, 0]]);
    }
  });
});

function reserves([managed, ratio]: readonly [readonly number[], readonly number[]]): void {
  const step = `setupPerZoneLowmemReserve([${managed.join(', ')}], [${ratio.join(', ')}])`;
  same(step, linux.setupPerZoneLowmemReserve(managed, ratio), watermark.setupPerZoneLowmemReserve(managed, ratio));
}
