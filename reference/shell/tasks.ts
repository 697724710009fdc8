/**
 * Who runs next. Programs give way of their own accord, between two steps, never inside the kernel: whoever is to wake
 * first goes on, and the virtual clock with it.
 *
 *     foreground   ──step── sleeps 1 s ─────────────── step ──
 *     background        ──step── 10 ms ──step── 10 ms ──         at the same time, in the same order every time
 */
import type { Computes, Pause, Running } from '../include/tool.ts';
import type { Pid, Ticks } from '../include/types.ts';
import type { Kernel } from '../init/kernel.ts';
import type { Processes } from './processes.ts';

/** How long a program in the background computes before it gives way, in ns; a program in the foreground is not delayed. */
const SLICE_NS = 1_000_000;
export const KILLED = 128;

/** What is started together: Ctrl-C ends it together. */
export type Group = number;

export class Task {
  readonly pid: Pid;
  readonly group: Group;
  /** What it does. */
  readonly running: Running;
  wakeAt: Ticks = 0;
  /** Which process of it computes: it goes on when that has, or has ended. null: none. */
  computing: Pid | null = null;
  /** Ties are broken by this. */
  order = 0;
  /** null: it runs. */
  status: number | null = null;

  constructor(pid: Pid, group: Group, running: Running) {
    this.pid = pid;
    this.group = group;
    this.running = running;
  }
}

export class Tasks {
  /** The one that has the terminal; 0: none. */
  foreground: Group = 0;
  readonly #kernel: Kernel;
  readonly #processes: Processes;
  #all: Task[] = [];
  #order = 0;
  #groups: Group = 0;

  constructor(kernel: Kernel, processes: Processes) {
    this.#kernel = kernel;
    this.#processes = processes;
  }

  newGroup(): Group {
    return ++this.#groups;
  }

  start(pid: Pid, group: Group, running: Running): Task {
    const task = new Task(pid, group, running);
    this.#wakeAfter(task, 0);
    this.#all.push(task);
    return task;
  }

  /** Whoever is next does a step. @returns false: nobody will ever wake */
  step(): boolean {
    this.#buryDead();
    const next = this.#next();
    const { clock, states } = this.#kernel.rooms;
    const due = Math.min(next?.wakeAt ?? Infinity, states.dueAt);
    if (due === Infinity) return false;
    if (next === null || due > clock.now) {
      this.#kernel.sleep(due - clock.now);
      // Something else may have become due, or somebody may have been killed.
      return true;
    }
    const step = next.running.next();
    if (step.done) this.#ended(next, step.value);
    else this.#pauses(next, step.value);
    return true;
  }

  /** Until it has ended. */
  *waitFor(task: Task): Running {
    while (task.status === null) yield Infinity;
    return task.status;
  }

  /** Ctrl-C: what belongs to a group ends. */
  interrupt(group: Group): void {
    for (const task of this.#all.filter((each) => each.group === group)) {
      task.running.return(130);
      this.#ended(task, 130);
    }
  }

  /** Those that run, in the order in which they were started. */
  get all(): readonly Task[] {
    return this.#all;
  }

  #next(): Task | null {
    let best: Task | null = null;
    for (const task of this.#all) {
      if (task.computing !== null) continue;
      if (best === null || task.wakeAt < best.wakeAt || (task.wakeAt === best.wakeAt && task.order < best.order)) {
        best = task;
      }
    }
    return best;
  }

  #pauses(task: Task, pause: Pause): void {
    if (typeof pause !== 'number') this.#computes(task, pause);
    else if (pause === 0 && task.group !== this.foreground) this.#computes(task, { pid: task.pid, ns: SLICE_NS });
    else this.#sleeps(task, pause);
  }

  #sleeps(task: Task, ns: Ticks): void {
    if (ns > 0) this.#processes.sleeps(task.pid);
    this.#wakeAfter(task, ns);
  }

  #computes(task: Task, { pid, ns }: Computes): void {
    task.computing = pid;
    if (this.#processes.isAlive(pid)) this.#kernel.compute(pid, ns, () => this.#hasComputed(task));
  }

  #hasComputed(task: Task): void {
    task.computing = null;
    this.#wakeAfter(task, 0);
  }

  #wakeAfter(task: Task, ns: Ticks): void {
    task.wakeAt = Math.max(task.wakeAt, this.#kernel.rooms.clock.now) + ns;
    task.order = this.#order++;
  }

  /** Those whose process was killed. */
  #buryDead(): void {
    for (const task of this.#all) {
      if (task.computing !== null && !this.#processes.isAlive(task.computing)) this.#hasComputed(task);
    }
    for (const task of this.#all.filter(({ pid }) => !this.#processes.isAlive(pid))) {
      task.running.return(KILLED);
      this.#ended(task, KILLED);
    }
  }

  #ended(task: Task, status: number): void {
    task.status = status;
    if (task.computing !== null) this.#processes.stopComputing(task.computing);
    this.#all = this.#all.filter((each) => each !== task);
    // Whoever waits for it looks again.
    for (const waiting of this.#all) if (waiting.wakeAt === Infinity) waiting.wakeAt = this.#kernel.rooms.clock.now;
  }
}
