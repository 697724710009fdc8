/**
 * Page-table entries as the kernel edits them: pairs of 32-bit words, without a bigint. Linux: asm/pgtable.h.
 * Whatever is not 0 and not present marks something: a page in swap (swapops.ts) or a guard.
 *
 *     words    [ 2i     low: frame 0..19 | flags ]  [ 2i + 1   high: NX | frame 20..39 ]
 *
 * SIMPLIFIED: the frame of a PROT_NONE entry is not inverted (Linux does so against L1TF).
 */
import { VM_ACCESS_FLAGS, VM_EXEC, VM_SHARED, VM_WRITE } from '../include/mm_types.ts';
import { PMD_SIZE } from '../include/param.ts';
import type { Pfn } from '../include/types.ts';
import { SWP_PTE_MARKER } from './swapops.ts';

// Bits of the low word; see include/pgtable_types.ts.
export const PTE_PRESENT = 0x1;
export const PTE_RW = 0x2;
export const PTE_USER = 0x4;
export const PTE_ACCESSED = 0x20;
export const PTE_DIRTY = 0x40;
/** In an entry above the last level: a huge page. */
export const PTE_PSE = 0x80;
/** With PTE_PRESENT clear: the page is there, and nobody may touch it. */
export const PTE_PROTNONE = 0x100;
/** The page is not counted or owned by anybody: the zero page. Linux: _PAGE_SPECIAL. */
export const PTE_SPECIAL = 0x200;
/** Bit of the high word. */
export const PTE_HIGH_NX = 0x8000_0000;

/** An entry that points to a table. */
export const PTE_TABLE = PTE_PRESENT | PTE_RW | PTE_USER;

const FRAME_HIGH = 0x000f_ffff;
/** What pteModify replaces. */
const PROT_LOW = PTE_PRESENT | PTE_RW | PTE_USER | PTE_PROTNONE;

/** A page is there, whether or not it may be touched. Linux: pte_present(). */
export const ptePresent = (low: number): boolean => (low & (PTE_PRESENT | PTE_PROTNONE)) !== 0;
export const pteNone = (low: number, high: number): boolean => (low | high) === 0;

/** Frames of this machine are below 2^31. */
export const ptePfn = (low: number, high: number): Pfn => ((high & FRAME_HIGH) << 20) | (low >>> 12);
/** The frame's part of the low word. */
export const pfnLow = (pfn: Pfn): number => pfn << 12;
/** The frame's part of the high word. */
export const pfnHigh = (pfn: Pfn): number => pfn >>> 20;

/** Rights of a mapping as the low word has them: private pages begin read-only. Linux: vm_page_prot, low half. */
export function protLow(vmFlags: number, writeNotify: boolean): number {
  if ((vmFlags & VM_ACCESS_FLAGS) === 0) return PTE_PROTNONE | PTE_ACCESSED;
  const writable = (vmFlags & (VM_WRITE | VM_SHARED)) === (VM_WRITE | VM_SHARED) && !writeNotify;
  return writable ? PTE_PRESENT | PTE_USER | PTE_ACCESSED | PTE_RW : PTE_PRESENT | PTE_USER | PTE_ACCESSED;
}

/** Linux: vm_page_prot, high half. */
export const protHigh = (vmFlags: number): number =>
  (vmFlags & (VM_EXEC | VM_ACCESS_FLAGS)) === 0 || vmFlags & VM_EXEC ? 0 : PTE_HIGH_NX;

/** The low word with other rights. Linux: pte_modify(). */
export const pteModifyLow = (low: number, prot: number): number => (low & ~PROT_LOW) | (prot & PROT_LOW);
export const pteModifyHigh = (high: number, prot: number): number => (high & ~PTE_HIGH_NX) | prot;

/** Whether an entry that is not present is a place in swap. */
export const pteIsSwap = (low: number, high: number): boolean =>
  (low | high) !== 0 && !ptePresent(low) && high >>> 27 !== SWP_PTE_MARKER;

/** Offset of the marker that stands for a guard. Linux: PTE_MARKER_GUARD. */
const MARKER_GUARD = 4;
/** An entry whose touch is SIGSEGV: type SWP_PTE_MARKER, offset inverted as in every swap entry. */
export const GUARD_LOW = ((2 ** 23 - 1 - MARKER_GUARD) << 9) >>> 0;
export const GUARD_HIGH = ((SWP_PTE_MARKER << 27) | (2 ** 27 - 1)) >>> 0;

export const pteIsGuard = (low: number, high: number): boolean => low >>> 0 === GUARD_LOW && high === GUARD_HIGH;

/** An entry inside the words of its table: index of its low word. */
export const pteIndex = (addr: number): number => ((addr / 4096) & 511) << 1;

/** The same in a PMD table: one entry for 2 MiB. */
export const pmdIndex = (addr: number): number => (Math.floor(addr / PMD_SIZE) & 511) << 1;
/** Whether an entry of a PMD table is a huge page: that PROT_NONE is left of keeps the bit. Linux: pmd_trans_huge() */
export const pmdIsHuge = (low: number): boolean => (low & PTE_PSE) !== 0;
