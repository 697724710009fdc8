/** The system calls of processes. Linux: kernel/fork.c, kernel/exit.c, kernel/sched/syscalls.c, kernel/sys.c. */
import { EINVAL, EPERM, ESRCH } from '../../include/errno.ts';
import type { MemorySignal, ProgramDescription, Signal, WaitStatus } from '../../include/kernel.ts';
import type { Rlimits } from '../../include/mm_types.ts';
import type { Pid } from '../../include/types.ts';
import { CpuSet } from '../../lib/cpumask.ts';
import { type Entry, execve } from '../execve.ts';
import { doExit, waitFor } from '../exit.ts';
import { copyProcess } from '../fork.ts';
import type { Caller } from './caller.ts';

export const PROCESS_CALLS = {
  /** @returns the child's number; -EAGAIN, -ENOMEM */
  fork({ kernel, process }: Caller): Pid | number {
    const child = copyProcess(kernel, process);
    return typeof child === 'number' ? child : child.pid;
  },
  exit({ kernel, process }: Caller, code: number): number {
    if (process.parent === null) return -EPERM;
    doExit(kernel, process, { kind: 'exited', code });
    return 0;
  },
  /** @returns where it begins; -ENOENT, -ENOMEM. See kernel/execve.ts */
  execve: ({ kernel, process }: Caller, program: ProgramDescription): Entry | number =>
    execve(kernel, process, program),
  /** @returns 0, the signal 0 does nothing; -ESRCH; nobody ends the first process */
  kill({ kernel }: Caller, pid: number, signal: Signal | 0): number {
    const target = kernel.pids.find(pid);
    if (target === null) return -ESRCH;
    if (signal === 0 || target.parent === null || target.exit !== null) return 0;
    doExit(kernel, target, { kind: 'killed', signal });
    return 0;
  },
  /** @returns the child that has ended; null: none has yet; -ECHILD */
  wait4: ({ kernel, process }: Caller, pid: number): WaitStatus | null | number => waitFor(kernel, process, pid),
  getpid: ({ process }: Caller): Pid => process.pid,
  /** @param pid  0: the caller. @param cpus  at least one that exists, others are ignored */
  sched_setaffinity({ kernel, process }: Caller, pid: number, cpus: readonly number[]): number {
    const target = pid === 0 ? process : kernel.pids.find(pid);
    if (target === null) return -ESRCH;
    const { sched } = kernel;
    const allowed = new CpuSet(sched.nrCpus);
    for (const cpu of cpus) if (cpu >= 0 && cpu < sched.nrCpus) allowed.add(cpu);
    const first = allowed.next(0);
    if (first < 0) return -EINVAL;
    target.cpusAllowed = allowed;
    if (!allowed.has(target.cpu)) {
      sched.migrate(target, first);
      kernel.states.moved(target);
    }
    return 0;
  },
  /** @param limit  bytes, or Infinity */
  setrlimit({ process }: Caller, resource: keyof Rlimits, limit: number): number {
    if (!(limit >= 0)) return -EINVAL;
    process.owner.rlimits = { ...process.owner.rlimits, [resource]: limit };
    return 0;
  },
  /** @param action  'handle': the process goes on; 'default': it ends */
  sigaction({ process }: Caller, signal: MemorySignal, action: 'handle' | 'default'): number {
    if (action === 'handle') process.handled.add(signal);
    else process.handled.delete(signal);
    return 0;
  },
} as const;
