/**
 * How processes end. Linux: kernel/exit.c.
 *
 *     runs ── exit, or a signal ──► zombie: no memory, no files; its number and its end are kept ── parent waits ──► gone
 */
import { ECHILD } from '../include/errno.ts';
import type { WaitStatus } from '../include/kernel.ts';
import { panic } from '../lib/panic.ts';
import { exitMmap } from '../mm/exit_mmap.ts';
import type { Exit, Process } from './process.ts';
import type { KernelRooms } from './rooms.ts';

/** Ends a process: its memory and files go at once. Its children become those of the first process. */
export function doExit(kernel: KernelRooms, process: Process, exit: Exit): void {
  const { mm, pid, parent } = process;
  if (mm === null) panic(`exit: process ${pid} has ended already`);
  if (parent === null) panic('exit: attempted to kill init');
  process.exit = exit;
  kernel.states.forget(process);
  kernel.dying.delete(process);
  kernel.sched.leave(process);
  process.mm = null;
  exitMmap(mm);
  process.files.closeAll();
  const init = kernel.pids.find(1) ?? panic('exit: there is no first process');
  for (const child of process.children) {
    child.parent = init;
    init.children.add(child);
    // The first process waits for all it is given.
    if (child.exit !== null) reap(kernel, child);
  }
  process.children.clear();
  if (parent === init) reap(kernel, process);
}

/** Forgets a process that has ended; its parent keeps its times. Linux: wait_task_zombie(), release_task(). */
function reap(kernel: KernelRooms, process: Process): void {
  const { parent } = process;
  if (parent !== null) {
    parent.children.delete(process);
    parent.cutime += process.utime + process.cutime;
    parent.cstime += process.stime + process.cstime;
  }
  kernel.pids.remove(process);
}

/**
 * wait4(2): asks for a child that has ended, and forgets it. It never blocks.
 * @param pid  of the child; -1: any
 * @returns null: none has ended yet; -ECHILD: there is no such child
 */
export function waitFor(kernel: KernelRooms, parent: Process, pid: number): WaitStatus | null | number {
  const children = [...parent.children].filter((child) => pid === -1 || child.pid === pid);
  if (children.length === 0) return -ECHILD;
  for (const child of children) {
    const { exit } = child;
    if (exit === null) continue;
    reap(kernel, child);
    const ended = exit.kind === 'exited';
    return { pid: child.pid, exitCode: ended ? exit.code : null, signal: ended ? null : exit.signal };
  }
  return null;
}
