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

/** Panics unless each slab is on the one list that it says, its free objects are its own, and all counts agree. */
export function validateSlabs(rooms: SlubRooms, caches: readonly KmemCache[]): void {
  const slabs = slabsByCache(rooms);
  for (const cache of caches) {
    validateCache(rooms, cache, slabs.get(cache.id) ?? []);
    slabs.delete(cache.id);
  }
  for (const [id, [slab]] of slabs) panic(`slub: slab ${slab} is of cache ${id}, which is not there`);
}

/** All slabs of the machine. */
function slabsByCache({ slabs }: SlubRooms): Map<number, Pfn[]> {
  const found = new Map<number, Pfn[]>();
  for (let pfn = 0; pfn < slabs.memMap.nrFrames; pfn++) {
    if (!slabs.memMap.test(pfn, PG_slab)) continue;
    const id = slabs.cacheId(pfn);
    const known = found.get(id);
    if (known === undefined) found.set(id, [pfn]);
    else known.push(pfn);
  }
  return found;
}

function validateCache(rooms: SlubRooms, cache: KmemCache, slabs: readonly Pfn[]): void {
  const listed = listedSlabs(rooms, cache);
  const count = cache.nodes.map(() => ({ slabs: 0, objects: 0 }));
  for (const slab of slabs) {
    const here = count[rooms.pages.nidOf(slab)];
    here.slabs++;
    here.objects += rooms.slabs.objects(slab);
    if (!listed.delete(slab)) validateSlab(rooms, cache, slab, 0, ON_NONE);
  }
  for (const slab of listed) panic(`slub: slab ${slab} is in a list of ${cache.name}, but not its slab`);
  for (const [nid, { nrSlabs, nrObjects }] of cache.nodes.entries()) {
    if (nrSlabs !== count[nid].slabs || nrObjects !== count[nid].objects) {
      panic(
        `slub: node ${nid} of ${cache.name} counts ${nrSlabs} slabs of ${nrObjects} objects, not ${count[nid].slabs}`,
      );
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
