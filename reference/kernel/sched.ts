/**
 * Which process is on which CPU, as far as memory needs to know. Linux: kernel/sched/core.c, context_switch().
 * SIMPLIFIED: whoever does something is put on its CPU first; whoever was there waits. Programs that compute take turns
 * (run_queue.ts), but only between two steps: while the kernel waits for one of them, none goes further than it had asked for.
 *
 *     CPU 0   p1 ---> p3        switchMm(CPU 0, mm of p3): a new CR3
 *     CPU 1   p2 ---> idle      lazy: the address space of p2 stays loaded
 */
import { panic } from '../lib/panic.ts';
import type { AllocFrom } from '../mm/alloc_pages.ts';
import type { TlbContexts } from '../mm/tlb.ts';
import type { Process } from './process.ts';

/** Rooms that must know which CPU it is that runs, and for whom. */
interface PerCpu {
  cpu: number;
  current: AllocFrom;
}

/** The kernel itself: no policy. */
const NOBODY: AllocFrom = {};

export class Scheduler {
  readonly nrCpus: number;
  readonly #tlb: TlbContexts;
  readonly #perCpu: readonly PerCpu[];
  /** By CPU; null: idle. */
  readonly #current: (Process | null)[];
  #running: Process | null = null;

  constructor(nrCpus: number, tlb: TlbContexts, perCpu: readonly PerCpu[]) {
    this.nrCpus = nrCpus;
    this.#tlb = tlb;
    this.#perCpu = perCpu;
    this.#current = Array.from({ length: nrCpus }, () => null);
  }

  /** The process that does something just now; null: the kernel itself. */
  get running(): Process | null {
    return this.#running;
  }

  currentOn(cpu: number): Process | null {
    return this.#current[cpu];
  }

  /** From now on this process does what is done. Cost: none if it did already. */
  run(process: Process): void {
    if (this.#running === process) return;
    const { cpu, mm } = process;
    this.#running = process;
    this.#tlb.thisCpu = cpu;
    for (const room of this.#perCpu) {
      room.cpu = cpu;
      room.current = process.asking;
    }
    if (this.#current[cpu] === process) return;
    if (mm === null) panic(`sched: process ${process.pid} has ended, but is to run`);
    this.#current[cpu] = process;
    this.#tlb.switchMm(cpu, mm.pages.context);
  }

  /** What a process asks memory with has changed. */
  policyChanged(process: Process): void {
    if (this.#running === process) for (const room of this.#perCpu) room.current = process.asking;
  }

  /** A process leaves its CPU, which is idle from then on. */
  leave(process: Process): void {
    if (this.#running === process) {
      this.#running = null;
      for (const room of this.#perCpu) room.current = NOBODY;
    }
    if (this.#current[process.cpu] !== process) return;
    this.#current[process.cpu] = null;
    this.#tlb.enterLazyTlb(process.cpu);
  }

  /** A process goes to another CPU, when it next does something. */
  migrate(process: Process, cpu: number): void {
    if (process.cpu === cpu) return;
    this.leave(process);
    process.cpu = cpu;
  }

  /** The next CPU that a process may use, after that of its parent. Linux: select_task_rq(), SIMPLIFIED: in turn. */
  nextCpu({ cpu, cpusAllowed }: Process): number {
    const next = cpusAllowed.next(cpu + 1);
    return next >= 0 ? next : cpusAllowed.next(0);
  }

  validate(): void {
    for (const [cpu, process] of this.#current.entries()) {
      if (process === null) continue;
      if (process.cpu !== cpu) panic(`sched: process ${process.pid} is on CPU ${cpu}, but thinks ${process.cpu}`);
      if (!process.cpusAllowed.has(cpu)) panic(`sched: process ${process.pid} may not be on CPU ${cpu}`);
      if (process.exit !== null) panic(`sched: process ${process.pid} has ended, but is on CPU ${cpu}`);
    }
  }
}
