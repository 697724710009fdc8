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

import type { TableFrames } from '../arch/frames.ts';
import type { PhysicalMemory } from '../arch/memory.ts';
import type { LeafLevel, Pgprot } from '../include/pgtable_types.ts';
import type { Pfn, Pte, VirtAddr } from '../include/types.ts';

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

  /**
   * @param frames  where tables come from and go to: full of zeroes when they come
   * @param root  a frame full of zeroes
   */
  constructor(memory: PhysicalMemory, frames: TableFrames, root: Pfn) {
    throw new Error('not written yet: PageTable.constructor');
  }

  /**
   * Maps one page of 4 KiB: `mapRange` with a count of 1.
   */
  mapPage(va: VirtAddr, pfn: Pfn, prot: Pgprot): number {
    throw new Error('not written yet: PageTable.mapPage');
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
    throw new Error('not written yet: PageTable.mapRange');
  }

  /**
   * Maps one huge page: a leaf with PS in a PMD (2 MiB) or a PUD (1 GiB). PS makes a leaf with P=0 (PROT_NONE), too.
   * @returns 0; -EINVAL unless `va` and `pfn` are both aligned to the page's size, and as in mapRange; -EEXIST if
   *   anything in its range is mapped; -ENOMEM if there is no frame for a table
   */
  mapHuge(va: VirtAddr, pfn: Pfn, level: 'pmd' | 'pud', prot: Pgprot): number {
    throw new Error('not written yet: PageTable.mapHuge');
  }

  /**
   * Gives every page in a range other rights, by `pteModify`. Pages that are not mapped are passed over.
   * @returns 0; -EINVAL for a bad range, a bad `prot`, or a range that holds a part of a huge page only
   */
  protectRange(va: VirtAddr, count: number, prot: Pgprot): number {
    throw new Error('not written yet: PageTable.protectRange');
  }

  /**
   * Unmaps every page in a range and frees each table (but the root) that is empty afterwards. Pages that are not
   * mapped are passed over. The frames that were mapped are not freed: they belong to the caller.
   * @returns 0; -EINVAL for a bad range, or a range that holds a part of a huge page only
   * Cost: per page one read and one write, and one search of each table for what is left: no walk and no search per page.
   */
  unmapRange(va: VirtAddr, count: number): number {
    throw new Error('not written yet: PageTable.unmapRange');
  }

  /**
   * The leaf behind an address, PROT_NONE included. Reads only: no table is made, no bit is set.
   * @param va  any byte address
   * @returns null if nothing is mapped there, or `va` is not canonical
   */
  lookup(va: VirtAddr): Leaf | null {
    throw new Error('not written yet: PageTable.lookup');
  }
}
