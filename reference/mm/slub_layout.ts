/**
 * What lies where in an object's place. Linux: mm/slub.c, calculate_sizes().  SIMPLIFIED: nobody is kept record of
 * (SLAB_STORE_USER).
 *
 *     plain     | object .. free pointer in its middle ..   | pad |
 *     debugging | left red zone | object | right red zone | free pointer | pad |
 *     bytes     0               redLeftPad                 +inuse                 size
 */
import {
  type CacheDescription,
  SLAB_HWCACHE_ALIGN,
  SLAB_POISON,
  SLAB_RED_ZONE,
  SLAB_TYPESAFE_BY_RCU,
} from '../include/slab.ts';
import type { Order } from '../include/types.ts';
import { calculateAlignment, calculateOrder, calculateSize, getOrder, objectsPerSlab } from './slab_common.ts';

const POINTER = 8;
const alignUp = (bytes: number, align: number): number => Math.ceil(bytes / align) * align;

/** Bytes, unless it says otherwise. */
export interface SlabLayout {
  readonly align: number;
  /** From one object to the next. */
  readonly size: number;
  /** The object and its right red zone. */
  readonly inuse: number;
  /** From the object to its free pointer. */
  readonly offset: number;
  /** In front of the object. */
  readonly redLeftPad: number;
  /** Of a slab. */
  readonly order: Order;
  readonly objects: number;
  /** Of a slab when memory is short. */
  readonly minOrder: Order;
}

interface Place {
  readonly inuse: number;
  readonly offset: number;
  readonly redLeftPad: number;
  readonly size: number;
}

/** Whether the free pointer would overwrite what must stay. */
function pointerGoesBehind({ size, flags, ctor }: CacheDescription): boolean {
  if (flags & (SLAB_TYPESAFE_BY_RCU | SLAB_POISON) || ctor !== null) return true;
  return (flags & SLAB_RED_ZONE) !== 0 && size < POINTER;
}

function placeOf(cache: CacheDescription, align: number): Place {
  const redZone = (cache.flags & SLAB_RED_ZONE) !== 0;
  const behind = pointerGoesBehind(cache);
  const object = alignUp(cache.size, POINTER);
  const inuse = redZone && object === cache.size ? object + POINTER : object;
  const offset = behind ? inuse : Math.floor(cache.size / 2 / POINTER) * POINTER;
  if (!redZone)
    return { inuse, offset, redLeftPad: 0, size: calculateSize(cache.size, align, behind ? 'after' : 'inside') };
  const redLeftPad = alignUp(POINTER, align);
  const size = alignUp(inuse + (behind ? POINTER : 0) + POINTER + redLeftPad, align);
  return { inuse, offset, redLeftPad, size };
}

/** @param cpus  that the machine may have @returns null: the object is too large for a slab */
export function slabLayout(cache: CacheDescription, cpus: number): SlabLayout | null {
  const align = calculateAlignment((cache.flags & SLAB_HWCACHE_ALIGN) !== 0, cache.align, cache.size);
  const place = placeOf(cache, align);
  const order = calculateOrder(place.size, cpus);
  if (order === null) return null;
  return { align, ...place, order, objects: objectsPerSlab(order, place.size), minOrder: getOrder(place.size) };
}
