/**
 * Huge pages change how memory is mapped, never what it holds. A life by chance: processes map, touch, cut, move, protect,
 * fork and end; beside it a table of what each page must hold.
 *
 * 1. Each page holds what was written to it last, and 0 before: over splitting, collapsing, copying, swapping, moving.
 * 2. A write succeeds if and only if the mapping allows it.
 * 3. The machine is sound.
 */
import type { Pid } from '../include/types.ts';
import { type Chance, oneOf } from './chance.ts';

/** A machine as this law uses it. Pages are those of an arena of HUGE_ARENA_PAGES at a multiple of 2 MiB; lengths are in pages. */
export interface HugeMachine {
  readonly firstPid: Pid;
  /** @returns the child */
  fork(pid: Pid): Pid;
  exit(pid: Pid): void;
  /** Fresh private memory, whatever was there. */
  map(pid: Pid, page: number, pages: number): void;
  unmap(pid: Pid, page: number, pages: number): void;
  protect(pid: Pid, page: number, pages: number, writable: boolean): void;
  /** To a free place. */
  move(pid: Pid, page: number, pages: number, to: number): void;
  /** What is not mapped is skipped. dontneed: it becomes zero; all others change nothing that can be seen. */
  advise(pid: Pid, page: number, pages: number, advice: Advice): void;
  /** @returns whether it was allowed */
  store(pid: Pid, page: number, value: number): boolean;
  /** @returns what it holds; null: nothing is mapped there */
  load(pid: Pid, page: number): number | null;
  /** Time passes: khugepaged and others run. */
  sleep(seconds: number): void;
  validate(): void;
}

export const ADVICE = ['hugepage', 'nohugepage', 'collapse', 'pageout', 'cold', 'dontneed'] as const;
export type Advice = (typeof ADVICE)[number];

/** Six huge pages. */
export const HUGE_ARENA_PAGES = 6 * 512;
const MOST_PROCESSES = 4;
/** Steps between two looks at everything. */
const LOOK_EVERY = 8;

/** What a process must find: by page its value, -1: nothing is mapped; and whether it may be written. */
interface Expected {
  readonly values: Int16Array;
  readonly writable: Uint8Array;
}

class HugeLife {
  readonly #machine: HugeMachine;
  readonly #chance: Chance;
  readonly #processes = new Map<Pid, Expected>();
  /** What was done last, to be told if it goes wrong. */
  done = '';

  constructor(machine: HugeMachine, chance: Chance) {
    this.#machine = machine;
    this.#chance = chance;
    const values = new Int16Array(HUGE_ARENA_PAGES).fill(-1);
    this.#processes.set(machine.firstPid, { values, writable: new Uint8Array(HUGE_ARENA_PAGES) });
  }

  /** @returns what is wrong, or null */
  step(): string | null {
    const [pid, expected] = oneOf(this.#processes, this.#chance);
    const kind = this.#chance(100);
    if (kind < 10) this.#map(pid, expected);
    else if (kind < 12) this.#unmap(pid, expected);
    else if (kind < 20) this.#protect(pid, expected);
    else if (kind < 25) this.#move(pid, expected);
    else if (kind < 45) this.#advise(pid, expected);
    else if (kind < 50) this.#fork(pid, expected);
    else if (kind < 53) this.#exit(pid);
    else if (kind < 55) this.#sleep();
    else return this.#touch(pid, expected);
    return null;
  }

  /** Everything that anybody can see. */
  check(): string | null {
    for (const [pid, { values }] of this.#processes) {
      for (let page = 0; page < HUGE_ARENA_PAGES; page += 1 + this.#chance(64)) {
        const wrong = this.#load(pid, page, values[page] ?? -1);
        if (wrong !== null) return wrong;
      }
    }
    return null;
  }

  /** Often whole huge pages. */
  #range(): [page: number, pages: number] {
    const whole = this.#chance(2) === 0;
    const page = whole ? this.#chance(6) * 512 : this.#chance(HUGE_ARENA_PAGES);
    const pages = whole ? (1 + this.#chance(6)) * 512 : 1 + this.#chance(700);
    return [page, Math.min(pages, HUGE_ARENA_PAGES - page)];
  }

  #map(pid: Pid, { values, writable }: Expected): void {
    const [page, pages] = this.#range();
    this.done = `${pid} map ${page} ${pages}`;
    this.#machine.map(pid, page, pages);
    values.fill(0, page, page + pages);
    writable.fill(1, page, page + pages);
  }

  #unmap(pid: Pid, { values }: Expected): void {
    const [page, pages] = this.#range();
    this.done = `${pid} unmap ${page} ${pages}`;
    this.#machine.unmap(pid, page, pages);
    values.fill(-1, page, page + pages);
  }

  /** The part from the start of a range that is mapped. */
  #mappedRange(values: Int16Array): [page: number, pages: number] {
    const [page, pages] = this.#range();
    const hole = values.subarray(page, page + pages).indexOf(-1);
    return [page, hole < 0 ? pages : hole];
  }

  #protect(pid: Pid, { values, writable }: Expected): void {
    const [page, pages] = this.#mappedRange(values);
    const allow = this.#chance(2) === 0;
    this.done = `${pid} protect ${page} ${pages} ${allow}`;
    if (pages === 0) return;
    this.#machine.protect(pid, page, pages, allow);
    writable.fill(allow ? 1 : 0, page, page + pages);
  }

  #move(pid: Pid, { values, writable }: Expected): void {
    const [page, pages] = this.#mappedRange(values);
    const to = this.#chance(2) === 0 ? this.#chance(6) * 512 : this.#chance(HUGE_ARENA_PAGES);
    const isFree = values.subarray(to, to + pages).every((value) => value === -1);
    if (pages === 0 || to + pages > HUGE_ARENA_PAGES || !isFree) return;
    const same = writable.subarray(page, page + pages).every((allowed) => allowed === writable[page]);
    if (!same) return;
    this.done = `${pid} move ${page} ${pages} to ${to}`;
    this.#machine.move(pid, page, pages, to);
    values.copyWithin(to, page, page + pages);
    writable.copyWithin(to, page, page + pages);
    values.fill(-1, page, page + pages);
  }

  #advise(pid: Pid, { values }: Expected): void {
    const [page, pages] = this.#range();
    const advice = oneOf(ADVICE, this.#chance);
    this.done = `${pid} advise ${page} ${pages} ${advice}`;
    this.#machine.advise(pid, page, pages, advice);
    if (advice !== 'dontneed') return;
    for (let at = page; at < page + pages; at++) if (values[at] !== -1) values[at] = 0;
  }

  #fork(pid: Pid, { values, writable }: Expected): void {
    if (this.#processes.size >= MOST_PROCESSES) return;
    const child = this.#machine.fork(pid);
    this.done = `${pid} fork ${child}`;
    this.#processes.set(child, { values: values.slice(), writable: writable.slice() });
  }

  #exit(pid: Pid): void {
    if (pid === this.#machine.firstPid) return;
    this.done = `${pid} exit`;
    this.#machine.exit(pid);
    this.#processes.delete(pid);
  }

  #sleep(): void {
    this.done = 'sleep';
    this.#machine.sleep(10);
  }

  #touch(pid: Pid, { values, writable }: Expected): string | null {
    const first = this.#chance(HUGE_ARENA_PAGES);
    const count = this.#chance(4) === 0 ? 300 : 3;
    const write = this.#chance(3) > 0;
    this.done = `${pid} ${write ? 'write' : 'read'} ${first} ${count}`;
    for (let page = first; page < Math.min(first + count, HUGE_ARENA_PAGES); page++) {
      const before = values[page] ?? -1;
      if (!write) {
        const wrong = this.#load(pid, page, before);
        if (wrong !== null) return wrong;
        continue;
      }
      const value = this.#chance(256);
      const allowed = before >= 0 && writable[page] === 1;
      if (this.#machine.store(pid, page, value) !== allowed) return `${pid} may write page ${page}: not ${allowed}`;
      if (allowed) values[page] = value;
    }
    return null;
  }

  #load(pid: Pid, page: number, expected: number): string | null {
    const found = this.#machine.load(pid, page) ?? -1;
    return found === expected ? null : `page ${page} of ${pid} holds ${found}, not ${expected}`;
  }
}

/** Plays a life of so many steps. @returns null, or the first thing that is wrong, with what was done before it */
export function hugePagesKeepContent(machine: HugeMachine, chance: Chance, steps: number): string | null {
  const life = new HugeLife(machine, chance);
  for (let step = 0; step < steps; step++) {
    const looks = step % LOOK_EVERY === LOOK_EVERY - 1;
    const wrong = life.step() ?? (looks ? life.check() : null);
    if (wrong !== null) return `step ${step}, after "${life.done}": ${wrong}`;
    if (looks) machine.validate();
  }
  return life.check();
}
