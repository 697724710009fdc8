/**
 * The measures of a slab cache: how large an object is inside, and how many pages a slab has.
 * Linux: mm/slab_common.c (calculate_alignment()), mm/slub.c (calculate_sizes(), calculate_order()).
 *
 *     one slab of 2^order pages
 *     | object | pad | object | pad | ... | rest |     rest ≤ slab / 16, if some order up to 3 can do that
 *     |<--- size --->|
 */
import { MAX_PAGE_ORDER, PAGE_SHIFT, PAGE_SIZE } from '../include/param.ts';
import type { Order } from '../include/types.ts';

/** Bytes of a pointer: the least alignment, and what the free list needs in each free object. */
const POINTER = 8;
/** Bytes of a cache line. */
const CACHE_LINE = 64;
/** Slabs are not made larger than this to waste less. Linux: slub_max_order. */
const SLUB_MAX_ORDER = 3;
/** Waste that is accepted, as parts of a slab: first one sixteenth. */
const FRACTIONS = [16, 8, 4, 2] as const;
/** Objects in a slab are counted in 15 bits. */
const MAX_OBJS_PER_PAGE = 32767;

const alignUp = (bytes: number, align: number): number => Math.ceil(bytes / align) * align;
/** Position of the highest bit, from 1; 0 for 0. */
const fls = (n: number): number => (n === 0 ? 0 : Math.floor(Math.log2(n)) + 1);
const orderObjects = (order: Order, size: number): number => Math.floor((PAGE_SIZE * 2 ** order) / size);

/** The least order whose block holds so many bytes. */
export function getOrder(bytes: number): Order {
  return Math.max(0, fls(bytes - 1) - PAGE_SHIFT);
}

/**
 * At what multiples objects begin.
 * @param align  bytes, as the cache asks; 0: it does not
 * @param objectSize  bytes
 */
export function calculateAlignment(hwcacheAlign: boolean, align: number, objectSize: number): number {
  let line = hwcacheAlign ? CACHE_LINE : 0;
  while (line > 0 && objectSize <= line / 2) line /= 2;
  return alignUp(Math.max(align, line, POINTER), POINTER);
}

/** The alignment of kmalloc memory: the largest power of two that divides the size. */
export function kmallocAlign(size: number): number {
  return Math.max(size & -size, POINTER);
}

/** Where the free list is kept in a free object: in its middle, or after it when it must not be overwritten. */
export type FreePointer = 'inside' | 'after';

/**
 * Bytes from one object to the next. Linux: calculate_sizes().  SIMPLIFIED: no debugging.
 * @param objectSize  bytes
 * @param align  bytes; see calculateAlignment
 */
export function calculateSize(objectSize: number, align: number, freePointer: FreePointer): number {
  const object = alignUp(objectSize, POINTER);
  return alignUp(freePointer === 'after' ? object + POINTER : object, align);
}

/**
 * How large a slab is: large enough for some objects, more with more CPUs, and then for little waste.
 * @param size  bytes from one object to the next
 * @param cpus  that the machine may have
 * @returns null: an object is larger than the largest block
 */
export function calculateOrder(size: number, cpus: number): Order | null {
  const most = Math.max(orderObjects(SLUB_MAX_ORDER, size), 1);
  const wanted = Math.min(4 * (fls(cpus) + 1), most);
  const least = getOrder(wanted * size);
  if (orderObjects(least, size) > MAX_OBJS_PER_PAGE) return getOrder(size * MAX_OBJS_PER_PAGE) - 1;
  for (const fraction of FRACTIONS) {
    for (let order = least; order <= SLUB_MAX_ORDER; order++) {
      const bytes = PAGE_SIZE * 2 ** order;
      if (bytes % size <= Math.floor(bytes / fraction)) return order;
    }
  }
  const order = getOrder(size);
  return order <= MAX_PAGE_ORDER ? order : null;
}

/** Objects in a slab of an order. */
export function objectsPerSlab(order: Order, size: number): number {
  return orderObjects(order, size);
}

/** Slabs that a node keeps on its partial list even when they are empty. Linux: set_min_partial(). */
export function minPartial(size: number): number {
  return Math.min(Math.max(Math.floor(Math.floor(Math.log2(size)) / 2), 5), 10);
}

/** Free objects that a CPU keeps in partial slabs of its own, about. Linux: set_cpu_partial(). */
export function cpuPartial(size: number): number {
  if (size >= PAGE_SIZE) return 6;
  if (size >= 1024) return 24;
  return size >= 256 ? 52 : 120;
}

/** The same in slabs, each thought half full. Linux: slub_set_cpu_partial(). */
export function cpuPartialSlabs(objects: number, perSlab: number): number {
  return Math.ceil((objects * 2) / perSlab);
}

/** Sizes of the kmalloc caches: powers of two, and two between. */
export const KMALLOC_SIZES = [8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, 8192] as const;

/** The cache that serves so many bytes, by its size; null: 0 bytes, or so many that whole pages are taken. */
export function kmallocSize(bytes: number): number | null {
  return bytes === 0 ? null : (KMALLOC_SIZES.find((size) => bytes <= size) ?? null);
}
