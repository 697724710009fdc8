/**
 * Page-table entries: where an address finds its entry, and what an entry says.
 * Linux: arch/x86/include/asm/pgtable.h, include/linux/pgtable.h. The bits: include/pgtable_types.ts.
 */
import type { PhysicalMemory } from '../arch/memory.ts';
import type { Pgprot } from '../include/pgtable_types.ts';
import type { Pfn, Pte, VirtAddr } from '../include/types.ts';

/**
 * Bits 47..39 of an address: its entry in the PGD, 0..511. Linux: pgd_index().
 */
export function pgdIndex(va: VirtAddr): number {
  throw new Error('not written yet: pgdIndex');
}

/**
 * Bits 38..30 of an address: its entry in the PUD, 0..511. Linux: pud_index().
 */
export function pudIndex(va: VirtAddr): number {
  throw new Error('not written yet: pudIndex');
}

/**
 * Bits 29..21 of an address: its entry in the PMD, 0..511. Linux: pmd_index().
 */
export function pmdIndex(va: VirtAddr): number {
  throw new Error('not written yet: pmdIndex');
}

/**
 * Bits 20..12 of an address: its entry in the table of PTEs, 0..511. Linux: pte_index().
 */
export function pteIndex(va: VirtAddr): number {
  throw new Error('not written yet: pteIndex');
}

/**
 * Bits 11..0 of an address: the byte in its page of 4 KiB, 0..4095. Linux: offset_in_page().
 */
export function pageOffset(va: VirtAddr): number {
  throw new Error('not written yet: pageOffset');
}

/**
 * Reads an entry of the table in frame `table`: 8 bytes at table * 4096 + index * 8. Addresses go up to 2^46.
 * Cost: one read.
 */
export function getEntry(memory: PhysicalMemory, table: Pfn, index: number): Pte {
  throw new Error('not written yet: getEntry');
}

/**
 * Writes an entry of the table in frame `table`. Linux: set_pte_at(). Cost: one write.
 */
export function setEntry(memory: PhysicalMemory, table: Pfn, index: number, entry: Pte): void {
  throw new Error('not written yet: setEntry');
}

/**
 * The entry that maps a frame with these protection bits: the frame number in bits 12..51, `prot` in the others.
 * Linux: pfn_pte().
 * @param pfn  0 ≤ pfn < 2^40
 * @param prot  has no bit of PTE_PFN_MASK
 */
export function mkPte(pfn: Pfn, prot: Pgprot): Pte {
  throw new Error('not written yet: mkPte');
}

/**
 * The frame number in bits 12..51. Linux: pte_pfn().
 */
export function ptePfn(pte: Pte): Pfn {
  throw new Error('not written yet: ptePfn');
}

/**
 * Whether the entry is empty: all 64 bits are 0. Linux: pte_none().
 */
export function pteNone(pte: Pte): boolean {
  throw new Error('not written yet: pteNone');
}

/**
 * Whether a page stands behind the entry: P is set, or PROTNONE is. (The CPU looks at P alone.) Linux: pte_present().
 */
export function ptePresent(pte: Pte): boolean {
  throw new Error('not written yet: ptePresent');
}

/**
 * The entry with D set. Linux: pte_mkdirty().
 */
export function pteMkdirty(pte: Pte): Pte {
  throw new Error('not written yet: pteMkdirty');
}

/**
 * The entry with A set. Linux: pte_mkyoung().
 */
export function pteMkyoung(pte: Pte): Pte {
  throw new Error('not written yet: pteMkyoung');
}

/**
 * The entry with RW clear. Linux: pte_wrprotect().
 */
export function pteWrprotect(pte: Pte): Pte {
  throw new Error('not written yet: pteWrprotect');
}

/**
 * The entry with other rights: the bits of PROT_BITS come from `prot`, all others stay as they are, so that frame, A, D,
 * PS or PAT, caching, software bits and key survive. Other bits of `prot` do not count. Linux: pte_modify().
 * SIMPLIFIED: Linux takes the protection key from the VMA's protection.
 */
export function pteModify(pte: Pte, prot: Pgprot): Pte {
  throw new Error('not written yet: pteModify');
}
