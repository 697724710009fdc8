/** The rooms of the kernel, as its system calls know them; init/kernel.ts boots them. */

import type { VirtualClock } from '../arch/clock.ts';
import type { FileSystem } from '../fs/file_system.ts';
import type { WbFlusher } from '../fs/fs_writeback.ts';
import type { Hugetlbfs } from '../fs/hugetlbfs.ts';
import type { Xorshift } from '../lib/xorshift.ts';
import type { Khugepaged } from '../mm/khugepaged.ts';
import type { KmemleakFile } from '../mm/kmemleak_file.ts';
import type { MemorySystem } from '../mm/memory_system.ts';
import type { OutOfMemory } from '../mm/oom_kill.ts';
import type { Writeback } from '../mm/page_writeback.ts';
import type { SwapFile } from '../mm/swap_area.ts';
import type { SwapFaultPath } from '../mm/swap_fault.ts';
import type { SwapCache } from '../mm/swap_state.ts';
import type { TlbContexts } from '../mm/tlb.ts';
import type { CommitAccount } from '../mm/util.ts';
import type { Modules } from './modules.ts';
import type { MountedTree } from './mounted_tree.ts';
import type { Mounts } from './mounts.ts';
import type { PidTable } from './pid.ts';
import type { KernelLog } from './printk.ts';
import type { Process } from './process.ts';
import type { Scheduler } from './sched.ts';
import type { Sysctls } from './sysctl.ts';
import type { TaskStates } from './task_states.ts';
import type { UserMemory } from './uaccess.ts';
import type { VmPolicy } from './vm_policy.ts';

export interface KernelRooms {
  readonly system: MemorySystem;
  readonly clock: VirtualClock;
  readonly tlb: TlbContexts;
  readonly fs: FileSystem;
  readonly flusher: WbFlusher;
  readonly writeback: Writeback;
  readonly swapCache: SwapCache;
  readonly swapFaults: SwapFaultPath;
  /** What swapon(2) may be given, by path. */
  readonly swapFiles: ReadonlyMap<string, SwapFile>;
  readonly khugepaged: Khugepaged;
  readonly policy: VmPolicy;
  readonly commit: CommitAccount;
  readonly sysctls: Sysctls;
  readonly pids: PidTable;
  readonly sched: Scheduler;
  readonly user: UserMemory;
  readonly random: Xorshift;
  readonly log: KernelLog;
  readonly mounts: Mounts;
  /** /proc and /sys, and what else is made when it is read. */
  readonly trees: MountedTree[];
  readonly modules: Modules;
  readonly hugetlbfs: Hugetlbfs;
  readonly oom: OutOfMemory<Process>;
  /** What each process does. */
  readonly states: TaskStates<Process>;
  /** /sys/kernel/debug/kmemleak; null: nobody looks for leaks. */
  readonly kmemleak: KmemleakFile | null;
  /** SIGKILL is on its way to them. */
  readonly dying: Set<Process>;
}
