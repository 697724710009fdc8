/**
 * What must hold of processor time, as /proc shows it, whatever processes do: no time is lost, none is counted twice.
 *
 *     cpu0  user  system  iowait  idle    together: the time since boot
 *     cpu   the same of all CPUs together; its idle time stands in uptime, too
 *     a program's time on a CPU is that of a process, which lives or has been waited for
 */
import { linesOf, sum } from './proc_text.ts';

/** A source of numbers 0 ≤ n < below. */
export type Random = (below: number) => number;

export interface TimedMachine {
  /** Processes do something, and time may pass. */
  act(random: Random): void;
  /** A file of /proc. */
  read(path: string): string;
  /** All processes, zombies among them. */
  pids(): readonly number[];
}

/** Times of a line of /proc/stat that somebody gets: user, nice, system, idle, iowait, irq, softirq, steal. */
const KINDS = 8;
const [USER, SYSTEM, IDLE] = [0, 2, 3];
/** Fields of /proc/PID/stat behind the name: those of the process, of its children. */
const PROCESS_USER = [11, 13];
const PROCESS_SYSTEM = [12, 14];

/** Hundredths of a second. */
interface Times {
  readonly all: readonly number[];
  readonly cpus: readonly (readonly number[])[];
  readonly up: number;
  readonly idle: number;
  /** Of each process and its children: user, system. */
  readonly processes: readonly (readonly [number, number])[];
}

const hundredths = (seconds: string): number => Math.round(Number(seconds) * 100);

function timesOf(machine: TimedMachine): Times {
  const lines = linesOf(machine.read('/proc/stat')).map((line) => line.split(/\s+/));
  const [all, ...cpus] = lines.filter(([name]) => name.startsWith('cpu')).map((line) => line.slice(1).map(Number));
  const [up, idle] = machine.read('/proc/uptime').split(' ').map(hundredths);
  const processes = machine.pids().map((pid): [number, number] => {
    const fields = machine.read(`/proc/${pid}/stat`).replace(/.*\) /s, '').split(' ').map(Number);
    const of = (places: readonly number[]): number => sum(places.map((place) => fields[place]));
    return [of(PROCESS_USER), of(PROCESS_SYSTEM)];
  });
  return { all, cpus, up, idle, processes };
}

/** @returns null, or what does not hold now */
function untrue({ all, cpus, up, idle, processes }: Times): string | null {
  for (const [cpu, times] of cpus.entries()) {
    const total = sum(times.slice(0, KINDS));
    // Each kind is rounded down.
    if (total > up || total <= up - KINDS) return `cpu${cpu}: ${total} of ${up} hundredths are somebody's`;
  }
  for (const [kind, total] of all.entries()) {
    const parts = sum(cpus.map((times) => times[kind]));
    if (parts > total || parts <= total - cpus.length) return `kind ${kind}: CPUs have ${parts}, together ${total}`;
  }
  if (idle !== all[IDLE]) return `idle for ${idle} in uptime, for ${all[IDLE]} in stat`;
  const [user, system] = [0, 1].map((kind) => sum(processes.map((times) => times[kind])));
  // Two numbers of each process are rounded down; the kernel has threads of its own.
  if (user > all[USER] || user < all[USER] - 2 * processes.length) return `user: ${all[USER]}, of processes ${user}`;
  return system > all[SYSTEM] ? `system: ${all[SYSTEM]}, of processes ${system}` : null;
}

/** @returns null, or the first law that does not hold */
export function breaksTimeLaws(machine: TimedMachine, random: Random, steps: number): string | null {
  let before = timesOf(machine);
  for (let step = 0; step < steps; step++) {
    machine.act(random);
    const now = timesOf(machine);
    const wrong = untrue(now);
    if (wrong !== null) return `step ${step}: ${wrong}`;
    const back = now.all.findIndex((time, kind) => time < before.all[kind]);
    if (back >= 0) return `step ${step}: kind ${back} goes back from ${before.all[back]} to ${now.all[back]}`;
    before = now;
  }
  return null;
}
