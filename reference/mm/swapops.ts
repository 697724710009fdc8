/**
 * Where a page lies in swap, as one number, and as a page-table entry that is not present.
 * Linux: include/linux/swapops.h, arch/x86/include/asm/pgtable_64.h.
 *
 *      63..59    58 .................... 9   8   7   3  2  1  0
 *     | type  |  offset, every bit inverted | 0 | 0 | x | - - 0 |      x: exclusive
 *
 * The offset is inverted so that what looks like an address points at no memory (L1TF).
 */
import type { SwpEntry } from '../include/types.ts';

/** Areas at most; the types above mark entries that are neither present nor in swap. */
export const MAX_SWAPFILES = 23;
/** Type of an entry that marks something, such as a guard. Linux: SWP_PTE_MARKER. */
export const SWP_PTE_MARKER = 31;
/** In the low word of an entry: one page table alone holds it. Linux: _PAGE_SWP_EXCLUSIVE. */
export const SWP_EXCLUSIVE = 1 << 3;

/** Our own number: type above, offset below. */
const OFFSETS = 2 ** 40;
/** Bits of an inverted offset that lie in the low word. */
const LOW_OFFSETS = 2 ** 23;
const LOW_SHIFT = 9;
/** Bits of it in the high word. */
const HIGH_OFFSETS = 2 ** 27;
const TYPE_SHIFT = 27;

/** No entry: slot 0 of an area is its header. */
export const NO_SWP_ENTRY: SwpEntry = 0;

/** @param type  number of the area  @param offset  of the slot in it, below 2^40 */
export function swpEntry(type: number, offset: number): SwpEntry {
  return type * OFFSETS + offset;
}

export function swpType(entry: SwpEntry): number {
  return Math.floor(entry / OFFSETS);
}

export function swpOffset(entry: SwpEntry): number {
  return entry % OFFSETS;
}

/** Whether it is no place in swap, but a mark. Linux: non_swap_entry(). */
export function nonSwapEntry(entry: SwpEntry): boolean {
  return entry >= MAX_SWAPFILES * OFFSETS;
}

/** Bits 0..31 of the page-table entry, not exclusive. */
export function swpEntryToLow(entry: SwpEntry): number {
  return ((LOW_OFFSETS - 1 - (entry % LOW_OFFSETS)) << LOW_SHIFT) >>> 0;
}

/** Bits 32..63 of the page-table entry. */
export function swpEntryToHigh(entry: SwpEntry): number {
  const above = Math.floor(swpOffset(entry) / LOW_OFFSETS);
  return ((HIGH_OFFSETS - 1 - above) | (swpType(entry) << TYPE_SHIFT)) >>> 0;
}

/** Linux: pte_to_swp_entry(). @param low, high  an entry that is not present and not empty */
export function pteToSwpEntry(low: number, high: number): SwpEntry {
  const below = LOW_OFFSETS - 1 - (low >>> LOW_SHIFT);
  const above = HIGH_OFFSETS - 1 - (high & (HIGH_OFFSETS - 1));
  return swpEntry(high >>> TYPE_SHIFT, above * LOW_OFFSETS + below);
}
