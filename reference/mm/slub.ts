/**
 * The slab allocator: memory in pieces smaller than a page, from caches of objects of one size. Linux: mm/slub.c ("the
 * unqueued slab allocator"), mm/slab_common.c. Textbook: slab allocation (Bonwick).
 * SIMPLIFIED: caches themselves take no memory. What came after 6.12 (sheaves) is not here.
 *
 *     kmem_cache --- CPU 0: its slab, its partial slabs      a slab: 2^order pages, cut into objects
 *                 \- CPU 1: ...
 *                 \- node 0: partial slabs, empty ones too
 */
import type { PhysicalMemory } from '../arch/memory.ts';
import { EBUSY } from '../include/errno.ts';
import { __GFP_ZERO } from '../include/gfp.ts';
import type { LeakTracker } from '../include/kmemleak.ts';
import { PG_slab } from '../include/page_flags.ts';
import { PAGE_SIZE } from '../include/param.ts';
import { type CacheDescription, SLAB_DEBUG_FLAGS, type SlabConfig, type Slabinfo } from '../include/slab.ts';
import type { Pfn, PhysAddr } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import { Xorshift } from '../lib/xorshift.ts';
import type { PageAllocator } from './alloc_pages.ts';
import { cpuPartial, cpuPartialSlabs } from './slab_common.ts';
import { slabAlloc } from './slub_alloc.ts';
import { KmemCache, NO_SLAB, type NodeSlabs, Slabs } from './slub_cache.ts';
import { SlubDebug } from './slub_debug.ts';
import { slabFree } from './slub_free.ts';
import { FreePointers, randomSequence } from './slub_freelist.ts';
import { slabLayout } from './slub_layout.ts';
import { findMergeable } from './slub_merge.ts';
import { ANY_NODE, discardSlab, type SlubRooms } from './slub_pages.ts';
import { deactivateSlab, putPartials, removePartial } from './slub_partial.ts';
import { validateSlabs } from './slub_validate.ts';

/** Slabs with more free objects than this are not put in order when a cache is shrunk. */
const SHRINK_PROMOTE_MAX = 32;

export class Slub {
  readonly rooms: SlubRooms;
  /** Who keeps account of objects; null: nobody. */
  leaks: LeakTracker | null = null;
  readonly #config: SlabConfig;
  /** By id. */
  readonly #byId = new Map<number, KmemCache>();
  /** Newest first. */
  #caches: KmemCache[] = [];
  #nextId = 1;

  constructor(memory: PhysicalMemory, pages: PageAllocator, config: SlabConfig) {
    const slabs = new Slabs(pages.memMap);
    const random = new Xorshift(config.seed);
    this.rooms = { memory, pages, slabs, random, debug: new SlubDebug(memory, slabs) };
    this.#config = config;
  }

  /** All caches, newest first. */
  get caches(): readonly KmemCache[] {
    return this.#caches;
  }

  /** What debugging has found, line by line. */
  get reports(): readonly string[] {
    return this.rooms.debug.reports;
  }

  /** A cache, or one that there is already, if it can serve. @returns null: objects of that size are too large */
  kmemCacheCreate(wanted: CacheDescription): KmemCache | null {
    const description = { ...wanted, flags: wanted.flags | this.#config.debug };
    const alias = this.#config.merge ? findMergeable(this.#caches, description) : null;
    if (alias !== null) {
      alias.refcount++;
      alias.objectSize = Math.max(alias.objectSize, wanted.size);
      return alias;
    }
    return this.#newCache(description);
  }

  /**
   * One user less; with the last one the cache goes.
   * @returns 0, or -EBUSY: objects are still in use; the cache stays, and it is reported
   */
  kmemCacheDestroy(cache: KmemCache): number {
    if (--cache.refcount > 0) return 0;
    this.#flushAll(cache);
    for (const node of cache.nodes) this.#freeEmpty(cache, node);
    if (cache.nodes.some(({ nrSlabs }) => nrSlabs > 0)) {
      this.rooms.debug.reports.push(
        `BUG ${cache.name} (Not tainted): Objects remaining in ${cache.name} on __kmem_cache_shutdown()`,
        `kmem_cache_destroy ${cache.name}: Slab cache still has objects`,
      );
      return -EBUSY;
    }
    this.#byId.delete(cache.id);
    this.#caches = this.#caches.filter((other) => other !== cache);
    return 0;
  }

  /**
   * An object; what it holds is junk, unless the cache has a constructor, or __GFP_ZERO is asked.
   * @param nid  the node where it is wanted; else that of the CPU
   * @returns its physical address, or null
   * Cost: two words of memory and no list, if the CPU has one
   */
  kmemCacheAlloc(cache: KmemCache, gfp: number, nid: number = ANY_NODE): PhysAddr | null {
    const { failNext } = this.rooms.pages;
    if (failNext?.shouldFail('slab')) return null;
    const object = slabAlloc(this.rooms, cache, gfp, nid);
    if (object === null) return null;
    if (gfp & __GFP_ZERO) this.#clear(object, cache.objectSize);
    this.leaks?.alloc(object, cache.objectSize);
    return object;
  }

  /** Takes an object back. One of another cache goes there, and is reported. Panics for what is no object. */
  kmemCacheFree(cache: KmemCache, object: PhysAddr): void {
    const slab = this.#slabOf(object);
    const owner = this.cacheOf(slab);
    if (owner !== cache) {
      const { reports } = this.rooms.debug;
      reports.push(`cache_from_obj: Wrong slab cache. ${cache.name} but object is from ${owner.name}`);
    }
    this.leaks?.free(object);
    slabFree(this.rooms, owner, slab, object);
  }

  /** The cache of a slab. */
  cacheOf(slab: Pfn): KmemCache {
    const id = this.rooms.slabs.cacheId(slab);
    return this.#byId.get(id) ?? panic(`slub: slab ${slab} is of cache ${id}, which is not there`);
  }

  /** Gives empty slabs back, and has the fullest used next. @returns whether slabs are left */
  kmemCacheShrink(cache: KmemCache): boolean {
    this.#flushAll(cache);
    for (const node of cache.nodes) {
      this.#freeEmpty(cache, node);
      this.#fullestFirst(node);
    }
    return cache.nodes.some(({ nrSlabs }) => nrSlabs > 0);
  }

  /** Linux: get_slabinfo(). */
  slabinfo(): Slabinfo[] {
    return this.#caches.map((cache) => {
      const { order, size, objects } = cache.layout;
      const numObjs = cache.nodes.reduce((sum, { nrObjects }) => sum + nrObjects, 0);
      const numSlabs = cache.nodes.reduce((sum, { nrSlabs }) => sum + nrSlabs, 0);
      const free = cache.nodes.reduce((sum, node) => sum + this.#freeOnPartial(node), 0);
      const { name } = cache;
      return {
        name,
        activeObjs: numObjs - free,
        numObjs,
        size,
        objectsPerSlab: objects,
        pagesPerSlab: 2 ** order,
        numSlabs,
      };
    });
  }

  /** Panics unless each slab is on exactly one list, and all counts are right. */
  validate(): void {
    validateSlabs(this.rooms, this.#caches);
  }

  #newCache(description: CacheDescription): KmemCache | null {
    const { memory, pages, slabs, random } = this.rooms;
    const nrCpus = pages.zones.nodeOfCpu.length;
    const layout = slabLayout(description, nrCpus);
    if (layout === null) return null;
    const keeps = description.flags & SLAB_DEBUG_FLAGS ? 0 : cpuPartialSlabs(cpuPartial(layout.size), layout.objects);
    const cache = new KmemCache(this.#nextId++, description, {
      layout,
      pointers: new FreePointers(memory, layout.offset, this.#config.freelistHardened, random),
      randomSequence: this.#config.freelistRandom ? randomSequence(layout.objects, random) : null,
      cpuPartialSlabs: keeps,
      nrCpus,
      nrNodes: pages.zones.zonelists.length,
      memMap: slabs.memMap,
    });
    this.#byId.set(cache.id, cache);
    this.#caches = [cache, ...this.#caches];
    return cache;
  }

  #slabOf(object: PhysAddr): Pfn {
    const { slabs } = this.rooms;
    const slab = slabs.at(object);
    if (!slabs.memMap.test(slab, PG_slab)) panic(`slub: ${object} is freed, but is no object`);
    return slab;
  }

  /** Linux: flush_all(). */
  #flushAll(cache: KmemCache): void {
    for (const c of cache.cpus) {
      if (c.slab !== NO_SLAB) deactivateSlab(this.rooms, cache, c);
      putPartials(this.rooms, cache, c);
    }
  }

  #freeEmpty(cache: KmemCache, node: NodeSlabs): void {
    for (const slab of [...node.partial].toReversed()) {
      if (this.rooms.slabs.inuse(slab) > 0) continue;
      removePartial(this.rooms, node, slab);
      discardSlab(this.rooms, cache, slab);
    }
  }

  /** Linux: the promotion in __kmem_cache_do_shrink(). */
  #fullestFirst({ partial }: NodeSlabs): void {
    const { slabs } = this.rooms;
    const byFree: Pfn[][] = Array.from({ length: SHRINK_PROMOTE_MAX + 1 }, () => []);
    for (const slab of partial) byFree[slabs.objects(slab) - slabs.inuse(slab)]?.push(slab);
    for (const group of byFree.toReversed()) {
      for (const slab of group) {
        partial.remove(slab);
        partial.addHead(slab);
      }
    }
  }

  /** Linux: count_partial_free_approx().  SIMPLIFIED: exact however long the list is. */
  #freeOnPartial({ partial }: NodeSlabs): number {
    const { slabs } = this.rooms;
    let free = 0;
    for (const slab of partial) free += slabs.objects(slab) - slabs.inuse(slab);
    return free;
  }

  #clear(object: PhysAddr, bytes: number): void {
    const { memory } = this.rooms;
    const words = Math.floor(bytes / 4);
    for (let at = object; at < object + words * 4; at += 4) {
      memory.frameWords(Math.floor(at / PAGE_SIZE))[(at % PAGE_SIZE) / 4] = 0;
    }
    for (let at = object + words * 4; at < object + bytes; at++) memory.writeByte(at, 0);
  }
}
