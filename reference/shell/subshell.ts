/** A shell in a process that was forked: it ends with the process, and the process with it. */
import { SIGINT } from '../include/kernel.ts';
import type { Running } from '../include/tool.ts';
import type { ShellState } from './state.ts';

/** @returns the exit status, 128 + n after signal n */
export function* inSubshell(child: ShellState, running: Running): Running {
  const { processes } = child.system;
  let status: number | null = null;
  try {
    status = yield* running;
    if (child.jump?.kind === 'exit') ({ status } = child.jump);
    return status;
  } finally {
    if (status === null) processes.kill(child.pid, SIGINT);
    else processes.exit(child.pid, status);
  }
}
