/** uptime(1) of procps: the time, how long the machine has been up, how busy it is. From /proc/uptime and loadavg. */
import type { Tool } from '../../include/tool.ts';
import { clockTime, dateTime, timeOfDay } from '../date_time.ts';
import { flags, getopt } from '../getopt.ts';
import { right } from '../printf.ts';
import { readText, readUptime, wordsOf } from '../proc_files.ts';
import { misused, procpsUsage } from '../program.ts';

const USAGE = procpsUsage('uptime', '[options]', [
  ['-p, --pretty', 'how long, in words'],
  ['-s, --since', 'since when'],
  ['-h, --help', 'this text'],
]);

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const uptime: Tool = (context) => {
  const { args, files, out } = context;
  const { options, operands } = getopt(args, 'phsV', flags({ pretty: 'p', help: 'h', since: 's', version: 'V' }));
  let isPretty = false;
  const { up } = readUptime(files);
  for (const { name, value } of options) {
    if (name === '?') return misused(context, value, USAGE);
    if (name === 'p') {
      isPretty = true;
      continue;
    }
    if (name === 'h') out(USAGE);
    else out(name === 's' ? `${dateTime(clockTime(files) - up)}\n` : 'uptime from procps-ng 4.0.2\n');
    return 0;
  }
  if (operands.length > 0) return misused(context, '', USAGE);
  out(isPretty ? `${pretty(up)}\n` : `${uptimeLine(context.files)}\n`);
  return 0;
};

/** ` 12:00:01 up 1 min,  0 user,  load average: 0.00, 0.00, 0.00`: nobody is logged in. */
export function uptimeLine(files: Parameters<typeof readUptime>[0]): string {
  const up = Math.floor(readUptime(files).up);
  const days = Math.floor(up / DAY);
  const hours = Math.floor(up / HOUR) % 24;
  const minutes = Math.floor(up / MINUTE) % 60;
  const inDays = days > 0 ? `${days} ${days > 1 ? 'days' : 'day'}, ` : '';
  const inHours = hours > 0 ? `${right(hours, 2)}:${String(minutes).padStart(2, '0')}, ` : `${minutes} min, `;
  const loads = wordsOf(readText(files, '/proc/loadavg')).slice(0, 3).join(', ');
  return ` ${timeOfDay(clockTime(files))} up ${inDays}${inHours} 0 user,  load average: ${loads}`;
}

/** `up 2 days, 1 hour, 5 minutes`. */
function pretty(up: number): string {
  let rest = up;
  const parts: string[] = [];
  const units = [
    ['decade', 10 * 365 * DAY],
    ['year', 365 * DAY],
    ['week', 7 * DAY],
    ['day', DAY],
    ['hour', HOUR],
    ['minute', MINUTE],
  ] as const;
  for (const [unit, seconds] of units) {
    const count = rest > seconds ? Math.floor(rest / seconds) : 0;
    rest -= count * seconds;
    const isLast = unit === 'minute' && rest < MINUTE;
    if (count > 0 || isLast) parts.push(`${count} ${unit}${count > 1 || (isLast && count === 0) ? 's' : ''}`);
  }
  return `up ${parts.join(', ')}`;
}
