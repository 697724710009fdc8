/** What must hold of a slab cache after every call. */
import { PG_slab } from '../include/page_flags.ts';
import type { Pfn, PhysAddr } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import {
  type KmemCache,
  NO_SLAB,
  ON_CPU,
  ON_CPU_PARTIAL,
  ON_NODE_PARTIAL,
  ON_NONE,
  type SlabList,
} from './slub_cache.ts';
import type { SlubRooms } from './slub_pages.ts';

/** Panics unless each slab of a cache is on the one list that it says, its free objects are, and counts agree. */
export function validateCache(rooms: SlubRooms, cache: KmemCache): void {
  const { memMap } = rooms.slabs;
  const found = listedSlabs(rooms, cache);
  const slabs = cache.nodes.map(() => 0);
  const objects = cache.nodes.map(() => 0);
  for (let slab = 0; slab < memMap.nrFrames; slab++) {
    if (!memMap.test(slab, PG_slab) || rooms.slabs.cacheId(slab) !== cache.id) continue;
    const nid = rooms.pages.nidOf(slab);
    slabs[nid]++;
    objects[nid] += rooms.slabs.objects(slab);
    if (!found.has(slab)) validateSlab(rooms, cache, slab, 0, ON_NONE);
    found.delete(slab);
  }
  for (const slab of found) panic(`slub: slab ${slab} of ${cache.name} is in a list, but no slab`);
  for (const [nid, node] of cache.nodes.entries()) {
    if (node.nrSlabs !== slabs[nid] || node.nrObjects !== objects[nid]) {
      panic(`slub: node ${nid} of ${cache.name} counts ${node.nrSlabs} slabs, not ${slabs[nid]}`);
    }
  }
}

function listedSlabs(rooms: SlubRooms, cache: KmemCache): Set<Pfn> {
  const found = new Set<Pfn>();
  const see = (slab: Pfn, cpuFreelist: PhysAddr, list: SlabList): void => {
    if (found.has(slab)) panic(`slub: slab ${slab} of ${cache.name} is in two lists`);
    found.add(slab);
    validateSlab(rooms, cache, slab, cpuFreelist, list);
  };
  for (const c of cache.cpus) {
    if (c.slab !== NO_SLAB) see(c.slab, c.freelist, ON_CPU);
    for (const slab of c.partial) see(slab, 0, ON_CPU_PARTIAL);
  }
  for (const [nid, { partial }] of cache.nodes.entries()) {
    for (const slab of partial) {
      see(slab, 0, ON_NODE_PARTIAL);
      if (rooms.pages.nidOf(slab) !== nid) panic(`slub: slab ${slab} of ${cache.name} is in the list of node ${nid}`);
    }
  }
  return found;
}

/** @param cpuFreelist  free objects that a CPU has taken out of it */
function validateSlab(rooms: SlubRooms, cache: KmemCache, slab: Pfn, cpuFreelist: PhysAddr, list: SlabList): void {
  const { slabs } = rooms;
  const name = `slab ${slab} of ${cache.name}`;
  if (slabs.list(slab) !== list) panic(`slub: ${name} says list ${slabs.list(slab)}, but is in ${list}`);
  const seen = new Set<PhysAddr>();
  const own = countFree(rooms, cache, slab, slabs.freelist(slab), seen);
  countFree(rooms, cache, slab, cpuFreelist, seen);
  if (own + slabs.inuse(slab) !== slabs.objects(slab)) {
    panic(`slub: ${name} has ${own} free objects and ${slabs.inuse(slab)} in use, of ${slabs.objects(slab)}`);
  }
  const partial = list === ON_CPU_PARTIAL || list === ON_NODE_PARTIAL;
  if (partial && own === 0) panic(`slub: ${name} is in a partial list, but full`);
  if (list === ON_NONE && own > 0) panic(`slub: ${name} is in no list, but not full`);
}

function countFree({ debug }: SlubRooms, cache: KmemCache, slab: Pfn, first: PhysAddr, seen: Set<PhysAddr>): number {
  let count = 0;
  for (let object = first; object !== 0; object = cache.pointers.get(object)) {
    if (!debug.validPointer(cache, slab, object)) panic(`slub: ${object} in a free list of ${cache.name} is no object`);
    if (seen.has(object)) panic(`slub: object ${object} of ${cache.name} is free twice`);
    seen.add(object);
    count++;
  }
  return count;
}
