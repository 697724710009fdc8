/**
 * The page walk again, for a machine in a hurry: entries as pairs of 32-bit words, no object made on the way.
 * Same rules as `walk` of arch/mmu.ts, to which a law holds it (laws/page_walk.ts), and two older layouts:
 *
 *     4-level (x86-64)    9 + 9 + 9 + 9 + 12    entries of 8 bytes    pages of 4 KiB, 2 MiB, 1 GiB
 *     PAE (32-bit)            2 + 9 + 9 + 12    entries of 8 bytes    pages of 4 KiB, 2 MiB
 *     2-level (32-bit)           10 + 10 + 12    entries of 4 bytes    pages of 4 KiB, 4 MiB
 *
 * Intel SDM vol. 3A, sections 4.3 to 4.5. SIMPLIFIED: CR4.PSE is 1 and PSE-36 is not there; PAE reads the PGD's four
 * entries in each walk, where hardware keeps them from the load of CR3.
 */
import { X86_PF_PROT, X86_PF_RSVD, X86_PF_WRITE } from '../include/pgtable_types.ts';
import type { Pfn, Vpn } from '../include/types.ts';
import { MAX_PHYS_BITS } from './cpu.ts';
import { TLB_4_LEVEL, TLB_DIRTY, TLB_EXEC, TLB_USER, TLB_WRITE, type TlbGeometry, tlbPermits } from './tlb.ts';

/** Memory as this walk reads it: PhysicalMemory of arch/memory.ts, or any other. */
export interface WordMemory {
  readonly nrFrames: number;
  /** The 1024 words of a frame, to read and to write: entry i is words 2i (low) and 2i + 1. */
  frameWords(pfn: Pfn): Uint32Array;
}

/** Where a walk ended. One for each CPU, written by every walk. */
export interface WalkedPage {
  vpn: Vpn;
  pfn: Pfn;
  pageShift: number;
  /** TLB_ bits. */
  rights: number;
  global: boolean;
}

/** A layout of page tables, as the CPU walks it. */
export interface Paging {
  /** The TLB that goes with it. */
  readonly tlb: readonly TlbGeometry[];
  /**
   * From the root down to the leaf; reads, and writes nothing.
   * @param root  frame of the PGD
   * @param page  filled in, with all that the levels permit together
   * @returns FOUND, or why not, in bits of a page fault's code: 0: an entry is not present; PROT and RSVD: a bit is set
   *   that must not be
   */
  descend(memory: WordMemory, root: Pfn, vpn: Vpn, page: WalkedPage): number;
}

/** There is a page. */
export const FOUND = -1;

/**
 * Walks, sets A in all entries used and D in the leaf of a write; a walk that faults writes nothing.
 * @param access  X86_PF_WRITE, _USER, _INSTR
 * @param page  filled in
 * @returns FOUND, or the code of the page fault
 */
export function walkPage(
  paging: Paging,
  memory: WordMemory,
  root: Pfn,
  vpn: Vpn,
  access: number,
  page: WalkedPage,
): number {
  depth = 0;
  const why = paging.descend(memory, root, vpn, page);
  if (why !== FOUND) return why | access;
  if (!tlbPermits(page.rights | TLB_DIRTY, access)) return access | X86_PF_PROT;
  for (let level = 0; level < depth; level++) tables[level][places[level]] |= A;
  if (access & X86_PF_WRITE) {
    tables[depth - 1][places[depth - 1]] |= D;
    page.rights |= TLB_DIRTY;
  }
  return FOUND;
}

// Bits of the low word of an entry.
const P = 0x1;
const RW = 0x2;
const US = 0x4;
const A = 0x20;
const D = 0x40;
const PS = 0x80;
const G = 0x100;
/** Bit 63, in the high word. */
const NX = 2 ** 31;
/** Frame bits 46..51, in the high word: the machine does not have them. */
const BEYOND = 0xfffff & ~(2 ** (MAX_PHYS_BITS - 32) - 1);
/** In the high word of an entry of a PAE PGD, NX too. */
const PDPTE_RESERVED_HIGH = NX | BEYOND;
/** In the low word: bits 1, 2 and 5..8. */
const PDPTE_RESERVED_LOW = 0x1e6;
const FRAME_HIGH = 0xfffff;
/** In an entry of 4 MiB: bits 13..21. */
const LARGE_RESERVED = 0x3fe000;

/** How many levels there are at most. */
const MOST_LEVELS = 4;
/** The entries that the walk going on has used: words of their tables, and places in these. */
const tables: Uint32Array[] = Array.from({ length: MOST_LEVELS }, () => new Uint32Array(0));
const places = new Uint32Array(MOST_LEVELS);
let depth = 0;

const RESERVED_BIT = X86_PF_PROT | X86_PF_RSVD;

/** What the low words of all entries, joined with `&`, and their high words, joined with `|`, permit. */
function rightsOf(low: number, high: number, leaf: number): number {
  const data = (low & RW ? TLB_WRITE : 0) | (low & US ? TLB_USER : 0) | (leaf & D ? TLB_DIRTY : 0);
  return high & NX ? data : data | TLB_EXEC;
}

/** Bits of a page number that say which entry of a PMD table and of a PTE table. */
const LOW_BITS = 2 ** 18;
/** By level, PGD first: log2 of the bytes that an entry covers, and that in pages. */
const SHIFT = [39, 30, 21, 12];
const SPAN = [2 ** 27, 2 ** 18, 2 ** 9, 1];
/** By level: what must be 0 in the low word of a present entry that has PS. In a PTE the bit is PAT. */
const PS_RESERVED = [PS, 0x3fffe000, 0x1fe000, 0];
const PTE_LEVEL = 3;
/** Frames that 32 bits of address reach. */
const HIGH_FRAMES = 2 ** 20;

/**
 * From a table of 512 entries down to a leaf.
 * @param top  level of the first table
 */
function descendWide(memory: WordMemory, root: Pfn, vpn: Vpn, page: WalkedPage, top: number): number {
  const highIndex = Math.floor(vpn / LOW_BITS);
  const lowIndex = vpn % LOW_BITS;
  let table = root;
  let lows = -1;
  let highs = 0;
  depth = 0;
  for (let level = top; ; level++) {
    if (table >= memory.nrFrames) return RESERVED_BIT;
    const words = memory.frameWords(table);
    const index = level < 2 ? highIndex : lowIndex;
    const place = ((level & 1 ? index : index >>> 9) & 511) << 1;
    const low = words[place];
    if (!(low & P)) return 0;
    const high = words[place + 1];
    if (high & BEYOND || (low & PS && low & PS_RESERVED[level])) return RESERVED_BIT;
    tables[depth] = words;
    places[depth++] = place;
    lows &= low;
    highs |= high;
    const pfn = (high & FRAME_HIGH) * HIGH_FRAMES + (low >>> 12);
    if (level < PTE_LEVEL && !(low & PS)) {
      table = pfn;
      continue;
    }
    page.vpn = vpn - (vpn % SPAN[level]);
    page.pfn = pfn - (pfn % SPAN[level]);
    page.pageShift = SHIFT[level];
    page.rights = rightsOf(lows, highs, low);
    page.global = (low & G) !== 0;
    return FOUND;
  }
}

/** x86-64. */
export const PAGING_4_LEVEL: Paging = {
  tlb: TLB_4_LEVEL,
  descend: (memory, root, vpn, page) => descendWide(memory, root, vpn, page, 0),
};

/** 32-bit with 64-bit entries: frames above 4 GiB, and NX. The four entries of the PGD give no rights and have no A. */
export const PAGING_PAE: Paging = {
  tlb: TLB_4_LEVEL.filter(({ pageShift }) => pageShift < 30),
  descend(memory, root, vpn, page) {
    if (root >= memory.nrFrames) return RESERVED_BIT;
    const words = memory.frameWords(root);
    const place = Math.floor(vpn / 2 ** 18) * 2;
    const low = words[place];
    if (!(low & P)) return 0;
    const high = words[place + 1];
    if (low & PDPTE_RESERVED_LOW || high & PDPTE_RESERVED_HIGH) return RESERVED_BIT;
    return descendWide(memory, (high & FRAME_HIGH) * 2 ** 20 + (low >>> 12), vpn, page, 2);
  },
};

/** 32-bit with 32-bit entries: no NX, no frame above 4 GiB. */
export const PAGING_2_LEVEL: Paging = {
  tlb: [
    { pageShift: 12, sets: 16, ways: 4 },
    { pageShift: 22, sets: 8, ways: 4 },
  ],
  descend(memory, root, vpn, page) {
    depth = 0;
    let table = root;
    let rights = -1;
    for (let shift = 22; ; shift -= 10) {
      if (table >= memory.nrFrames) return RESERVED_BIT;
      const words = memory.frameWords(table);
      const place = (vpn >>> (shift - 12)) & 1023;
      const entry = words[place];
      if (!(entry & P)) return 0;
      tables[depth] = words;
      places[depth++] = place;
      rights &= entry;
      if (shift === 22 && !(entry & PS)) {
        table = entry >>> 12;
        continue;
      }
      const span = 2 ** (shift - 12);
      if (shift === 22 && entry & LARGE_RESERVED) return RESERVED_BIT;
      page.vpn = vpn - (vpn % span);
      page.pfn = (entry >>> shift) * span;
      page.pageShift = shift;
      page.rights = rightsOf(rights, 0, entry);
      page.global = (entry & G) !== 0;
      return FOUND;
    }
  },
};
