import { memAvailable, meminfoOf, meminfoShow } from '../meminfo.ts';
import { anonymous, bootTwoNodes } from './machine.ts';
import { labelled, recorded } from './recorded.ts';

describe('meminfoShow', () => {
  test('writes what a real machine wrote', () => {
    expect(meminfoShow(new Map(labelled(recorded('meminfo'))))).toBe(recorded('meminfo'));
  });
});

describe('meminfoOf', () => {
  test('has all lines, in order', () => {
    const names = labelled(recorded('meminfo')).map(([name]) => name);
    expect([...meminfoOf(bootTwoNodes()).keys()]).toEqual(names);
  });

  test('counts what processes do', () => {
    const kernel = bootTwoNodes();
    const before = meminfoOf(kernel);
    anonymous(kernel, 1, 100, 10);
    const after = meminfoOf(kernel);
    const changed = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    expect(['AnonPages', 'Inactive(anon)', 'Inactive', 'Committed_AS'].map(changed)).toEqual([40, 40, 40, 400]);
    expect([after.get('MemTotal'), after.get('SwapTotal'), after.get('CommitLimit')]).toEqual([65532, 16380, 49144]);
  });

  test('maps all memory, in the largest pages that fit', () => {
    const { get } = { get: (name: string) => meminfoOf(bootTwoNodes()).get(name) };
    // Frame 0 is missing: the first 2 MiB are mapped by small pages.
    expect(['DirectMap4k', 'DirectMap2M', 'DirectMap1G'].map(get)).toEqual([2044, 63488, 0]);
  });
});

describe('memAvailable', () => {
  test('is what is free without reserves, when caches are small', () => {
    const kernel = bootTwoNodes();
    const { pages, system } = kernel.booted;
    const reserves = pages.zones.all.map((zone) => zone.wmarkPages('high') + Math.max(...zone.lowmemReserve));
    const slab = system.vmstat.globalNode('nr_slab_reclaimable');
    const free = pages.nrFreePages - reserves.reduce((sum, pages) => sum + pages, 0);
    expect(memAvailable(kernel)).toBe(free + slab - Math.floor(slab / 2));
  });
});
