/** Slabs come from the page allocator and go back to it. Linux: mm/slub.c, allocate_slab(), __free_slab(). */
import type { PhysicalMemory } from '../arch/memory.ts';
import {
  __GFP_COMP,
  __GFP_DIRECT_RECLAIM,
  __GFP_DMA,
  __GFP_NOFAIL,
  __GFP_NOMEMALLOC,
  __GFP_NORETRY,
  __GFP_NOWARN,
  __GFP_RECLAIM,
  __GFP_RECLAIMABLE,
  __GFP_ZERO,
} from '../include/gfp.ts';
import { PG_slab } from '../include/page_flags.ts';
import { PAGE_SIZE } from '../include/param.ts';
import { SLAB_CACHE_DMA, SLAB_DEBUG_FLAGS, SLAB_RECLAIM_ACCOUNT, SLUB_RED_INACTIVE } from '../include/slab.ts';
import type { Order, Pfn, PhysAddr } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { Xorshift } from '../lib/xorshift.ts';
import type { PageAllocator } from './alloc_pages.ts';
import { objectsPerSlab } from './slab_common.ts';
import type { KmemCache, Slabs } from './slub_cache.ts';
import type { SlubDebug } from './slub_debug.ts';

export interface SlubRooms {
  readonly memory: PhysicalMemory;
  readonly pages: PageAllocator;
  readonly slabs: Slabs;
  readonly random: Xorshift;
  readonly debug: SlubDebug;
}

/** Any node. Linux: NUMA_NO_NODE. */
export const ANY_NODE = -1;

/** @param nid  where it should lie, or ANY_NODE @returns a slab in no list, all objects free; or null */
export function newSlab(rooms: SlubRooms, cache: KmemCache, gfp: number, nid: number): Pfn | null {
  const { order, minOrder } = cache.layout;
  const flags = allocFlags(cache, gfp);
  // Large slabs are a luxury: nobody waits for one.
  const light = flags & __GFP_DIRECT_RECLAIM && order > minOrder ? (flags | __GFP_NOMEMALLOC) & ~__GFP_RECLAIM : flags;
  const luxury = (light | __GFP_NOWARN | __GFP_NORETRY) & ~__GFP_NOFAIL;
  const large = allocSlabPages(rooms, luxury, order, nid);
  if (large !== null) return setupSlab(rooms, cache, large, order);
  const small = allocSlabPages(rooms, flags, minOrder, nid);
  return small === null ? null : setupSlab(rooms, cache, small, minOrder);
}

/** Gives a slab without objects in use, in no list, back. Linux: discard_slab(). */
export function discardSlab(rooms: SlubRooms, cache: KmemCache, slab: Pfn): void {
  const { slabs, pages, debug } = rooms;
  const { memMap } = slabs;
  if (slabs.inuse(slab) !== 0) panic(`slub: slab ${slab} of ${cache.name} is given back with objects in use`);
  const objects = slabs.objects(slab);
  if (cache.flags & SLAB_DEBUG_FLAGS) {
    for (let n = 0; n < objects; n++) debug.checkObject(cache, slab, cache.objectAt(slab, n), SLUB_RED_INACTIVE);
  }
  const order = memMap.compoundOrder(slab);
  countSlab(rooms, cache, slab, -1, -objects);
  slabs.forget(slab);
  memMap.clear(slab, PG_slab);
  pages.putPages(slab, order);
}

/** Linux: kmem_cache.allocflags. */
function allocFlags({ flags }: KmemCache, gfp: number): number {
  const where = flags & SLAB_CACHE_DMA ? __GFP_DMA : 0;
  const kind = flags & SLAB_RECLAIM_ACCOUNT ? __GFP_RECLAIMABLE : 0;
  return (gfp & ~__GFP_ZERO) | where | kind;
}

function allocSlabPages({ pages }: SlubRooms, gfp: number, order: Order, nid: number): Pfn | null {
  const compound = order > 0 ? gfp | __GFP_COMP : gfp;
  return nid === ANY_NODE ? pages.allocPages(compound, order) : pages.allocPages(compound, order, { nid });
}

function setupSlab(rooms: SlubRooms, cache: KmemCache, slab: Pfn, order: Order): Pfn {
  const { slabs, debug } = rooms;
  if (slab === 0) panic('slub: frame 0 must not be handed out: 0 is no object');
  const objects = objectsPerSlab(order, cache.layout.size);
  slabs.memMap.set(slab, PG_slab);
  slabs.init(slab, cache.id, objects, 0);
  debug.setupSlab(cache, slab, PAGE_SIZE << order, objects);
  slabs.setFreelist(slab, linkObjects(rooms, cache, slab, objects));
  countSlab(rooms, cache, slab, 1, objects);
  return slab;
}

/** Builds the list of all objects of a new slab, and the objects. @returns its first. Linux: shuffle_freelist() */
function linkObjects(rooms: SlubRooms, cache: KmemCache, slab: Pfn, objects: number): PhysAddr {
  const order = objectOrder(rooms, cache, objects);
  let next = 0;
  for (let n = objects - 1; n >= 0; n--) {
    const object = cache.objectAt(slab, order === null ? n : order[n]);
    cache.ctor?.(object);
    cache.pointers.set(object, next);
    next = object;
  }
  return next;
}

/** In which order they are handed out; null: one after the other. */
function objectOrder({ random }: SlubRooms, { randomSequence }: KmemCache, objects: number): number[] | null {
  if (randomSequence === null || objects < 2) return null;
  const start = random.below(randomSequence.length);
  return [...randomSequence.slice(start), ...randomSequence.slice(0, start)].filter((n) => n < objects);
}

function countSlab({ pages, slabs }: SlubRooms, cache: KmemCache, slab: Pfn, count: number, objects: number): void {
  const nid = pages.nidOf(slab);
  cache.nodes[nid].nrSlabs += count;
  cache.nodes[nid].nrObjects += objects;
  const stat = pages.vmstat.nodes[nid];
  const frames = count * (1 << slabs.memMap.compoundOrder(slab));
  if (cache.flags & SLAB_RECLAIM_ACCOUNT) stat.nr_slab_reclaimable += frames;
  else stat.nr_slab_unreclaimable += frames;
}
