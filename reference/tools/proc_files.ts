/** What tools read of /proc, as numbers by name. procps: library/meminfo.c, vmstat.c, stat.c, diskstats.c. */
import type { Files } from '../include/tool.ts';

/** Numbers by name; what is not there is 0. */
export class Numbers {
  readonly #values: ReadonlyMap<string, number>;

  constructor(values: Iterable<readonly [string, number]>) {
    this.#values = new Map(values);
  }

  get(name: string): number {
    return this.#values.get(name) ?? 0;
  }
}

/** A text; '' when it cannot be read. */
export function readText(files: Files, path: string): string {
  const text = files.read(path);
  return typeof text === 'string' ? text : '';
}

export const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/** What stands between blanks. */
export const wordsOf = (line: string): string[] => line.split(/\s+/).filter((word) => word !== '');

/** `MemTotal:  1000 kB`: in kB. */
export function readMeminfo(files: Files): Numbers {
  return labelled(readText(files, '/proc/meminfo'));
}

/** Lines of a label, a colon and a number. */
export function labelled(text: string): Numbers {
  const pairs = linesOf(text).map((line): [string, number] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), Number.parseInt(line.slice(colon + 1), 10) || 0];
  });
  return new Numbers(pairs);
}

/** `pgfault 1000`. */
export function readVmstat(files: Files): Numbers {
  return new Numbers(linesOf(readText(files, '/proc/vmstat')).map(nameAndNumber));
}

function nameAndNumber(line: string): [string, number] {
  const [name, value] = line.split(' ');
  return [name, Number(value)];
}

/** Hundredths of a second of one CPU, or of all, in this order: user, nice, system, idle, iowait, irq, softirq, steal, guest, guest_nice. */
export type CpuTicks = readonly number[];

export interface SystemStat {
  readonly cpu: CpuTicks;
  readonly cpus: readonly CpuTicks[];
  /** The first number of each other line. */
  readonly counts: Numbers;
}

export function readStat(files: Files): SystemStat {
  const lines = linesOf(readText(files, '/proc/stat')).map(wordsOf);
  const ticks = (words: readonly string[]): number[] => words.slice(1).map(Number);
  const [cpu, ...cpus] = lines.filter(([name]) => name.startsWith('cpu')).map(ticks);
  const counts = lines.map(([name, first]): [string, number] => [name, Number(first)]);
  return { cpu, cpus, counts: new Numbers(counts) };
}

/** A disk or a part of one, in the order of the file. */
export interface DiskStat {
  readonly name: string;
  /** The columns behind the name. */
  readonly columns: readonly number[];
}

export function readDiskstats(files: Files): DiskStat[] {
  return linesOf(readText(files, '/proc/diskstats')).map((line) => {
    const [, , name, ...columns] = wordsOf(line);
    return { name, columns: columns.map(Number) };
  });
}

/** Seconds since boot. */
export function readUptime(files: Files): { readonly up: number; readonly idle: number } {
  const [up, idle] = wordsOf(readText(files, '/proc/uptime')).map(Number);
  return { up, idle };
}
