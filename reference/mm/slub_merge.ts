/**
 * Caches whose objects have the same size and are treated alike are one cache. Linux: mm/slab_common.c,
 * find_mergeable(), slab_unmergeable().
 */
import {
  type CacheDescription,
  SLAB_ACCOUNT,
  SLAB_CACHE_DMA,
  SLAB_DEBUG_FLAGS,
  SLAB_HWCACHE_ALIGN,
  SLAB_NO_MERGE,
  SLAB_RECLAIM_ACCOUNT,
  SLAB_TYPESAFE_BY_RCU,
} from '../include/slab.ts';
import { calculateAlignment } from './slab_common.ts';
import type { KmemCache } from './slub_cache.ts';

const SLAB_NEVER_MERGE = SLAB_DEBUG_FLAGS | SLAB_TYPESAFE_BY_RCU | SLAB_NO_MERGE;
const SLAB_MERGE_SAME = SLAB_RECLAIM_ACCOUNT | SLAB_CACHE_DMA | SLAB_ACCOUNT;
const POINTER = 8;
const alignUp = (bytes: number, align: number): number => Math.ceil(bytes / align) * align;

/** @param caches  newest first @returns the cache that can serve as this one, too; or null */
export function findMergeable(caches: readonly KmemCache[], wanted: CacheDescription): KmemCache | null {
  if (wanted.ctor !== null || wanted.flags & SLAB_NEVER_MERGE) return null;
  const align = calculateAlignment((wanted.flags & SLAB_HWCACHE_ALIGN) !== 0, wanted.align, wanted.size);
  const size = alignUp(alignUp(wanted.size, POINTER), align);
  return caches.find((cache) => fits(cache, size, align, wanted.flags)) ?? null;
}

function fits(cache: KmemCache, size: number, align: number, flags: number): boolean {
  if (cache.ctor !== null || cache.flags & SLAB_NEVER_MERGE) return false;
  if ((cache.flags & SLAB_MERGE_SAME) !== (flags & SLAB_MERGE_SAME)) return false;
  const has = cache.layout.size;
  return has >= size && has % align === 0 && has - size < POINTER;
}
