/** The texts of /proc/loadavg and /proc/uptime. Linux: fs/proc/loadavg.c, uptime.c. */
import { NSEC_PER_SEC } from '../../arch/clock.ts';
import type { Pid, Ticks } from '../../include/types.ts';
import { loadText } from './pressure.ts';

export interface LoadFigures {
  /** Of the last 1, 5 and 15 minutes, times 2048. */
  readonly loads: readonly [number, number, number];
  readonly running: number;
  readonly threads: number;
  readonly lastPid: Pid;
}

/** Half of a hundredth: Linux rounds so. FIXED_1 / 200. */
const ROUNDING = 10;

export function loadavgShow({ loads, running, threads, lastPid }: LoadFigures): string {
  return `${loads.map((load) => loadText(load + ROUNDING)).join(' ')} ${running}/${threads} ${lastPid}\n`;
}

const seconds = (ns: Ticks): string => {
  const hundredths = Math.floor(ns / (NSEC_PER_SEC / 100));
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
};

/** @param idle  of all CPUs together */
export function uptimeShow(uptime: Ticks, idle: Ticks): string {
  return `${seconds(uptime)} ${seconds(idle)}\n`;
}
