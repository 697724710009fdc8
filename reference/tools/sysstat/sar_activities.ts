/** What sar(1) can show, each with its columns. sysstat: activity.c, pr_stats.c, rd_stats.c */
import type { Files } from '../../include/tool.ts';
import { fixed, right } from '../printf.ts';
import { type CpuTicks, type Numbers, readMeminfo, readStat, readVmstat } from '../proc_files.ts';
import { hundredths, percentOf, perSecond } from './sysstat.ts';

export interface SarSample {
  readonly events: Numbers;
  readonly meminfo: Numbers;
  readonly cpu: CpuTicks;
  /** Hundredths of a second since boot. */
  readonly at: number;
}

export const sarSample = (files: Files): SarSample => ({
  ...{ events: readVmstat(files), meminfo: readMeminfo(files), cpu: readStat(files).cpu, at: hundredths(files) },
});

export interface Activity {
  /** Of the option. */
  readonly letter: string;
  readonly header: string;
  /** @param samples  one or, for an average, all. @param before  where it begins; null: at boot */
  readonly row: (samples: readonly SarSample[], before: SarSample | null) => string;
}

const titles = (...names: readonly string[]): string => names.map((name) => ` ${right(name, 9)}`).join('');
const number = (value: number): string => ` ${right(fixed(value, 2), 9)}`;
const whole = (value: number): string => ` ${right(fixed(value, 0), 9)}`;

/** What is counted: from the beginning to the last. */
function rates(names: readonly string[]): Activity['row'] {
  return (samples, before) => {
    const last = samples[samples.length - 1];
    const interval = last.at - (before?.at ?? 0);
    return names
      .map((name) => number(perSecond(before?.events.get(name) ?? 0, last.events.get(name), interval)))
      .join('');
  };
}

const PAGING = ['pgpgin', 'pgpgout', 'pgfault', 'pgmajfault', 'pgfree'] as const;
/** Who reclaimed, not what: that is told once more, as pgsteal_anon and pgsteal_file. */
const RECLAIMERS = ['kswapd', 'direct', 'khugepaged', 'proactive'] as const;

const paging: Activity['row'] = (samples, before) => {
  const last = samples[samples.length - 1];
  const interval = last.at - (before?.at ?? 0);
  const delta = (name: string): number => last.events.get(name) - (before?.events.get(name) ?? 0);
  const steal = RECLAIMERS.reduce((sum, who) => sum + delta(`pgsteal_${who}`), 0);
  const [kswapd, direct] = [delta('pgscan_kswapd'), delta('pgscan_direct')];
  const counted = [kswapd, direct, steal].map((count) => number(perSecond(0, count, interval)));
  return rates(PAGING)(samples, before) + counted.join('') + number(percentOf(steal, kswapd + direct));
};

/** The mean of several. */
const mean = (samples: readonly SarSample[], of: (meminfo: Numbers) => number): number =>
  samples.reduce((sum, { meminfo }) => sum + of(meminfo), 0) / samples.length;

const kb =
  (name: string) =>
  (meminfo: Numbers): number =>
    meminfo.get(name);

const notUsed = (m: Numbers): number =>
  Math.min(m.get('MemFree') + m.get('Buffers') + m.get('Cached') + m.get('Slab'), m.get('MemTotal'));

const MEMORY_TITLES = [
  ...['kbmemfree', 'kbavail', 'kbmemused', '%memused', 'kbbuffers', 'kbcached', 'kbcommit', '%commit', 'kbactive'],
  ...['kbinact', 'kbdirty'],
];

const memory: Activity['row'] = (samples) => {
  const of = (name: string): number => mean(samples, kb(name));
  const total = of('MemTotal');
  const used = total - mean(samples, notUsed);
  const commit = of('Committed_AS');
  // Shares are of whole numbers.
  const usedShare = percentOf(total - Math.floor(mean(samples, notUsed)), total);
  const commitShare = percentOf(Math.floor(commit), total + of('SwapTotal'));
  return [
    ...[whole(of('MemFree')), whole(of('MemAvailable')), whole(used), number(usedShare)],
    ...[whole(of('Buffers')), whole(of('Cached')), whole(commit), number(commitShare)],
    ...[whole(of('Active')), whole(of('Inactive')), whole(of('Dirty'))],
  ].join('');
};

const EXTENDED = ['AnonPages', 'Slab', 'KernelStack', 'PageTables', 'VmallocUsed'] as const;

const swap: Activity['row'] = (samples) => {
  const of = (name: string): number => mean(samples, kb(name));
  const used = of('SwapTotal') - of('SwapFree');
  const cached = of('SwapCached');
  const shares = [number(percentOf(used, of('SwapTotal'))), whole(cached), number(percentOf(cached, used))];
  return whole(of('SwapFree')) + whole(used) + shares.join('');
};

const cpu: Activity['row'] = (samples, before) => {
  const last = samples[samples.length - 1].cpu;
  const ticks = last.map((tick, i) => tick - (before?.cpu[i] ?? 0));
  const [user, nice, system, idle, iowait, irq, softirq, steal] = ticks;
  const parts = [user, nice, system + irq + softirq, iowait, steal, idle];
  const all = parts.reduce((sum, part) => sum + part, 0);
  return `     all${parts.map((part) => number(percentOf(part, all))).join('')}`;
};

/** In the order in which they are shown. */
export const ACTIVITIES: readonly Activity[] = [
  { letter: 'u', header: `     CPU${titles('%user', '%nice', '%system', '%iowait', '%steal', '%idle')}`, row: cpu },
  { letter: 'W', header: titles('pswpin/s', 'pswpout/s'), row: rates(['pswpin', 'pswpout']) },
  {
    letter: 'B',
    header: titles(
      ...['pgpgin/s', 'pgpgout/s', 'fault/s', 'majflt/s', 'pgfree/s', 'pgscank/s', 'pgscand/s', 'pgsteal/s', '%vmeff'],
    ),
    row: paging,
  },
  { letter: 'r', header: titles(...MEMORY_TITLES), row: memory },
  {
    letter: 'r ALL',
    header: titles(...MEMORY_TITLES, 'kbanonpg', 'kbslab', 'kbkstack', 'kbpgtbl', 'kbvmused'),
    row: (samples, before) => memory(samples, before) + EXTENDED.map((name) => whole(mean(samples, kb(name)))).join(''),
  },
  { letter: 'S', header: titles('kbswpfree', 'kbswpused', '%swpused', 'kbswpcad', '%swpcad'), row: swap },
];
