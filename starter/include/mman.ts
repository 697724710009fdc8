/**
 * The arguments of the system calls that change an address space.
 * Linux: include/uapi/asm-generic/mman-common.h, mman.h and arch/x86/include/uapi/asm/mman.h (same names, same values).
 */
import type { VmFile } from './mm_types.ts';
import type { UserAddr } from './types.ts';

// Rights: mmap(2), mprotect(2). 0: none at all (PROT_NONE).
export const PROT_READ = 1;
export const PROT_WRITE = 2;
export const PROT_EXEC = 4;

// mmap(2): exactly one of the first two.
export const MAP_SHARED = 0x01;
export const MAP_PRIVATE = 0x02;
/** The bits that hold one of the two. */
export const MAP_TYPE = 0x0f;
/** At this address and nowhere else; what is mapped there goes. */
export const MAP_FIXED = 0x10;
/** Not a file: zeroes. */
export const MAP_ANONYMOUS = 0x20;
/** Between 1 and 2 GiB. */
export const MAP_32BIT = 0x40;
/** A stack: it grows downwards when the page below is touched. */
export const MAP_GROWSDOWN = 0x0100;
export const MAP_LOCKED = 0x2000;
/** Do not count it against what may be promised. */
export const MAP_NORESERVE = 0x4000;
/** Fault all pages in at once. */
export const MAP_POPULATE = 0x8000;
/** Will be a stack: no huge pages. */
export const MAP_STACK = 0x20000;
/** Pages of hugetlb. */
export const MAP_HUGETLB = 0x40000;
/** With MAP_HUGETLB, log2 of the size of the pages from this bit on; 0: the usual size. */
export const MAP_HUGE_SHIFT = 26;
export const MAP_HUGE_MASK = 0x3f;
/** As MAP_FIXED, but an error when something is mapped there. */
export const MAP_FIXED_NOREPLACE = 0x100000;

// mremap(2).
export const MREMAP_MAYMOVE = 1;
export const MREMAP_FIXED = 2;
/** The old range stays mapped, emptied. */
export const MREMAP_DONTUNMAP = 4;

// mlock2(2).
/** Lock pages when they are touched, not at once. */
export const MLOCK_ONFAULT = 1;

// madvise(2).
export const MADV_NORMAL = 0;
export const MADV_RANDOM = 1;
export const MADV_SEQUENTIAL = 2;
export const MADV_WILLNEED = 3;
export const MADV_DONTNEED = 4;
export const MADV_FREE = 8;
export const MADV_REMOVE = 9;
export const MADV_DONTFORK = 10;
export const MADV_DOFORK = 11;
export const MADV_HUGEPAGE = 14;
export const MADV_NOHUGEPAGE = 15;
export const MADV_DONTDUMP = 16;
export const MADV_DODUMP = 17;
export const MADV_WIPEONFORK = 18;
export const MADV_KEEPONFORK = 19;
export const MADV_COLD = 20;
export const MADV_PAGEOUT = 21;
export const MADV_POPULATE_READ = 22;
export const MADV_POPULATE_WRITE = 23;
export const MADV_DONTNEED_LOCKED = 24;
/** Huge pages now, whatever has been said before. */
export const MADV_COLLAPSE = 25;
export const MADV_GUARD_INSTALL = 102;
export const MADV_GUARD_REMOVE = 103;

// msync(2).
export const MS_ASYNC = 1;
export const MS_INVALIDATE = 2;
export const MS_SYNC = 4;

/** The arguments of mmap(2). */
export interface MmapRequest {
  readonly addr: UserAddr;
  /** Bytes. */
  readonly len: number;
  /** PROT_ bits. */
  readonly prot: number;
  /** MAP_ bits. */
  readonly flags: number;
  /** null: no such open file. Not looked at with MAP_ANONYMOUS. */
  readonly file: VmFile | null;
  /** Bytes from the start of the file. */
  readonly offset: number;
}

/** The arguments of mremap(2). */
export interface MremapRequest {
  readonly addr: UserAddr;
  /** Bytes. */
  readonly oldLen: number;
  /** Bytes. */
  readonly newLen: number;
  /** MREMAP_ bits. */
  readonly flags: number;
  /** With MREMAP_FIXED the place, with MREMAP_DONTUNMAP a hint; else not looked at. */
  readonly newAddr: UserAddr;
}
