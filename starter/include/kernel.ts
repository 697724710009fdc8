/** A whole machine before boot, and what its processes see of it. */
import type { MemoryDescription } from './machine.ts';
import type { Capabilities, Rlimits } from './mm_types.ts';
import type { PagingMode } from './pgtable_types.ts';
import type { Pid, Ticks, UserAddr } from './types.ts';

/** A disk: how large and how slow. */
export interface DiskDescription {
  /** Blocks of the size of a page. */
  readonly blocks: number;
  /** Of each request. */
  readonly latencyNs: Ticks;
  readonly nsPerBlock: Ticks;
}

/** An area that can be switched on with swapon(2). */
export interface SwapDescription {
  /** As swapon(2) and /proc/swaps name it: `/dev/vdb`. */
  readonly path: string;
  /** The first block is the header. */
  readonly disk: DiskDescription;
  /** It turns: neighbours are read together by place, not by address. */
  readonly rotational: boolean;
  /** Switched on at boot: with this priority, or null: after all others; 'off': not switched on. */
  readonly boot: number | null | 'off';
}

/** A file that exists at boot. */
export interface FileDescription {
  /** `/data/f1`. Its folders are made. */
  readonly path: string;
  /** Bytes; all are zero. */
  readonly size: number;
}

/** What a recorded kernel does otherwise than the one we follow. */
export interface VendorQuirks {
  /** Whether guard markers are remembered in VmFlags (`gu`). Linux: from 6.19 on; some vendors earlier. */
  readonly maybeGuard: boolean;
  /** See MmMachine. */
  readonly faultAroundMakesTable?: 'insideFile';
}

export interface MachineDescription {
  /** None: 4-level. PAE: addresses have 32 bits. */
  readonly paging?: PagingMode;
  readonly memory: MemoryDescription;
  readonly disk: DiskDescription;
  readonly files: readonly FileDescription[];
  readonly swap: readonly SwapDescription[];
  /** By name, as in /proc/sys without `/proc/sys/`, with dots: `vm.swappiness`. */
  readonly sysctls: Readonly<Record<string, number>>;
  /** /sys/kernel/mm/transparent_hugepage/enabled. */
  readonly thp: 'always' | 'madvise' | 'never';
  readonly quirks: VendorQuirks;
  /** The kernel looks for leaks of its own memory: a minute after boot, then every ten. Linux: CONFIG_DEBUG_KMEMLEAK. */
  readonly kmemleak?: 'on';
  /** Of all chance in the machine. */
  readonly seed: number;
}

/** Signals that memory can bring. */
export const SIGBUS = 7;
export const SIGKILL = 9;
export const SIGSEGV = 11;
export type MemorySignal = typeof SIGBUS | typeof SIGKILL | typeof SIGSEGV;
/** Signals that somebody sends: the terminal has gone; Ctrl-C; a pipe that nobody reads; end, please. */
export const SIGHUP = 1;
export const SIGINT = 2;
export const SIGPIPE = 13;
export const SIGTERM = 15;
export type Signal = MemorySignal | typeof SIGHUP | typeof SIGINT | typeof SIGPIPE | typeof SIGTERM;

/** si_code: why. SIGSEGV: nothing is mapped there; the mapping does not allow it. */
export const SEGV_MAPERR = 1;
export const SEGV_ACCERR = 2;
/** SIGBUS: there is no such page in the file. */
export const BUS_ADRERR = 2;
/** The kernel sent it. */
export const SI_KERNEL = 0x80;

/** A signal, as its handler sees it. Linux: siginfo_t. */
export interface Siginfo {
  readonly signo: MemorySignal;
  readonly code: number;
  readonly addr: UserAddr;
}

/** Who runs a process, and what it may have. */
export interface Credentials {
  readonly uid: number;
  readonly capable: Capabilities;
}

/** How a new program is started. */
export interface ProgramDescription {
  readonly comm: string;
  /** Bytes of each part, whole pages: code, constants, variables, variables that begin as zero. */
  readonly text: number;
  readonly rodata: number;
  readonly data: number;
  readonly bss: number;
  /** Its path, if it lies on disk: text, rodata and data are mapped from there, as far as the file reaches. */
  readonly file?: string;
  /** Its arguments, what it is called by first; left out: its name alone. */
  readonly args?: readonly string[];
}

export const INIT_RLIMITS: Rlimits = { as: Infinity, data: Infinity, stack: 8 * 2 ** 20, memlock: 8 * 2 ** 20 };
export const ROOT: Credentials = { uid: 0, capable: { ipcLock: true, sysRawio: true, sysAdmin: true } };

/** A process that has ended, as its parent is told. */
export interface WaitStatus {
  readonly pid: Pid;
  /** What it gave to exit(2); null: a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: Signal | null;
}
