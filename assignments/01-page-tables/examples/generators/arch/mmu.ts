/**
 * The CPU's memory management unit: the page walk, a small cache of translations, and the retry after a fault.
 * This is hardware. Intel SDM vol. 3A, chapter 4 (paging); the settings are in arch/cpu.ts.
 *
 *   va ──► canonical? ──► PGD ──► PUD ──► PMD ──► PTE ──► rights? ──► A and D ──► pa
 *              │ no         └──────┬──────┴───────┘          │ no
 *              ▼                   ▼ P=0 or a reserved bit   ▼
 *             #GP                 #PF                       #PF
 */
import {
  _PAGE_ACCESSED,
  _PAGE_DIRTY,
  _PAGE_NX,
  _PAGE_PRESENT,
  _PAGE_PSE,
  _PAGE_RW,
  _PAGE_USER,
  PTE_PFN_MASK,
  PTE_SIZE,
  X86_PF_INSTR,
  X86_PF_PROT,
  X86_PF_RSVD,
  X86_PF_USER,
  X86_PF_WRITE,
} from '../include/pgtable_types.ts';
import type { PhysAddr, Pte, VirtAddr } from '../include/types.ts';
import { type Access, type Fault, MAX_PHYS_BITS, type Translation } from './cpu.ts';
import type { PhysicalMemory } from './memory.ts';
import { type CachedPage, permits, Tlb } from './tlb.ts';

/** Bits from .. to-1. */
const ones = (from: number, to: number): bigint => (1n << BigInt(to)) - (1n << BigInt(from));

const FRAME_TOO_HIGH = ones(MAX_PHYS_BITS, 52);

/** How an entry of one level is read. */
interface Stage {
  /** An entry covers 2^shift bytes. */
  readonly shift: number;
  readonly isLeaf: (entry: Pte) => boolean;
  /** Bits that must be 0, in the entry of a table and in a leaf. */
  readonly reserved: { readonly table: bigint; readonly leaf: bigint };
}

const hasPs = (entry: Pte): boolean => (entry & _PAGE_PSE) !== 0n;
const huge = (shift: number): Stage => ({
  shift,
  isLeaf: hasPs,
  reserved: { table: FRAME_TOO_HIGH, leaf: FRAME_TOO_HIGH | ones(13, shift) },
});

const STAGES: readonly Stage[] = [
  { shift: 39, isLeaf: () => false, reserved: { table: FRAME_TOO_HIGH | _PAGE_PSE, leaf: 0n } },
  huge(30),
  huge(21),
  { shift: 12, isLeaf: () => true, reserved: { table: 0n, leaf: FRAME_TOO_HIGH } },
];

/** An entry that a walk has used, and where it stands. */
interface Step {
  readonly at: PhysAddr;
  readonly entry: Pte;
}

/** Entries from the one of `depth` down to the leaf, and the leaf's shift; or the bits PROT and RSVD of a fault. */
function descend(
  memory: PhysicalMemory,
  table: PhysAddr,
  va: VirtAddr,
  depth = 0,
  above: readonly Step[] = [],
): { readonly steps: readonly Step[]; readonly shift: number } | number {
  const { shift, isLeaf, reserved } = STAGES[depth];
  const at = table + PTE_SIZE * Number(BigInt.asUintN(9, va >> BigInt(shift)));
  const entry = memory.read64(at);
  if ((entry & _PAGE_PRESENT) === 0n) return 0;
  const leaf = isLeaf(entry);
  if ((entry & (leaf ? reserved.leaf : reserved.table)) !== 0n) return X86_PF_PROT | X86_PF_RSVD;
  const steps = [...above, { at, entry }];
  return leaf ? { steps, shift } : descend(memory, Number(entry & PTE_PFN_MASK), va, depth + 1, steps);
}

/** The bits of a page fault's code that tell of the access. */
function asked({ kind, mode }: Access): number {
  const what = { read: 0, write: X86_PF_WRITE, fetch: X86_PF_INSTR }[kind];
  return what | (mode === 'user' ? X86_PF_USER : 0);
}

/** The walk. What it finds holds for a whole page. */
function translate(memory: PhysicalMemory, cr3: PhysAddr, va: VirtAddr, access: Access): CachedPage | Fault {
  if (BigInt.asUintN(64, BigInt.asIntN(48, va)) !== va) return { kind: 'gp' };
  const found = descend(memory, cr3, va);
  if (typeof found === 'number') return { kind: 'pf', code: found | asked(access) };

  const entries = found.steps.map(({ entry }) => entry);
  const everywhere = entries.reduce((a, b) => a & b);
  const somewhere = entries.reduce((a, b) => a | b);
  const leaf = entries[entries.length - 1];
  const start = (va >> BigInt(found.shift)) << BigInt(found.shift);
  const page: CachedPage = {
    start,
    end: start + (1n << BigInt(found.shift)),
    pa: Number(leaf & ones(found.shift, MAX_PHYS_BITS)),
    writable: (everywhere & _PAGE_RW) !== 0n,
    user: (everywhere & _PAGE_USER) !== 0n,
    executable: (somewhere & _PAGE_NX) === 0n,
    dirty: access.kind === 'write' || (leaf & _PAGE_DIRTY) !== 0n,
  };
  if (!permits(page, access)) return { kind: 'pf', code: X86_PF_PROT | asked(access) };

  found.steps.toReversed().forEach(({ at, entry }, height) => {
    const marked = entry | _PAGE_ACCESSED | (height === 0 && access.kind === 'write' ? _PAGE_DIRTY : 0n);
    if (marked !== entry) memory.write64(at, marked);
  });
  return page;
}

function isFault(result: CachedPage | Fault): result is Fault {
  return 'kind' in result;
}

function answer(page: CachedPage, va: VirtAddr): Translation {
  return { kind: 'ok', pa: page.pa + Number(va - page.start) };
}

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
  const page = translate(memory, cr3, va, access);
  return isFault(page) ? page : answer(page, va);
}

/**
 * An MMU with a cache of translations (TLB). SIMPLIFIED: no PCID, no global pages, no cache of upper levels.
 * Invariant: the cache can only say yes. Whatever it does not hold or does not permit is walked anew.
 */
export class Mmu {
  readonly #memory: PhysicalMemory;
  readonly #tlb = new Tlb();
  #cr3: PhysAddr;

  /**
   * @param cr3  physical address of the PGD
   */
  constructor(memory: PhysicalMemory, cr3: PhysAddr) {
    this.#memory = memory;
    this.#cr3 = cr3;
  }

  /**
   * Translates as `walk` does, but remembers the translations of the last pages used, so that an access to the page of
   * the access before costs no read (after one that faulted it may). A cached translation with D=0 is no help to a write: it is walked again, so that D
   * is set. Faults are never cached.
   */
  access(va: VirtAddr, access: Access): Translation {
    const known = this.#tlb.find(va);
    if (known !== null && permits(known, access) && (known.dirty || access.kind !== 'write')) {
      this.#tlb.remember(known);
      return answer(known, va);
    }
    const page = translate(this.#memory, this.#cr3, va, access);
    if (isFault(page)) {
      this.#tlb.forget(va);
      return page;
    }
    this.#tlb.remember(page);
    return answer(page, va);
  }

  /**
   * Forgets the translation of the page that holds `va`, a huge page as a whole. The kernel calls it after it takes a
   * right away (from supervisor mode by setting US, too), unmaps, or clears A or D. Linux: flush_tlb_one_user().
   */
  invlpg(va: VirtAddr): void {
    this.#tlb.forget(va);
  }

  /**
   * Switches to another PGD and forgets all translations. Linux: load_cr3().
   */
  loadCr3(cr3: PhysAddr): void {
    this.#cr3 = cr3;
    this.#tlb.clear();
  }

  /**
   * Carries an access through: after each page fault the kernel's handler is called, and the access tried again.
   * A `gp` fault ends it at once, without a call. So does a page fault with a code for which the handler has been called
   * during this access already: it made no progress.
   * @param handler  may change the tables, and returns nothing
   * @returns the translation, or the fault that ended it
   */
  accessWithFaults(va: VirtAddr, access: Access, handler: (va: VirtAddr, code: number) => void): Translation {
    const attempt = (handled: ReadonlySet<number>): Translation => {
      const result = this.access(va, access);
      if (result.kind !== 'pf' || handled.has(result.code)) return result;
      handler(va, result.code);
      return attempt(new Set([...handled, result.code]));
    };
    return attempt(new Set());
  }
}
