/** Slab caches, as their users see them. Linux: include/linux/slab.h, include/linux/poison.h (the numbers are our own). */
import type { PhysAddr } from './types.ts';

/** Check objects and free lists whenever one is taken or given back. */
export const SLAB_CONSISTENCY_CHECKS = 1 << 0;
/** Bytes of a known value on both sides of each object. */
export const SLAB_RED_ZONE = 1 << 1;
/** Free objects are filled with a known value. */
export const SLAB_POISON = 1 << 2;
/** Objects begin at cache lines, or share one evenly. */
export const SLAB_HWCACHE_ALIGN = 1 << 3;
/** Of zone DMA. */
export const SLAB_CACHE_DMA = 1 << 4;
/** A shrinker can get the objects back. */
export const SLAB_RECLAIM_ACCOUNT = 1 << 5;
/** A free object may still be read for a while: its free pointer lies behind it. */
export const SLAB_TYPESAFE_BY_RCU = 1 << 6;
/** Charged to memory cgroups. */
export const SLAB_ACCOUNT = 1 << 7;
/** Never one with another cache. */
export const SLAB_NO_MERGE = 1 << 8;
/** One of the kmalloc caches. */
export const SLAB_KMALLOC = 1 << 9;
/** Objects of such a cache go one by one over the lists of a node. */
export const SLAB_DEBUG_FLAGS = SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE | SLAB_POISON;

/** What kmalloc gives for 0 bytes: no object, but not a failure either. */
export const ZERO_SIZE_PTR: PhysAddr = 16;

/** How a cache is to be. */
export interface CacheDescription {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes; 0: whatever suits. */
  readonly align: number;
  /** SLAB_ bits. */
  readonly flags: number;
  /** Called for each object of a new slab, once; objects are to come back as it left them. */
  readonly ctor: ((object: PhysAddr) => void) | null;
}

/** How the kernel was built and started. */
export interface SlabConfig {
  /** Of all chance. */
  readonly seed: number;
  /** Pointers to the next free object are not kept as they are. Linux: CONFIG_SLAB_FREELIST_HARDENED. */
  readonly freelistHardened: boolean;
  /** New slabs hand out their objects in random order. Linux: CONFIG_SLAB_FREELIST_RANDOM. */
  readonly freelistRandom: boolean;
  /** Caches alike may be one. Linux: slab_merge, slab_nomerge. */
  readonly merge: boolean;
  /** Memory cgroups have kmalloc caches of their own, so that the plain ones stay apart. Linux: CONFIG_MEMCG. */
  readonly memcg: boolean;
  /** SLAB_DEBUG_FLAGS for all caches. Linux: slab_debug=. */
  readonly debug: number;
}

export const DEFAULT_SLAB_CONFIG: SlabConfig = {
  seed: 1,
  freelistHardened: true,
  freelistRandom: false,
  merge: true,
  memcg: true,
  debug: 0,
};

/** Bytes of known values. */
export const SLUB_RED_INACTIVE = 0xbb;
export const SLUB_RED_ACTIVE = 0xcc;
export const POISON_INUSE = 0x5a;
export const POISON_FREE = 0x6b;
export const POISON_END = 0xa5;

/** A line of /proc/slabinfo. */
export interface Slabinfo {
  readonly name: string;
  /** Free objects in slabs that CPUs keep count too. */
  readonly activeObjs: number;
  readonly numObjs: number;
  /** Bytes from one object to the next. */
  readonly size: number;
  readonly objectsPerSlab: number;
  readonly pagesPerSlab: number;
  readonly numSlabs: number;
}
