/**
 * The virtual clock: time passes only when somebody waits, and what is due in between happens in order.
 * Linux: kernel/time/hrtimer.c.
 *
 *     now ----- advance(10) ----> now + 10
 *          |         |
 *        due 3     due 7          both run, at their own time
 */
import type { StallWatch } from '../include/stalls.ts';
import type { Ticks } from '../include/types.ts';
import { panic } from '../lib/panic.ts';

interface Timer {
  readonly at: Ticks;
  /** Ties are broken by this: first come, first run. */
  readonly order: number;
  readonly run: () => void;
}

/** Nanoseconds in a second, and in a thousandth of one. */
export const NSEC_PER_SEC = 1_000_000_000;
export const NSEC_PER_MSEC = 1_000_000;

export class VirtualClock {
  /** Who keeps account of what tasks do with their time; null: nobody. */
  stalls: StallWatch | null = null;
  #now: Ticks = 0;
  #order = 0;
  /** Tasks that wait, each for the next. */
  #waiting = 0;
  /** A binary heap: the next timer first. */
  readonly #heap: Timer[] = [];

  /** Nanoseconds since boot. */
  get now(): Ticks {
    return this.#now;
  }

  /** Whether a task waits, in the middle of something. */
  get isWaiting(): boolean {
    return this.#waiting > 0;
  }

  /** Timers that have not run yet. */
  get pending(): number {
    return this.#heap.length;
  }

  /** Has something done at a time; at once when time next passes, if that is over. */
  schedule(at: Ticks, run: () => void): void {
    this.#push({ at, order: this.#order++, run });
  }

  /** The power goes: nothing that was due will happen. */
  clear(): void {
    this.#heap.length = 0;
  }

  /** Lets time pass, and runs what falls due, in order of time, then of being asked for. @param ns  0 or more */
  advance(ns: Ticks): void {
    if (!(ns >= 0)) panic(`clock: cannot advance by ${ns} ns`);
    const until = this.#now + ns;
    while (this.#heap.length > 0 && this.#heap[0].at <= until) this.#runFirst();
    if (until > this.#now) this.#now = until;
  }

  /** The task that runs works in the kernel for a while. Linux: account_system_time(). */
  work(ns: Ticks): void {
    const { stalls } = this;
    const from = this.#now;
    if (stalls === null) this.advance(ns);
    else if (stalls.addsUp && !(this.#heap.length > 0 && this.#heap[0].at <= from + ns)) {
      this.#now = from + ns;
      stalls.worked(from);
    } else {
      const was = stalls.kernelEnter();
      this.advance(ns);
      stalls.kernelLeave(was);
    }
  }

  /**
   * The task that runs waits for a disk: lets time pass, timer by timer, until something is so. Panics when nothing is left
   * that could make it so. Linux: io_schedule().
   */
  waitUntil(done: () => boolean): void {
    if (done()) return;
    const { stalls } = this;
    const was = stalls?.ioSchedulePrepare() ?? true;
    this.#waiting++;
    while (!done()) {
      if (this.#heap.length === 0) panic('clock: a task waits, but nothing is due that could wake it');
      this.#runFirst();
    }
    this.#waiting--;
    stalls?.ioScheduleFinish(was);
  }

  /** The task that runs lets a disk work for a while. Linux: io_schedule_timeout(). */
  ioSleep(ns: Ticks): void {
    const { stalls } = this;
    const was = stalls?.ioSchedulePrepare() ?? true;
    this.#waiting++;
    this.advance(ns);
    this.#waiting--;
    stalls?.ioScheduleFinish(was);
  }

  /** A timer may let time pass itself; the clock never goes back. */
  #runFirst(): void {
    const first = this.#pop();
    if (first.at > this.#now) this.#now = first.at;
    first.run();
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let i = heap.push(timer) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (isBefore(heap[parent], timer)) break;
      heap[i] = heap[parent];
      i = parent;
    }
    heap[i] = timer;
  }

  #pop(): Timer {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || last === first) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
      if (isBefore(last, heap[child])) break;
      heap[i] = heap[child];
      i = child;
    }
    heap[i] = last;
    return first;
  }
}

const isBefore = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
