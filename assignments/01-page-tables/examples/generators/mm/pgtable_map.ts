/**
 * The page tables of one address space: maps, protects, unmaps and looks up pages, and owns the tables below the root.
 * Linux: mm/memory.c (zap_pte_range(), free_pgtables()), mm/mprotect.c, mm/vmalloc.c (vmap_range_noflush()).
 *
 *      root           made when first needed, freed when empty
 *     ┌─────┐        ┌─────┐        ┌─────┐        ┌─────┐
 *     │ PGD ├───────►│ PUD ├───────►│ PMD ├───────►│ PTE ├───────► page, 4 KiB
 *     └─────┘        └──┬──┘        └──┬──┘        └─────┘
 *                       └► page, 1 GiB └► page, 2 MiB
 */

import { MAX_PHYS_BITS } from '../arch/cpu.ts';
import type { TableFrames } from '../arch/frames.ts';
import type { PhysicalMemory } from '../arch/memory.ts';
import { EEXIST, EINVAL, ENOMEM } from '../include/errno.ts';
import {
  _PAGE_PRESENT,
  _PAGE_PROTNONE,
  _PAGE_PSE,
  _PAGE_TABLE,
  type LeafLevel,
  PGPROT_MASK,
  type Pgprot,
  PTRS_PER_TABLE,
} from '../include/pgtable_types.ts';
import type { Pfn, Pte, VirtAddr } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import { getEntry, mkPte, pteModify, pteNone, ptePfn, setEntry } from './pgtable.ts';
import {
  isCanonical,
  leafLevel,
  PGD,
  PMD,
  PTE,
  PUD,
  pageOf,
  type Rank,
  type Span,
  slots,
  spanOf,
  tablesFor,
} from './radix.ts';

/** Frames that a leaf may point to: 0 .. this - 1. */
const NR_PFNS = 2 ** (MAX_PHYS_BITS - 12);

function isLegal(prot: Pgprot): boolean {
  return (prot & ~PGPROT_MASK) === 0n && (prot & (_PAGE_PRESENT | _PAGE_PROTNONE)) !== 0n;
}

function areFrames(pfn: Pfn, count: number): boolean {
  return Number.isInteger(pfn) && pfn >= 0 && pfn + count <= NR_PFNS;
}

/** A leaf, and the pages that it covers. */
interface Found extends Leaf, Span {}

/** A leaf and where it stands. */
export interface Leaf {
  readonly level: LeafLevel;
  readonly entry: Pte;
}

/**
 * One address space.
 * Invariant, after every call: below the root, the live tables are exactly those with a page in their range; an entry
 * is 0, or a table's frame with the bits _PAGE_TABLE, or a leaf. The MMU may have set A and D in them since.
 * All ranges are half-open: `count` pages from `va`, [va, va + count * 4096). `va` must be a multiple of 4096, `count` a
 * whole number ≥ 1, and the range must not leave its canonical half; else the call returns -EINVAL.
 * Every call that fails changes nothing.
 */
export class PageTable {
  /** Frame of the PGD. It belongs to the caller: never freed here. */
  readonly root: Pfn;
  readonly #memory: PhysicalMemory;
  readonly #frames: TableFrames;
  /** By table: how many of its entries are not 0. So nobody has to search a table for what is left. */
  readonly #used = new Map<Pfn, number>();

  /**
   * @param frames  where tables come from and go to: full of zeroes when they come
   * @param root  a frame full of zeroes
   */
  constructor(memory: PhysicalMemory, frames: TableFrames, root: Pfn) {
    this.#memory = memory;
    this.#frames = frames;
    this.root = root;
  }

  /**
   * Maps one page of 4 KiB: `mapRange` with a count of 1.
   */
  mapPage(va: VirtAddr, pfn: Pfn, prot: Pgprot): number {
    return this.mapRange(va, pfn, 1, prot);
  }

  /**
   * Maps `count` pages of 4 KiB to the frames pfn, pfn+1, ... A leaf is its frame and `prot`, nothing else.
   * @param prot  see Pgprot
   * @returns 0; -EINVAL for a bad range, a bad `prot`, or a frame not in 0 .. 2^34 - 1 (MAX_PHYS_BITS);
   *   -EEXIST if any page of the range is mapped, by a leaf of any size or with PROT_NONE; -ENOMEM if there is no frame
   *   for a table. If both of the last two apply, either is right
   * Cost: one write per page, a read to see that it is free, and a few touches for each table: no walk per page.
   */
  mapRange(va: VirtAddr, pfn: Pfn, count: number, prot: Pgprot): number {
    const span = spanOf(va, count);
    if (span === null || !isLegal(prot) || !areFrames(pfn, count)) return -EINVAL;
    return this.#map(span, PTE, (page) => mkPte(pfn + (page - span.lo), prot));
  }

  /**
   * Maps one huge page: a leaf with PS in a PMD (2 MiB) or a PUD (1 GiB). PS makes a leaf with P=0 (PROT_NONE), too.
   * @returns 0; -EINVAL unless `va` and `pfn` are both aligned to the page's size, and as in mapRange; -EEXIST if
   *   anything in its range is mapped; -ENOMEM if there is no frame for a table
   */
  mapHuge(va: VirtAddr, pfn: Pfn, level: 'pmd' | 'pud', prot: Pgprot): number {
    const rank = level === 'pud' ? PUD : PMD;
    const span = spanOf(va, rank.pages);
    if (span === null || !isLegal(prot) || !areFrames(pfn, rank.pages)) return -EINVAL;
    if (span.lo % rank.pages !== 0 || pfn % rank.pages !== 0) return -EINVAL;
    return this.#map(span, rank, () => mkPte(pfn, prot | _PAGE_PSE));
  }

  /**
   * Gives every page in a range other rights, by `pteModify`. Pages that are not mapped are passed over.
   * @returns 0; -EINVAL for a bad range, a bad `prot`, or a range that holds a part of a huge page only
   */
  protectRange(va: VirtAddr, count: number, prot: Pgprot): number {
    const span = this.#unsplit(spanOf(va, count));
    if (span === null || !isLegal(prot)) return -EINVAL;
    this.#protect(PGD, this.root, span, prot);
    return 0;
  }

  /**
   * Unmaps every page in a range and frees each table (but the root) that is empty afterwards. Pages that are not
   * mapped are passed over. The frames that were mapped are not freed: they belong to the caller.
   * @returns 0; -EINVAL for a bad range, or a range that holds a part of a huge page only
   * Cost: per page one read and one write, and one search of each table for what is left: no walk and no search per page.
   */
  unmapRange(va: VirtAddr, count: number): number {
    const span = this.#unsplit(spanOf(va, count));
    if (span === null) return -EINVAL;
    this.#prune(PGD, this.root, span);
    return 0;
  }

  /**
   * The leaf behind an address, PROT_NONE included. Reads only: no table is made, no bit is set.
   * @param va  any byte address
   * @returns null if nothing is mapped there, or `va` is not canonical
   */
  lookup(va: VirtAddr): Leaf | null {
    return isCanonical(va) ? this.#find(PGD, this.root, pageOf(va)) : null;
  }

  // --- Mapping: look whether all is free, take all tables that are missing, and only then write.

  #map(span: Span, rank: Rank, leaf: (page: number) => Pte): number {
    const missing = this.#survey(PGD, this.root, span, rank);
    if (missing === null) return -EEXIST;
    const tables = this.#reserve(missing);
    if (tables === null) return -ENOMEM;
    this.#plant(PGD, this.root, span, rank, leaf, tables);
    return 0;
  }

  /** @returns how many tables are missing for leaves of rank `goal`; null if something is mapped in the span */
  #survey(rank: Rank, table: Pfn, span: Span, goal: Rank): number | null {
    let missing = 0;
    for (const slot of slots(rank, span)) {
      const entry = this.#get(table, slot.index);
      if (pteNone(entry)) {
        if (rank !== goal) missing += tablesFor(rank.below, goal, slot);
        continue;
      }
      //  a table that stands has a page in it, but perhaps not in the span
      if (rank === goal || rank.below === null || leafLevel(rank, entry) !== null) return null;
      const more = this.#survey(rank.below, ptePfn(entry), slot, goal);
      if (more === null) return null;
      missing += more;
    }
    return missing;
  }

  /** @returns so many tables, or null and none taken */
  #reserve(count: number): Pfn[] | null {
    const tables: Pfn[] = [];
    while (tables.length < count) {
      const table = this.#frames.allocTable();
      if (table === null) {
        for (const taken of tables.reverse()) this.#frames.freeTable(taken);
        return null;
      }
      tables.push(table);
    }
    return tables;
  }

  /** Writes the leaves; a table that is missing comes out of `spare`, and is linked when all below it stands. */
  #plant(rank: Rank, table: Pfn, span: Span, goal: Rank, leaf: (page: number) => Pte, spare: Pfn[]): void {
    for (const slot of slots(rank, span)) {
      if (rank === goal || rank.below === null) {
        this.#fill(table, slot.index, leaf(slot.lo));
        continue;
      }
      const entry = this.#get(table, slot.index);
      const child = pteNone(entry) ? spare.pop() : ptePfn(entry);
      if (child === undefined) return panic('pgtable: fewer tables reserved than needed');
      this.#plant(rank.below, child, slot, goal, leaf, spare);
      if (pteNone(entry)) this.#fill(table, slot.index, mkPte(child, _PAGE_TABLE));
    }
  }

  // --- Changing and taking down.

  /** The span, if it is one and cuts no huge page: only those at its two ends can stick out. */
  #unsplit(span: Span | null): Span | null {
    if (span === null) return null;
    const cut = [span.lo, span.hi - 1].some((page) => {
      const leaf = this.#find(PGD, this.root, page);
      return leaf !== null && (leaf.lo < span.lo || leaf.hi > span.hi);
    });
    return cut ? null : span;
  }

  #find(rank: Rank, table: Pfn, page: number): Found | null {
    const nth = Math.floor(page / rank.pages);
    const entry = this.#get(table, nth % PTRS_PER_TABLE);
    const level = leafLevel(rank, entry);
    if (level !== null) return { level, entry, lo: nth * rank.pages, hi: (nth + 1) * rank.pages };
    return pteNone(entry) || rank.below === null ? null : this.#find(rank.below, ptePfn(entry), page);
  }

  #protect(rank: Rank, table: Pfn, span: Span, prot: Pgprot): void {
    for (const slot of slots(rank, span)) {
      const entry = this.#get(table, slot.index);
      if (pteNone(entry)) continue;
      if (rank.below === null || leafLevel(rank, entry) !== null) {
        setEntry(this.#memory, table, slot.index, pteModify(entry, prot));
      } else {
        this.#protect(rank.below, ptePfn(entry), slot, prot);
      }
    }
  }

  #prune(rank: Rank, table: Pfn, span: Span): void {
    for (const slot of slots(rank, span)) {
      const entry = this.#get(table, slot.index);
      if (pteNone(entry)) continue;
      if (rank.below === null || leafLevel(rank, entry) !== null) {
        this.#clear(table, slot.index);
        continue;
      }
      const child = ptePfn(entry);
      if (!slot.whole) this.#prune(rank.below, child, slot);
      if (slot.whole || !this.#used.has(child)) {
        this.#clear(table, slot.index);
        this.#fell(rank.below, child);
      }
    }
  }

  /** Frees a table that nothing points to any more, and all below it. Leaves in it are not even looked at. */
  #fell(rank: Rank, table: Pfn): void {
    let left = this.#used.get(table) ?? 0;
    for (let index = PTRS_PER_TABLE - 1; rank.below !== null && left > 0; index--) {
      const entry = this.#get(table, index);
      if (pteNone(entry)) continue;
      left--;
      if (leafLevel(rank, entry) === null) this.#fell(rank.below, ptePfn(entry));
    }
    this.#used.delete(table);
    this.#frames.freeTable(table);
  }

  // --- Entries. An entry goes from 0 to something, and back, here only.

  #get(table: Pfn, index: number): Pte {
    return getEntry(this.#memory, table, index);
  }

  #fill(table: Pfn, index: number, entry: Pte): void {
    setEntry(this.#memory, table, index, entry);
    this.#used.set(table, (this.#used.get(table) ?? 0) + 1);
  }

  #clear(table: Pfn, index: number): void {
    setEntry(this.#memory, table, index, 0n);
    const left = (this.#used.get(table) ?? 0) - 1;
    if (left > 0) this.#used.set(table, left);
    else this.#used.delete(table);
  }
}
