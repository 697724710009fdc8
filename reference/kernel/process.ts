/**
 * A process: an address space, open files, limits, and where it may run. Linux: struct task_struct, include/linux/sched.h.
 * SIMPLIFIED: one thread each, so that process and task are the same.
 */
import type { Credentials, MemorySignal, Siginfo, Signal } from '../include/kernel.ts';
import type { Capabilities, MmMachine, Rlimits } from '../include/mm_types.ts';
import type { Pid, Ticks } from '../include/types.ts';
import type { CpuSet } from '../lib/cpumask.ts';
import type { AllocFrom } from '../mm/alloc_pages.ts';
import type { MemorySystem } from '../mm/memory_system.ts';
import type { MmOwner, MmStruct } from '../mm/mm_struct.ts';
import type { CommitAccount } from '../mm/util.ts';
import type { OpenFiles } from './files.ts';

/** How a process has ended: the code it gave, or the signal that ended it. */
export type Exit =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: Signal };

/** What its address space knows of a process. */
export class ProcessOwner implements MmOwner {
  readonly system: MemorySystem;
  readonly machine: MmMachine;
  readonly commit: CommitAccount;
  credentials: Credentials;
  rlimits: Rlimits;

  constructor(rooms: OwnerRooms, credentials: Credentials, rlimits: Rlimits) {
    this.system = rooms.system;
    this.machine = rooms.policy;
    this.commit = rooms.commit;
    this.credentials = credentials;
    this.rlimits = rlimits;
  }

  get capable(): Capabilities {
    return this.credentials.capable;
  }
}

/** What all processes share. */
export interface OwnerRooms {
  readonly system: MemorySystem;
  readonly policy: MmMachine;
  readonly commit: CommitAccount;
}

/** What fork hands on. */
export interface ProcessShape {
  readonly pid: Pid;
  readonly parent: Process | null;
  readonly comm: string;
  readonly owner: ProcessOwner;
  readonly files: OpenFiles;
  readonly cpu: number;
  readonly cpusAllowed: CpuSet;
  readonly asking: AllocFrom;
}

export class Process {
  readonly pid: Pid;
  /** Whoever waits for it; null: the first process. */
  parent: Process | null;
  readonly children = new Set<Process>();
  comm: string;
  /** When it was forked, on the virtual clock. */
  startedAt: Ticks = 0;
  /** Its time on a CPU, in ns: of its program, and of the kernel for it. */
  utime: Ticks = 0;
  stime: Ticks = 0;
  /** The same of children that have ended and been waited for, and of theirs. */
  cutime: Ticks = 0;
  cstime: Ticks = 0;
  /** How often it gave its CPU away, and had it taken. */
  nvcsw = 0;
  nivcsw = 0;
  /** How much sooner, or later, it is chosen when memory runs out: -1000 (never) .. 1000. */
  oomScoreAdj = 0;
  /** The least that it may set without CAP_SYS_RESOURCE. */
  oomScoreAdjMin = 0;
  /** It brings all of swap back into memory: if there is too little, it is to die and nobody else. */
  oomOrigin = false;
  /** SIGKILL is on its way: it ends when it leaves the kernel. */
  isKilled = false;
  readonly owner: ProcessOwner;
  readonly files: OpenFiles;
  /** null: it has ended. */
  mm: MmStruct | null = null;
  /** null: it runs. Else it is a zombie until its parent has asked. */
  exit: Exit | null = null;
  /** Where it runs. */
  cpu: number;
  cpusAllowed: CpuSet;
  /** How it asks for memory: its policy says where that is to come from. */
  asking: AllocFrom;
  /** Signals that do not end it: it has a handler. */
  readonly handled = new Set<MemorySignal>();
  /** The last one that its handler got; null: none. */
  lastSignal: Siginfo | null = null;

  constructor(shape: ProcessShape) {
    this.pid = shape.pid;
    this.parent = shape.parent;
    this.comm = shape.comm;
    this.owner = shape.owner;
    this.files = shape.files;
    this.cpu = shape.cpu;
    this.cpusAllowed = shape.cpusAllowed;
    this.asking = shape.asking;
    shape.parent?.children.add(this);
  }
}
