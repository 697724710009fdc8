/** vmstat -s: all counters, one below the other. */
import type { Files } from '../../include/tool.ts';
import { right } from '../printf.ts';
import { readMeminfo, readStat, readVmstat } from '../proc_files.ts';
import { amounts } from './meminfo.ts';
import { unitConvert } from './vmstat_lines.ts';

const TICKS = [
  ...['non-nice user', 'nice user', 'system', 'idle', 'IO-wait', 'IRQ', 'softirq', 'stolen', 'non-nice guest'],
  'nice guest',
] as const;

export function statistics(files: Files, unit: { readonly letter: string; readonly bytes: number }): string {
  const meminfo = readMeminfo(files);
  const { mem, swap, buffers, cache } = amounts(meminfo);
  const { cpu, counts } = readStat(files);
  const events = readVmstat(files);
  const memory: readonly (readonly [kb: number, what: string])[] = [
    [mem.total, 'total memory'],
    [mem.used, 'used memory'],
    [meminfo.get('Active'), 'active memory'],
    [meminfo.get('Inactive'), 'inactive memory'],
    [mem.free, 'free memory'],
    [buffers, 'buffer memory'],
    [cache, 'swap cache'],
    [swap.total, 'total swap'],
    [swap.used, 'used swap'],
    [swap.free, 'free swap'],
  ];
  const rows: readonly (readonly [count: number, what: string])[] = [
    ...memory.map(([kb, what]) => [unitConvert(kb, unit.bytes), `${unit.letter} ${what}`] as const),
    ...TICKS.map((what, i) => [cpu[i], `${what} cpu ticks`] as const),
    [events.get('pgpgin'), 'K paged in'],
    [events.get('pgpgout'), 'K paged out'],
    [events.get('pswpin'), 'pages swapped in'],
    [events.get('pswpout'), 'pages swapped out'],
    [counts.get('intr'), 'interrupts'],
    [counts.get('ctxt'), 'CPU context switches'],
    [counts.get('btime'), 'boot time'],
    [counts.get('processes'), 'forks'],
  ];
  return rows.map(([count, what]) => `${right(count, 13)} ${what}\n`).join('');
}
