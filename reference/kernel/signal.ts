/** Signals, as far as memory brings them. Linux: kernel/signal.c, arch/x86/mm/fault.c. */
import { SIGKILL, type Siginfo } from '../include/kernel.ts';
import { doExit } from './exit.ts';
import type { Process } from './process.ts';
import type { KernelRooms } from './rooms.ts';

/** A process gets a signal: its handler is told, or it ends. Linux: force_sig_fault(). */
export function forceSig(kernel: KernelRooms, process: Process, info: Siginfo): void {
  if (info.signo !== SIGKILL && process.handled.has(info.signo)) {
    process.lastSignal = info;
    return;
  }
  doExit(kernel, process, { kind: 'killed', signal: info.signo });
}
