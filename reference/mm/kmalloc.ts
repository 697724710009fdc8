/**
 * Memory of any size: from the cache of the next larger size, or whole pages. Linux: mm/slab_common.c, mm/slub.c.
 *
 *     8 16 32 64 96 128 192 256 512 1k 2k 4k 8k | pages
 */
import { __GFP_ACCOUNT, __GFP_COMP, __GFP_DMA, __GFP_RECLAIMABLE } from '../include/gfp.ts';
import { PG_slab } from '../include/page_flags.ts';
import { MAX_PAGE_ORDER, PAGE_SIZE } from '../include/param.ts';
import {
  SLAB_ACCOUNT,
  SLAB_CACHE_DMA,
  SLAB_DEBUG_FLAGS,
  SLAB_KMALLOC,
  SLAB_NO_MERGE,
  SLAB_RECLAIM_ACCOUNT,
  type SlabConfig,
  ZERO_SIZE_PTR,
} from '../include/slab.ts';
import type { Pfn, PhysAddr } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import { getOrder, KMALLOC_SIZES, kmallocAlign, kmallocSize } from './slab_common.ts';
import type { Slub } from './slub.ts';
import type { KmemCache } from './slub_cache.ts';

/** Kinds of caches, in the order they are made. */
const KINDS = [
  { kind: 'normal', prefix: 'kmalloc-', flags: 0 },
  { kind: 'reclaim', prefix: 'kmalloc-rcl-', flags: SLAB_RECLAIM_ACCOUNT },
  { kind: 'dma', prefix: 'dma-kmalloc-', flags: SLAB_CACHE_DMA },
  { kind: 'cgroup', prefix: 'kmalloc-cg-', flags: SLAB_ACCOUNT },
] as const;
type Kind = (typeof KINDS)[number]['kind'];

/** The two sizes between powers of two are made first. Linux: indices 1 and 2 of kmalloc_info[]. */
const CREATION_ORDER = [96, 192, ...KMALLOC_SIZES.filter((size) => size !== 96 && size !== 192)];

const sizeName = (size: number): string => (size < 1024 ? `${size}` : `${size / 1024}k`);

export class Kmalloc {
  readonly #slub: Slub;
  readonly #caches = new Map<string, KmemCache>();

  /** Makes the caches. Linux: create_kmalloc_caches(). */
  constructor(slub: Slub, { memcg }: SlabConfig) {
    this.#slub = slub;
    for (const { kind, prefix, flags } of KINDS) {
      if (kind === 'cgroup' && !memcg) continue;
      const alone = kind === 'normal' && memcg ? SLAB_NO_MERGE : 0;
      for (const size of CREATION_ORDER) {
        const cache = slub.kmemCacheCreate({
          name: `${prefix}${sizeName(size)}`,
          size,
          align: kmallocAlign(size),
          flags: SLAB_KMALLOC | flags | alone,
          ctor: null,
        });
        if (cache !== null) this.#caches.set(`${kind} ${size}`, cache);
      }
    }
  }

  /**
   * @param size  bytes
   * @returns the address of at least so many; ZERO_SIZE_PTR for none; null when there is no memory
   */
  kmalloc(size: number, gfp: number): PhysAddr | null {
    if (size === 0) return ZERO_SIZE_PTR;
    const rounded = kmallocSize(size);
    return rounded === null
      ? this.#largeKmalloc(size, gfp)
      : this.#slub.kmemCacheAlloc(this.cacheFor(rounded, gfp), gfp);
  }

  /** Gives memory of kmalloc back; nothing for 0 (the null pointer) and ZERO_SIZE_PTR. */
  kfree(object: PhysAddr): void {
    if (object === 0 || object === ZERO_SIZE_PTR) return;
    const slab = this.#blockOf(object);
    const { pages, slabs } = this.#slub.rooms;
    if (slabs.memMap.test(slab, PG_slab)) {
      this.#slub.kmemCacheFree(this.#slub.cacheOf(slab), object);
      return;
    }
    const order = slabs.memMap.compoundOrder(slab);
    this.#countLarge(slab, -(2 ** order));
    this.#slub.leaks?.free(object);
    pages.putPages(slab, order);
  }

  /** Bytes that may be used at such an address: often more than asked. Linux: ksize(). */
  ksize(object: PhysAddr): number {
    if (object === 0 || object === ZERO_SIZE_PTR) return 0;
    const slab = this.#blockOf(object);
    const { memMap } = this.#slub.rooms.slabs;
    if (!memMap.test(slab, PG_slab)) return PAGE_SIZE * 2 ** memMap.compoundOrder(slab);
    const cache = this.#slub.cacheOf(slab);
    return cache.flags & SLAB_DEBUG_FLAGS ? cache.objectSize : cache.layout.size;
  }

  /** The cache of a size. Linux: kmalloc_slab(), kmalloc_type(). @param size  one of KMALLOC_SIZES */
  cacheFor(size: number, gfp: number): KmemCache {
    const kind = kindOf(gfp);
    const cache = this.#caches.get(`${kind} ${size}`) ?? this.#caches.get(`normal ${size}`);
    return cache ?? panic(`slub: no kmalloc cache of ${size} bytes`);
  }

  #largeKmalloc(size: number, gfp: number): PhysAddr | null {
    const order = getOrder(size);
    const { pages } = this.#slub.rooms;
    const pfn = order > MAX_PAGE_ORDER ? null : pages.allocPages(gfp | __GFP_COMP, order);
    if (pfn === null) return null;
    this.#countLarge(pfn, 2 ** order);
    this.#slub.leaks?.alloc(pfn * PAGE_SIZE, size);
    return pfn * PAGE_SIZE;
  }

  #countLarge(pfn: Pfn, frames: number): void {
    const { pages } = this.#slub.rooms;
    pages.vmstat.nodes[pages.nidOf(pfn)].nr_slab_unreclaimable += frames;
  }

  #blockOf(object: PhysAddr): Pfn {
    return this.#slub.rooms.slabs.at(object);
  }
}

/** Linux: kmalloc_type(). */
function kindOf(gfp: number): Kind {
  if (!(gfp & (__GFP_DMA | __GFP_RECLAIMABLE | __GFP_ACCOUNT))) return 'normal';
  if (gfp & __GFP_DMA) return 'dma';
  return gfp & __GFP_RECLAIMABLE ? 'reclaim' : 'cgroup';
}
