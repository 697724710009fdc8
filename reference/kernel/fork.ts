/** A second process like the first. Linux: kernel/fork.c, copy_process(). */
import { EAGAIN, ENOMEM } from '../include/errno.ts';
import { dupMm } from '../mm/fork.ts';
import { Process, ProcessOwner } from './process.ts';
import type { KernelRooms } from './rooms.ts';

/**
 * fork(2). The child begins where the parent is, on the next CPU that it may use.
 * @returns the child; -EAGAIN: no number is left; -ENOMEM: nothing has changed
 */
export function copyProcess(kernel: KernelRooms, parent: Process): Process | number {
  if (parent.mm === null) return -ENOMEM;
  const pid = kernel.pids.alloc();
  if (pid === null) return -EAGAIN;
  const owner = new ProcessOwner(kernel, parent.owner.credentials, parent.owner.rlimits);
  // What a process may ask for that is killed meanwhile is not for its child.
  const { comm, cpusAllowed, asking } = parent;
  const mm = dupMm(parent.mm, owner);
  if (typeof mm === 'number') return mm;
  const child = new Process({
    pid,
    parent,
    comm,
    owner,
    files: parent.files.dup(),
    cpu: kernel.sched.nextCpu(parent),
    cpusAllowed,
    asking,
  });
  child.mm = mm;
  child.startedAt = kernel.clock.now;
  child.oomScoreAdj = parent.oomScoreAdj;
  child.oomScoreAdjMin = parent.oomScoreAdjMin;
  for (const signal of parent.handled) child.handled.add(signal);
  kernel.pids.add(child);
  return child;
}
