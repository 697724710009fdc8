/**
 * Finds memory of the kernel that nobody knows any more. Linux: mm/kmemleak.c. Textbook: tracing garbage collection, tri-colour
 * marking.
 *
 *     white: fewer references found than it needs        gray: enough; what it holds is looked through
 *     black: of no interest, and not looked through
 *
 *     roots (data of the kernel) --> object --> object        object <--> object
 *                                    gray       gray          white: nobody leads here, though each has a reference
 *
 * A word is a reference if it is an address anywhere inside an object. What is white and has changed since the last scan is
 * still in use by somebody whose pointer was not seen: it counts as gray for this time.
 * SIMPLIFIED: pointers that the rooms of this kernel keep for themselves lie in no memory that could be looked through; such
 * objects are to be told as no leaks (notLeak). The map of frames holds numbers, not addresses.
 */
import { NSEC_PER_SEC, type VirtualClock } from '../arch/clock.ts';
import type { PhysicalMemory } from '../arch/memory.ts';
import type { LeakTracker } from '../include/kmemleak.ts';
import { PAGE_SIZE } from '../include/param.ts';
import { KERN_INFO, type Printk } from '../include/printk.ts';
import type { PhysAddr, Pid, Ticks } from '../include/types.ts';
import { crc32 } from '../lib/crc32.ts';
import { panic } from '../lib/panic.ts';
import { BLACK, GRAY, isGray, isWhite, type LeakObject, OBJECT_REPORTED } from './kmemleak_object.ts';
import { DIRECT_MAP_HIGH } from './slub_freelist.ts';

/** Younger objects are not reported: somebody may be about to keep them. */
const MIN_AGE_NS: Ticks = 5 * NSEC_PER_SEC;
/** References that an object needs. */
const MIN_COUNT = 1;
const POINTER = 8;
const TWO_32 = 2 ** 32;

/** A task that asks for memory. */
export interface LeakTask {
  readonly comm: string;
  readonly pid: Pid;
}

export interface LeakRooms {
  readonly clock: VirtualClock;
  readonly memory: PhysicalMemory;
  readonly log: Printk;
  /** null: the kernel itself. */
  readonly current: () => LeakTask | null;
}

/** Memory that is always looked through. */
interface Root {
  readonly start: PhysAddr;
  readonly bytes: number;
  readonly kind: 'data' | 'stack';
}

export class Kmemleak implements LeakTracker {
  /** Whether stacks are looked through. */
  stackScan = true;
  readonly #rooms: LeakRooms;
  /** By address, in order of allocation. */
  readonly #objects = new Map<PhysAddr, LeakObject>();
  readonly #roots: Root[] = [];
  #enabled = true;
  #lastScan: Ticks = 0;
  #callers: readonly string[] = [];
  /** Of the scan that runs: addresses in order, and objects that are still to be looked through. */
  #sorted: LeakObject[] = [];
  #gray: LeakObject[] = [];

  constructor(rooms: LeakRooms) {
    this.#rooms = rooms;
  }

  get enabled(): boolean {
    return this.#enabled;
  }

  /** Everything that has not been freed, in order of allocation. */
  get objects(): Iterable<LeakObject> {
    return this.#objects.values();
  }

  /** Linux: kmemleak_alloc(). */
  alloc(object: PhysAddr, size: number): void {
    if (!this.#enabled) return;
    if (this.#objects.has(object)) panic(`kmemleak: ${object} is handed out twice`);
    const { clock, current } = this.#rooms;
    const { comm, pid } = current() ?? { comm: 'swapper/0', pid: 0 };
    this.#objects.set(object, {
      ...{ start: object, size, comm, pid, at: clock.now, callers: this.#callers },
      ...{ minCount: MIN_COUNT, count: 0, flags: 0, checksum: 0, areas: null },
    });
  }

  /** Linux: kmemleak_free(). */
  free(object: PhysAddr): void {
    this.#objects.delete(object);
  }

  /** What is allocated meanwhile is told to have been asked for by these functions, the innermost first. */
  calledBy<T>(callers: readonly string[], run: () => T): T {
    const outer = this.#callers;
    this.#callers = callers;
    const result = run();
    this.#callers = outer;
    return result;
  }

  /** It is in use, whatever one sees; what it holds is looked through. Linux: kmemleak_not_leak(). */
  notLeak(object: PhysAddr): void {
    this.#paint(object, GRAY);
  }

  /** It is in use, and holds no pointers. Linux: kmemleak_ignore(). */
  ignore(object: PhysAddr): void {
    this.#paint(object, BLACK);
  }

  /** Only these bytes of it hold pointers; called again, more of them. Linux: kmemleak_scan_area(), kmemleak_no_scan() */
  scanArea(object: PhysAddr, offset: number, bytes: number): void {
    const known = this.#objects.get(object);
    if (known === undefined) return;
    known.areas ??= [];
    if (bytes > 0) known.areas.push({ offset, bytes });
  }

  /** Memory that is always in use: data of the kernel, or the stack of a task. */
  addRoot(start: PhysAddr, bytes: number, kind: Root['kind'] = 'data'): void {
    this.#roots.push({ start, bytes, kind });
  }

  removeRoot(start: PhysAddr): void {
    const at = this.#roots.findIndex((root) => root.start === start);
    if (at >= 0) this.#roots.splice(at, 1);
  }

  /** Looks through everything. Linux: kmemleak_scan(). @returns leaks that had not been found before */
  scan(): number {
    this.#lastScan = this.#rooms.clock.now;
    this.#sorted = [...this.#objects.values()].sort((a, b) => a.start - b.start);
    this.#gray = [];
    for (const object of this.#objects.values()) {
      object.count = 0;
      if (isGray(object)) this.#gray.push(object);
    }
    for (const { start, bytes, kind } of this.#roots) {
      if (kind === 'data' || this.stackScan) this.#scanBlock(start, bytes, null);
    }
    this.#scanGray();
    for (const object of this.#objects.values()) {
      if (!isWhite(object) || !this.#updateChecksum(object)) continue;
      object.count = object.minCount;
      this.#gray.push(object);
    }
    this.#scanGray();
    const found = [...this.#objects.values()].filter((object) => this.#isUnreferenced(object) && !object.flags);
    for (const object of found) object.flags |= OBJECT_REPORTED;
    const news = `kmemleak: ${found.length} new suspected memory leaks (see /sys/kernel/debug/kmemleak)`;
    if (found.length > 0) this.#rooms.log.printk(KERN_INFO, news);
    return found.length;
  }

  /** Leaks that were found and still are some, in order of allocation. */
  get leaks(): readonly LeakObject[] {
    return [...this.#objects.values()].filter((object) => object.flags && this.#isUnreferenced(object));
  }

  /** What has been found is no leak from now on. Linux: kmemleak_clear(). */
  clear(): void {
    if (!this.#enabled) this.#objects.clear();
    for (const object of this.leaks) object.minCount = GRAY;
  }

  /** Nothing is tracked any more, for good. Linux: kmemleak_disable(). */
  disable(): void {
    this.#enabled = false;
  }

  /** The object that holds an address, or null. */
  find(address: PhysAddr): LeakObject | null {
    for (const object of this.#objects.values()) {
      if (address >= object.start && address < object.start + object.size) return object;
    }
    return null;
  }

  /** The bytes of an object, `most` at most. */
  bytesOf({ start, size }: LeakObject, most: number): Uint8Array {
    const bytes = new Uint8Array(Math.min(size, most));
    return bytes.map((_, i) => this.#rooms.memory.readByte(start + i));
  }

  #paint(object: PhysAddr, minCount: number): void {
    const known = this.#objects.get(object);
    if (known !== undefined) known.minCount = minCount;
  }

  /** Linux: unreferenced_object(). */
  #isUnreferenced(object: LeakObject): boolean {
    return isWhite(object) && object.at + MIN_AGE_NS <= this.#lastScan;
  }

  #updateChecksum(object: LeakObject): boolean {
    const old = object.checksum;
    object.checksum = crc32(this.bytesOf(object, object.size));
    return object.checksum !== old;
  }

  /** Linux: scan_gray_list(). */
  #scanGray(): void {
    for (let object = this.#gray.pop(); object !== undefined; object = this.#gray.pop()) {
      const { start, size, areas } = object;
      if (areas === null) this.#scanBlock(start, size, object);
      else for (const { offset, bytes } of areas) this.#scanBlock(start + offset, bytes, object);
    }
  }

  /** Linux: scan_block(). @param scanned  whose memory it is: it does not count for itself */
  #scanBlock(start: PhysAddr, bytes: number, scanned: LeakObject | null): void {
    const first = Math.ceil(start / POINTER) * POINTER;
    for (let at = first; at + POINTER <= start + bytes; at += POINTER) {
      const words = this.#rooms.memory.frameWords(Math.floor(at / PAGE_SIZE));
      const i = (at % PAGE_SIZE) / 4;
      const high = words[i + 1] - DIRECT_MAP_HIGH;
      if (high < 0) continue;
      const object = this.#lookup(high * TWO_32 + words[i]);
      if (object === null || object === scanned || !isWhite(object)) continue;
      object.count++;
      if (isGray(object)) this.#gray.push(object);
    }
  }

  /** Cost: log n. */
  #lookup(address: PhysAddr): LeakObject | null {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sorted[middle].start <= address) low = middle + 1;
      else high = middle;
    }
    const object = this.#sorted[low - 1];
    return object !== undefined && address < object.start + object.size ? object : null;
  }
}
