/**
 * An object of a cache. Linux: mm/slub.c, slab_alloc_node(), ___slab_alloc().
 *
 *     CPU's free objects -> freed by others in its slab -> its partial slabs -> its node's -> other nodes' -> a new slab
 */
import { SLAB_DEBUG_FLAGS } from '../include/slab.ts';
import type { Pfn, PhysAddr } from '../include/types.ts';
import { type CpuSlab, type KmemCache, NO_SLAB, ON_NONE } from './slub_cache.ts';
import { ANY_NODE, newSlab, type SlubRooms } from './slub_pages.ts';
import { addPartial, deactivateSlab, getPartial, settleSlab, takeSlab } from './slub_partial.ts';

/** @param nid  where it should lie, or ANY_NODE @returns its address, or null */
export function slabAlloc(rooms: SlubRooms, cache: KmemCache, gfp: number, nid: number): PhysAddr | null {
  const c = cache.cpus[rooms.pages.cpu];
  const object = c.freelist;
  if (object !== 0 && (nid === ANY_NODE || nid === c.nid)) {
    c.freelist = cache.pointers.get(object);
    return object;
  }
  return cache.flags & SLAB_DEBUG_FLAGS ? debugAlloc(rooms, cache, gfp, nid) : slowAlloc(rooms, cache, c, gfp, nid);
}

function slowAlloc(rooms: SlubRooms, cache: KmemCache, c: CpuSlab, gfp: number, nid: number): PhysAddr | null {
  if (c.slab !== NO_SLAB) {
    if (nid !== ANY_NODE && nid !== c.nid) deactivateSlab(rooms, cache, c);
    else if (rooms.slabs.freelist(c.slab) !== 0) return firstOf(rooms, cache, c, c.slab);
    else {
      rooms.slabs.setList(c.slab, ON_NONE);
      c.slab = NO_SLAB;
    }
  }
  const slab = takeCpuPartial(rooms, cache, c, nid) ?? getPartial(rooms, cache, c, nid);
  if (slab !== null) return firstOf(rooms, cache, c, slab);
  const fresh = newSlab(rooms, cache, gfp, nid);
  if (fresh === null) return null;
  // Whoever was waiting for memory may have been given another slab meanwhile.
  if (c.slab !== NO_SLAB) deactivateSlab(rooms, cache, c);
  return firstOf(rooms, cache, c, fresh);
}

/** Makes a slab the CPU's own and takes its first free object. */
function firstOf(rooms: SlubRooms, cache: KmemCache, c: CpuSlab, slab: Pfn): PhysAddr {
  takeSlab(rooms, c, slab);
  const object = c.freelist;
  c.freelist = cache.pointers.get(object);
  return object;
}

/** The next slab that the CPU keeps; those of another node than wanted go there. */
function takeCpuPartial(rooms: SlubRooms, cache: KmemCache, c: CpuSlab, nid: number): Pfn | null {
  for (let slab = c.partial.first; slab !== null; slab = c.partial.first) {
    c.partial.remove(slab);
    rooms.slabs.setList(slab, ON_NONE);
    if (nid === ANY_NODE || rooms.pages.nidOf(slab) === nid) return slab;
    settleSlab(rooms, cache, slab);
  }
  return null;
}

/** One object at a time, from the lists of the nodes, and looked at. Linux: alloc_single_from_partial(). */
function debugAlloc(rooms: SlubRooms, cache: KmemCache, gfp: number, nid: number): PhysAddr | null {
  const c = cache.cpus[rooms.pages.cpu];
  for (;;) {
    const slab = getPartial(rooms, cache, c, nid) ?? newSlab(rooms, cache, gfp, nid);
    if (slab === null) return null;
    const object = takeSingle(rooms, cache, slab);
    if (object !== null) return object;
  }
}

/** @param slab  in no list @returns null when it is damaged: it is then never used again */
function takeSingle(rooms: SlubRooms, cache: KmemCache, slab: Pfn): PhysAddr | null {
  const { slabs, debug } = rooms;
  const object = slabs.freelist(slab);
  if (!debug.allocCheck(cache, slab, object)) {
    slabs.setInuse(slab, slabs.objects(slab));
    slabs.setFreelist(slab, 0);
    return null;
  }
  slabs.setFreelist(slab, cache.pointers.get(object));
  // Without a next one all are in use, or lost by a free pointer that was corrupt.
  slabs.setInuse(slab, slabs.freelist(slab) === 0 ? slabs.objects(slab) : slabs.inuse(slab) + 1);
  if (slabs.freelist(slab) !== 0) addPartial(rooms, cache.nodes[rooms.pages.nidOf(slab)], slab, 'head');
  return object;
}
