/**
 * The shape of the tree that four levels of tables make: its ranks, and which slots of a table a range of pages falls into.
 * A page's number here is bits 12..47 of its address, so the kernel half begins at 2^35.
 */
import { _PAGE_PSE, type LeafLevel, PTRS_PER_TABLE } from '../include/pgtable_types.ts';
import type { Pte, VirtAddr } from '../include/types.ts';
import { pteNone } from './pgtable.ts';

/** What holds for all tables of one level. */
export interface Rank {
  /** Pages of 4 KiB that one entry covers. */
  readonly pages: number;
  /** What a leaf in such a table is called; null: there are none. */
  readonly leaf: LeafLevel | null;
  /** The rank of the tables that its entries point to. */
  readonly below: Rank | null;
}

export const PTE: Rank = { pages: 1, leaf: 'pte', below: null };
export const PMD: Rank = { pages: PTRS_PER_TABLE, leaf: 'pmd', below: PTE };
export const PUD: Rank = { pages: PTRS_PER_TABLE ** 2, leaf: 'pud', below: PMD };
export const PGD: Rank = { pages: PTRS_PER_TABLE ** 3, leaf: null, below: PUD };

/** Pages lo .. hi-1. */
export interface Span {
  readonly lo: number;
  readonly hi: number;
}

/** The part of a span that one entry of a table covers. */
export interface Slot extends Span {
  readonly index: number;
  /** Whether the part is all that the entry covers. */
  readonly whole: boolean;
}

const HALF_PAGES = 2 ** 35;

export function isCanonical(va: VirtAddr): boolean {
  return BigInt.asUintN(64, BigInt.asIntN(48, va)) === va;
}

/** Number of the page that holds an address. */
export function pageOf(va: VirtAddr): number {
  return Number(BigInt.asUintN(36, va >> 12n));
}

/** `count` pages from `va`; null if that is no legal range. */
export function spanOf(va: VirtAddr, count: number): Span | null {
  if (!isCanonical(va) || BigInt.asUintN(12, va) !== 0n || !Number.isInteger(count) || count < 1) return null;
  const lo = pageOf(va);
  return (lo % HALF_PAGES) + count <= HALF_PAGES ? { lo, hi: lo + count } : null;
}

/** The slots that a span falls into, from the last to the first. All of it must lie below one table of this rank. */
export function* slots({ pages }: Rank, { lo, hi }: Span): Generator<Slot> {
  for (let end = hi; end > lo; ) {
    const entry = Math.floor((end - 1) / pages);
    const start = Math.max(lo, entry * pages);
    yield { index: entry % PTRS_PER_TABLE, lo: start, hi: end, whole: end - start === pages };
    end = start;
  }
}

/** How many tables a span needs where there are none: of rank `top`, and below it down to rank `bottom`. */
export function tablesFor(top: Rank | null, bottom: Rank, span: Span): number {
  if (top === null) return 0;
  const reach = top.pages * PTRS_PER_TABLE;
  const here = Math.floor((span.hi - 1) / reach) - Math.floor(span.lo / reach) + 1;
  return here + (top === bottom ? 0 : tablesFor(top.below, bottom, span));
}

/** What kind of leaf an entry of this rank is; null for a table's entry and for an empty one. */
export function leafLevel({ leaf, below }: Rank, entry: Pte): LeafLevel | null {
  return !pteNone(entry) && (below === null || (entry & _PAGE_PSE) !== 0n) ? leaf : null;
}
