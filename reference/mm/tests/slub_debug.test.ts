import { GFP_KERNEL } from '../../include/gfp.ts';
import { SLAB_DEBUG_FLAGS, SLAB_POISON, SLAB_RED_ZONE } from '../../include/slab.ts';
import type { PhysAddr } from '../../include/types.ts';
import type { Slub } from '../slub.ts';
import type { KmemCache } from '../slub_cache.ts';
import { bootSlub, makeCache, slabMachine } from './slabs.ts';

/** A cache of 64 bytes with all debugging, and an object of it. */
function watched(): { slub: Slub; cache: KmemCache; object: PhysAddr; poke: (offset: number, value: number) => void } {
  const slub = bootSlub(slabMachine(1, 64));
  const cache = makeCache(slub, 64, { name: 'TestSlub', flags: SLAB_DEBUG_FLAGS });
  const object = slub.kmemCacheAlloc(cache, GFP_KERNEL) ?? -1;
  return { slub, cache, object, poke: (offset, value) => slub.rooms.memory.writeByte(object + offset, value) };
}

const hex = (at: PhysAddr) => `0x${(0xffff_8880_0000_0000n + BigInt(at)).toString(16)}`;

describe('the layout of a watched object', () => {
  test('left red zone, object, right red zone, free pointer, padding', () => {
    const { cache } = watched();
    expect(cache.layout).toMatchObject({ redLeftPad: 8, inuse: 72, offset: 72, size: 96 });
    expect(cache.cpuPartialSlabs).toBe(0);
  });

  test('a red zone fits into the gap before the next multiple of 8', () => {
    const slub = bootSlub(slabMachine(1, 64));
    const cache = makeCache(slub, 62, { flags: SLAB_RED_ZONE });
    expect(cache.layout).toMatchObject({ inuse: 64, offset: 24, size: 80 });
  });

  test('poison alone moves the free pointer behind the object', () => {
    const slub = bootSlub(slabMachine(1, 64));
    expect(makeCache(slub, 64, { flags: SLAB_POISON }).layout).toMatchObject({ inuse: 64, offset: 64, size: 72 });
  });
});

describe('an object as large as a pointer', () => {
  test('holds its free pointer, red zones or not; a smaller one cannot', () => {
    const slub = bootSlub(slabMachine(1, 64));
    const offsets = [7, 8].map((size) => makeCache(slub, size, { flags: SLAB_RED_ZONE }).layout.offset);
    expect(offsets).toEqual([8, 0]);
  });
});

describe('reports', () => {
  test('there are none for those who behave', () => {
    const { slub, cache, object, poke } = watched();
    for (let i = 0; i < 64; i++) poke(i, i);
    slub.kmemCacheFree(cache, object);
    expect(slub.reports).toEqual([]);
    slub.validate();
  });

  test('a write behind the object', () => {
    const { slub, cache, object, poke } = watched();
    poke(64, 0x12);
    slub.kmemCacheFree(cache, object);
    expect(slub.reports).toEqual([
      'BUG TestSlub (Not tainted): Right Redzone overwritten',
      `Object ${hex(object)} @offset=8`,
      `${hex(object + 64)}-${hex(object + 64)} @offset=72. First byte 0x12 instead of 0xcc`,
      `FIX TestSlub: Restoring Right Redzone ${hex(object + 64)}-${hex(object + 64)}=0xcc`,
      `FIX TestSlub: Object at ${hex(object)} not freed`,
    ]);
  });

  test('a write before the object', () => {
    const { slub, cache, object, poke } = watched();
    poke(-1, 0);
    slub.kmemCacheFree(cache, object);
    expect(slub.reports[0]).toBe('BUG TestSlub (Not tainted): Left Redzone overwritten');
  });

  test('writes after free, to its first byte, in its middle, and to its last', () => {
    for (const [offset, what, value] of [
      [0, 'Poison', '0x6b'],
      [50, 'Poison', '0x6b'],
      [63, 'End Poison', '0xa5'],
    ] as const) {
      const { slub, cache, object, poke } = watched();
      slub.kmemCacheFree(cache, object);
      poke(offset, 0x78);
      slub.kmemCacheAlloc(cache, GFP_KERNEL);
      expect(slub.reports[0]).toBe(`BUG TestSlub (Not tainted): ${what} overwritten`);
      expect(slub.reports[2]).toContain(`@offset=${8 + offset}. First byte 0x78 instead of ${value}`);
    }
  });

  test('a free pointer overwritten after free', () => {
    const { slub, cache, object, poke } = watched();
    slub.kmemCacheFree(cache, object);
    poke(72, 0x99);
    slub.kmemCacheAlloc(cache, GFP_KERNEL);
    expect(slub.reports[0]).toBe('BUG TestSlub (Not tainted): Freepointer corrupt');
  });

  test('a free pointer overwritten while its object is in use, which is put right', () => {
    const { slub, cache, object, poke } = watched();
    poke(72, 0x99);
    slub.kmemCacheFree(cache, object);
    expect(slub.reports[0]).toBe('BUG TestSlub (Not tainted): Freepointer corrupt');
    const found = slub.reports.length;
    slub.kmemCacheFree(cache, object);
    expect(slub.reports).toHaveLength(found);
    slub.validate();
  });

  test('a double free', () => {
    const { slub, cache, object } = watched();
    slub.kmemCacheFree(cache, object);
    slub.kmemCacheFree(cache, object);
    expect(slub.reports[0]).toBe('BUG TestSlub (Not tainted): Object already free');
    slub.validate();
  });

  test('an address inside an object', () => {
    const { slub, cache, object } = watched();
    slub.kmemCacheFree(cache, object + 8);
    expect(slub.reports[0]).toBe(`BUG TestSlub (Not tainted): Invalid object pointer ${hex(object + 8)}`);
  });

  test('the second one knows that the machine is tainted', () => {
    const { slub, cache, object, poke } = watched();
    poke(64, 0);
    slub.kmemCacheFree(cache, object);
    slub.kmemCacheFree(cache, object + 8);
    expect(slub.reports.filter((line) => line.startsWith('BUG')).map((line) => line.slice(0, 24))).toEqual([
      'BUG TestSlub (Not tainte',
      'BUG TestSlub (Tainted: [',
    ]);
  });

  test('a slab that is found damaged is not used any more', () => {
    const { slub, cache, object, poke } = watched();
    slub.kmemCacheFree(cache, object);
    poke(3, 0);
    const next = slub.kmemCacheAlloc(cache, GFP_KERNEL) ?? -1;
    expect(slub.rooms.slabs.at(next)).not.toBe(slub.rooms.slabs.at(object));
  });
});
