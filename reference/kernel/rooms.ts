/** The rooms of the kernel, as its system calls know them; init/kernel.ts boots them. */

import type { Xorshift } from '../lib/xorshift.ts';
import type { MemorySystem } from '../mm/memory_system.ts';
import type { TlbContexts } from '../mm/tlb.ts';
import type { CommitAccount } from '../mm/util.ts';
import type { PidTable } from './pid.ts';
import type { Scheduler } from './sched.ts';
import type { Sysctls } from './sysctl.ts';
import type { UserMemory } from './uaccess.ts';
import type { VmPolicy } from './vm_policy.ts';

export interface KernelRooms {
  readonly system: MemorySystem;
  readonly tlb: TlbContexts;
  readonly policy: VmPolicy;
  readonly commit: CommitAccount;
  readonly sysctls: Sysctls;
  readonly pids: PidTable;
  readonly sched: Scheduler;
  readonly user: UserMemory;
  readonly random: Xorshift;
}
