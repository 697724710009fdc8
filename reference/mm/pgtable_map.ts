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
import { PAGE_SHIFT, PAGE_SIZE } from '../include/param.ts';
import {
  _PAGE_PRESENT,
  _PAGE_PROTNONE,
  _PAGE_PSE,
  _PAGE_TABLE,
  type LeafLevel,
  type Level,
  PGPROT_MASK,
  type Pgprot,
  PTRS_PER_TABLE,
} from '../include/pgtable_types.ts';
import type { Pfn, Pte, VirtAddr } from '../include/types.ts';
import {
  getEntry,
  mkPte,
  pgdIndex,
  pmdIndex,
  pteIndex,
  pteModify,
  pteNone,
  ptePfn,
  pudIndex,
  setEntry,
} from './pgtable.ts';

/** A leaf and where it stands. */
export interface Leaf {
  readonly level: LeafLevel;
  readonly entry: Pte;
}

/**
 * One step of the way down. `span`: pages that one entry of this level covers.
 * @answer
 */
interface Step {
  readonly level: Level;
  readonly span: number;
  readonly table: Pfn;
  readonly index: number;
  readonly entry: Pte;
}

/**
 * Entries index .. stop-1 of one table, and the way to the first.
 * @answer
 */
interface Run {
  readonly path: readonly Step[];
  readonly table: Pfn;
  readonly index: number;
  readonly stop: number;
}

/** @answer */
const STEPS: readonly { level: Level; span: number; indexOf: (va: VirtAddr) => number }[] = [
  { level: 'pgd', span: PTRS_PER_TABLE ** 3, indexOf: pgdIndex },
  { level: 'pud', span: PTRS_PER_TABLE ** 2, indexOf: pudIndex },
  { level: 'pmd', span: PTRS_PER_TABLE, indexOf: pmdIndex },
  { level: 'pte', span: 1, indexOf: pteIndex },
];

/** @answer */
const NR_PFNS = 2 ** (MAX_PHYS_BITS - PAGE_SHIFT);

/** @answer */
function pageNumber(va: VirtAddr): number {
  return Number(va / BigInt(PAGE_SIZE));
}

/** @answer */
function address(page: number): VirtAddr {
  return BigInt(page) * BigInt(PAGE_SIZE);
}

/** @answer */
function isTable(level: Level, entry: Pte): boolean {
  return level !== 'pte' && !pteNone(entry) && (entry & _PAGE_PSE) === 0n;
}

/**
 * Whether `count` pages from `va` lie in one half of the address space, `va` at a multiple of `align` pages.
 * @answer
 */
function isRange(va: VirtAddr, count: number, align = 1): boolean {
  if (!Number.isInteger(count) || count < 1 || va % BigInt(align * PAGE_SIZE) !== 0n) return false;
  const end = va + address(count);
  return end <= 1n << 47n || (va >= (1n << 64n) - (1n << 47n) && end <= 1n << 64n);
}

/** @answer */
function isProt(prot: Pgprot): boolean {
  return (prot & ~PGPROT_MASK) === 0n && (prot & (_PAGE_PRESENT | _PAGE_PROTNONE)) !== 0n;
}

/** @answer */
function isFrames(pfn: Pfn, count: number): boolean {
  return Number.isInteger(pfn) && pfn >= 0 && pfn + count <= NR_PFNS;
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
  /** @answer */
  readonly #memory: PhysicalMemory;
  /** @answer */
  readonly #frames: TableFrames;

  /**
   * @param frames  where tables come from and go to: full of zeroes when they come
   * @param root  a frame full of zeroes
   * @hole
   */
  constructor(memory: PhysicalMemory, frames: TableFrames, root: Pfn) {
    this.#memory = memory;
    this.#frames = frames;
    this.root = root;
  }

  /**
   * Maps one page of 4 KiB: `mapRange` with a count of 1.
   * @hole
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
   * @hole
   */
  mapRange(va: VirtAddr, pfn: Pfn, count: number, prot: Pgprot): number {
    if (!isRange(va, count) || !isProt(prot) || !isFrames(pfn, count)) return -EINVAL;
    if (this.#isMapped(va, count)) return -EEXIST;
    for (let done = 0, stop = 0; done < count; done = stop) {
      const at = va + address(done);
      const table = this.#tableFor(at, 'pte');
      if (table === null) {
        if (done > 0) this.unmapRange(va, done);
        return -ENOMEM;
      }
      const index = pteIndex(at);
      stop = Math.min(done + PTRS_PER_TABLE - index, count);
      for (let i = done; i < stop; i++) setEntry(this.#memory, table, index + i - done, mkPte(pfn + i, prot));
    }
    return 0;
  }

  /**
   * Maps one huge page: a leaf with PS in a PMD (2 MiB) or a PUD (1 GiB). PS makes a leaf with P=0 (PROT_NONE), too.
   * @returns 0; -EINVAL unless `va` and `pfn` are both aligned to the page's size, and as in mapRange; -EEXIST if
   *   anything in its range is mapped; -ENOMEM if there is no frame for a table
   * @hole
   */
  mapHuge(va: VirtAddr, pfn: Pfn, level: 'pmd' | 'pud', prot: Pgprot): number {
    const span = level === 'pmd' ? PTRS_PER_TABLE : PTRS_PER_TABLE ** 2;
    if (!isRange(va, span, span) || !isProt(prot) || !isFrames(pfn, span) || pfn % span !== 0) return -EINVAL;
    if (this.#isMapped(va, span)) return -EEXIST;
    const table = this.#tableFor(va, level);
    if (table === null) return -ENOMEM;
    setEntry(this.#memory, table, level === 'pmd' ? pmdIndex(va) : pudIndex(va), mkPte(pfn, prot) | _PAGE_PSE);
    return 0;
  }

  /**
   * Gives every page in a range other rights, by `pteModify`. Pages that are not mapped are passed over.
   * @returns 0; -EINVAL for a bad range, a bad `prot`, or a range that holds a part of a huge page only
   * @hole
   */
  protectRange(va: VirtAddr, count: number, prot: Pgprot): number {
    if (!isRange(va, count) || !isProt(prot) || this.#cutsHuge(va, count)) return -EINVAL;
    for (const run of this.#runs(va, count)) {
      this.#rewrite(run, (entry) => pteModify(entry, prot));
    }
    return 0;
  }

  /**
   * Unmaps every page in a range and frees each table (but the root) that is empty afterwards. Pages that are not
   * mapped are passed over. The frames that were mapped are not freed: they belong to the caller.
   * @returns 0; -EINVAL for a bad range, or a range that holds a part of a huge page only
   * Cost: per page one read and one write, and one search of each table for what is left: no walk and no search per page.
   * @hole
   */
  unmapRange(va: VirtAddr, count: number): number {
    if (!isRange(va, count) || this.#cutsHuge(va, count)) return -EINVAL;
    for (const run of this.#runs(va, count)) {
      this.#rewrite(run, () => 0n);
      this.#freeEmpty(run.path);
    }
    return 0;
  }

  /**
   * The leaf behind an address, PROT_NONE included. Reads only: no table is made, no bit is set.
   * @param va  any byte address
   * @returns null if nothing is mapped there, or `va` is not canonical
   * @hole
   */
  lookup(va: VirtAddr): Leaf | null {
    const page = va - (va % BigInt(PAGE_SIZE));
    if (!isRange(page, 1)) return null;
    const { level, entry } = this.#last(this.#path(page));
    if (level === 'pgd' || pteNone(entry)) return null;
    return { level, entry };
  }

  /**
   * The entries an address uses, from the root down to a leaf or a hole.
   * @answer
   */
  #path(va: VirtAddr): Step[] {
    const path: Step[] = [];
    let table = this.root;
    for (const { level, span, indexOf } of STEPS) {
      const index = indexOf(va);
      const entry = getEntry(this.#memory, table, index);
      path.push({ level, span, table, index, entry });
      if (!isTable(level, entry)) break;
      table = ptePfn(entry);
    }
    return path;
  }

  /** @answer */
  #last(path: readonly Step[]): Step {
    return path[path.length - 1];
  }

  /**
   * The table of a level that serves an address, made if need be with all above it. No leaf stands on the way.
   * @returns null, and nothing made, when there is no frame
   * @answer
   */
  #tableFor(va: VirtAddr, wanted: LeafLevel): Pfn | null {
    const path: Step[] = [];
    let table = this.root;
    for (const { level, span, indexOf } of STEPS) {
      if (level === wanted) break;
      const index = indexOf(va);
      const entry = getEntry(this.#memory, table, index);
      path.push({ level, span, table, index, entry });
      const next = pteNone(entry) ? this.#frames.allocTable() : ptePfn(entry);
      if (next === null) {
        this.#freeEmpty(path);
        return null;
      }
      if (pteNone(entry)) setEntry(this.#memory, table, index, mkPte(next, _PAGE_TABLE));
      table = next;
    }
    return table;
  }

  /**
   * What may be mapped in a range, in order: one stretch for each table of PTEs and each huge leaf. A hole in a higher
   * table is passed over whole, whatever its size.
   * @answer
   */
  *#runs(va: VirtAddr, count: number): Generator<Run> {
    const end = pageNumber(va) + count;
    let page = end - count;
    while (page < end) {
      const path = this.#path(address(page));
      const { level, span, table, index, entry } = this.#last(path);
      const stop = level === 'pte' ? Math.min(index + end - page, PTRS_PER_TABLE) : index + 1;
      if (level === 'pte' || !pteNone(entry)) yield { path, table, index, stop };
      page += (stop - index) * span - (page % span);
    }
  }

  /** @answer */
  #rewrite({ table, index, stop }: Run, change: (entry: Pte) => Pte): void {
    for (let i = index; i < stop; i++) {
      const entry = getEntry(this.#memory, table, i);
      if (!pteNone(entry)) setEntry(this.#memory, table, i, change(entry));
    }
  }

  /** @answer */
  #isMapped(va: VirtAddr, count: number): boolean {
    for (const { table, index, stop } of this.#runs(va, count)) {
      for (let i = index; i < stop; i++) {
        if (!pteNone(getEntry(this.#memory, table, i))) return true;
      }
    }
    return false;
  }

  /**
   * Whether a range begins or ends inside a huge page. It holds all others whole.
   * @answer
   */
  #cutsHuge(va: VirtAddr, count: number): boolean {
    const inside = (page: number): boolean => {
      const { span, entry } = this.#last(this.#path(address(page)));
      return !pteNone(entry) && page % span !== 0;
    };
    const first = pageNumber(va);
    // first + count may lie just behind a half; it is then a multiple of every span, so never inside.
    return inside(first) || inside(first + count);
  }

  /**
   * Frees the tables on the way, from the last one up, as long as they are empty; never the root.
   * @answer
   */
  #freeEmpty(path: readonly Step[]): void {
    for (let depth = path.length - 1; depth > 0; depth--) {
      const { table, index } = path[depth];
      const above = path[depth - 1];
      if (!this.#isEmpty(table, index)) return;
      setEntry(this.#memory, above.table, above.index, 0n);
      this.#frames.freeTable(table);
    }
  }

  /**
   * Ranges are emptied upwards, so the search begins behind `index`: what is left most often stands there.
   * @answer
   */
  #isEmpty(table: Pfn, index: number): boolean {
    for (let i = 1; i <= PTRS_PER_TABLE; i++) {
      if (!pteNone(getEntry(this.#memory, table, (index + i) % PTRS_PER_TABLE))) return false;
    }
    return true;
  }
}
