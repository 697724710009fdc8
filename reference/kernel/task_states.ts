/**
 * What each task does just now, told by whoever lets it: from it pressure, times of CPUs and the load are made.
 * Linux: psi_task_switch(), io_schedule(), __state of struct task_struct.
 *
 *     computes ─┐                        ┌─ run queue of its CPU: user, system, iowait, idle
 *     works in the kernel ── one record ─┼─ pressure
 *     waits for a disk ─┤                └─ load
 *     ... and it is memory that it waits for
 *
 * SIMPLIFIED: of threads of the kernel only kswapd is looked at.
 */
import type { VirtualClock } from '../arch/clock.ts';
import type { KswapdState, StallWatch } from '../include/stalls.ts';
import type { Ticks } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import { LoadAvg, type Loads } from './loadavg.ts';
import { type PsiGroup, TSK_IOWAIT, TSK_MEMSTALL, TSK_MEMSTALL_RUNNING, TSK_RUNNING } from './psi.ts';
import { RunQueue, type TimedTask } from './run_queue.ts';

type Doing = 'iowait' | 'memstall' | 'works' | 'computes';

interface TaskState extends Record<Doing, boolean> {
  /** Where it does it. */
  cpu: number;
  /** TSK_ bits that are counted for it. */
  flags: number;
  /** Counted for the load, though it does not run. */
  uninterruptible: boolean;
}

function flagsOf({ iowait, memstall, works, computes }: TaskState): number {
  // What the kernel does for a task is over at once, unless it reclaims.
  const runs = !iowait && ((works && memstall) || computes);
  return (
    (iowait ? TSK_IOWAIT : 0) |
    (memstall ? TSK_MEMSTALL : 0) |
    (runs ? TSK_RUNNING : 0) |
    (runs && memstall ? TSK_MEMSTALL_RUNNING : 0)
  );
}

/** A thread of the kernel, as far as it matters here. */
export class KernelThread implements TimedTask {
  readonly cpu: number;
  utime: Ticks = 0;
  stime: Ticks = 0;
  nvcsw = 0;
  nivcsw = 0;

  constructor(cpu: number) {
    this.cpu = cpu;
  }
}

export class TaskStates<Task extends TimedTask = TimedTask> implements StallWatch {
  /** By CPU. */
  readonly runQueues: readonly RunQueue<TimedTask>[];
  readonly #clock: VirtualClock;
  readonly #psi: PsiGroup;
  readonly #load = new LoadAvg();
  readonly #current: () => Task | null;
  readonly #kswapds: readonly KernelThread[];
  readonly #states = new Map<TimedTask, TaskState>();
  /** By task: called when it has computed. */
  readonly #whenDone = new Map<TimedTask, () => void>();
  #uninterruptible = 0;

  /**
   * @param current  the task that runs; null: the kernel itself
   * @param kswapds  by node
   */
  constructor(
    clock: VirtualClock,
    psi: PsiGroup,
    nrCpus: number,
    current: () => Task | null,
    kswapds: readonly KernelThread[],
  ) {
    this.#clock = clock;
    this.#psi = psi;
    this.runQueues = Array.from({ length: nrCpus }, () => new RunQueue(clock));
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

  get addsUp(): boolean {
    const task = this.#current();
    return task === null || !this.#states.get(task)?.memstall;
  }

  worked(from: Ticks): void {
    const task = this.#current();
    if (task !== null) this.runQueues[task.cpu].worked(task, from);
  }

  kernelEnter(): boolean {
    return this.#setCurrent('works', true);
  }

  kernelLeave(was: boolean): void {
    if (!was) this.#setCurrent('works', false);
  }

  kswapd(nid: number, does: KswapdState): void {
    const thread = this.#kswapds[nid];
    this.#set(thread, 'memstall', does !== 'rests');
    this.#set(thread, 'works', does === 'works');
    this.#set(thread, 'iowait', does === 'waits');
  }

  /** The program of a task computes. @param ns  more than 0. @param done  called when it has, unless the task ends before */
  compute(task: Task, ns: Ticks, done: () => void): void {
    if (this.#set(task, 'computes', true)) panic('task_states: a task computes twice');
    this.#whenDone.set(task, done);
    this.#enqueue(task, ns);
  }

  /** A task that computes goes on where its `cpu` is now. */
  moved(task: Task): void {
    const state = this.#states.get(task);
    if (state === undefined || !state.computes) return;
    const left = this.runQueues[state.cpu].dequeue(task);
    this.#set(task, 'computes', false);
    this.#set(task, 'computes', true);
    this.#enqueue(task, left);
  }

  /** It need not be done. */
  stopComputing(task: Task): void {
    const state = this.#states.get(task);
    if (state === undefined || !state.computes) return;
    this.runQueues[state.cpu].dequeue(task);
    this.#whenDone.delete(task);
    this.#set(task, 'computes', false);
  }

  /** A task has ended: it does nothing. */
  forget(task: Task): void {
    this.stopComputing(task);
    for (const doing of ['works', 'iowait', 'memstall'] as const) this.#set(task, doing, false);
    this.#states.delete(task);
  }

  /** Has its times brought up to now. Linux: task_cputime(). */
  account(task: Task): void {
    this.runQueues[task.cpu].account();
  }

  /** `R`: has a CPU, or wants it. `D`: waits and cannot be woken. `S`: sleeps. */
  stateOf(task: Task): 'R' | 'D' | 'S' {
    const state = this.#states.get(task);
    if (state?.uninterruptible) return 'D';
    return state?.works || state?.computes || task === this.#current() ? 'R' : 'S';
  }

  /** Tasks that have a CPU or want it, whoever asks among them. Linux: nr_running(). */
  get nrRunning(): number {
    const current = this.#current();
    const state = current === null ? undefined : this.#states.get(current);
    const asks = current !== null && !(state?.works || state?.computes || state?.uninterruptible);
    return this.#nrQueued() + (asks ? 1 : 0);
  }

  /** Linux: nr_iowait(). */
  get nrIowait(): number {
    return this.runQueues.reduce((sum, { nrIowait }) => sum + nrIowait, 0);
  }

  get loads(): Loads {
    this.#averageLoad();
    return this.#load.loads;
  }

  /** When a program will have computed, or its turn end, if nothing else happens; Infinity: none computes. */
  get dueAt(): Ticks {
    return Math.min(...this.runQueues.map(({ dueAt }) => dueAt));
  }

  validate(): void {
    this.#psi.validate();
    for (const queue of this.runQueues) queue.validate();
  }

  #enqueue(task: Task, ns: Ticks): void {
    this.runQueues[task.cpu].enqueue(task, ns, () => {
      const done = this.#whenDone.get(task);
      this.#whenDone.delete(task);
      this.#set(task, 'computes', false);
      done?.();
    });
  }

  #nrQueued(): number {
    return this.runQueues.reduce((sum, { nrRunning }) => sum + nrRunning, 0);
  }

  #averageLoad(): void {
    const { now } = this.#clock;
    if (now >= this.#load.due) this.#load.catchUp(now, this.#nrQueued() + this.#uninterruptible);
  }

  /** @returns what was so before; true: there is no task that it could concern */
  #setCurrent(doing: Doing, value: boolean): boolean {
    const task = this.#current();
    return task === null ? true : this.#set(task, doing, value);
  }

  #set(task: TimedTask, doing: Doing, value: boolean): boolean {
    const state = this.#stateFor(task);
    const was = state[doing];
    if (was === value) return was;
    this.#averageLoad();
    const { cpu } = state;
    const queue = this.runQueues[cpu];
    if (doing === 'iowait') queue.iowait(value ? 1 : -1);
    else if (doing === 'works' && value) queue.enterKernel(task);
    else if (doing === 'works') queue.leaveKernel(task);
    state[doing] = value;
    const flags = flagsOf(state);
    if (flags !== state.flags) this.#psi.taskChange(cpu, state.flags & ~flags, flags & ~state.flags);
    state.flags = flags;
    const uninterruptible = state.iowait || (state.memstall && !state.works && !state.computes);
    this.#uninterruptible += Number(uninterruptible) - Number(state.uninterruptible);
    state.uninterruptible = uninterruptible;
    return was;
  }

  #stateFor(task: TimedTask): TaskState {
    const known = this.#states.get(task);
    if (known === undefined) {
      const nothing = { iowait: false, memstall: false, works: false, computes: false };
      const state = { ...nothing, cpu: task.cpu, flags: 0, uninterruptible: false };
      this.#states.set(task, state);
      return state;
    }
    // One that does nothing may have been put elsewhere.
    if (known.flags === 0 && !known.works && !known.computes) known.cpu = task.cpu;
    return known;
  }
}
