/**
 * The bits of a page-table entry and of a page-fault error code on x86-64.
 * Linux: arch/x86/include/asm/pgtable_types.h, pgtable_64_types.h and trap_pf.h.
 *
 *   63 62    59 58    52 51                          12 11  9 8 7  6 5 4   3   2  1  0
 *  ┌──┬────────┬────────┬──────────────────────────────┬─────┬─┬──┬─┬─┬───┬───┬──┬──┬─┐
 *  │NX│  pkey  │  free  │         frame number         │SOFTW│G│PS│D│A│PCD│PWT│US│RW│P│
 *  └──┴────────┴────────┴──────────────────────────────┴─────┴─┴──┴─┴─┴───┴───┴──┴──┴─┘
 *
 * A virtual address selects one entry in each of four tables, 512 entries of 8 bytes each:
 *
 *   63      48 47     39 38     30 29     21 20     12 11        0
 *  ┌──────────┬─────────┬─────────┬─────────┬─────────┬───────────┐
 *  │ as bit 47│   PGD   │   PUD   │   PMD   │   PTE   │  offset   │
 *  └──────────┴─────────┴─────────┴─────────┴─────────┴───────────┘
 */
import type { Pte } from './types.ts';

/** The four tables, from the root down. P4D is folded into PGD, as on every machine with 4-level paging. */
export const LEVELS = ['pgd', 'pud', 'pmd', 'pte'] as const;
export type Level = (typeof LEVELS)[number];
/** Where a translation may end: a page of 1 GiB, 2 MiB or 4 KiB. */
export type LeafLevel = 'pud' | 'pmd' | 'pte';

/** Entries in a table. */
export const PTRS_PER_TABLE = 512;
/** Bytes in an entry. */
export const PTE_SIZE = 8;

/** The page or table is there: the CPU may use the entry. */
export const _PAGE_PRESENT: Pte = 1n << 0n;
/** May be written. */
export const _PAGE_RW: Pte = 1n << 1n;
/** User mode may use it. */
export const _PAGE_USER: Pte = 1n << 2n;
/** Write-through caching. */
export const _PAGE_PWT: Pte = 1n << 3n;
/** No caching. */
export const _PAGE_PCD: Pte = 1n << 4n;
/** Set by the CPU when it uses the entry. */
export const _PAGE_ACCESSED: Pte = 1n << 5n;
/** Set by the CPU, in a leaf, when the page is written. */
export const _PAGE_DIRTY: Pte = 1n << 6n;
/** In a PUD or PMD entry: this is a leaf. */
export const _PAGE_PSE: Pte = 1n << 7n;
/** The same bit in a PTE entry: a caching type. It does not touch the translation. */
export const _PAGE_PAT: Pte = 1n << 7n;
/** Global: survives a change of CR3 (only read when P=1). */
export const _PAGE_GLOBAL: Pte = 1n << 8n;
/** The same bit with P=0: the page is there, and nobody may touch it. */
export const _PAGE_PROTNONE: Pte = 1n << 8n;
/** Three bits that the CPU ignores. Linux: special, uffd-wp, soft-dirty. */
export const _PAGE_SOFTW: Pte = 0b111n << 9n;
/** The caching type of a huge leaf; not an address bit. */
export const _PAGE_PAT_LARGE: Pte = 1n << 12n;
/** Protection key. SIMPLIFIED: CR4.PKE is off, so the CPU ignores it. */
export const _PAGE_PKEY: Pte = 0b1111n << 59n;
/** No instruction may be fetched from here. */
export const _PAGE_NX: Pte = 1n << 63n;

/** Bits 12..51: the frame. */
export const PTE_PFN_MASK: Pte = 0x000f_ffff_ffff_f000n;
/** The bits that say who may do what: P, RW, US, G/PROTNONE and NX. `pteModify` replaces these and no other. */
export const PROT_BITS: Pte = _PAGE_PRESENT | _PAGE_RW | _PAGE_USER | _PAGE_PROTNONE | _PAGE_NX;
/** What may stand in a `Pgprot`: everything but the frame, bit 7 (PS or PAT) and the free bits 52..58. */
export const PGPROT_MASK: Pte =
  PROT_BITS | _PAGE_PWT | _PAGE_PCD | _PAGE_ACCESSED | _PAGE_DIRTY | _PAGE_SOFTW | _PAGE_PKEY;

/** All bits of a leaf but its frame and PS. Legal: a subset of PGPROT_MASK with P or PROTNONE set. */
export type Pgprot = Pte;
export const PAGE_NONE: Pgprot = _PAGE_PROTNONE;
export const PAGE_READONLY: Pgprot = _PAGE_PRESENT | _PAGE_USER | _PAGE_NX;
export const PAGE_READONLY_EXEC: Pgprot = _PAGE_PRESENT | _PAGE_USER;
export const PAGE_SHARED: Pgprot = _PAGE_PRESENT | _PAGE_USER | _PAGE_RW | _PAGE_NX;
export const PAGE_SHARED_EXEC: Pgprot = _PAGE_PRESENT | _PAGE_USER | _PAGE_RW;
export const PAGE_KERNEL: Pgprot = _PAGE_PRESENT | _PAGE_RW | _PAGE_NX;
export const PAGE_KERNEL_RO: Pgprot = _PAGE_PRESENT | _PAGE_NX;
export const PAGE_KERNEL_EXEC: Pgprot = _PAGE_PRESENT | _PAGE_RW;

/** An entry that points to a table is its frame and these bits: rights are limited in the leaf alone. */
export const _PAGE_TABLE: Pte = _PAGE_PRESENT | _PAGE_RW | _PAGE_USER;

// Bits of the error code of a page fault.

/** 1: the rights (or a reserved bit) forbid it, and every entry read was present; 0: the last entry read was not. */
export const X86_PF_PROT = 1 << 0;
/** It was a write. */
export const X86_PF_WRITE = 1 << 1;
/** The CPU was in user mode. */
export const X86_PF_USER = 1 << 2;
/** A bit that must be 0 was set. Always together with X86_PF_PROT. */
export const X86_PF_RSVD = 1 << 3;
/** It was an instruction fetch. */
export const X86_PF_INSTR = 1 << 4;

/** How page tables are laid out: x86-64; or 32 bits of address with entries of 64, of which the user has 3 GiB. */
export type PagingMode = '4-level' | 'PAE';
