/**
 * sar(1) of sysstat: what happened from one moment to the next. From /proc/vmstat, meminfo and stat.
 * SIMPLIFIED: nobody keeps records of earlier days.
 */
import { NSEC_PER_SEC } from '../../arch/clock.ts';
import type { Files, Running, Tool, ToolContext } from '../../include/tool.ts';
import { clockTime, isoDate, timeOfDay } from '../date_time.ts';
import { left } from '../printf.ts';
import { EXIT_FAILURE } from '../program.ts';
import { ACTIVITIES, type Activity, type SarSample, sarSample } from './sar_activities.ts';
import { banner } from './sysstat.ts';

const USAGE =
  'Usage: sar [ options ] [ <interval> [ <count> ] ]\nOptions are:\n[ -B ] [ -r [ ALL ] ] [ -S ] [ -u ] [ -V ] [ -W ]\n';
const EXIT_NO_RECORDS = 2;

interface Asked {
  readonly activities: readonly Activity[];
  /** Seconds; 0: since boot. */
  readonly interval: number;
  readonly count: number;
}

export const sar: Tool = function* (context): Running {
  const asked = parse(context);
  if (typeof asked === 'number') return asked;
  const { files, out } = context;
  const { activities, interval, count } = asked;
  out(banner(files));
  const label = (text: string): string => left(text, 11);
  const block = (title: string, name: string, activity: Activity, text: string): string =>
    `\n${label(title)}${activity.header}\n${label(name)}${text}\n`;
  const time = (): string => timeOfDay(clockTime(files));
  if (interval === 0) {
    const now = sarSample(files);
    for (const activity of activities) out(block(time(), time(), activity, activity.row([now], null)));
    return 0;
  }
  const samples: SarSample[] = [sarSample(files)];
  for (let i = 0; i < count; i++) {
    const before = time();
    yield interval * NSEC_PER_SEC;
    samples.push(sarSample(files));
    for (const activity of activities) {
      const row = activity.row([samples[i + 1]], samples[i]);
      out(i === 0 || activities.length > 1 ? block(before, time(), activity, row) : `${label(time())}${row}\n`);
    }
  }
  for (const activity of activities) {
    const row = activity.row(samples.slice(1), samples[0]);
    out(activities.length > 1 ? block('Average:', 'Average:', activity, row) : `${label('Average:')}${row}\n`);
  }
  return 0;
};

/** @returns the exit status when there is nothing to show */
function parse(context: ToolContext): Asked | number {
  const { args, files, out, err } = context;
  const letters = new Set<string>();
  const numbers: number[] = [];
  for (const [i, arg] of args.entries()) {
    if (/^-[BWSurV]+$/.test(arg)) for (const letter of arg.slice(1)) letters.add(letter);
    else if (arg === 'ALL' && /^-\w*r$/.test(args[i - 1] ?? '')) letters.add('r ALL');
    else if (/^\d+$/.test(arg)) numbers.push(Number(arg));
    else {
      err(USAGE);
      return EXIT_FAILURE;
    }
  }
  if (letters.has('V')) {
    out('sysstat version 12.6.1\n');
    return 0;
  }
  const [interval, count] = numbers;
  if (numbers.length > 2 || count === 0) {
    err(USAGE);
    return EXIT_FAILURE;
  }
  if (interval === undefined) return noRecords(files, err);
  if (letters.has('r ALL')) letters.delete('r');
  if (letters.size === 0) letters.add('u');
  const activities = ACTIVITIES.filter(({ letter }) => letters.has(letter));
  return { activities, interval, count: count ?? Infinity };
}

function noRecords(files: Files, err: ToolContext['err']): number {
  const day = isoDate(clockTime(files)).slice(8);
  err(`Cannot open /var/log/sysstat/sa${day}: No such file or directory\n`);
  err('Please check if data collecting is enabled\n');
  return EXIT_NO_RECORDS;
}
