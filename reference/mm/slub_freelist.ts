/**
 * Free objects of a slab, each holding the address of the next. Linux: mm/slub.c, get_freepointer(), shuffle_freelist().
 *
 *     freelist -> | .. next .. | -> | .. next .. | -> | .. 0 .. |
 *
 * What an object holds is the kernel's own address of the next (the direct map). Hardened, it is that XOR a number of
 * the cache XOR the address where it lies, bytes reversed: whoever overwrites it cannot make it point where he wants.
 */

import type { PhysicalMemory } from '../arch/memory.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { PhysAddr } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { Xorshift } from '../lib/xorshift.ts';

/** Upper half of the address where physical memory begins in the kernel's address space; the lower half is 0. */
export const DIRECT_MAP_HIGH = 0xffff8880;
const TWO_32 = 2 ** 32;

/** The kernel's own address of a physical one. Linux: __va(). */
export function directMap(pa: PhysAddr): bigint {
  return (BigInt(DIRECT_MAP_HIGH) << 32n) + BigInt(pa);
}

/** Bytes of a word in reverse order. */
function swab32(word: number): number {
  return ((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

export class FreePointers {
  readonly #memory: PhysicalMemory;
  readonly #offset: number;
  readonly #hardened: boolean;
  readonly #randomLow: number;
  readonly #randomHigh: number;

  /** @param offset  bytes from an object to its pointer, a multiple of 8 */
  constructor(memory: PhysicalMemory, offset: number, hardened: boolean, random: Xorshift) {
    this.#memory = memory;
    this.#offset = offset;
    this.#hardened = hardened;
    this.#randomLow = random.next();
    this.#randomHigh = random.next();
  }

  /** The next free object; 0: there is none. A pointer that leads nowhere gives a number below 0. */
  get(object: PhysAddr): PhysAddr {
    const at = object + this.#offset;
    const words = this.#frame(Math.floor(at / PAGE_SIZE));
    const word = (at % PAGE_SIZE) >> 2;
    let low = words[word];
    let high = words[word + 1];
    if (this.#hardened) {
      low = (low ^ this.#keyLow(at)) >>> 0;
      high = (high ^ this.#keyHigh(at)) >>> 0;
    }
    return high === 0 && low === 0 ? 0 : (high - DIRECT_MAP_HIGH) * TWO_32 + low;
  }

  set(object: PhysAddr, next: PhysAddr): void {
    const at = object + this.#offset;
    const words = this.#frame(Math.floor(at / PAGE_SIZE));
    const word = (at % PAGE_SIZE) >> 2;
    const low = next % TWO_32;
    const high = next === 0 ? 0 : DIRECT_MAP_HIGH + Math.floor(next / TWO_32);
    words[word] = this.#hardened ? low ^ this.#keyLow(at) : low;
    words[word + 1] = this.#hardened ? high ^ this.#keyHigh(at) : high;
  }

  #keyLow(at: PhysAddr): number {
    return this.#randomLow ^ swab32(DIRECT_MAP_HIGH + Math.floor(at / TWO_32));
  }

  #keyHigh(at: PhysAddr): number {
    return this.#randomHigh ^ swab32(at % TWO_32);
  }

  #frame(pfn: number): Uint32Array {
    if (pfn < 0 || pfn >= this.#memory.nrFrames) panic(`slub: a free pointer leads to pfn ${pfn}: it was overwritten`);
    return this.#memory.frameWords(pfn);
  }
}

/** The numbers 0 .. count-1, shuffled. Linux: freelist_randomize(). */
export function randomSequence(count: number, random: Xorshift): number[] {
  const sequence = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [sequence[i], sequence[j]] = [sequence[j], sequence[i]];
  }
  return sequence;
}
