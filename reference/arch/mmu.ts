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
  LEVELS,
  type Level,
  PTE_PFN_MASK,
  PTE_SIZE,
  PTRS_PER_TABLE,
  X86_PF_INSTR,
  X86_PF_PROT,
  X86_PF_RSVD,
  X86_PF_USER,
  X86_PF_WRITE,
} from '../include/pgtable_types.ts';
import type { PhysAddr, Pte, VirtAddr } from '../include/types.ts';
import { type Access, type Fault, MAX_PHYS_BITS, type Translation } from './cpu.ts';
import type { PhysicalMemory } from './memory.ts';

/**
 * Translations that the MMU keeps at most.
 * @answer
 */
const TLB_ENTRIES = 16;

/**
 * Bytes that one entry of a level covers.
 * @answer
 */
const SPAN: Record<Level, bigint> = { pgd: 1n << 39n, pud: 1n << 30n, pmd: 1n << 21n, pte: 1n << 12n };

/**
 * A page, with what all levels together allow. `dirty`: D of the leaf is set.
 * @answer
 */
interface Page {
  readonly start: VirtAddr;
  readonly span: bigint;
  readonly pa: PhysAddr;
  readonly writable: boolean;
  readonly user: boolean;
  readonly executable: boolean;
  readonly dirty: boolean;
}

/** @answer */
function isCanonical(va: VirtAddr): boolean {
  const top = va >> 47n;
  return top === 0n || top === 0x1ffffn;
}

/** @answer */
function isLeaf(level: Level, entry: Pte): boolean {
  return level === 'pte' || (level !== 'pgd' && (entry & _PAGE_PSE) !== 0n);
}

/**
 * Bits of a present entry that must be 0: frame bits the machine does not have, PS in the PGD, and in a huge leaf the
 * address bits below its size (but for bit 12, PAT).
 * @answer
 */
function reservedBits(level: Level, entry: Pte): Pte {
  const beyond = PTE_PFN_MASK & ~((1n << BigInt(MAX_PHYS_BITS)) - 1n);
  if (level === 'pgd') return beyond | _PAGE_PSE;
  if (level === 'pte' || !isLeaf(level, entry)) return beyond;
  return beyond | (SPAN[level] - (1n << 13n));
}

/** @answer */
function pageFault(access: Access, why: number): Fault {
  const write = access.kind === 'write' ? X86_PF_WRITE : 0;
  const fetch = access.kind === 'fetch' ? X86_PF_INSTR : 0;
  const user = access.mode === 'user' ? X86_PF_USER : 0;
  return { kind: 'pf', code: why | write | fetch | user };
}

/**
 * A user page is one with US=1 at every level. User mode may use no other; supervisor mode may use no user page (SMEP
 * for fetches, SMAP for data).
 * @answer
 */
function permits(page: Page, access: Access): boolean {
  if (page.user !== (access.mode === 'user')) return false;
  if (access.kind === 'write') return page.writable;
  return access.kind === 'read' || page.executable;
}

/**
 * The walk itself: down to the leaf, then rights, then A and D.
 * @answer
 */
function walkToPage(memory: PhysicalMemory, cr3: PhysAddr, va: VirtAddr, access: Access): Page | Fault {
  if (!isCanonical(va)) return { kind: 'gp' };
  const used: { readonly at: PhysAddr; readonly entry: Pte }[] = [];
  let table = cr3;
  let writable = true;
  let user = true;
  let executable = true;
  for (const level of LEVELS) {
    const span = SPAN[level];
    const at = table + Number((va / span) % BigInt(PTRS_PER_TABLE)) * PTE_SIZE;
    const entry = memory.read64(at);
    if ((entry & _PAGE_PRESENT) === 0n) return pageFault(access, 0);
    if ((entry & reservedBits(level, entry)) !== 0n) return pageFault(access, X86_PF_PROT | X86_PF_RSVD);
    used.push({ at, entry });
    writable &&= (entry & _PAGE_RW) !== 0n;
    user &&= (entry & _PAGE_USER) !== 0n;
    executable &&= (entry & _PAGE_NX) === 0n;
    if (isLeaf(level, entry)) {
      const pa = Number(entry & PTE_PFN_MASK & ~(span - 1n));
      const dirty = access.kind === 'write' || (entry & _PAGE_DIRTY) !== 0n;
      const page = { start: va - (va % span), span, pa, writable, user, executable, dirty };
      if (!permits(page, access)) return pageFault(access, X86_PF_PROT);
      markUsed(memory, used, access);
      return page;
    }
    table = Number(entry & PTE_PFN_MASK);
  }
  throw new Error('a PTE is always a leaf');
}

/**
 * Sets A in every entry used, and D in the last one for a write. Writes only what changes.
 * @answer
 */
function markUsed(
  memory: PhysicalMemory,
  used: readonly { readonly at: PhysAddr; readonly entry: Pte }[],
  access: Access,
): void {
  for (const [i, { at, entry }] of used.entries()) {
    const leafWritten = access.kind === 'write' && i === used.length - 1;
    const marked = entry | _PAGE_ACCESSED | (leafWritten ? _PAGE_DIRTY : 0n);
    if (marked !== entry) memory.write64(at, marked);
  }
}

/** @answer */
function translate(page: Page, va: VirtAddr): Translation {
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
 * @hole
 */
export function walk(memory: PhysicalMemory, cr3: PhysAddr, va: VirtAddr, access: Access): Translation {
  const page = walkToPage(memory, cr3, va, access);
  return 'kind' in page ? page : translate(page, va);
}

/**
 * An MMU with a cache of translations (TLB). SIMPLIFIED: no PCID, no global pages, no cache of upper levels.
 * Invariant: the cache can only say yes. Whatever it does not hold or does not permit is walked anew.
 */
export class Mmu {
  /** @answer */
  readonly #memory: PhysicalMemory;
  /** @answer */
  #cr3: PhysAddr;
  /**
   * Oldest first.
   * @answer
   */
  #tlb: Page[] = [];

  /**
   * @param cr3  physical address of the PGD
   * @hole
   */
  constructor(memory: PhysicalMemory, cr3: PhysAddr) {
    this.#memory = memory;
    this.#cr3 = cr3;
  }

  /**
   * Translates as `walk` does, but remembers the translations of the last pages used, so that an access to the page of
   * the access before costs no read (after one that faulted it may). A cached translation with D=0 is no help to a write: it is walked again, so that D
   * is set. Faults are never cached.
   * @hole
   */
  access(va: VirtAddr, access: Access): Translation {
    const known = this.#tlb.find((page) => va >= page.start && va < page.start + page.span);
    if (known !== undefined && permits(known, access) && (access.kind !== 'write' || known.dirty)) {
      return translate(known, va);
    }
    const page = walkToPage(this.#memory, this.#cr3, va, access);
    this.invlpg(va);
    if ('kind' in page) return page;
    if (this.#tlb.length === TLB_ENTRIES) this.#tlb.shift();
    this.#tlb.push(page);
    return translate(page, va);
  }

  /**
   * Forgets the translation of the page that holds `va`, a huge page as a whole. The kernel calls it after it takes a
   * right away (from supervisor mode by setting US, too), unmaps, or clears A or D. Linux: flush_tlb_one_user().
   * @hole
   */
  invlpg(va: VirtAddr): void {
    this.#tlb = this.#tlb.filter((page) => va < page.start || va >= page.start + page.span);
  }

  /**
   * Switches to another PGD and forgets all translations. Linux: load_cr3().
   * @hole
   */
  loadCr3(cr3: PhysAddr): void {
    this.#cr3 = cr3;
    this.#tlb = [];
  }

  /**
   * Carries an access through: after each page fault the kernel's handler is called, and the access tried again.
   * A `gp` fault ends it at once, without a call. So does a page fault with a code for which the handler has been called
   * during this access already: it made no progress.
   * @param handler  may change the tables, and returns nothing
   * @returns the translation, or the fault that ended it
   * @hole
   */
  accessWithFaults(va: VirtAddr, access: Access, handler: (va: VirtAddr, code: number) => void): Translation {
    const handled = new Set<number>();
    for (;;) {
      const result = this.access(va, access);
      if (result.kind !== 'pf' || handled.has(result.code)) return result;
      handled.add(result.code);
      handler(va, result.code);
    }
  }
}
