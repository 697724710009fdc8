/**
 * Finds out who writes where he must not. Linux: mm/slub.c, check_object() and its callers; texts as there.
 *
 *     | left red zone bb/cc | object 6b 6b .. a5 | right red zone bb/cc | free pointer | padding 5a |
 *                             poisoned when free     bb: free, cc: in use
 *
 * What is found is reported, and put right, so that the machine goes on.
 */
import type { PhysicalMemory } from '../arch/memory.ts';
import { PAGE_SIZE } from '../include/param.ts';
import {
  POISON_END,
  POISON_FREE,
  POISON_INUSE,
  SLAB_CONSISTENCY_CHECKS,
  SLAB_POISON,
  SLAB_RED_ZONE,
  SLAB_TYPESAFE_BY_RCU,
  SLUB_RED_ACTIVE,
  SLUB_RED_INACTIVE,
} from '../include/slab.ts';
import type { Pfn, PhysAddr } from '../include/types.ts';
import type { KmemCache, Slabs } from './slub_cache.ts';
import { directMap } from './slub_freelist.ts';

/** Bytes that should all have one value. */
interface Region {
  /** As reports call it. */
  readonly what: string;
  readonly start: PhysAddr;
  readonly bytes: number;
  readonly value: number;
}

type RedZone = typeof SLUB_RED_ACTIVE | typeof SLUB_RED_INACTIVE;

const hex = (byte: number): string => `0x${byte.toString(16)}`;
/** As %p of a kernel that hides no addresses. */
const pointer = (pa: PhysAddr): string => `0x${directMap(pa).toString(16)}`;

/** Whether free objects are filled. Linux: __OBJECT_POISON. */
function poisons(cache: KmemCache): boolean {
  return (cache.flags & SLAB_POISON) !== 0 && cache.ctor === null && !(cache.flags & SLAB_TYPESAFE_BY_RCU);
}

export class SlubDebug {
  /** What has been found, line by line. */
  readonly reports: string[] = [];
  readonly #memory: PhysicalMemory;
  readonly #slabs: Slabs;
  #tainted = false;

  constructor(memory: PhysicalMemory, slabs: Slabs) {
    this.#memory = memory;
    this.#slabs = slabs;
  }

  /** Linux: setup_slab_debug(), setup_object_debug(). */
  setupSlab(cache: KmemCache, slab: Pfn, bytes: number, objects: number): void {
    if (cache.flags & SLAB_POISON) this.#fill(slab * PAGE_SIZE, bytes, POISON_INUSE);
    if (!(cache.flags & (SLAB_RED_ZONE | SLAB_POISON))) return;
    for (let n = 0; n < objects; n++) this.initObject(cache, cache.objectAt(slab, n), SLUB_RED_INACTIVE);
  }

  /** Linux: init_object(). */
  initObject(cache: KmemCache, object: PhysAddr, red: RedZone): void {
    const { redLeftPad, inuse } = cache.layout;
    const size = cache.objectSize;
    if (poisons(cache)) {
      this.#fill(object, size - 1, POISON_FREE);
      this.#fill(object + size - 1, 1, POISON_END);
    }
    if (!(cache.flags & SLAB_RED_ZONE)) return;
    this.#fill(object - redLeftPad, redLeftPad, red);
    this.#fill(object + size, inuse - size, red);
  }

  /** Whether an object may be handed out. Linux: alloc_debug_processing(). */
  allocCheck(cache: KmemCache, slab: Pfn, object: PhysAddr): boolean {
    if (cache.flags & SLAB_CONSISTENCY_CHECKS) {
      if (!this.#checkSlabPad(cache, slab)) return false;
      if (!this.validPointer(cache, slab, object)) {
        this.objectError(cache, object, 'Freelist Pointer check fails');
        return false;
      }
      if (!this.checkObject(cache, slab, object, SLUB_RED_INACTIVE)) return false;
    }
    this.initObject(cache, object, SLUB_RED_ACTIVE);
    return true;
  }

  /** Whether an object may be taken back. Linux: free_debug_processing(). */
  freeCheck(cache: KmemCache, slab: Pfn, object: PhysAddr): boolean {
    if (cache.flags & SLAB_CONSISTENCY_CHECKS && !this.#freeConsistent(cache, slab, object)) {
      this.reports.push(`FIX ${cache.name}: Object at ${pointer(object)} not freed`);
      return false;
    }
    this.initObject(cache, object, SLUB_RED_INACTIVE);
    return true;
  }

  /** Linux: check_object(). */
  checkObject(cache: KmemCache, slab: Pfn, object: PhysAddr, red: RedZone): boolean {
    let good = true;
    for (const region of this.#regions(cache, object, red)) {
      if (!this.#checkBytes(cache, object, slab, region)) good = false;
    }
    const outside = cache.layout.offset >= cache.layout.inuse;
    if (!outside && red === SLUB_RED_ACTIVE) return good;
    const next = cache.pointers.get(object);
    if (next === 0 || this.validPointer(cache, slab, next)) return good;
    this.objectError(cache, object, 'Freepointer corrupt');
    cache.pointers.set(object, 0);
    return false;
  }

  /** Whether there is an object of a slab at that address. Linux: check_valid_pointer(). */
  validPointer(cache: KmemCache, slab: Pfn, object: PhysAddr): boolean {
    const offset = object - cache.objectAt(slab, 0);
    return offset >= 0 && offset < this.#slabs.objects(slab) * cache.layout.size && offset % cache.layout.size === 0;
  }

  /** Linux: object_err(), slab_bug(). */
  objectError(cache: KmemCache, object: PhysAddr, what: string): void {
    this.reports.push(`BUG ${cache.name} (${this.#tainted ? 'Tainted: [B]=BAD_PAGE' : 'Not tainted'}): ${what}`);
    this.reports.push(`Object ${pointer(object)} @offset=${this.#offsetInSlab(object)}`);
    this.#tainted = true;
  }

  #freeConsistent(cache: KmemCache, slab: Pfn, object: PhysAddr): boolean {
    if (!this.#checkSlabPad(cache, slab)) return false;
    if (!this.validPointer(cache, slab, object)) {
      this.objectError(cache, object, `Invalid object pointer ${pointer(object)}`);
      return false;
    }
    if (this.#onFreelist(cache, slab, object)) {
      this.objectError(cache, object, 'Object already free');
      return false;
    }
    return this.checkObject(cache, slab, object, SLUB_RED_ACTIVE);
  }

  /** Linux: on_freelist(). */
  #onFreelist(cache: KmemCache, slab: Pfn, object: PhysAddr): boolean {
    let seen = 0;
    for (let free = this.#slabs.freelist(slab); free !== 0; free = cache.pointers.get(free)) {
      if (free === object) return true;
      if (!this.validPointer(cache, slab, free) || seen++ > this.#slabs.objects(slab)) {
        this.objectError(cache, object, 'Freechain corrupt');
        return false;
      }
    }
    return false;
  }

  /** All that is known of an object's place. */
  #regions(cache: KmemCache, object: PhysAddr, red: RedZone): Region[] {
    const { redLeftPad, inuse, offset, size } = cache.layout;
    const end = object + cache.objectSize;
    const regions: Region[] = [];
    if (cache.flags & SLAB_RED_ZONE) {
      regions.push({ what: 'Left Redzone', start: object - redLeftPad, bytes: redLeftPad, value: red });
      regions.push({ what: 'Right Redzone', start: end, bytes: inuse - cache.objectSize, value: red });
    } else if (cache.flags & SLAB_POISON) {
      regions.push({ what: 'Alignment padding', start: end, bytes: inuse - cache.objectSize, value: POISON_INUSE });
    }
    if (!(cache.flags & SLAB_POISON)) return regions;
    if (poisons(cache) && red === SLUB_RED_INACTIVE) {
      regions.push({ what: 'Poison', start: object, bytes: cache.objectSize - 1, value: POISON_FREE });
      regions.push({ what: 'End Poison', start: end - 1, bytes: 1, value: POISON_END });
    }
    const used = offset >= inuse ? inuse + 8 : inuse;
    regions.push({
      what: 'Object padding',
      start: object + used,
      bytes: size - redLeftPad - used,
      value: POISON_INUSE,
    });
    return regions;
  }

  /** What no object has at the end of a slab. Linux: slab_pad_check(). */
  #checkSlabPad(cache: KmemCache, slab: Pfn): boolean {
    if (!(cache.flags & SLAB_POISON)) return true;
    const bytes = PAGE_SIZE << this.#slabs.memMap.compoundOrder(slab);
    const used = this.#slabs.objects(slab) * cache.layout.size;
    const start = slab * PAGE_SIZE + used;
    return this.#checkBytes(cache, start, slab, { what: 'Padding', start, bytes: bytes - used, value: POISON_INUSE });
  }

  /** Linux: check_bytes_and_report(): what is wrong is reported, then put right. */
  #checkBytes(cache: KmemCache, object: PhysAddr, slab: Pfn, { what, start, bytes, value }: Region): boolean {
    let from = start;
    let to = start + bytes;
    while (from < to && this.#memory.readByte(from) === value) from++;
    if (from >= to) return true;
    while (this.#memory.readByte(to - 1) === value) to--;
    const first = this.#memory.readByte(from);
    this.objectError(cache, object, `${what} overwritten`);
    const place = `${pointer(from)}-${pointer(to - 1)}`;
    const offset = from - slab * PAGE_SIZE;
    this.reports.push(`${place} @offset=${offset}. First byte ${hex(first)} instead of ${hex(value)}`);
    this.reports.push(`FIX ${cache.name}: Restoring ${what} ${place}=${hex(value)}`);
    this.#fill(from, to - from, value);
    return false;
  }

  #offsetInSlab(object: PhysAddr): number {
    return object - this.#slabs.at(object) * PAGE_SIZE;
  }

  #fill(start: PhysAddr, bytes: number, value: number): void {
    for (let at = start; at < start + bytes; at++) this.#memory.writeByte(at, value);
  }
}
