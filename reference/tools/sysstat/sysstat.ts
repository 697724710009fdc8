/** What sar(1) and iostat(1) have in common: their first line, and rates. sysstat: common.c, rd_stats.c */
import type { Files } from '../../include/tool.ts';
import { clockTime, isoDate, timeOfDay } from '../date_time.ts';
import { readStat, readText, readUptime } from '../proc_files.ts';

/** `11/23/26`. */
function shortDate(seconds: number): string {
  const [year, month, day] = isoDate(seconds).split('-');
  return `${month}/${day}/${year.slice(2)}`;
}

/** `11/23/26 12:00:01`. */
export const shortDateTime = (files: Files): string => `${shortDate(clockTime(files))} ${timeOfDay(clockTime(files))}`;

export function banner(files: Files): string {
  const [release, host] = ['osrelease', 'hostname'].map((name) =>
    readText(files, `/proc/sys/kernel/${name}`).trimEnd(),
  );
  const cpus = readStat(files).cpus.length;
  return `Linux ${release} (${host}) \t${shortDate(clockTime(files))} \t_x86_64_\t(${cpus} CPU)\n`;
}

/** Hundredths of a second since boot. */
export const hundredths = (files: Files): number => Math.round(readUptime(files).up * 100);

/** Per second. @param interval  hundredths of a second */
export const perSecond = (before: number, now: number, interval: number): number =>
  interval > 0 ? ((now - before) / interval) * 100 : 0;

/** 0 when there is nothing to divide by. */
export const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);

export const percentOf = (part: number, whole: number): number => ratio(part, whole) * 100;
