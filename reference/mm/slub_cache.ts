/**
 * A slab cache, and its slabs as the map of frames knows them. Linux: mm/slab.h (struct slab, struct kmem_cache).
 *
 * A slab is known by its first frame. There `mapping` is the number of its cache, `index` the first free object that no
 * CPU has taken for itself (0: none), and `private` how many objects are in use, how many there are, and its list:
 *
 *     cpu            one CPU takes objects from it; its free objects are the CPU's, those freed by others its own
 *     cpu partial    some are free; next for this CPU
 *     node partial   some are free, or all; for any CPU
 *     none           all are in use: in no list
 */

import { PAGE_SIZE } from '../include/param.ts';
import type { CacheDescription } from '../include/slab.ts';
import type { Pfn, PhysAddr } from '../include/types.ts';
import { PageList } from '../lib/list.ts';
import type { MemMap } from './mem_map.ts';
import { minPartial } from './slab_common.ts';
import type { FreePointers } from './slub_freelist.ts';
import type { SlabLayout } from './slub_layout.ts';

/** Where a slab is. */
export const ON_NONE = 0;
export const ON_CPU = 1;
export const ON_CPU_PARTIAL = 2;
export const ON_NODE_PARTIAL = 3;
export type SlabList = typeof ON_NONE | typeof ON_CPU | typeof ON_CPU_PARTIAL | typeof ON_NODE_PARTIAL;

/** `private` of a slab's first frame: two bits of list, 15 of objects in use, 15 of objects. */
const INUSE_SHIFT = 2;
const OBJECTS_SHIFT = 17;
const COUNT_MASK = 0x7fff;

/** Slabs, by their first frame. */
export class Slabs {
  readonly memMap: MemMap;

  constructor(memMap: MemMap) {
    this.memMap = memMap;
  }

  /** The slab around an object, or the block around any address. */
  at(object: PhysAddr): Pfn {
    return this.memMap.compoundHead(Math.floor(object / PAGE_SIZE));
  }

  cacheId(slab: Pfn): number {
    return this.memMap.mapping[slab];
  }

  freelist(slab: Pfn): PhysAddr {
    return this.memMap.index[slab];
  }

  setFreelist(slab: Pfn, object: PhysAddr): void {
    this.memMap.index[slab] = object;
  }

  list(slab: Pfn): SlabList {
    return (this.memMap.private[slab] & 3) as SlabList;
  }

  inuse(slab: Pfn): number {
    return (this.memMap.private[slab] >>> INUSE_SHIFT) & COUNT_MASK;
  }

  objects(slab: Pfn): number {
    return this.memMap.private[slab] >>> OBJECTS_SHIFT;
  }

  setList(slab: Pfn, list: SlabList): void {
    this.#setCounters(slab, list, this.inuse(slab), this.objects(slab));
  }

  setInuse(slab: Pfn, inuse: number): void {
    this.#setCounters(slab, this.list(slab), inuse, this.objects(slab));
  }

  /** A new slab: nothing in use, in no list. */
  init(slab: Pfn, cacheId: number, objects: number, freelist: PhysAddr): void {
    this.memMap.mapping[slab] = cacheId;
    this.setFreelist(slab, freelist);
    this.#setCounters(slab, ON_NONE, 0, objects);
  }

  /** The frame is no slab any more. */
  forget(slab: Pfn): void {
    this.memMap.mapping[slab] = 0;
    this.memMap.index[slab] = 0;
    this.memMap.private[slab] = 0;
  }

  #setCounters(slab: Pfn, list: SlabList, inuse: number, objects: number): void {
    this.memMap.private[slab] = (list | (inuse << INUSE_SHIFT) | (objects << OBJECTS_SHIFT)) >>> 0;
  }
}

/** No slab. */
export const NO_SLAB = -1;

/** What one CPU keeps. Linux: struct kmem_cache_cpu. */
export class CpuSlab {
  /** Free objects of `slab`, taken out of it; 0: none. */
  freelist: PhysAddr = 0;
  slab: Pfn = NO_SLAB;
  /** Node of `slab`. */
  nid = -1;
  readonly partial: PageList;

  constructor(memMap: MemMap) {
    this.partial = new PageList(memMap);
  }
}

/** What one node keeps. Linux: struct kmem_cache_node. */
export class NodeSlabs {
  readonly partial: PageList;
  nrSlabs = 0;
  nrObjects = 0;

  constructor(memMap: MemMap) {
    this.partial = new PageList(memMap);
  }
}

export class KmemCache {
  /** From 1. */
  readonly id: number;
  readonly name: string;
  /** SLAB_ bits. */
  readonly flags: number;
  readonly ctor: ((object: PhysAddr) => void) | null;
  readonly layout: SlabLayout;
  readonly pointers: FreePointers;
  /** By number of a new slab's object: which goes next; null: one after the other. */
  readonly randomSequence: readonly number[] | null;
  /** Empty slabs that each node keeps. */
  readonly minPartial: number;
  /** Slabs that a CPU keeps beside its own; 0: none. */
  readonly cpuPartialSlabs: number;
  readonly cpus: readonly CpuSlab[];
  readonly nodes: readonly NodeSlabs[];
  /** Bytes that its users may use: with several users, the most. */
  objectSize: number;
  /** Users that created it. */
  refcount = 1;

  constructor(id: number, description: CacheDescription, parts: KmemCacheParts) {
    this.id = id;
    this.name = description.name;
    this.flags = description.flags;
    this.ctor = description.ctor;
    this.objectSize = description.size;
    this.layout = parts.layout;
    this.pointers = parts.pointers;
    this.randomSequence = parts.randomSequence;
    this.minPartial = minPartial(parts.layout.size);
    this.cpuPartialSlabs = parts.cpuPartialSlabs;
    this.cpus = Array.from({ length: parts.nrCpus }, () => new CpuSlab(parts.memMap));
    this.nodes = Array.from({ length: parts.nrNodes }, () => new NodeSlabs(parts.memMap));
  }

  /** Address of an object of a slab, by number. */
  objectAt(slab: Pfn, n: number): PhysAddr {
    return slab * PAGE_SIZE + this.layout.redLeftPad + n * this.layout.size;
  }
}

export interface KmemCacheParts {
  readonly layout: SlabLayout;
  readonly pointers: FreePointers;
  readonly randomSequence: readonly number[] | null;
  readonly cpuPartialSlabs: number;
  readonly nrCpus: number;
  readonly nrNodes: number;
  readonly memMap: MemMap;
}
