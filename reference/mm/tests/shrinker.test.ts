import { GFP_KERNEL } from '../../include/gfp.ts';
import { type Shrinker, Shrinkers, shrinkDelta } from '../shrinker.ts';
import { VmStat } from '../vm_stat.ts';

/** A cache of objects that gives up whatever it is asked for, and writes down each call. */
function cacheOf(objects: number, like: Partial<Shrinker> = {}) {
  const calls: number[] = [];
  let left = objects;
  const shrinker: Shrinker = {
    name: 'cache',
    seeks: 2,
    batch: 128,
    numaAware: false,
    countObjects: () => left,
    scanObjects: ({ nrToScan }) => {
      calls.push(nrToScan);
      const gone = Math.min(left, nrToScan);
      left -= gone;
      return gone;
    },
    ...like,
  };
  return { shrinker, calls, left: () => left };
}

function shrink(shrinker: Shrinker, ...priorities: number[]) {
  const { events } = new VmStat(1);
  const shrinkers = new Shrinkers(events);
  shrinkers.register(shrinker);
  const freed = priorities.map((priority) => shrinkers.shrinkSlab(0, GFP_KERNEL, priority));
  return { freed, scanned: events.slabs_scanned };
}

describe('shrinkDelta', () => {
  test.each([
    [100000, 12, 2, 48], // 100000 >> 12 = 24
    [4095, 12, 2, 0],
    [100000, 0, 2, 200000],
    [100000, 10, 1, 388], // 97 * 4
    [100000, 10, 3, 129],
    [100001, 12, 0, 50000],
  ])('%i objects at priority %i with %i seeks: %i', (freeable, priority, seeks, delta) => {
    expect(shrinkDelta(freeable, priority, seeks)).toBe(delta);
  });
});

describe('shrinkSlab', () => {
  test('works in batches of 128, and defers what is left', () => {
    const { shrinker, calls } = cacheOf(100000);
    // 100000 >> 8 = 390, twice that is 780: six batches, 12 are left over
    expect(shrink(shrinker, 8)).toEqual({ freed: [768], scanned: 768 });
    expect(calls).toEqual([128, 128, 128, 128, 128, 128]);
  });

  test('too little for a batch is added up until it is enough', () => {
    const { shrinker, calls } = cacheOf(1000, { batch: 10 });
    // 1000 >> 8 = 3, 6 each time: 6; 12 would do, but only a 256th of what was deferred counts
    expect(shrink(shrinker, 8, 8, 8).freed).toEqual([0, 0, 0]);
    expect(calls).toEqual([]);
    // at priority 0: 2 * 1000 capped, all of it
    expect(shrink(shrinker, 8, 0).freed).toEqual([0, 1000]);
  });

  test('deferred work counts in full at priority 0', () => {
    const made = cacheOf(10000, { batch: 2048 });
    const { shrinker } = made;
    // priority 4: 625 * 2 = 1250 are deferred, twice; priority 3: 312 of them and 2500 new
    expect(shrink(shrinker, 4, 4, 3).freed).toEqual([0, 0, 2048]);
  });

  test('a cache of fewer objects than a batch goes as a whole at priority 0', () => {
    const { shrinker, calls } = cacheOf(50);
    expect(shrink(shrinker, 0).freed).toEqual([50]);
    expect(calls).toEqual([100]);
  });

  test('a cache may refuse, and is asked again later', () => {
    const { shrinker } = cacheOf(5000, { scanObjects: () => null });
    expect(shrink(shrinker, 0)).toEqual({ freed: [0], scanned: 0 });
  });

  test('no objects, no call; one that is unregistered is not asked', () => {
    const { shrinker, calls } = cacheOf(0);
    expect(shrink(shrinker, 0).freed).toEqual([0]);
    expect(calls).toEqual([]);
    const shrinkers = new Shrinkers(new VmStat(1).events);
    const other = cacheOf(1000);
    shrinkers.register(other.shrinker);
    shrinkers.unregister(other.shrinker);
    expect(shrinkers.shrinkSlab(0, GFP_KERNEL, 0)).toBe(0);
  });
});

describe('dropSlab', () => {
  test('goes on while it frees enough', () => {
    const { shrinker, left } = cacheOf(100, {});
    const shrinkers = new Shrinkers(new VmStat(2).events);
    shrinkers.register(shrinker);
    shrinkers.dropSlab(2, GFP_KERNEL);
    expect(left()).toBe(0);
  });
});
