import { GFP_KERNEL } from '../../include/gfp.ts';
import { SLAB_DEBUG_FLAGS, SLAB_HWCACHE_ALIGN, SLAB_RED_ZONE, type SlabConfig } from '../../include/slab.ts';
import { seeded } from '../../mm/tests/machines.ts';
import { bootSlub, makeCache, onCpu, slabMachine } from '../../mm/tests/slabs.ts';
import { breaksSlabLaw, type SlabCache } from '../slab_allocator.ts';

function ours(size: number, flags: number, config: Partial<SlabConfig>, frames = 600): SlabCache {
  const slub = bootSlub(slabMachine(2, frames), config);
  const cache = makeCache(slub, size, { flags });
  return {
    size,
    align: cache.layout.align,
    cpus: 2,
    alloc: (cpu) => onCpu(slub, cpu, () => slub.kmemCacheAlloc(cache, GFP_KERNEL)),
    free: (cpu, object) => onCpu(slub, cpu, () => slub.kmemCacheFree(cache, object)),
    shrink: () => {
      slub.kmemCacheShrink(cache);
      return slub.slabinfo()[0].numObjs;
    },
    readByte: (at) => slub.rooms.memory.readByte(at),
    writeByte: (at, value) => slub.rooms.memory.writeByte(at, value),
    validate: () => {
      slub.validate();
      if (slub.reports.length > 0) throw new Error(slub.reports.join('\n'));
    },
  };
}

describe('slab laws', () => {
  test.each([
    ['plain', 0, {}],
    ['not hardened', 0, { freelistHardened: false }],
    ['free lists in random order', 0, { freelistRandom: true }],
    ['at cache lines', SLAB_HWCACHE_ALIGN, {}],
    ['with red zones', SLAB_RED_ZONE, {}],
    ['with all debugging', SLAB_DEBUG_FLAGS, {}],
  ])('hold, %s', (_, flags, config) => {
    for (const size of [5, 100, 513, 1500]) {
      expect(breaksSlabLaw(ours(size, flags, config), seeded(size), 80, 40)).toBeNull();
    }
  });

  test('hold when memory runs out', () => {
    const cache = ours(4000, 0, {}, 40);
    expect(breaksSlabLaw(cache, seeded(1), 200, 1000)).toBeNull();
  });
});
