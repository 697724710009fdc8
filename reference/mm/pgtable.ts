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
  PTE_PFN_MASK,
  PTE_SIZE,
  PTRS_PER_TABLE,
} from '../include/pgtable_types.ts';
import type { Pfn, Pte, VirtAddr } from '../include/types.ts';

/** @answer */
function tableIndex(va: VirtAddr, shift: bigint): number {
  return Number((va >> shift) % BigInt(PTRS_PER_TABLE));
}

/**
 * Bits 47..39 of an address: its entry in the PGD, 0..511. Linux: pgd_index().
 * @hole
 */
export function pgdIndex(va: VirtAddr): number {
  return tableIndex(va, 39n);
}

/**
 * Bits 38..30 of an address: its entry in the PUD, 0..511. Linux: pud_index().
 * @hole
 */
export function pudIndex(va: VirtAddr): number {
  return tableIndex(va, 30n);
}

/**
 * Bits 29..21 of an address: its entry in the PMD, 0..511. Linux: pmd_index().
 * @hole
 */
export function pmdIndex(va: VirtAddr): number {
  return tableIndex(va, 21n);
}

/**
 * Bits 20..12 of an address: its entry in the table of PTEs, 0..511. Linux: pte_index().
 * @hole
 */
export function pteIndex(va: VirtAddr): number {
  return tableIndex(va, 12n);
}

/**
 * Bits 11..0 of an address: the byte in its page of 4 KiB, 0..4095. Linux: offset_in_page().
 * @hole
 */
export function pageOffset(va: VirtAddr): number {
  return Number(va % BigInt(PAGE_SIZE));
}

/**
 * Reads an entry of the table in frame `table`: 8 bytes at table * 4096 + index * 8. Addresses go up to 2^46.
 * Cost: one read.
 * @hole
 */
export function getEntry(memory: PhysicalMemory, table: Pfn, index: number): Pte {
  return memory.read64(table * PAGE_SIZE + index * PTE_SIZE);
}

/**
 * Writes an entry of the table in frame `table`. Linux: set_pte_at(). Cost: one write.
 * @hole
 */
export function setEntry(memory: PhysicalMemory, table: Pfn, index: number, entry: Pte): void {
  memory.write64(table * PAGE_SIZE + index * PTE_SIZE, entry);
}

/**
 * The entry that maps a frame with these protection bits: the frame number in bits 12..51, `prot` in the others.
 * Linux: pfn_pte().
 * @param pfn  0 ≤ pfn < 2^40
 * @param prot  has no bit of PTE_PFN_MASK
 * @hole
 */
export function mkPte(pfn: Pfn, prot: Pgprot): Pte {
  return (BigInt(pfn) * BigInt(PAGE_SIZE)) | prot;
}

/**
 * The frame number in bits 12..51. Linux: pte_pfn().
 * @hole
 */
export function ptePfn(pte: Pte): Pfn {
  return Number((pte & PTE_PFN_MASK) / BigInt(PAGE_SIZE));
}

/**
 * Whether the entry is empty: all 64 bits are 0. Linux: pte_none().
 * @hole
 */
export function pteNone(pte: Pte): boolean {
  return pte === 0n;
}

/**
 * Whether a page stands behind the entry: P is set, or PROTNONE is. (The CPU looks at P alone.) Linux: pte_present().
 * @hole
 */
export function ptePresent(pte: Pte): boolean {
  return (pte & (_PAGE_PRESENT | _PAGE_PROTNONE)) !== 0n;
}

/**
 * The entry with D set. Linux: pte_mkdirty().
 * @hole
 */
export function pteMkdirty(pte: Pte): Pte {
  return pte | _PAGE_DIRTY;
}

/**
 * The entry with A set. Linux: pte_mkyoung().
 * @hole
 */
export function pteMkyoung(pte: Pte): Pte {
  return pte | _PAGE_ACCESSED;
}

/**
 * The entry with RW clear. Linux: pte_wrprotect().
 * @hole
 */
export function pteWrprotect(pte: Pte): Pte {
  return pte & ~_PAGE_RW;
}

/**
 * The entry with other rights: the bits of PROT_BITS come from `prot`, all others stay as they are, so that frame, A, D,
 * PS or PAT, caching, software bits and key survive. Other bits of `prot` do not count. Linux: pte_modify().
 * SIMPLIFIED: Linux takes the protection key from the VMA's protection.
 * @hole
 */
export function pteModify(pte: Pte, prot: Pgprot): Pte {
  return (pte & ~PROT_BITS) | (prot & PROT_BITS);
}
