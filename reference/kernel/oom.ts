/**
 * How a process that memory ran out for comes to its end. Linux: mm/oom_kill.c (mark_oom_victim()), kernel/signal.c.
 *
 *     chosen ── SIGKILL is on its way ── whoever runs leaves the kernel ── it ends
 *                                   `─── or memory runs out again: it ends at once, unless it runs
 */
import { SI_KERNEL, SIGKILL, type Siginfo } from '../include/kernel.ts';
import type { OomTasks } from '../mm/oom_task.ts';
import { doExit } from './exit.ts';
import type { Process } from './process.ts';
import type { KernelRooms } from './rooms.ts';

export const KILLED_BY_KERNEL: Siginfo = { signo: SIGKILL, code: SI_KERNEL, addr: 0 };

/** Processes, as the OOM killer sees them. */
export function oomTasks(kernel: () => KernelRooms): OomTasks<Process> {
  return {
    all: () => kernel().pids,
    current: () => kernel().sched.running,
    kill: (process) => sendKill(kernel(), process),
    end: (process) => endDying(kernel(), process),
  };
}

/** SIGKILL is on its way; until it comes the reserves are open to the process. */
function sendKill({ dying, sched }: KernelRooms, process: Process): void {
  process.isKilled = true;
  process.asking = { ...process.asking, oomVictim: true };
  sched.policyChanged(process);
  dying.add(process);
}

function endDying(kernel: KernelRooms, process: Process): void {
  if (process.mm !== null) doExit(kernel, process, { kind: 'killed', signal: SIGKILL });
}

/** Whoever ran goes back to its program: those that are to die do. Linux: exit_to_user_mode_loop(), get_signal(). */
export function leaveKernel(kernel: KernelRooms): void {
  if (kernel.dying.size === 0) return;
  for (const process of [...kernel.dying]) endDying(kernel, process);
}

/** The same after a fault: whoever faulted gets its signal from the fault. */
export function leaveFault(kernel: KernelRooms): void {
  if (kernel.dying.size === 0) return;
  for (const process of [...kernel.dying]) if (process !== kernel.sched.running) endDying(kernel, process);
}
