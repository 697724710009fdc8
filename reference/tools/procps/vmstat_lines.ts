/** The lines of vmstat(8): since boot first, then since the line before. */
import { NSEC_PER_SEC } from '../../arch/clock.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import type { Files, Running, ToolContext } from '../../include/tool.ts';
import { clockTime, dateTime } from '../date_time.ts';
import { right } from '../printf.ts';
import { type CpuTicks, type Numbers, readMeminfo, readStat, readVmstat } from '../proc_files.ts';
import { amounts } from './meminfo.ts';
import { PAGE_LINES, type VmstatSettings } from './vmstat_settings.ts';

/** Ticks in a second. */
const USER_HZ = 100;
const KB_PER_PAGE = PAGE_SIZE / 1024;

/** procs, memory, swap, io, system, cpu. */
const NARROW = [2, 2, 6, 6, 6, 6, 4, 4, 5, 5, 4, 4, 2, 2, 2, 2, 2] as const;
const WIDE = [4, 4, 12, 12, 12, 12, 4, 4, 5, 5, 4, 4, 3, 3, 3, 3, 3, 3] as const;
const TITLES = 'procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----';
const WIDE_TITLES =
  '--procs-- -----------------------memory---------------------- ---swap-- -----io---- -system-- ----------cpu----------';
const TIMESTAMP = ' -----timestamp-----';

interface Sample {
  readonly cpu: CpuTicks;
  readonly counts: Numbers;
  readonly events: Numbers;
}

const sample = (files: Files): Sample => {
  const { cpu, counts } = readStat(files);
  return { cpu, counts, events: readVmstat(files) };
};

export function* systemLines({ files, out }: ToolContext, settings: VmstatSettings): Running {
  out(header(settings));
  let before = sample(files);
  if (!settings.skipFirst) out(line(files, settings, before, null));
  const updates = settings.updates + (settings.skipFirst ? 1 : 0);
  for (let i = 1; i < updates; i++) {
    yield settings.delay * NSEC_PER_SEC;
    if (!settings.oneHeader && i % PAGE_LINES === 0) out(header(settings));
    const now = sample(files);
    out(line(files, settings, now, before));
    before = now;
  }
  return 0;
}

const columns = (wide: boolean, values: readonly (string | number)[]): string =>
  (wide ? WIDE : NARROW).map((width, i) => right(values[i], width)).join(' ');

function header({ active, wide, timestamp }: VmstatSettings): string {
  const memory = active ? ['inact', 'active'] : ['buff', 'cache'];
  const names = [
    'r',
    'b',
    'swpd',
    'free',
    ...memory,
    'si',
    'so',
    'bi',
    'bo',
    'in',
    'cs',
    'us',
    'sy',
    'id',
    'wa',
    'st',
    'gu',
  ];
  const titles = wide ? WIDE_TITLES : TITLES;
  const zone = timestamp ? ` ${right('UTC', TIMESTAMP.length - 1)}` : '';
  return `${titles}${timestamp ? TIMESTAMP : ''}\n${columns(wide, names)}${zone}\n`;
}

/** kB in the unit asked for, in single precision. */
export const unitConvert = (kb: number, bytes: number): number =>
  Math.trunc(Math.fround(Math.fround(Math.fround(kb) / Math.fround(bytes)) * 1024));

/** What CPUs did, in the groups of the columns. */
function cpuGroups(ticks: CpuTicks): { parts: number[]; div: number } {
  const [user, nice, system, idle, iowait, irq, softirq, steal, guest, guestNice] = ticks;
  const use = user + nice;
  const sys = system + irq + softirq;
  const div = use + sys + idle + iowait + steal;
  const inGuest = guest + guestNice;
  const parts = [Math.max(use - inGuest, 0), sys, div === 0 ? 1 : idle, iowait, steal, inGuest];
  return { parts, div: div === 0 ? 1 : div };
}

/** @param before  null: since boot */
function line(files: Files, settings: VmstatSettings, now: Sample, before: Sample | null): string {
  const { active, wide, timestamp, unit, delay } = settings;
  const meminfo = readMeminfo(files);
  const { swap, mem, buffers, cache } = amounts(meminfo);
  const lists = active ? [meminfo.get('Inactive'), meminfo.get('Active')] : [buffers, cache];
  const memory = [swap.used, mem.free, ...lists].map((kb) => unitConvert(kb, unit.bytes));
  // Guest time is that since boot even where all else is not.
  const ticks = now.cpu.map((tick, i) => (before === null || i > 7 ? tick : tick - before.cpu[i]));
  const { parts, div } = cpuGroups(ticks);
  const half = Math.floor(div / 2);
  const perSecond = (count: number): number =>
    before === null ? Math.trunc((count * USER_HZ + half) / div) : Math.trunc((count + Math.floor(delay / 2)) / delay);
  const event = (name: string): number => now.events.get(name) - (before?.events.get(name) ?? 0);
  const count = (name: string): number => now.counts.get(name) - (before?.counts.get(name) ?? 0);
  const swapped = (name: string): number => perSecond(unitConvert(event(name) * KB_PER_PAGE, unit.bytes));
  const text = columns(wide, [
    ...[now.counts.get('procs_running'), now.counts.get('procs_blocked'), ...memory],
    ...[swapped('pswpin'), swapped('pswpout'), perSecond(event('pgpgin')), perSecond(event('pgpgout'))],
    ...[perSecond(count('intr')), perSecond(count('ctxt'))],
    ...parts.map((part) => Math.trunc((100 * part + half) / div)),
  ]);
  return `${text}${timestamp ? ` ${dateTime(clockTime(files))}` : ''}\n`;
}
