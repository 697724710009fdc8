/** Processes, as they matter when memory runs out. Linux: include/linux/oom.h, struct task_struct. */
import type { Order, Pid } from '../include/types.ts';
import type { AllocFrom } from './alloc_pages.ts';
import type { MmStruct } from './mm_struct.ts';

export interface OomTask {
  readonly pid: Pid;
  readonly comm: string;
  readonly owner: { readonly credentials: { readonly uid: number } };
  readonly oomScoreAdj: number;
  readonly asking: AllocFrom;
  /** null: it has ended. */
  readonly mm: MmStruct | null;
  /** Whoever waits for it; null: the first process, which is never killed. */
  readonly parent: OomTask | null;
  /** It brings all of swap back into memory: nobody else is to die for that. */
  readonly oomOrigin: boolean;
  /** SIGKILL is on its way. */
  readonly isKilled: boolean;
}

/** All processes. */
export interface OomTasks<Task extends OomTask> {
  /** In order of creation. */
  all(): Iterable<Task>;
  /** The one that asks for memory; null: the kernel itself. */
  current(): Task | null;
  /** Sends SIGKILL: it ends when the kernel has done what it is doing. */
  kill(task: Task): void;
  /** It ends now, with all it has. It is not the one that asks. */
  end(task: Task): void;
}

/** A request that cannot be met. Linux: struct oom_control. */
export interface OomControl {
  readonly gfp: number;
  readonly order: Order;
  /** Nodes that could serve it; null: all. */
  readonly nodemask: number | null;
  /** RAM of these, and swap, in pages. */
  readonly totalPages: number;
}
