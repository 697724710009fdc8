/** Where a program computes. Linux: kernel/sched/fair.c, select_task_rq_fair(). */
import type { Ticks } from '../include/types.ts';
import type { Process } from './process.ts';
import type { KernelRooms } from './rooms.ts';

/** Where it was, unless fewer want to run elsewhere; of those CPUs the next one. */
function selectTaskRq({ states, sched }: KernelRooms, { cpu, cpusAllowed }: Process): number {
  let best = cpu;
  for (let i = 1; i < sched.nrCpus; i++) {
    const other = (cpu + i) % sched.nrCpus;
    const { nrRunning } = states.runQueues[other];
    if (cpusAllowed.has(other) && nrRunning < states.runQueues[best].nrRunning) best = other;
  }
  return best;
}

/** See Kernel.compute(). */
export function compute(kernel: KernelRooms, process: Process, ns: Ticks, done: () => void): void {
  kernel.sched.migrate(process, selectTaskRq(kernel, process));
  kernel.states.compute(process, ns, done);
}
