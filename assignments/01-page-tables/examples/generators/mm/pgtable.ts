/**
 * Page-table entries: where an address finds its entry, and what an entry says.
 * Linux: arch/x86/include/asm/pgtable.h, include/linux/pgtable.h. The bits: include/pgtable_types.ts.
 */
import type { PhysicalMemory } from '../arch/memory.ts';
import { PAGE_SIZE } from '../include/param.ts';
import {
  _PAGE_ACCESSED,
  _PAGE_DIRTY,
  _PAGE_PRESENT,
  _PAGE_PROTNONE,
  _PAGE_RW,
  type Pgprot,
  PROT_BITS,
  PTE_SIZE,
} from '../include/pgtable_types.ts';
import type { Pfn, PhysAddr, Pte, VirtAddr } from '../include/types.ts';

/** `width` bits of a word, from bit `low` up. */
const bits = (word: bigint, low: bigint, width: number): number => Number(BigInt.asUintN(width, word >> low));

/** The bits of `mask` from one word, all others from another. */
const choose = (mask: bigint, inside: bigint, outside: bigint): bigint => outside ^ ((outside ^ inside) & mask);

const slotAddress = (table: Pfn, index: number): PhysAddr => table * PAGE_SIZE + index * PTE_SIZE;

/**
 * Bits 47..39 of an address: its entry in the PGD, 0..511. Linux: pgd_index().
 */
export function pgdIndex(va: VirtAddr): number {
  return bits(va, 39n, 9);
}

/**
 * Bits 38..30 of an address: its entry in the PUD, 0..511. Linux: pud_index().
 */
export function pudIndex(va: VirtAddr): number {
  return bits(va, 30n, 9);
}

/**
 * Bits 29..21 of an address: its entry in the PMD, 0..511. Linux: pmd_index().
 */
export function pmdIndex(va: VirtAddr): number {
  return bits(va, 21n, 9);
}

/**
 * Bits 20..12 of an address: its entry in the table of PTEs, 0..511. Linux: pte_index().
 */
export function pteIndex(va: VirtAddr): number {
  return bits(va, 12n, 9);
}

/**
 * Bits 11..0 of an address: the byte in its page of 4 KiB, 0..4095. Linux: offset_in_page().
 */
export function pageOffset(va: VirtAddr): number {
  return bits(va, 0n, 12);
}

/**
 * Reads an entry of the table in frame `table`: 8 bytes at table * 4096 + index * 8. Addresses go up to 2^46.
 * Cost: one read.
 */
export function getEntry(memory: PhysicalMemory, table: Pfn, index: number): Pte {
  return memory.read64(slotAddress(table, index));
}

/**
 * Writes an entry of the table in frame `table`. Linux: set_pte_at(). Cost: one write.
 */
export function setEntry(memory: PhysicalMemory, table: Pfn, index: number, entry: Pte): void {
  memory.write64(slotAddress(table, index), entry);
}

/**
 * The entry that maps a frame with these protection bits: the frame number in bits 12..51, `prot` in the others.
 * Linux: pfn_pte().
 * @param pfn  0 ≤ pfn < 2^40
 * @param prot  has no bit of PTE_PFN_MASK
 */
export function mkPte(pfn: Pfn, prot: Pgprot): Pte {
  return (BigInt(pfn) << 12n) | prot;
}

/**
 * The frame number in bits 12..51. Linux: pte_pfn().
 */
export function ptePfn(pte: Pte): Pfn {
  return bits(pte, 12n, 40);
}

/**
 * Whether the entry is empty: all 64 bits are 0. Linux: pte_none().
 */
export function pteNone(pte: Pte): boolean {
  return pte === 0n;
}

/**
 * Whether a page stands behind the entry: P is set, or PROTNONE is. (The CPU looks at P alone.) Linux: pte_present().
 */
export function ptePresent(pte: Pte): boolean {
  return (pte & (_PAGE_PRESENT | _PAGE_PROTNONE)) !== 0n;
}

/**
 * The entry with D set. Linux: pte_mkdirty().
 */
export function pteMkdirty(pte: Pte): Pte {
  return pte | _PAGE_DIRTY;
}

/**
 * The entry with A set. Linux: pte_mkyoung().
 */
export function pteMkyoung(pte: Pte): Pte {
  return pte | _PAGE_ACCESSED;
}

/**
 * The entry with RW clear. Linux: pte_wrprotect().
 */
export function pteWrprotect(pte: Pte): Pte {
  return choose(_PAGE_RW, 0n, pte);
}

/**
 * The entry with other rights: the bits of PROT_BITS come from `prot`, all others stay as they are, so that frame, A, D,
 * PS or PAT, caching, software bits and key survive. Other bits of `prot` do not count. Linux: pte_modify().
 * SIMPLIFIED: Linux takes the protection key from the VMA's protection.
 */
export function pteModify(pte: Pte, prot: Pgprot): Pte {
  return choose(PROT_BITS, prot, pte);
}
