import { __GFP_ACCOUNT, __GFP_DMA, __GFP_RECLAIMABLE, GFP_KERNEL } from '../../include/gfp.ts';
import { DEFAULT_SLAB_CONFIG, ZERO_SIZE_PTR } from '../../include/slab.ts';
import { Kmalloc } from '../kmalloc.ts';
import { SIZE_OF_BYTES } from './kmalloc_sizes.ts';
import { bootSlub, slabMachine } from './slabs.ts';

function machine() {
  const slub = bootSlub(slabMachine(2, 4096));
  return { slub, heap: new Kmalloc(slub, DEFAULT_SLAB_CONFIG) };
}

describe('kmalloc', () => {
  test.each([...SIZE_OF_BYTES, [8193, 16384], [20000, 32768]] as const)('%d bytes are %d', (size, got) => {
    const { heap } = machine();
    expect(heap.ksize(heap.kmalloc(size, GFP_KERNEL) ?? -1)).toBe(got);
  });

  test('0 bytes are no failure', () => {
    const { heap } = machine();
    expect(heap.kmalloc(0, GFP_KERNEL)).toBe(ZERO_SIZE_PTR);
    expect(heap.ksize(ZERO_SIZE_PTR)).toBe(0);
    heap.kfree(ZERO_SIZE_PTR);
    heap.kfree(0);
  });

  test('more than the largest block fails', () => {
    const { heap } = machine();
    expect(heap.kmalloc(4 * 1024 * 1024 + 1, GFP_KERNEL)).toBeNull();
  });

  test('the flags choose the cache', () => {
    const { heap } = machine();
    const names = [0, __GFP_RECLAIMABLE, __GFP_DMA, __GFP_ACCOUNT].map((gfp) => heap.cacheFor(1024, gfp).name);
    expect(names).toEqual(['kmalloc-1k', 'kmalloc-rcl-1k', 'dma-kmalloc-1k', 'kmalloc-cg-1k']);
  });

  test('caches are made in the order in which a real kernel shows them, newest first', () => {
    const { slub } = machine();
    const names = slub.slabinfo().map(({ name }) => name);
    expect(names.slice(0, 13).join(' ')).toBe(
      [8, 4, 2, 1]
        .map((k) => `kmalloc-cg-${k}k`)
        .concat([512, 256, 128, 64, 32, 16, 8, 192, 96].map((n) => `kmalloc-cg-${n}`))
        .join(' '),
    );
    expect(names[13]).toBe('dma-kmalloc-8k');
    expect(names.at(-1)).toBe('kmalloc-96');
  });

  test('has the geometry of a real kernel on two CPUs', () => {
    const { slub } = machine();
    const plain = slub.slabinfo().filter(({ name }) => /^kmalloc-\d/.test(name));
    const rows = plain.map(({ size, objectsPerSlab, pagesPerSlab }) => `${size} ${objectsPerSlab} ${pagesPerSlab}`);
    expect(rows).toEqual([
      '8192 4 8',
      '4096 8 8',
      '2048 16 8',
      '1024 16 4',
      '512 16 2',
      '256 16 1',
      '128 32 1',
      '64 64 1',
      '32 128 1',
      '16 256 1',
      '8 512 1',
      '192 21 1',
      '96 42 1',
    ]);
  });

  test('without memory cgroups a plain cache may serve others too', () => {
    const slub = bootSlub(slabMachine(2, 64));
    const heap = new Kmalloc(slub, { ...DEFAULT_SLAB_CONFIG, memcg: false });
    expect(slub.kmemCacheCreate({ name: 'mine', size: 125, align: 0, flags: 0, ctor: null })).toBe(
      heap.cacheFor(128, 0),
    );
  });
});

describe('kfree', () => {
  test('gives everything back: objects to their cache, large ones to the page allocator', () => {
    const { slub, heap } = machine();
    const [node] = slub.rooms.pages.vmstat.nodes;
    const small = heap.kmalloc(100, GFP_KERNEL) ?? -1;
    const large = heap.kmalloc(10000, GFP_KERNEL) ?? -1;
    expect(node.nr_slab_unreclaimable).toBe(1 + 4);
    heap.kfree(large);
    expect(node.nr_slab_unreclaimable).toBe(1);
    heap.kfree(small);
    expect(heap.kmalloc(128, GFP_KERNEL)).toBe(small);
  });
});
