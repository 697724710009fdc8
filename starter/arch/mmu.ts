/**
 * The CPU's memory management unit: the page walk, a small cache of translations, and the retry after a fault.
 * This is hardware. Intel SDM vol. 3A, chapter 4 (paging); the settings are in arch/cpu.ts.
 *
 *   va ──► canonical? ──► PGD ──► PUD ──► PMD ──► PTE ──► rights? ──► A and D ──► pa
 *              │ no         └──────┬──────┴───────┘          │ no
 *              ▼                   ▼ P=0 or a reserved bit   ▼
 *             #GP                 #PF                       #PF
 */
import type { PhysAddr, VirtAddr } from '../include/types.ts';
import type { Access, Translation } from './cpu.ts';
import type { PhysicalMemory } from './memory.ts';

/**
 * Translates one address by walking the tables.
 *
 * 1. `va` not canonical (bits 63..47 not all equal): a `gp` fault, no read.
 * 2. From the PGD down, one read per level. The first entry that is wrong ends the walk:
 *    P=0: page fault without PROT; else a reserved bit set: page fault with PROT and RSVD.
 *    Reserved: frame bits 46..51 (all levels), PS in a PGD entry, bits 13..20 of a 2 MiB leaf, bits 13..29 of a 1 GiB
 *    leaf. PS in a PUD or PMD entry makes it a leaf; bit 7 of a PTE is PAT and bit 12 of a huge leaf is PAT: ignored.
 * 3. Rights over all levels used: writable if RW=1 in all, user page if US=1 in all, executable if NX=0 in all. User mode
 *    needs a user page, supervisor mode one that is not (SMEP, SMAP); a write needs a writable, a fetch an executable
 *    page. Else: page fault with PROT.
 * 4. Every entry used gets A, the leaf gets D if this is a write. A walk that faults writes nothing.
 *    SIMPLIFIED: hardware may have set A higher up by then.
 *
 * @param cr3  physical address of the PGD, a multiple of 4096
 * @param va  any 64-bit address
 * @returns the physical address of the byte, or the fault; a page fault's code has WRITE, USER and INSTR as the access is
 * Cost: 4 reads for a page of 4 KiB, 3 for 2 MiB, 2 for 1 GiB.
 */
export function walk(memory: PhysicalMemory, cr3: PhysAddr, va: VirtAddr, access: Access): Translation {
  throw new Error('not written yet: walk');
}

/**
 * An MMU with a cache of translations (TLB). SIMPLIFIED: no PCID, no global pages, no cache of upper levels.
 * Invariant: the cache can only say yes. Whatever it does not hold or does not permit is walked anew.
 */
export class Mmu {
  /**
   * @param cr3  physical address of the PGD
   */
  constructor(memory: PhysicalMemory, cr3: PhysAddr) {
    throw new Error('not written yet: Mmu.constructor');
  }

  /**
   * Translates as `walk` does, but remembers the translations of the last pages used, so that an access to the page of
   * the access before costs no read (after one that faulted it may). A cached translation with D=0 is no help to a write: it is walked again, so that D
   * is set. Faults are never cached.
   */
  access(va: VirtAddr, access: Access): Translation {
    throw new Error('not written yet: Mmu.access');
  }

  /**
   * Forgets the translation of the page that holds `va`, a huge page as a whole. The kernel calls it after it takes a
   * right away (from supervisor mode by setting US, too), unmaps, or clears A or D. Linux: flush_tlb_one_user().
   */
  invlpg(va: VirtAddr): void {
    throw new Error('not written yet: Mmu.invlpg');
  }

  /**
   * Switches to another PGD and forgets all translations. Linux: load_cr3().
   */
  loadCr3(cr3: PhysAddr): void {
    throw new Error('not written yet: Mmu.loadCr3');
  }

  /**
   * Carries an access through: after each page fault the kernel's handler is called, and the access tried again.
   * A `gp` fault ends it at once, without a call. So does a page fault with a code for which the handler has been called
   * during this access already: it made no progress.
   * @param handler  may change the tables, and returns nothing
   * @returns the translation, or the fault that ended it
   */
  accessWithFaults(va: VirtAddr, access: Access, handler: (va: VirtAddr, code: number) => void): Translation {
    throw new Error('not written yet: Mmu.accessWithFaults');
  }
}
