/**
 * One CPU: who has it, who wants it, and where its time has gone. Linux: struct rq, kernel/sched/fair.c, cputime.c.
 * Textbook: round robin.
 *
 *     works in the kernel     p3           has the CPU: system time
 *     programs that compute   p1 p2        if nobody works, the first of them has it: user time; after a slice it is the next one's turn
 *     waits for a disk        p4           if nobody has the CPU it is not idle, but iowait
 *
 * SIMPLIFIED: all turns are equally long; Linux gives each its share by weight and deadline. Nobody waits for the kernel: whoever
 * works in it begins at once, and of several the last has the CPU.
 */
import type { VirtualClock } from '../arch/clock.ts';
import type { Ticks } from '../include/types.ts';
import { panic } from '../lib/panic.ts';

/** A tick of the kernel: 250 each second. */
export const TICK_NS = 4_000_000;
/** A turn, when others wait for theirs. Linux: base_slice_ns, of eight CPUs and more. */
const SLICE_NS = 3_000_000;

/** What a task keeps of its own time, in ns; and how often it gave its CPU away, or had it taken. */
export interface TimedTask {
  readonly cpu: number;
  utime: Ticks;
  stime: Ticks;
  nvcsw: number;
  nivcsw: number;
}

/** A program that computes: for how long still, and who hears that it is done. */
interface Computing<Task> {
  readonly task: Task;
  left: Ticks;
  readonly done: () => void;
}

/** Where the time of a CPU went, in ns. */
export interface CpuNs {
  user: Ticks;
  system: Ticks;
  idle: Ticks;
  iowait: Ticks;
}

export class RunQueue<Task extends TimedTask> {
  readonly #clock: VirtualClock;
  readonly #times: CpuNs = { user: 0, system: 0, idle: 0, iowait: 0 };
  /** Time is accounted for until then. */
  #since: Ticks = 0;
  readonly #working: Task[] = [];
  readonly #queue: Computing<Task>[] = [];
  #sliceLeft = SLICE_NS;
  /** Whose program is done with what it wanted, and what was left of its turn; null: somebody else has had the CPU since. */
  #turn: { readonly task: Task; readonly left: Ticks } | null = null;
  /** Tasks of this CPU that wait for a disk. Linux: nr_iowait. */
  nrIowait = 0;
  #switches = 0;
  /** Who had the CPU last; null: nobody. */
  #last: Task | null = null;
  #timerAt: Ticks = Infinity;
  /** A timer of an earlier queue is void. */
  #timers = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** Until now. */
  get times(): Readonly<CpuNs> {
    this.account();
    return this.#times;
  }

  /** How often the CPU went to somebody else, or became idle. Linux: nr_switches. */
  get switches(): number {
    this.account();
    return this.#switches;
  }

  /** Tasks that have the CPU or want it. */
  get nrRunning(): number {
    return this.#working.length + this.#queue.length;
  }

  /** Whoever had the CPU gets the time since then. Linux: account_process_tick(). */
  account(until = this.#clock.now): void {
    const passed = until - this.#since;
    if (passed === 0) return;
    this.#since = until;
    const worker = this.#working.at(-1) ?? null;
    if (worker === null) this.#turn = null;
    const first = this.#queue.at(0);
    this.#switchTo(worker ?? first?.task ?? null);
    if (worker !== null) {
      worker.stime += passed;
      this.#times.system += passed;
    } else if (first !== undefined) {
      first.task.utime += passed;
      first.left -= passed;
      if (this.#queue.length > 1) this.#sliceLeft -= passed;
      this.#times.user += passed;
    } else if (this.nrIowait > 0) {
      this.#times.iowait += passed;
    } else {
      this.#times.idle += passed;
    }
  }

  /** When something changes by itself: a program is done, or its turn ends. Infinity: never. */
  get dueAt(): Ticks {
    this.account();
    if (this.#queue.length === 0) return Infinity;
    const [{ left }] = this.#queue;
    return this.#since + (this.#queue.length > 1 ? Math.min(left, this.#sliceLeft) : left);
  }

  /** A program wants to compute. @param ns  more than 0. @param done  called when it has */
  enqueue(task: Task, ns: Ticks, done: () => void): void {
    if (!(ns > 0)) panic(`run_queue: nobody computes for ${ns} ns`);
    this.account();
    if (this.#turn?.task === task) {
      // It wants more at once: its turn goes on.
      this.#queue.unshift({ task, left: ns, done });
      this.#sliceLeft = this.#turn.left;
    } else {
      this.#queue.push({ task, left: ns, done });
      if (this.#queue.length === 1) this.#sliceLeft = SLICE_NS;
    }
    this.#arm();
  }

  /** It does not compute any more, and is not told. @returns how long it still had to; 0: it did not compute */
  dequeue(task: Task): Ticks {
    this.account();
    const at = this.#queue.findIndex((each) => each.task === task);
    if (at < 0) return 0;
    if (at === 0) this.#sliceLeft = SLICE_NS;
    const [{ left }] = this.#queue.splice(at, 1);
    return left;
  }

  /** A task works in the kernel from now on. */
  enterKernel(task: Task): void {
    this.account();
    this.#working.push(task);
  }

  leaveKernel(task: Task): void {
    this.account();
    const at = this.#working.lastIndexOf(task);
    if (at < 0) panic('run_queue: a task leaves the kernel that is not there');
    this.#working.splice(at, 1);
  }

  /** A task has worked in the kernel until now, and nothing else has changed meanwhile. @param from  not before the last change */
  worked(task: Task, from: Ticks): void {
    this.account(from);
    this.#working.push(task);
    this.account();
    this.#working.pop();
  }

  /** A task begins (1) or ends (-1) to wait for a disk. */
  iowait(change: 1 | -1): void {
    this.account();
    this.nrIowait += change;
  }

  validate(): void {
    const { user, system, idle, iowait } = this.times;
    if (user + system + idle + iowait !== this.#clock.now)
      panic('run_queue: the times of a CPU are not the time that passed');
    if (this.nrIowait < 0) panic('run_queue: less than nobody waits for a disk');
    for (const { left } of this.#queue) if (left <= 0) panic('run_queue: a program computes that has nothing to do');
  }

  #switchTo(next: Task | null): void {
    const last = this.#last;
    if (last === next) return;
    this.#last = next;
    this.#switches++;
    if (last === null) return;
    const wantsIt = this.#working.includes(last) || this.#queue.some(({ task }) => task === last);
    if (wantsIt) last.nivcsw++;
    else last.nvcsw++;
  }

  /** Has the queue looked at when something is due. */
  #arm(): void {
    const at = this.dueAt;
    if (at >= this.#timerAt) return;
    this.#timerAt = at;
    const timer = ++this.#timers;
    this.#clock.schedule(at, () => {
      if (timer !== this.#timers) return;
      this.#timerAt = Infinity;
      this.#tick();
    });
  }

  /** Somebody may be done, or have had its turn; or was kept from it by who works in the kernel. */
  #tick(): void {
    this.account();
    const first = this.#queue.at(0);
    if (first === undefined) return;
    const isDone = first.left <= 0;
    if (isDone || this.#sliceLeft <= 0) {
      this.#queue.shift();
      if (isDone && this.#sliceLeft > 0) this.#turn = { task: first.task, left: this.#sliceLeft };
      this.#sliceLeft = SLICE_NS;
      if (!isDone) this.#queue.push(first);
    }
    this.#arm();
    if (isDone) first.done();
  }
}
