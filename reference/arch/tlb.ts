/**
 * The translations that one CPU remembers. This is hardware: Intel SDM vol. 3A, section 4.10. Textbook: TLB.
 *
 * For each size of page a table of sets; the page's number says in which set it may be, and within it every way is
 * searched. The way that was not used for longest makes room.
 *
 *     page number   ... | set |        set   way 0   way 1   way 2   way 3
 *                          |            0   [     ] [     ] [     ] [     ]
 *                          +--------->  1   [PCID 3, page 17 -> frame 99, rw-u] [     ] ...
 *
 * An entry is found under the PCID that made it; a global one (G bit) under every PCID.
 */
import { X86_PF_INSTR, X86_PF_USER, X86_PF_WRITE } from '../include/pgtable_types.ts';
import type { Pfn, Vpn } from '../include/types.ts';

/** The table for one size of page. */
export interface TlbGeometry {
  /** log2 of the bytes of such a page. */
  readonly pageShift: number;
  /** A power of two. */
  readonly sets: number;
  readonly ways: number;
}

/** A first-level data TLB as in many Intel CPUs. */
export const TLB_4_LEVEL: readonly TlbGeometry[] = [
  { pageShift: 12, sets: 16, ways: 4 },
  { pageShift: 21, sets: 8, ways: 4 },
  { pageShift: 30, sets: 1, ways: 4 },
];

// What an entry permits, over all levels of the walk that made it.
export const TLB_WRITE = 1;
export const TLB_EXEC = 2;
/** User mode may use it, and supervisor mode may not (SMEP, SMAP). */
export const TLB_USER = 4;
/** D is set in the leaf: a write need not tell anybody. */
export const TLB_DIRTY = 8;

/** One translation. */
export interface TlbEntry {
  /** Its first page of 4 KiB. */
  readonly vpn: Vpn;
  /** The first frame. */
  readonly pfn: Pfn;
  /** log2 of its bytes. */
  readonly pageShift: number;
  /** TLB_ bits. */
  readonly rights: number;
  readonly global: boolean;
}

/** An entry, with the PCID it is found under; -1: every one. */
export interface CachedEntry extends TlbEntry {
  readonly pcid: number;
}

/**
 * Whether rights permit an access.
 * @param access  X86_PF_WRITE, _USER, _INSTR: the bits that its page fault would have
 */
export function tlbPermits(rights: number, access: number): boolean {
  const wanted = NEEDED[access];
  return (rights & (wanted | TLB_USER)) === wanted;
}

/** By access: the rights it takes. */
const NEEDED = Uint8Array.from({ length: 32 }, (_, access) => {
  const write = access & X86_PF_WRITE ? TLB_WRITE | TLB_DIRTY : 0;
  const fetch = access & X86_PF_INSTR ? TLB_EXEC : 0;
  return (access & X86_PF_USER ? TLB_USER : 0) | write | fetch;
});

/** Page numbers have 36 bits; a tag is space * 2^36 + page number + 1, and 0 is an empty way. */
const SPACE = 2 ** 36;
/** The space of global entries: behind the last PCID. */
const GLOBAL = 4096 * SPACE;

/** The entries of one size of page. */
class TlbArray {
  readonly pageShift: number;
  /** Pages of 4 KiB in one of these. */
  readonly span: number;
  readonly #ways: number;
  readonly #setMask: number;
  readonly tags: Float64Array;
  readonly pfns: Float64Array;
  readonly rights: Uint8Array;
  /** When it was last used. */
  readonly #used: Float64Array;
  /** Uses so far. In an array, for a number beyond 2^31 in a field costs more. */
  readonly #now = new Float64Array(1);
  /** Nothing has come in since it was cleared: no need to look. */
  isClear = true;

  constructor({ pageShift, sets, ways }: TlbGeometry) {
    this.pageShift = pageShift;
    this.span = 2 ** (pageShift - 12);
    this.#ways = ways;
    this.#setMask = sets - 1;
    this.tags = new Float64Array(sets * ways);
    this.pfns = new Float64Array(sets * ways);
    this.rights = new Uint8Array(sets * ways);
    this.#used = new Float64Array(sets * ways);
  }

  /** @param number  of the page, in pages of this size. @returns a slot, or -1. Cost: ways */
  find(number: number, pcid: number): number {
    const own = pcid * SPACE + number + 1;
    const shared = GLOBAL + number + 1;
    const { tags } = this;
    const first = (number & this.#setMask) * this.#ways;
    const end = first + this.#ways;
    for (let slot = first; slot < end; slot++) {
      const tag = tags[slot];
      if (tag === own || tag === shared) return slot;
    }
    return -1;
  }

  /** It was used: it is the last to go. */
  touch(slot: number): void {
    this.#used[slot] = this.#now[0]++;
  }

  /** Where an entry of this page goes. @returns a slot: an empty one, or that of the entry that makes room */
  victim(number: number): number {
    const first = (number & this.#setMask) * this.#ways;
    let oldest = first;
    for (let slot = first; slot < first + this.#ways; slot++) {
      if (this.tags[slot] === 0) return slot;
      if (this.#used[slot] < this.#used[oldest]) oldest = slot;
    }
    return oldest;
  }

  /** Drops the page of this PCID, and as a global one. */
  drop(number: number, pcid: number): void {
    const own = pcid * SPACE + number + 1;
    const shared = GLOBAL + number + 1;
    const { tags } = this;
    const first = (number & this.#setMask) * this.#ways;
    const end = first + this.#ways;
    for (let slot = first; slot < end; slot++) if (tags[slot] === own || tags[slot] === shared) tags[slot] = 0;
  }

  /** Drops every entry with first < tag ≤ last. */
  dropTags(first: number, last: number): void {
    if (this.isClear) return;
    const { tags } = this;
    for (let slot = 0; slot < tags.length; slot++) if (tags[slot] > first && tags[slot] <= last) tags[slot] = 0;
  }

  clear(): void {
    if (this.isClear) return;
    this.tags.fill(0);
    this.isClear = true;
  }
}

/**
 * A TLB. Two entries of the same page and PCID do not exist.
 * Invariant: it can only say yes; whoever gets null walks the tables.
 */
export class Tlb {
  readonly #arrays: readonly TlbArray[];
  /** Accesses answered, and not. */
  hits = 0;
  misses = 0;

  constructor(geometry: readonly TlbGeometry[]) {
    this.#arrays = geometry.map((each) => new TlbArray(each));
  }

  /**
   * The frame of a page for an access that its entry permits.
   * @param vpn  page of 4 KiB: bits 12..47 of the address
   * @param access  X86_PF_WRITE, _USER, _INSTR
   * @returns the frame of 4 KiB, also inside a huge page; null: no entry, or one that does not permit this. A write needs an
   *   entry with D. Cost: ways, for each size of page in use; no memory is read
   */
  lookup(vpn: Vpn, pcid: number, access: number): Pfn | null {
    const arrays = this.#arrays;
    for (let size = 0; size < arrays.length; size++) {
      const array = arrays[size];
      if (array.isClear) continue;
      const number = array.span === 1 ? vpn : Math.floor(vpn / array.span);
      const slot = array.find(number, pcid);
      if (slot < 0 || !tlbPermits(array.rights[slot], access)) continue;
      array.touch(slot);
      this.hits++;
      return array.pfns[slot] + (vpn - number * array.span);
    }
    this.misses++;
    return null;
  }

  /** Remembers a translation. It takes the place of an entry of the same page, else of the one unused for longest. */
  insert(entry: TlbEntry, pcid: number): void {
    let size = 0;
    while (this.#arrays[size].pageShift !== entry.pageShift) size++;
    const array = this.#arrays[size];
    const number = entry.vpn / array.span;
    array.drop(number, pcid);
    const slot = array.victim(number);
    array.tags[slot] = (entry.global ? GLOBAL : pcid * SPACE) + number + 1;
    array.pfns[slot] = entry.pfn;
    array.rights[slot] = entry.rights;
    array.touch(slot);
    array.isClear = false;
  }

  /** Forgets the page, of whatever size, under this PCID and as a global one. The instruction INVLPG. */
  invlpg(vpn: Vpn, pcid: number): void {
    for (const array of this.#arrays) if (!array.isClear) array.drop(Math.floor(vpn / array.span), pcid);
  }

  /** Forgets the page under one PCID; a global entry stays. INVPCID type 0. */
  flushAddress(vpn: Vpn, pcid: number): void {
    for (const array of this.#arrays) {
      const tag = pcid * SPACE + Math.floor(vpn / array.span) + 1;
      array.dropTags(tag - 1, tag);
    }
  }

  /** Forgets all of one PCID but what is global. INVPCID type 1, and a write to CR3 without bit 63. */
  flushPcid(pcid: number): void {
    for (const array of this.#arrays) array.dropTags(pcid * SPACE, (pcid + 1) * SPACE);
  }

  /** Forgets everything. INVPCID type 2, and a change of CR4.PGE. */
  flushAll(): void {
    for (const array of this.#arrays) array.clear();
  }

  /** Forgets everything but what is global. INVPCID type 3. */
  flushNonGlobal(): void {
    for (const array of this.#arrays) array.dropTags(0, GLOBAL);
  }

  /** All entries, for checks and pictures. It counts as no use. */
  *entries(): Generator<CachedEntry> {
    for (const { pageShift, span, tags, pfns, rights } of this.#arrays) {
      for (const [slot, tag] of tags.entries()) {
        if (tag === 0) continue;
        const global = tag > GLOBAL;
        const vpn = ((tag - 1) % SPACE) * span;
        const pcid = global ? -1 : Math.floor((tag - 1) / SPACE);
        yield { vpn, pfn: pfns[slot], pageShift, rights: rights[slot], global, pcid };
      }
    }
  }
}
