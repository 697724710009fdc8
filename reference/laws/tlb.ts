/**
 * What a machine with several CPUs must obey, whoever flushes what: nobody ever sees a translation that the tables no
 * longer grant. Random changes of tables, switches and accesses are done on the machine and on a plain table of pages;
 * each access must give what the table says.
 */
import type { Pfn } from '../include/types.ts';

/** Page tables, CPUs and flushes, as these laws use them. Each change of a table flushes what it must. */
export interface TlbMachine {
  readonly nrCpus: number;
  /** Address spaces 0 .. nrSpaces-1. */
  readonly nrSpaces: number;
  /** Maps a page that is not mapped. */
  map(space: number, page: number, pfn: Pfn, writable: boolean): void;
  /** Gives a page that is mapped read-only the right to be written. */
  allowWrites(space: number, page: number): void;
  unmap(space: number, first: number, pages: number): void;
  /** Takes the right to write from all pages of a range. */
  protect(space: number, first: number, pages: number): void;
  switchTo(cpu: number, space: number): void;
  /** The CPU runs a kernel thread for a while. */
  goLazy(cpu: number): void;
  /** By the process on this CPU. @returns the frame, or null: page fault */
  access(cpu: number, page: number, write: boolean): Pfn | null;
  /** Panics if a CPU remembers what is not so, and no flush is due. */
  validate(): void;
}

/** A source of numbers 0 ≤ n < below. */
export type Random = (below: number) => number;

/** Pages that are used: more than are flushed one by one. */
export const TLB_PAGES = 80;

interface ModelPage {
  readonly pfn: Pfn;
  readonly writable: boolean;
}
type Model = Map<number, ModelPage>[];

/** @returns null, or the first step after which the law is broken */
export function breaksTlbLaw(machine: TlbMachine, random: Random, steps: number): string | null {
  const model: Model = Array.from({ length: machine.nrSpaces }, () => new Map());
  const running = Array.from({ length: machine.nrCpus }, (_, cpu) => cpu % machine.nrSpaces);
  for (const [cpu, space] of running.entries()) machine.switchTo(cpu, space);
  for (let i = 0; i < steps; i++) {
    const broken = random(3) === 0 ? change(machine, model, running, random) : use(machine, model, running, random);
    if (broken !== null) return `step ${i}: ${broken}`;
    machine.validate();
  }
  return null;
}

function use(machine: TlbMachine, model: Model, running: readonly number[], random: Random): string | null {
  const cpu = random(machine.nrCpus);
  const page = random(TLB_PAGES);
  const write = random(2) === 0;
  machine.switchTo(cpu, running[cpu]);
  const known = model[running[cpu]].get(page);
  const wanted = known === undefined || (write && !known.writable) ? null : known.pfn;
  const seen = machine.access(cpu, page, write);
  if (seen === wanted) return null;
  return `CPU ${cpu} ${write ? 'writes' : 'reads'} page ${page} of space ${running[cpu]}: frame ${seen}, not ${wanted}`;
}

function change(machine: TlbMachine, model: Model, running: number[], random: Random): string | null {
  const cpu = random(machine.nrCpus);
  const space = random(2) === 0 ? running[cpu] : random(machine.nrSpaces);
  const table = model[space];
  const first = random(TLB_PAGES);
  const pages = 1 + random(random(3) === 0 ? TLB_PAGES - first : Math.min(4, TLB_PAGES - first));
  switch (random(6)) {
    case 0:
      running[cpu] = random(machine.nrSpaces);
      machine.switchTo(cpu, running[cpu]);
      break;
    case 1:
      machine.goLazy(cpu);
      break;
    case 2:
      machine.unmap(space, first, pages);
      for (let page = first; page < first + pages; page++) table.delete(page);
      break;
    case 3:
      machine.protect(space, first, pages);
      for (let page = first; page < first + pages; page++) {
        const known = table.get(page);
        if (known !== undefined) table.set(page, { ...known, writable: false });
      }
      break;
    default:
      give(machine, table, space, first, random);
  }
  return null;
}

function give(machine: TlbMachine, table: Map<number, ModelPage>, space: number, page: number, random: Random): void {
  const known = table.get(page);
  if (known === undefined) {
    const fresh = { pfn: 100 + random(1000), writable: random(2) === 0 };
    table.set(page, fresh);
    machine.map(space, page, fresh.pfn, fresh.writable);
  } else if (!known.writable) {
    table.set(page, { ...known, writable: true });
    machine.allowWrites(space, page);
  }
}
