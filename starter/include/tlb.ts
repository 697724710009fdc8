/**
 * Between the page tables and the CPUs that remember what stood in them. Linux: arch/x86/include/asm/tlbflush.h, mmu.h.
 *
 * Whoever takes a right away, removes an entry, gives it another frame or clears its D bit changes the table first and
 * then flushes; whoever only gives (not present -> present, more rights) need not. A bits may be cleared without.
 */
import type { Pfn, UserAddr } from './types.ts';

/** A set of CPUs. */
export interface Cpumask {
  has(cpu: number): boolean;
  /** Ascending. */
  [Symbol.iterator](): Iterator<number>;
}

/** What the CPUs must know of an address space. Linux: mm_context_t, and pgd and cpu_bitmap of struct mm_struct. */
export interface MmContext {
  /** Of this address space and of no other, ever; from 1. */
  readonly ctxId: number;
  /** The frame of its PGD. */
  readonly pgd: Pfn;
  /** CPUs that have it loaded. Linux: mm_cpumask(). */
  readonly cpumask: Cpumask;
}

/** What is no longer to be remembered: the pages of start..end. */
export interface TlbRange {
  readonly start: UserAddr;
  readonly end: UserAddr;
  /** log2 of the bytes that one entry maps: PAGE_SHIFT, or 21 if all are huge pages. */
  readonly strideShift: number;
  /** Tables were freed too: CPUs that are lazily on this address space must leave it. */
  readonly freedTables: boolean;
}

export interface TlbFlusher {
  /** A new address space begins with nothing remembered. Linux: init_new_context() */
  initNewContext(pgd: Pfn): MmContext;
  /** No CPU stays on this address space, which no process runs any more; before its PGD is freed. Linux: mmdrop(). */
  destroyContext(mm: MmContext): void;
  /** More pages than `tlbSinglePageFlushCeiling`: everything of this address space is forgotten, at one blow. */
  flushTlbMmRange(mm: MmContext, range: TlbRange): void;
  /** One page of 4 KiB. */
  flushTlbPage(mm: MmContext, addr: UserAddr): void;
  /** Everything of this address space. */
  flushTlbMm(mm: MmContext): void;
  /** Everything on every CPU, global pages too. */
  flushTlbAll(): void;
}

/** Pages that are forgotten one by one at most. Linux: tlb_single_page_flush_ceiling. */
export const TLB_SINGLE_PAGE_FLUSH_CEILING = 33;
/** Address spaces that a CPU remembers side by side. */
export const TLB_NR_DYN_ASIDS = 6;
