/** Numbers of processes. Linux: kernel/pid.c, alloc_pid(). */
import type { Pid } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { Process } from './process.ts';

/** Once the numbers have gone round, the first ones are left to the system's own. */
const RESERVED_PIDS = 300;

export class PidTable {
  /** kernel.pid_max: all numbers are below. */
  pidMax = 32768;
  #last: Pid = 0;
  #forks = 0;
  readonly #processes = new Map<Pid, Process>();

  get size(): number {
    return this.#processes.size;
  }

  /** The number that was given out last. */
  get last(): Pid {
    return this.#last;
  }

  /** Processes that there have ever been. Linux: total_forks. */
  get forks(): number {
    return this.#forks;
  }

  /** The next number that is free, going round. @returns null: there is none */
  alloc(): Pid | null {
    for (let tried = 0; tried < this.pidMax; tried++) {
      this.#last = this.#last + 1 < this.pidMax ? this.#last + 1 : RESERVED_PIDS;
      if (!this.#processes.has(this.#last)) return this.#last;
    }
    return null;
  }

  add(process: Process): void {
    this.#forks++;
    this.#processes.set(process.pid, process);
  }

  remove({ pid }: Process): void {
    if (!this.#processes.delete(pid)) panic(`pid: there is no process ${pid} to remove`);
  }

  find(pid: Pid): Process | null {
    return this.#processes.get(pid) ?? null;
  }

  [Symbol.iterator](): IterableIterator<Process> {
    return this.#processes.values();
  }
}
