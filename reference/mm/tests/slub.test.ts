import { EBUSY } from '../../include/errno.ts';
import { __GFP_ZERO, GFP_ATOMIC, GFP_KERNEL } from '../../include/gfp.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import { SLAB_HWCACHE_ALIGN, SLAB_NO_MERGE, SLAB_RECLAIM_ACCOUNT } from '../../include/slab.ts';
import type { PhysAddr } from '../../include/types.ts';
import type { Slub } from '../slub.ts';
import type { KmemCache } from '../slub_cache.ts';
import { normalZone, numaNodes } from './machines.ts';
import { bootSlub, makeCache, onCpu, slabMachine } from './slabs.ts';

const machine = (cpus = 1, frames = 600): Slub => bootSlub(slabMachine(cpus, frames));

function take(slub: Slub, cache: KmemCache, count: number, cpu = 0): PhysAddr[] {
  return onCpu(slub, cpu, () => Array.from({ length: count }, () => slub.kmemCacheAlloc(cache, GFP_KERNEL) ?? -1));
}

function give(slub: Slub, cache: KmemCache, objects: readonly PhysAddr[], cpu = 0): void {
  onCpu(slub, cpu, () => {
    for (const object of objects) slub.kmemCacheFree(cache, object);
  });
}

/** Two nodes of one CPU each. */
function twoNodes(): Slub {
  const [near, far] = numaNodes(256, [
    [10, 20],
    [20, 10],
  ]);
  const zones = [normalZone(1, 255)];
  return bootSlub({ ...slabMachine(1, 1), nodes: [{ ...near, zones }, far] });
}

/** Slabs of a cache: of CPU 0 beside its own, of node 0, all. */
const lists = (cache: KmemCache) => ({
  cpuPartial: cache.cpus[0].partial.size,
  nodePartial: cache.nodes[0].partial.size,
  all: cache.nodes[0].nrSlabs,
});

describe('kmemCacheAlloc', () => {
  test('hands out a new slab in ascending order, and what was freed last first', () => {
    const slub = machine();
    const cache = makeCache(slub, 1000);
    const [a, b, c] = take(slub, cache, 3);
    expect([b - a, c - b, a % PAGE_SIZE]).toEqual([1000, 1000, 0]);
    give(slub, cache, [a, c]);
    expect(take(slub, cache, 2)).toEqual([c, a]);
    slub.validate();
  });

  test('hands out a new slab in random order where that is asked, the same for the same seed', () => {
    const order = (seed: number) => {
      const slub = bootSlub(slabMachine(1, 600), { freelistRandom: true, seed });
      return take(slub, makeCache(slub, 256), 16).map((object) => (object % PAGE_SIZE) / 256);
    };
    expect(order(1).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, i) => i));
    expect(order(1)).not.toEqual(order(1).toSorted((a, b) => a - b));
    expect(order(1)).toEqual(order(1));
    expect(order(2)).not.toEqual(order(1));
  });

  test('a hit touches no list, and makes no slab', () => {
    const slub = machine();
    const cache = makeCache(slub, 64);
    take(slub, cache, 1);
    const free = slub.rooms.pages.nrFreePages;
    take(slub, cache, 63);
    expect(slub.rooms.pages.nrFreePages).toBe(free);
    expect(lists(cache)).toEqual({ cpuPartial: 0, nodePartial: 0, all: 1 });
    take(slub, cache, 1);
    expect(lists(cache).all).toBe(2);
  });

  test('takes objects that others have freed in its slab, before another slab', () => {
    const slub = machine(2);
    const cache = makeCache(slub, 1024);
    const objects = take(slub, cache, cache.layout.objects);
    give(slub, cache, [objects[3]], 1);
    expect(cache.cpus[1].slab).toBe(-1);
    expect(cache.cpus[1].partial.size).toBe(0);
    expect(take(slub, cache, 1)).toEqual([objects[3]]);
    expect(lists(cache).all).toBe(1);
    slub.validate();
  });

  test('takes partial slabs before a new one, its own first', () => {
    const slub = machine();
    const cache = makeCache(slub, 1024);
    const per = cache.layout.objects;
    const objects = take(slub, cache, 3 * per);
    give(slub, cache, [objects[0], objects[per]]);
    expect(lists(cache)).toEqual({ cpuPartial: 2, nodePartial: 0, all: 3 });
    expect(take(slub, cache, 2)).toEqual([objects[per], objects[0]]);
    expect(lists(cache).all).toBe(3);
    slub.validate();
  });

  test('fills with zeroes for __GFP_ZERO', () => {
    const slub = machine();
    const cache = makeCache(slub, 30);
    const object = slub.kmemCacheAlloc(cache, GFP_KERNEL | __GFP_ZERO) ?? -1;
    const bytes = Array.from({ length: 30 }, (_, i) => slub.rooms.memory.readByte(object + i));
    expect(new Set(bytes)).toEqual(new Set([0]));
  });

  test('makes smaller slabs when there are no large blocks', () => {
    const slub = machine();
    const cache = makeCache(slub, 2048);
    const { pages } = slub.rooms;
    expect([cache.layout.order, cache.layout.minOrder]).toEqual([2, 0]);
    const frames: number[] = [];
    for (let pfn = pages.allocPages(GFP_KERNEL, 0); pfn !== null; pfn = pages.allocPages(GFP_KERNEL, 0))
      frames.push(pfn);
    for (const pfn of frames) if (pfn % 4 === 1) pages.putPages(pfn, 0);
    pages.drainAllPages();
    const [object] = take(slub, cache, 1);
    expect(slub.rooms.slabs.objects(slub.rooms.slabs.at(object))).toBe(2);
    slub.validate();
  });
});

describe('kmemCacheFree', () => {
  test('of a full slab of another CPU: the slab becomes a partial one of this CPU', () => {
    const slub = machine(2);
    const cache = makeCache(slub, 1024);
    const per = cache.layout.objects;
    const objects = take(slub, cache, per + 1);
    give(slub, cache, [objects[0]], 1);
    expect([cache.cpus[0].partial.size, cache.cpus[1].partial.size]).toEqual([0, 1]);
    slub.validate();
  });

  test('when a CPU keeps enough partial slabs, all of them go to the node at once', () => {
    const slub = machine();
    const cache = makeCache(slub, 1024);
    const per = cache.layout.objects;
    // 24 objects, 8 in a slab: 6 slabs, each thought half full
    expect([cache.cpuPartialSlabs, per]).toEqual([6, 8]);
    const objects = take(slub, cache, 9 * per);
    const heads = Array.from({ length: 8 }, (_, slab) => objects[slab * per]);
    give(slub, cache, heads.slice(0, 6));
    expect(lists(cache)).toEqual({ cpuPartial: 6, nodePartial: 0, all: 9 });
    give(slub, cache, heads.slice(6, 7));
    expect(lists(cache)).toEqual({ cpuPartial: 1, nodePartial: 6, all: 9 });
    slub.validate();
  });

  test('an empty slab stays while its node has no more than enough partial ones', () => {
    const slub = machine();
    const cache = makeCache(slub, 1024);
    const per = cache.layout.objects;
    expect(cache.minPartial).toBe(5);
    const objects = take(slub, cache, 15 * per);
    // 14 full slabs: one object of each comes back; 12 of them go to the node, 2 stay with the CPU
    give(
      slub,
      cache,
      Array.from({ length: 14 }, (_, slab) => objects[slab * per]),
    );
    expect(lists(cache)).toEqual({ cpuPartial: 2, nodePartial: 12, all: 15 });
    // then all others of the first nine slabs: eight times the node has 5 or more, and the slab goes
    const others = Array.from({ length: 9 }, (_, slab) => objects.slice(slab * per + 1, (slab + 1) * per));
    give(slub, cache, others.flat());
    expect(lists(cache)).toEqual({ cpuPartial: 2, nodePartial: 4, all: 7 });
    slub.validate();
  });

  test('panics when an object comes back twice in a row', () => {
    const slub = machine();
    const cache = makeCache(slub, 64);
    const [object] = take(slub, cache, 1);
    give(slub, cache, [object]);
    expect(() => give(slub, cache, [object])).toThrow(`slub: object ${object} of test-64 is freed twice`);
  });

  test('panics for what is no object', () => {
    const slub = machine();
    const pfn = slub.rooms.pages.allocPages(GFP_KERNEL, 0) ?? -1;
    expect(() => slub.kmemCacheFree(makeCache(slub, 64), pfn * PAGE_SIZE)).toThrow('is freed, but is no object');
  });

  test('an object of another cache goes back there, and is reported', () => {
    const slub = machine();
    const [mine, other] = [makeCache(slub, 64), makeCache(slub, 128)];
    const [object] = take(slub, other, 1);
    give(slub, mine, [object]);
    expect(slub.reports).toEqual(['cache_from_obj: Wrong slab cache. test-64 but object is from test-128']);
    expect(take(slub, other, 1)).toEqual([object]);
  });
});

describe('slabs of the node', () => {
  /** Node 0 has eight slabs with one free object each. */
  function eightPartial(slub: Slub): { cache: KmemCache; objects: PhysAddr[] } {
    const cache = makeCache(slub, 1024);
    const objects = take(slub, cache, 8 * cache.layout.objects);
    give(
      slub,
      cache,
      Array.from({ length: 8 }, (_, slab) => objects[slab * cache.layout.objects]),
    );
    slub.kmemCacheShrink(cache);
    expect(lists(cache)).toEqual({ cpuPartial: 0, nodePartial: 8, all: 8 });
    return { cache, objects };
  }

  test('come to the CPU together: its own, and half as many as it may keep, and one', () => {
    const slub = machine();
    const { cache } = eightPartial(slub);
    take(slub, cache, 1);
    expect(lists(cache)).toEqual({ cpuPartial: 4, nodePartial: 3, all: 8 });
    slub.validate();
  });

  test('stand behind the others when somebody else has freed into them', () => {
    const slub = twoNodes();
    const { cache, objects } = eightPartial(slub);
    const [taken] = take(slub, cache, 1);
    const slab = slub.rooms.slabs.at(taken);
    const other = objects.find((object) => object !== taken && slub.rooms.slabs.at(object) === slab) ?? -1;
    give(slub, cache, [other], 1);
    slub.kmemCacheAlloc(cache, GFP_KERNEL, 1);
    // five stayed; this one; then the two that the CPU kept
    expect([...cache.nodes[0].partial].indexOf(slab)).toBe(5);
    expect(cache.nodes[0].partial.size).toBe(8);
    slub.validate();
  });
});

describe('a large slab', () => {
  test.each([
    ['is not waited for', GFP_KERNEL, ['kswapd 0', 'reclaim 0']],
    ['has kswapd woken by those who cannot wait', GFP_ATOMIC, ['kswapd 2', 'kswapd 0']],
  ])('%s', (_, gfp, wanted) => {
    const slub = machine();
    const cache = makeCache(slub, 2048);
    const { pages } = slub.rooms;
    while (pages.allocPages(GFP_KERNEL, 0) !== null);
    const calls: string[] = [];
    pages.reclaimer = {
      wakeupKswapd: (_nid, order) => calls.push(`kswapd ${order}`),
      tryToFreePages: (_nid, order) => {
        calls.push(`reclaim ${order}`);
        return 0;
      },
      reclaimablePages: () => 0,
    };
    expect(slub.kmemCacheAlloc(cache, gfp)).toBeNull();
    expect(calls).toEqual(wanted);
  });
});

describe('free pointers', () => {
  const raw = (hardened: boolean) => {
    const slub = bootSlub(slabMachine(1, 600), { freelistHardened: hardened });
    const cache = makeCache(slub, 64);
    const [first] = take(slub, cache, 2);
    give(slub, cache, [first]);
    return { stored: slub.rooms.memory.read64(first + 32), next: first + 128 };
  };

  test('lie in the middle of an object, as the kernel sees addresses', () => {
    const { stored, next } = raw(false);
    expect(stored).toBe(0xffff_8880_0000_0000n + BigInt(next));
  });

  test('stop the machine when they have been overwritten', () => {
    const slub = machine();
    const cache = makeCache(slub, 64);
    const [first] = take(slub, cache, 2);
    give(slub, cache, [first]);
    slub.rooms.memory.write64(first + 32, 0x7878_7878_7878_7878n);
    take(slub, cache, 1);
    expect(() => take(slub, cache, 1)).toThrow('it was overwritten');
  });

  test('cannot be read when they are hardened', () => {
    const { stored, next } = raw(true);
    expect(stored).not.toBe(0xffff_8880_0000_0000n + BigInt(next));
    const other = raw(true);
    expect(other).toEqual({ stored, next });
  });
});

describe('kmemCacheShrink', () => {
  test('frees empty slabs, and has the fullest used next', () => {
    const slub = machine();
    const cache = makeCache(slub, 1024);
    const per = cache.layout.objects;
    const objects = take(slub, cache, 4 * per);
    const slab = (n: number) => objects.slice(n * per, (n + 1) * per);
    give(slub, cache, [...slab(0), ...slab(1).slice(0, 5), ...slab(2).slice(0, 1)]);
    expect(slub.kmemCacheShrink(cache)).toBe(true);
    expect(lists(cache)).toEqual({ cpuPartial: 0, nodePartial: 2, all: 3 });
    expect([...cache.nodes[0].partial]).toEqual([slab(2)[0], slab(1)[0]].map((object) => slub.rooms.slabs.at(object)));
    slub.validate();
    give(slub, cache, [...slab(1).slice(5), ...slab(2).slice(1), ...slab(3)]);
    expect(slub.kmemCacheShrink(cache)).toBe(false);
    expect(slub.rooms.pages.vmstat.nodes[0].nr_slab_unreclaimable).toBe(0);
  });
});

describe('kmemCacheCreate', () => {
  test('one cache serves all who want the same', () => {
    const slub = machine();
    const first = makeCache(slub, 60);
    expect(makeCache(slub, 64)).toBe(first);
    expect(makeCache(slub, 57, { align: 32 })).toBe(first);
    expect([first.refcount, first.name, first.objectSize]).toEqual([3, 'test-60', 64]);
    expect(slub.slabinfo()).toHaveLength(1);
  });

  test.each([
    ['another size', { size: 72 }],
    ['an alignment it does not have', { size: 64, align: 128 }],
    ['reclaimable memory', { size: 64, flags: SLAB_RECLAIM_ACCOUNT }],
    ['a constructor', { size: 64, ctor: () => undefined }],
    ['the wish to be alone', { size: 64, flags: SLAB_NO_MERGE }],
  ])('but not for %s', (_, wanted) => {
    const slub = machine();
    const first = makeCache(slub, 64);
    expect(makeCache(slub, wanted.size, wanted)).not.toBe(first);
  });

  test('nor when merging is off', () => {
    const slub = bootSlub(slabMachine(1, 64), { merge: false });
    expect(makeCache(slub, 64)).not.toBe(makeCache(slub, 64));
  });

  test('aligns to cache lines, or to parts of one', () => {
    const slub = machine();
    const sizes = [8, 24, 40, 100].map((size) => makeCache(slub, size, { flags: SLAB_HWCACHE_ALIGN }).layout.size);
    expect(sizes).toEqual([8, 32, 64, 128]);
  });

  test('constructs each object once, when its slab is made', () => {
    const slub = machine();
    const made: PhysAddr[] = [];
    const cache = makeCache(slub, 1024, { ctor: (object) => made.push(object) });
    const objects = take(slub, cache, 3);
    give(slub, cache, objects);
    take(slub, cache, 3);
    expect(made.toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: cache.layout.objects }, (_, n) => objects[0] + n * 1032),
    );
  });
});

describe('kmemCacheDestroy', () => {
  test('waits for the last user, then gives all memory back', () => {
    const slub = machine();
    const cache = makeCache(slub, 64);
    makeCache(slub, 64);
    give(slub, cache, take(slub, cache, 200));
    expect([slub.kmemCacheDestroy(cache), slub.caches.length]).toEqual([0, 1]);
    expect([slub.kmemCacheDestroy(cache), slub.caches.length]).toEqual([0, 0]);
    slub.rooms.pages.drainAllPages();
    expect(slub.rooms.pages.nrFreePages).toBe(600);
  });

  test('fails while objects are in use', () => {
    const slub = machine();
    const cache = makeCache(slub, 64);
    take(slub, cache, 1);
    expect(slub.kmemCacheDestroy(cache)).toBe(-EBUSY);
    expect(slub.reports[0]).toContain('Objects remaining in test-64 on __kmem_cache_shutdown()');
    expect(slub.caches).toEqual([cache]);
  });
});

describe('slabinfo', () => {
  test('counts free objects as active while a CPU keeps their slab', () => {
    const slub = machine(2);
    const cache = makeCache(slub, 600);
    const objects = take(slub, cache, 30);
    give(slub, cache, objects.slice(0, 3));
    const row = { name: 'test-600', size: 600, objectsPerSlab: 13, pagesPerSlab: 2 };
    expect(slub.slabinfo()).toEqual([{ ...row, activeObjs: 39, numObjs: 39, numSlabs: 3 }]);
    slub.kmemCacheShrink(cache);
    expect(slub.slabinfo()).toEqual([{ ...row, activeObjs: 27, numObjs: 39, numSlabs: 3 }]);
  });
});

describe('NUMA', () => {
  test('an object lies where it is wanted, else on the node of the CPU', () => {
    const slub = twoNodes();
    const cache = makeCache(slub, 512);
    const nodes = [slub.kmemCacheAlloc(cache, GFP_KERNEL, 1), slub.kmemCacheAlloc(cache, GFP_KERNEL)];
    onCpu(slub, 1, () => nodes.push(slub.kmemCacheAlloc(cache, GFP_KERNEL), slub.kmemCacheAlloc(cache, GFP_KERNEL, 0)));
    const { pages, slabs } = slub.rooms;
    expect(nodes.map((object) => pages.nidOf(slabs.at(object ?? -1)))).toEqual([1, 1, 1, 0]);
    slub.validate();
  });

  test('another node helps out when it has more than it needs', () => {
    const slub = twoNodes();
    const cache = makeCache(slub, 1024);
    const per = cache.layout.objects;
    const objects = take(slub, cache, 8 * per, 1);
    give(
      slub,
      cache,
      Array.from({ length: 7 }, (_, slab) => objects[slab * per]),
      1,
    );
    onCpu(slub, 1, () => slub.kmemCacheShrink(cache));
    expect(cache.nodes[1].partial.size).toBe(7);
    const [object] = take(slub, cache, 1, 0);
    expect(slub.rooms.pages.nidOf(slub.rooms.slabs.at(object))).toBe(1);
    slub.validate();
  });
});

describe('when memory runs out', () => {
  test('the n-th slab allocation, or the n-th page, fails and nothing is lost', () => {
    for (const what of ['slab', 'page'] as const) {
      for (let n = 1; n <= 12; n++) {
        const slub = machine();
        const cache = makeCache(slub, 2048);
        let asked = 0;
        slub.rooms.pages.failNext = { shouldFail: (kind) => kind === what && ++asked === n };
        const objects: PhysAddr[] = [];
        for (let i = 0; i < 40; i++) {
          const object = slub.kmemCacheAlloc(cache, GFP_KERNEL);
          if (object !== null) objects.push(object);
          slub.validate();
        }
        expect(objects.length).toBe(what === 'slab' ? 39 : 40);
        give(slub, cache, objects);
        expect(slub.kmemCacheShrink(cache)).toBe(false);
        slub.rooms.pages.drainAllPages();
        expect(slub.rooms.pages.nrFreePages).toBe(600);
      }
    }
  });
});
