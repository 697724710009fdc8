/**
 * Which tasks wait, and for what: told by whoever lets them wait. Linux: psi_memstall_enter(), psi_task_switch(),
 * io_schedule().
 *
 *     wants to run ── waits for a disk ── and it is memory that it waits for
 *
 * SIMPLIFIED: of threads of the kernel only kswapd is looked at.
 */
import type { StallWatch } from '../include/stalls.ts';
import { type PsiGroup, TSK_IOWAIT, TSK_MEMSTALL, TSK_MEMSTALL_RUNNING, TSK_RUNNING } from './psi.ts';

/** A task, as far as it matters here. */
export interface PsiTask {
  /** Where it runs. */
  readonly cpu: number;
}

interface TaskState {
  readonly cpu: number;
  iowait: boolean;
  memstall: boolean;
  runnable: boolean;
  /** TSK_ bits that are counted for it. */
  flags: number;
}

function flagsOf({ iowait, memstall, runnable }: TaskState): number {
  const runs = !iowait && (memstall || runnable);
  return (
    (iowait ? TSK_IOWAIT : 0) |
    (memstall ? TSK_MEMSTALL : 0) |
    (runs ? TSK_RUNNING : 0) |
    (runs && memstall ? TSK_MEMSTALL_RUNNING : 0)
  );
}

export class PsiTasks implements StallWatch {
  readonly #group: PsiGroup;
  readonly #current: () => PsiTask | null;
  readonly #kswapds: readonly PsiTask[];
  /** Of those that do something. */
  readonly #states = new Map<PsiTask, TaskState>();

  /**
   * @param current  the task that runs; null: the kernel itself
   * @param kswapds  by node
   */
  constructor(group: PsiGroup, current: () => PsiTask | null, kswapds: readonly PsiTask[]) {
    this.#group = group;
    this.#current = current;
    this.#kswapds = kswapds;
  }

  psiMemstallEnter(): boolean {
    return this.#setCurrent('memstall', true);
  }

  psiMemstallLeave(was: boolean): void {
    if (!was) this.#setCurrent('memstall', false);
  }

  ioSchedulePrepare(): boolean {
    return this.#setCurrent('iowait', true);
  }

  ioScheduleFinish(was: boolean): void {
    if (!was) this.#setCurrent('iowait', false);
  }

  kswapdStall(nid: number, busy: boolean): void {
    this.#set(this.#kswapds[nid], 'memstall', busy);
  }

  /** A task wants to run for a while, or no longer. With two of them on a CPU one has to wait. */
  setRunnable(task: PsiTask, runnable: boolean): void {
    this.#set(task, 'runnable', runnable);
  }

  /** A task has ended: it waits for nothing. */
  forget(task: PsiTask): void {
    const state = this.#states.get(task);
    if (state === undefined) return;
    this.#group.taskChange(state.cpu, state.flags, 0);
    this.#states.delete(task);
  }

  validate(): void {
    this.#group.validate();
  }

  /** @returns what was so before; true: there is no task that it could concern */
  #setCurrent(field: 'iowait' | 'memstall', value: boolean): boolean {
    const task = this.#current();
    return task === null ? true : this.#set(task, field, value);
  }

  #set(task: PsiTask, field: 'iowait' | 'memstall' | 'runnable', value: boolean): boolean {
    const idle = { cpu: task.cpu, iowait: false, memstall: false, runnable: false, flags: 0 };
    const state: TaskState = this.#states.get(task) ?? idle;
    const was = state[field];
    state[field] = value;
    const flags = flagsOf(state);
    if (flags !== state.flags) this.#group.taskChange(state.cpu, state.flags & ~flags, flags & ~state.flags);
    state.flags = flags;
    if (flags === 0) this.#states.delete(task);
    else this.#states.set(task, state);
    return was;
  }
}
