/** Slabs between a CPU, its neighbours and the page allocator. Linux: mm/slub.c. */
import type { Pfn } from '../include/types.ts';
import {
  type CpuSlab,
  type KmemCache,
  NO_SLAB,
  type NodeSlabs,
  ON_CPU,
  ON_CPU_PARTIAL,
  ON_NODE_PARTIAL,
  ON_NONE,
} from './slub_cache.ts';
import { ANY_NODE, discardSlab, type SlubRooms } from './slub_pages.ts';

export function addPartial({ slabs }: SlubRooms, node: NodeSlabs, slab: Pfn, to: 'head' | 'tail'): void {
  if (to === 'head') node.partial.addHead(slab);
  else node.partial.addTail(slab);
  slabs.setList(slab, ON_NODE_PARTIAL);
}

export function removePartial({ slabs }: SlubRooms, node: NodeSlabs, slab: Pfn): void {
  node.partial.remove(slab);
  slabs.setList(slab, ON_NONE);
}

/** Makes a slab a CPU's own, all its free objects with it. Linux: freeze_slab(), get_freelist(). */
export function takeSlab({ slabs, pages }: SlubRooms, c: CpuSlab, slab: Pfn): void {
  c.slab = slab;
  c.nid = pages.nidOf(slab);
  c.freelist = slabs.freelist(slab);
  slabs.setFreelist(slab, 0);
  slabs.setInuse(slab, slabs.objects(slab));
  slabs.setList(slab, ON_CPU);
}

/** Takes the slab away from a CPU; free objects go back into it. Linux: deactivate_slab(). */
export function deactivateSlab(rooms: SlubRooms, cache: KmemCache, c: CpuSlab): void {
  const { slabs } = rooms;
  const { slab } = c;
  const node = cache.nodes[c.nid];
  const remoteFrees = slabs.freelist(slab) !== 0;
  giveBackObjects(rooms, cache, c);
  c.slab = NO_SLAB;
  slabs.setList(slab, ON_NONE);
  if (slabs.inuse(slab) === 0 && node.partial.size >= cache.minPartial) discardSlab(rooms, cache, slab);
  else if (slabs.freelist(slab) !== 0) addPartial(rooms, node, slab, remoteFrees ? 'tail' : 'head');
}

/** The CPU's free objects come first, those that others have freed after them. */
function giveBackObjects({ slabs }: SlubRooms, cache: KmemCache, c: CpuSlab): void {
  if (c.freelist === 0) return;
  let count = 1;
  let last = c.freelist;
  for (let next = cache.pointers.get(last); next !== 0; next = cache.pointers.get(last)) {
    last = next;
    count++;
  }
  cache.pointers.set(last, slabs.freelist(c.slab));
  slabs.setFreelist(c.slab, c.freelist);
  slabs.setInuse(c.slab, slabs.inuse(c.slab) - count);
  c.freelist = 0;
}

/** Keeps a slab for this CPU. When it keeps as many as it may, all of them go first. Linux: put_cpu_partial(), drain = 1. */
export function putCpuPartial(rooms: SlubRooms, cache: KmemCache, c: CpuSlab, slab: Pfn): void {
  if (c.partial.size >= cache.cpuPartialSlabs) putPartials(rooms, cache, c);
  addCpuPartial(rooms, c, slab);
}

function addCpuPartial({ slabs }: SlubRooms, c: CpuSlab, slab: Pfn): void {
  c.partial.addHead(slab);
  slabs.setList(slab, ON_CPU_PARTIAL);
}

/** All that a CPU keeps beside its own slab goes to the nodes. Linux: __put_partials(). */
export function putPartials(rooms: SlubRooms, cache: KmemCache, c: CpuSlab): void {
  for (let slab = c.partial.first; slab !== null; slab = c.partial.first) {
    c.partial.remove(slab);
    rooms.slabs.setList(slab, ON_NONE);
    settleSlab(rooms, cache, slab);
  }
}

/** A slab in no list goes to its node's, or back if it is empty and there are enough of those. */
export function settleSlab(rooms: SlubRooms, cache: KmemCache, slab: Pfn): void {
  const node = cache.nodes[rooms.pages.nidOf(slab)];
  if (rooms.slabs.inuse(slab) === 0 && node.partial.size >= cache.minPartial) discardSlab(rooms, cache, slab);
  else addPartial(rooms, node, slab, 'tail');
}

/**
 * A slab with free objects, now in no list: from the wanted node, or from another that has more than it needs.
 * Some more go to the CPU's own list. Linux: get_partial().  SIMPLIFIED: other nodes are always asked; Linux leaves it
 * out now and then, by remote_node_defrag_ratio.
 */
export function getPartial(rooms: SlubRooms, cache: KmemCache, c: CpuSlab, nid: number): Pfn | null {
  const { zones, cpu } = rooms.pages;
  const wanted = nid === ANY_NODE ? zones.nodeOfCpu[cpu] : nid;
  const found = getPartialNode(rooms, cache, c, cache.nodes[wanted]);
  if (found !== null || nid !== ANY_NODE) return found;
  for (const zone of zones.zonelists[wanted]) {
    const node = cache.nodes[zone.nid];
    const spare = node.partial.size > cache.minPartial ? getPartialNode(rooms, cache, c, node) : null;
    if (spare !== null) return spare;
  }
  return null;
}

/** Linux: get_partial_node(). */
function getPartialNode(rooms: SlubRooms, cache: KmemCache, c: CpuSlab, node: NodeSlabs): Pfn | null {
  const found = node.partial.first;
  if (found === null) return null;
  removePartial(rooms, node, found);
  if (cache.cpuPartialSlabs === 0) return found;
  for (let more = 0; more <= Math.floor(cache.cpuPartialSlabs / 2); more++) {
    const slab = node.partial.first;
    if (slab === null) return found;
    removePartial(rooms, node, slab);
    addCpuPartial(rooms, c, slab);
  }
  return found;
}
