/** What an address space is made of. Linux: include/linux/mm.h (flags), mm_types.h, fs.h, resource.h. */
import type { FileRaState, MappingId } from './fs_types.ts';
import type { UserAddr } from './types.ts';

// What a mapping is and may become, one number, bits joined with `|`. The MAY bits say what mprotect may grant.
export const VM_NONE = 0;
export const VM_READ = 0x1;
export const VM_WRITE = 0x2;
export const VM_EXEC = 0x4;
/** Stores are seen by others. Not set on a shared mapping of a file that was opened read-only. */
export const VM_SHARED = 0x8;
export const VM_MAYREAD = 0x10;
export const VM_MAYWRITE = 0x20;
export const VM_MAYEXEC = 0x40;
/** Made with MAP_SHARED. */
export const VM_MAYSHARE = 0x80;
/** A stack. */
export const VM_GROWSDOWN = 0x100;
export const VM_PFNMAP = 0x400;
/** May hold guard markers. Set by MADV_GUARD_INSTALL, never cleared; two mappings that merge unite it. */
export const VM_MAYBE_GUARD = 0x800;
/** Nothing may change any more. Linux: bit 63, out of reach of a 32-bit operation; here the bit of userfaultfd. */
export const VM_SEALED = 0x1000;
export const VM_LOCKED = 0x2000;
export const VM_IO = 0x4000;
export const VM_SEQ_READ = 0x8000;
export const VM_RAND_READ = 0x10000;
/** Fork leaves it out. */
export const VM_DONTCOPY = 0x20000;
export const VM_DONTEXPAND = 0x40000;
export const VM_LOCKONFAULT = 0x80000;
/** Its pages are counted in Committed_AS. */
export const VM_ACCOUNT = 0x100000;
export const VM_NORESERVE = 0x200000;
/** The child gets it empty. */
/** Its pages are those of hugetlb. */
export const VM_HUGETLB = 0x400000;
export const VM_WIPEONFORK = 0x2000000;
export const VM_DONTDUMP = 0x4000000;
export const VM_MIXEDMAP = 0x10000000;
export const VM_HUGEPAGE = 0x20000000;
export const VM_NOHUGEPAGE = 0x40000000;

export const VM_ACCESS_FLAGS = VM_READ | VM_WRITE | VM_EXEC;
export const VM_LOCKED_MASK = VM_LOCKED | VM_LOCKONFAULT;
/** Mappings of devices and the like: they never merge and are never locked. */
export const VM_SPECIAL = VM_IO | VM_DONTEXPAND | VM_PFNMAP | VM_MIXEDMAP;

/** Number of a file of huge pages; from 1. */
export type HugetlbId = number;

/** Something that can be mapped: an open file, or the invisible one behind shared anonymous memory. */
export interface VmFile {
  readonly name: string;
  /** Touching a page at or above this is SIGBUS. */
  readonly sizePages: number;
  /** Opened for reading. */
  readonly readable: boolean;
  /** Opened for writing. */
  readonly writable: boolean;
  /** Mappings are placed so that huge pages fit. ext4: yes; tmpfs and memfd with huge pages off: no. */
  readonly thpAligned: boolean;
  /** Its cached pages; none: it has no pages, only a shape. Linux: f_mapping. */
  readonly mapping?: MappingId;
  /** It is a file of huge pages. None: it is not. */
  readonly hugetlb?: HugetlbId;
  /** How it is being read; none: memory, which is not read ahead. Linux: f_ra. */
  readonly ra?: FileRaState;
}

/** What a process may have; Infinity: unlimited. Linux: RLIMIT_*. */
export interface Rlimits {
  /** Bytes of address space. */
  readonly as: number;
  /** Bytes of private writable memory. */
  readonly data: number;
  /** Bytes that a stack may grow to. */
  readonly stack: number;
  /** Bytes that may be locked without `capIpcLock`. */
  readonly memlock: number;
}

/** Who asks. Linux: capabilities(7). */
export interface Capabilities {
  /** May lock any amount. */
  readonly ipcLock: boolean;
  /** May map below `mmapMinAddr`. */
  readonly sysRawio: boolean;
  /** May use the last part of memory that others may not; only matters when nothing may be overcommitted. */
  readonly sysAdmin: boolean;
}

/** How the machine treats address spaces: its memory and its sysctls. */
export interface MmMachine {
  /** Pages of RAM. */
  readonly totalramPages: number;
  /** Pages of RAM in the pool of huge pages. None: 0. */
  readonly hugetlbPages?: number;
  /** Pages of swap. */
  readonly totalSwapPages: number;
  /** vm.overcommit_memory: 0 refuses the absurd, 1 refuses nothing, 2 promises no more than there is. */
  readonly overcommitMemory: 0 | 1 | 2;
  /** vm.overcommit_ratio: per cent of RAM that may be promised in mode 2. */
  readonly overcommitRatio: number;
  /** vm.admin_reserve_kbytes. */
  readonly adminReserveKbytes: number;
  /** vm.user_reserve_kbytes. */
  readonly userReserveKbytes: number;
  /** vm.max_map_count. */
  readonly maxMapCount: number;
  /** Bytes at the bottom that are not given out. */
  readonly mmapMinAddr: UserAddr;
  /** Bytes kept free below a stack. */
  readonly stackGuardGap: number;
  /** /sys/kernel/mm/transparent_hugepage/enabled. */
  readonly thpEnabled: 'always' | 'madvise' | 'never';
  /** Whether guard markers are remembered in VmFlags (`gu`). Linux: from 6.19 on; some vendors earlier. */
  readonly maybeGuard: boolean;
  /**
   * A read fault where there is no page table yet maps the cached pages around it too; insideFile: only pages of
   * files on disks whose folio ends before the file does, as Linux from 6.18 on. None: always.
   */
  readonly faultAroundMakesTable?: 'insideFile';
}
