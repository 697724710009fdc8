/**
 * The pool of huge pages, whoever uses it: processes by chance map, touch, fork, unmap and end, and the pool is resized.
 *
 * 1. 0 <= resv <= free <= nr; what was asked for and what there is differ by surplus only.
 * 2. Private memory that was promised is there when it is touched; what was written to it stays.
 * 3. When all have ended, everything is free, and nothing is promised.
 */
import type { HugetlbReport } from '../include/hugetlb_report.ts';
import type { Pid } from '../include/types.ts';
import { type Chance, oneOf } from './chance.ts';

export type HugetlbKind = 'private' | 'shared' | 'noReserve';

/** A machine as this law uses it. Pages are huge ones, of an arena of HUGETLB_ARENA_PAGES. */
export interface HugetlbMachine {
  readonly firstPid: Pid;
  /** Instead of what was there. @returns whether there were pages for it; else nothing is there any more */
  map(pid: Pid, page: number, pages: number, kind: HugetlbKind): boolean;
  unmap(pid: Pid, page: number, pages: number): void;
  /** Its pages go; the promises stay. */
  dontneed(pid: Pid, page: number, pages: number): void;
  fork(pid: Pid): Pid;
  exit(pid: Pid): void;
  /** @returns false: SIGBUS or SIGSEGV */
  store(pid: Pid, page: number, value: number): boolean;
  /** @returns null: SIGBUS or SIGSEGV */
  load(pid: Pid, page: number): number | null;
  resize(pages: number): void;
  overcommit(pages: number): void;
  report(): HugetlbReport;
  validate(): void;
}

export const HUGETLB_ARENA_PAGES = 8;
const MOST_PROCESSES = 3;
const KINDS: readonly HugetlbKind[] = ['private', 'private', 'shared', 'noReserve'];

/** What a process must find: by page its value, or null: it may be anything, or nothing at all; and what it was promised. */
interface Expected {
  readonly values: (number | null)[];
  readonly promised: boolean[];
}

class HugetlbLife {
  readonly #machine: HugetlbMachine;
  readonly #chance: Chance;
  readonly #processes = new Map<Pid, Expected>();
  done = '';

  constructor(machine: HugetlbMachine, chance: Chance) {
    this.#machine = machine;
    this.#chance = chance;
    this.#processes.set(machine.firstPid, {
      values: new Array<number | null>(HUGETLB_ARENA_PAGES).fill(null),
      promised: new Array<boolean>(HUGETLB_ARENA_PAGES).fill(false),
    });
  }

  /** @returns what is wrong, or null */
  step(): string | null {
    const [pid, expected] = oneOf(this.#processes, this.#chance);
    const page = this.#chance(HUGETLB_ARENA_PAGES);
    const pages = 1 + this.#chance(HUGETLB_ARENA_PAGES - page);
    const kind = this.#chance(100);
    if (kind < 15) this.#map(pid, expected, page, pages);
    else if (kind < 25) this.#forget(pid, expected, page, pages, 'unmap');
    else if (kind < 32) this.#forget(pid, expected, page, pages, 'dontneed');
    else if (kind < 40) this.#fork(pid, expected);
    else if (kind < 44) this.#exit(pid);
    else if (kind < 50) this.#resize();
    else return this.#touch(pid, expected, page);
    return null;
  }

  end(): string | null {
    for (const pid of [...this.#processes.keys()]) this.#exit(pid);
    this.#machine.unmap(this.#machine.firstPid, 0, HUGETLB_ARENA_PAGES);
    const { total, free, rsvd } = this.#machine.report();
    return free === total && rsvd === 0 ? null : `${free} of ${total} are free at the end, ${rsvd} promised`;
  }

  #map(pid: Pid, { values, promised }: Expected, page: number, pages: number): void {
    const kind = oneOf(KINDS, this.#chance);
    this.done = `${pid} map ${page} ${pages} ${kind}`;
    const done = this.#machine.map(pid, page, pages, kind);
    values.fill(null, page, page + pages);
    promised.fill(done && kind === 'private', page, page + pages);
    if (done && kind === 'private') values.fill(0, page, page + pages);
  }

  #forget(pid: Pid, { values, promised }: Expected, page: number, pages: number, how: 'unmap' | 'dontneed'): void {
    this.done = `${pid} ${how} ${page} ${pages}`;
    this.#machine[how](pid, page, pages);
    values.fill(null, page, page + pages);
    promised.fill(false, page, page + pages);
  }

  /** The child was promised nothing. */
  #fork(pid: Pid, { values }: Expected): void {
    if (this.#processes.size >= MOST_PROCESSES) return;
    const child = this.#machine.fork(pid);
    this.done = `${pid} fork ${child}`;
    this.#processes.set(child, { values: values.map(() => null), promised: values.map(() => false) });
  }

  #exit(pid: Pid): void {
    if (pid === this.#machine.firstPid) return;
    this.done = `${pid} exit`;
    this.#machine.exit(pid);
    this.#processes.delete(pid);
  }

  #resize(): void {
    const [pages, most] = [this.#chance(12), this.#chance(4)];
    this.done = `resize ${pages}, overcommit ${most}`;
    this.#machine.overcommit(most);
    this.#machine.resize(pages);
  }

  #touch(pid: Pid, { values, promised }: Expected, page: number): string | null {
    const write = this.#chance(3) > 0;
    const value = this.#chance(256);
    this.done = `${pid} ${write ? 'write' : 'read'} ${page}`;
    const was = values[page] ?? null;
    const found = write ? this.#machine.store(pid, page, value) : this.#machine.load(pid, page);
    const failed = found === false || found === null;
    if (failed) return promised[page] ? `page ${page} was promised to ${pid}, but is not there` : null;
    if (!write && was !== null && found !== was) return `page ${page} of ${pid} holds ${found}, not ${was}`;
    if (write && promised[page]) values[page] = value;
    return null;
  }
}

/** Plays a life of so many steps. @returns null, or the first thing that is wrong, with what was done before it */
export function hugetlbKeepsPromises(machine: HugetlbMachine, chance: Chance, steps: number): string | null {
  const life = new HugetlbLife(machine, chance);
  for (let step = 0; step < steps; step++) {
    const wrong = life.step() ?? unsound(machine.report());
    if (wrong !== null) return `step ${step}, after "${life.done}": ${wrong}`;
    if (step % 4 === 3) machine.validate();
  }
  const wrong = life.end();
  machine.validate();
  return wrong;
}

function unsound({ total, free, rsvd, surp }: HugetlbReport): string | null {
  if (rsvd >= 0 && rsvd <= free && free <= total && surp >= 0 && surp <= total) return null;
  return `${total} pages, ${free} free, ${rsvd} promised, ${surp} surplus`;
}
