import { DEFAULT_PAGE_SYSCTLS, type MemoryDescription, type ZoneRange } from '../../include/machine.ts';
import { ZONE_DMA, ZONE_DMA32, ZONE_MOVABLE, ZONE_NORMAL, type ZoneIndex } from '../../include/mmzone.ts';
import { boot, numaNodes } from './machines.ts';

const range = (zone: ZoneIndex, startPfn: number, managed: number): ZoneRange => ({
  zone,
  startPfn,
  spannedPages: managed,
  holes: [],
});

function machine(zones: readonly ZoneRange[], cpus: readonly number[], thp: 'on' | 'off'): MemoryDescription {
  return { nodes: [{ cpus, zones, distances: [10] }], sysctls: DEFAULT_PAGE_SYSCTLS, perCpuPages: 'on', thp };
}

/** The machine whose /proc/zoneinfo was recorded. */
const RECORDED = machine(
  [
    range(ZONE_DMA, 1, 3840),
    range(ZONE_DMA32, 4096, 772915),
    range(ZONE_NORMAL, 1048576, 1212416),
    range(ZONE_MOVABLE, 3000000, 0),
  ],
  [0, 1],
  'on',
);

describe('a machine of 24 GiB with transparent huge pages', () => {
  const pages = boot(RECORDED);

  test('keeps what a real one keeps', () => {
    expect(pages.zones.minFreeKbytes).toBe(67584);
    expect(pages.zones.all.map(({ watermarks }) => watermarks)).toEqual([
      { min: 32, low: 40, high: 48, promo: 56 },
      { min: 6565, low: 8206, high: 9847, promo: 11488 },
      { min: 10298, low: 12872, high: 15446, promo: 18020 },
      { min: 32, low: 32, high: 32, promo: 32 },
    ]);
    expect(pages.zones.all.map(({ lowmemReserve }) => lowmemReserve)).toEqual([
      [0, 3019, 7755, 7755],
      [0, 0, 4736, 4736],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
  });

  test('has per-CPU lists as long as a real one at least has', () => {
    const lists = pages.zones.all.slice(0, 3).map((zone) => pages.zones.pcp(zone, 1));
    expect(lists.map(({ high, batch }) => ({ high, batch }))).toEqual([
      { high: 20, batch: 1 },
      { high: 4103, batch: 63 },
      { high: 6436, batch: 63 },
    ]);
  });
});

describe('Zones.setup', () => {
  test('follows the memory that another recorded machine had', () => {
    const pages = boot(
      machine(
        [range(ZONE_DMA, 1, 3840), range(ZONE_DMA32, 4096, 772915), range(ZONE_NORMAL, 1048576, 753664)],
        [0],
        'on',
      ),
    );
    expect(pages.zones.all.map(({ watermarks: { min, low, high, promo } }) => [min, low, high, promo])).toEqual([
      [42, 52, 62, 72],
      [8533, 10666, 12799, 14932],
      [8320, 10400, 12480, 14560],
    ]);
    expect(pages.zones.all.map(({ lowmemReserve }) => lowmemReserve)).toEqual([
      [0, 3019, 5963, 5963],
      [0, 0, 2944, 2944],
      [0, 0, 0, 0],
    ]);
  });

  test('a machine of 8 GiB without them keeps the square root', () => {
    const zones = [range(ZONE_DMA, 1, 3840), range(ZONE_DMA32, 4096, 765952), range(ZONE_NORMAL, 1048576, 1265664)];
    const pages = boot(machine(zones, [0], 'off'));
    expect(pages.zones.minFreeKbytes).toBe(11413);
    expect(pages.zones.all.map(({ watermarks: { min, low, high } }) => [min, low, high])).toEqual([
      [5, 8, 11],
      [1073, 1838, 2603],
      [1774, 3039, 4304],
    ]);
    expect(pages.zones.all[0].lowmemReserve).toEqual([0, 2992, 7936, 7936]);
  });

  test('nodes share min_free_kbytes in proportion', () => {
    const nodes = numaNodes(2048, [
      [10, 20],
      [20, 10],
    ]);
    const pages = boot({ nodes, sysctls: DEFAULT_PAGE_SYSCTLS, perCpuPages: 'on', thp: 'off' });
    // sqrt(16 * 16384 kB) = 512 kB = 128 pages
    expect(pages.zones.minFreeKbytes).toBe(512);
    expect(pages.zones.all.map(({ watermarks }) => watermarks.min)).toEqual([64, 64]);
  });

  test('follows sysctls as they change', () => {
    const pages = boot(machine([range(ZONE_DMA32, 0, 2000), range(ZONE_NORMAL, 2048, 6000)], [0, 1], 'off'));
    pages.setSysctls({ minFreeKbytes: 1600, watermarkScaleFactor: 1000, lowmemReserveRatio: [256, 100, 32, 0] });
    const [dma32, normal] = pages.zones.all;
    expect(dma32.watermarks).toEqual({ min: 100, low: 300, high: 500, promo: 700 });
    expect(normal.watermarks).toEqual({ min: 300, low: 900, high: 1500, promo: 2100 });
    expect(dma32.lowmemReserve).toEqual([0, 0, 60, 60]);
    expect(pages.zones.pcp(normal, 0).high).toBe(450);
    pages.setSysctls({ percpuPagelistHighFraction: 10 });
    expect(pages.zones.pcp(normal, 0).high).toBe(300);
    pages.setSysctls({ minFreeKbytes: null });
    expect(pages.zones.minFreeKbytes).toBe(715);
  });
});
