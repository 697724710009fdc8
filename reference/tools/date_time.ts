/** What time it is on the machine, and how dates are written; all in UTC. From /proc/stat (btime) and /proc/uptime. */
import type { Files } from '../include/tool.ts';
import { readStat, readUptime } from './proc_files.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** Seconds since 1970, with hundredths. */
export const clockTime = (files: Files): number => bootTime(files) + readUptime(files).up;

/** When the machine was switched on, in seconds since 1970. */
export const bootTime = (files: Files): number => readStat(files).counts.get('btime');

const iso = (seconds: number): string => new Date(Math.floor(seconds) * 1000).toISOString();

/** `12:00:01`. */
export const timeOfDay = (seconds: number): string => iso(seconds).slice(11, 19);

/** `2026-01-01`. */
export const isoDate = (seconds: number): string => iso(seconds).slice(0, 10);

/** `2026-01-01 12:00:01`. */
export const dateTime = (seconds: number): string => `${isoDate(seconds)} ${timeOfDay(seconds)}`;

/** `Jan01`. */
export function monthDay(seconds: number): string {
  const [, month, day] = isoDate(seconds).split('-');
  return `${MONTHS[Number(month) - 1]}${day}`;
}

/** `Thu Jan  1 12:00:01 2026`. Linux user-land: ctime(3). */
export function ctime(seconds: number): string {
  const at = new Date(Math.floor(seconds) * 1000);
  const day = String(at.getUTCDate()).padStart(2);
  return `${DAYS[at.getUTCDay()]} ${MONTHS[at.getUTCMonth()]} ${day} ${timeOfDay(seconds)} ${at.getUTCFullYear()}`;
}
