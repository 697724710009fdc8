/** iostat(1) of sysstat: disks, since boot and then from one report to the next. From /proc/diskstats and stat. */
import { NSEC_PER_SEC } from '../../arch/clock.ts';
import type { Files, Running, Tool, ToolContext } from '../../include/tool.ts';
import { left, rightFixed } from '../printf.ts';
import { type CpuTicks, type DiskStat, readDiskstats, readStat } from '../proc_files.ts';
import { EXIT_FAILURE } from '../program.ts';
import { banner, hundredths, percentOf, perSecond, ratio, shortDateTime } from './sysstat.ts';

const USAGE =
  'Usage: iostat [ options ] [ <interval> [ <count> ] ]\nOptions are:\n[ -c ] [ -d ] [ -k | -m ] [ -t ] [ -V ] [ -x ] [ -y ] [ -z ] [ <device> [...] | ALL ]\n';

interface Settings {
  cpu: boolean;
  disks: boolean;
  extended: boolean;
  megabytes: boolean;
  time: boolean;
  skipFirst: boolean;
  omitIdle: boolean;
  /** None: all that were ever used. */
  devices: string[];
  /** Seconds; 0: one report. */
  interval: number;
  count: number;
}

interface Sample {
  readonly cpu: CpuTicks;
  readonly disks: readonly DiskStat[];
  /** Hundredths of a second. */
  readonly at: number;
}

const sample = (files: Files): Sample => ({
  ...{ cpu: readStat(files).cpu, disks: readDiskstats(files), at: hundredths(files) },
});

export const iostat: Tool = function* (context): Running {
  const settings = parse(context);
  if (typeof settings === 'number') return settings;
  const { files, out } = context;
  out(`${banner(files)}\n`);
  let before: Sample = { cpu: [], disks: [], at: 0 };
  for (let i = 0; i < settings.count; i++) {
    const isSkipped = i === 0 && settings.skipFirst && settings.interval > 0;
    if (i > 0) yield settings.interval * NSEC_PER_SEC;
    const now = sample(files);
    if (isSkipped) settings.count++;
    else out(report(files, settings, before, now));
    before = now;
  }
  return 0;
};

/** @returns the exit status when there is nothing to show */
function parse({ args, out, err }: ToolContext): Settings | number {
  const settings: Settings = {
    ...{ cpu: true, disks: true, extended: false, megabytes: false, time: false, skipFirst: false, omitIdle: false },
    ...{ devices: [], interval: 0, count: 1 },
  };
  const wrong = (): number => {
    err(USAGE);
    return EXIT_FAILURE;
  };
  const numbers: number[] = [];
  for (const arg of args) {
    if (/^\d+$/.test(arg)) numbers.push(Number(arg));
    else if (!arg.startsWith('-')) settings.devices.push(arg.replace(/^\/dev\//, ''));
    else if (!/^-[cdkmtVxyz]+$/.test(arg)) return wrong();
    else if (arg.includes('V')) {
      out('sysstat version 12.6.1\n');
      return 0;
    } else setFlags(settings, arg);
  }
  const [interval, count] = numbers;
  if (numbers.length > 2 || count === 0) return wrong();
  settings.interval = interval ?? 0;
  settings.count = settings.interval === 0 ? 1 : (count ?? Infinity);
  return settings;
}

function setFlags(settings: Settings, letters: string): void {
  const has = (letter: string): boolean => letters.includes(letter);
  settings.extended ||= has('x');
  settings.megabytes ||= has('m');
  settings.time ||= has('t');
  settings.skipFirst ||= has('y');
  settings.omitIdle ||= has('z');
  if (has('c') && !has('d')) settings.disks = false;
  if (has('d') && !has('c')) settings.cpu = false;
}

function report(files: Files, settings: Settings, before: Sample, now: Sample): string {
  const { time, cpu, disks } = settings;
  const tail = cpu && !disks ? '\n' : '';
  return [
    time ? `${shortDateTime(files)}\n` : '',
    cpu ? cpuReport(before.cpu, now.cpu) : '',
    disks ? diskReport(settings, before, now) : '',
    `\n${tail}`,
  ].join('');
}

function cpuReport(before: CpuTicks, now: CpuTicks): string {
  const [user, nice, system, idle, iowait, irq, softirq, steal] = now.map((ticks, i) => ticks - (before[i] ?? 0));
  const parts = [user, nice, system + irq + softirq, iowait, steal, idle];
  const all = parts.reduce((sum, ticks) => sum + ticks, 0);
  const numbers = parts.map((ticks) => ` ${rightFixed(percentOf(ticks, all), 7, 2)}`).join('');
  return `avg-cpu:  %user   %nice %system %iowait  %steal   %idle\n       ${numbers}\n\n`;
}

function diskReport(settings: Settings, before: Sample, now: Sample): string {
  const { extended, megabytes, devices, omitIdle } = settings;
  const rows = now.disks.flatMap((disk) => {
    const last = before.disks.find(({ name }) => name === disk.name)?.columns ?? disk.columns.map(() => 0);
    const counts = [disk.columns[0], disk.columns[4], disk.columns[11] ?? 0, disk.columns[15] ?? 0];
    const lastCounts = [last[0], last[4], last[11] ?? 0, last[15] ?? 0];
    const isNamed = devices.includes(disk.name);
    if (devices.length > 0 && !isNamed && !devices.includes('ALL')) return [];
    if (devices.length === 0 && counts.every((count) => count === 0)) return [];
    if (omitIdle && counts.every((count, i) => count === lastCounts[i])) return [];
    const row = (extended ? extendedRow : basicRow)(last, disk.columns, now.at - before.at, megabytes ? 2048 : 2);
    return [`${left(disk.name, 13)}${row}\n`];
  });
  const unit = megabytes ? 'MB' : 'kB';
  const header = extended
    ? `Device            r/s     r${unit}/s   rrqm/s  %rrqm r_await rareq-sz     w/s     w${unit}/s   wrqm/s  %wrqm w_await wareq-sz     d/s     d${unit}/s   drqm/s  %drqm d_await dareq-sz     f/s f_await  aqu-sz  %util\n`
    : `Device             tps    ${unit}_read/s    ${unit}_wrtn/s    ${unit}_dscd/s    ${unit}_read    ${unit}_wrtn    ${unit}_dscd\n`;
  return `${header}${rows.join('')}\n`;
}

/** Columns of reads, writes, discards: requests, merged, sectors, ms. */
const KINDS: readonly number[] = [0, 4, 11];

function basicRow(before: readonly number[], now: readonly number[], interval: number, sectors: number): string {
  const column = (values: readonly number[], at: number): number => values[at] ?? 0;
  const all = (values: readonly number[]): number => KINDS.reduce((sum, at) => sum + column(values, at), 0);
  const moved = KINDS.map((at) => [column(before, at + 2), column(now, at + 2)] as const);
  const rates = moved.map(([was, is]) => ` ${rightFixed(perSecond(was, is, interval) / sectors, 12, 2)}`);
  const totals = moved.map(([was, is]) => ` ${String(Math.floor((is - was) / sectors)).padStart(10)}`);
  return ` ${rightFixed(perSecond(all(before), all(now), interval), 8, 2)}${rates.join('')}${totals.join('')}`;
}

function extendedRow(before: readonly number[], now: readonly number[], interval: number, sectors: number): string {
  const delta = (at: number): number => (now[at] ?? 0) - (before[at] ?? 0);
  const rate = (at: number): number => perSecond(0, delta(at), interval);
  const cells = (widths: readonly number[], values: readonly number[]): string =>
    values.map((value, i) => ` ${rightFixed(value, widths[i], 2)}`).join('');
  const kinds = KINDS.map((at) => {
    const [requests, merged, moved, ms] = [delta(at), delta(at + 1), delta(at + 2), delta(at + 3)];
    const values = [rate(at), rate(at + 2) / sectors, rate(at + 1), percentOf(merged, merged + requests)];
    return cells([7, 9, 8, 6, 7, 8], [...values, ratio(ms, requests), ratio(moved, requests) / 2]);
  });
  const flushes = cells([7, 7], [rate(15), ratio(delta(16), delta(15))]);
  return `${kinds.join('')}${flushes}${cells([7, 6], [rate(10) / 1000, rate(9) / 10])}`;
}
