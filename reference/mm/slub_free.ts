/**
 * An object comes back. Linux: mm/slub.c, do_slab_free(), __slab_free().
 *
 *     of this CPU's slab        -> to the CPU's free objects
 *     of another CPU's slab     -> to the free objects of that slab, no more
 *     of a slab that was full   -> the slab becomes a partial one of this CPU
 *     the last of a slab        -> the slab is given back, if the node has enough empty ones
 */
import { SLAB_DEBUG_FLAGS } from '../include/slab.ts';
import type { Pfn, PhysAddr } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import { type KmemCache, ON_CPU, ON_NODE_PARTIAL } from './slub_cache.ts';
import { discardSlab, type SlubRooms } from './slub_pages.ts';
import { addPartial, putCpuPartial, removePartial, settleSlab } from './slub_partial.ts';

/** @param slab  the slab that the object is in, of this cache */
export function slabFree(rooms: SlubRooms, cache: KmemCache, slab: Pfn, object: PhysAddr): void {
  const c = cache.cpus[rooms.pages.cpu];
  if (slab === c.slab) {
    linkFree(cache, object, c.freelist);
    c.freelist = object;
  } else if (cache.flags & SLAB_DEBUG_FLAGS) debugFree(rooms, cache, slab, object);
  else slowFree(rooms, cache, slab, object);
}

/** Linux: set_freepointer(), which stops at the plainest of double frees. */
function linkFree(cache: KmemCache, object: PhysAddr, next: PhysAddr): void {
  if (object === next) panic(`slub: object ${object} of ${cache.name} is freed twice`);
  cache.pointers.set(object, next);
}

function slowFree(rooms: SlubRooms, cache: KmemCache, slab: Pfn, object: PhysAddr): void {
  const { slabs, pages } = rooms;
  const prior = slabs.freelist(slab);
  const inuse = slabs.inuse(slab) - 1;
  linkFree(cache, object, prior);
  slabs.setFreelist(slab, object);
  slabs.setInuse(slab, inuse);
  const list = slabs.list(slab);
  if (list === ON_CPU) return;
  if (prior === 0) {
    if (cache.cpuPartialSlabs > 0) putCpuPartial(rooms, cache, cache.cpus[pages.cpu], slab);
    else settleSlab(rooms, cache, slab);
    return;
  }
  if (list === ON_NODE_PARTIAL && inuse === 0) {
    const node = cache.nodes[pages.nidOf(slab)];
    if (node.partial.size < cache.minPartial) return;
    removePartial(rooms, node, slab);
    discardSlab(rooms, cache, slab);
  }
}

/** Linux: free_to_partial_list(). */
function debugFree(rooms: SlubRooms, cache: KmemCache, slab: Pfn, object: PhysAddr): void {
  const { slabs, debug, pages } = rooms;
  if (!debug.freeCheck(cache, slab, object)) return;
  const node = cache.nodes[pages.nidOf(slab)];
  cache.pointers.set(object, slabs.freelist(slab));
  slabs.setFreelist(slab, object);
  slabs.setInuse(slab, slabs.inuse(slab) - 1);
  const onList = slabs.list(slab) === ON_NODE_PARTIAL;
  if (slabs.inuse(slab) === 0 && node.partial.size >= cache.minPartial) {
    if (onList) removePartial(rooms, node, slab);
    discardSlab(rooms, cache, slab);
  } else if (!onList) addPartial(rooms, node, slab, 'tail');
}
