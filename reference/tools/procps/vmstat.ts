/** vmstat(8) of procps: what the machine is busy with, line by line. From /proc/stat, meminfo, vmstat, diskstats, slabinfo. */
import type { Tool, ToolContext } from '../../include/tool.ts';
import { flags, getopt, withValue } from '../getopt.ts';
import { readStat } from '../proc_files.ts';
import { fail, misused, procpsUsage } from '../program.ts';
import { diskLines, diskSums, partitionLines } from './vmstat_disk.ts';
import { systemLines } from './vmstat_lines.ts';
import type { VmstatSettings } from './vmstat_settings.ts';
import { slabLines } from './vmstat_slab.ts';
import { statistics } from './vmstat_stats.ts';

const USAGE = procpsUsage('vmstat', '[options] [delay [count]]', [
  ['-a, --active', 'memory on the active and inactive lists'],
  ['-f, --forks', 'how many forks there were'],
  ['-m, --slabs', 'slab caches'],
  ['-n, --one-header', 'the header once'],
  ['-s, --stats', 'all counters, one below the other'],
  ['-d, --disk', 'disks'],
  ['-D, --disk-sum', 'all disks together'],
  ['-p, --partition <dev>', 'one disk or partition'],
  ['-S, --unit <char>', 'k, K, m or M'],
  ['-w, --wide', 'wide columns'],
  ['-t, --timestamp', 'the time as well'],
  ['-y, --no-first', 'without the first line'],
  ['-h, --help', 'this text'],
]);

const LONG = {
  ...flags({ active: 'a', forks: 'f', slabs: 'm', 'one-header': 'n', stats: 's', disk: 'd', 'disk-sum': 'D' }),
  ...flags({ wide: 'w', timestamp: 't', help: 'h', version: 'V', 'no-first': 'y' }),
  ...withValue('required', { partition: 'p', unit: 'S' }),
};

/** Bytes of a unit by its letter. */
const UNITS: Readonly<Record<string, number>> = { b: 1, B: 1, k: 1000, K: 1024, m: 1e6, M: 2 ** 20 };

/** What to show, and which of them: one at most. */
interface Asked extends VmstatSettings {
  modes: Set<'s' | 'd' | 'p' | 'm' | 'D'>;
  partition: string;
}

export const vmstat: Tool = (context) => {
  const asked = parse(context);
  if (typeof asked === 'number') return asked;
  const modes = [...asked.modes];
  if (modes.length > 1) return misused(context, '', USAGE);
  switch (modes[0]) {
    case undefined:
      return systemLines(context, asked);
    case 's':
      context.out(statistics(context.files, asked.unit));
      return 0;
    case 'd':
      return diskLines(context, asked);
    case 'p':
      return partitionLines(context, asked, asked.partition);
    case 'm':
      return slabLines(context, asked);
    case 'D':
      context.out(diskSums(context.files));
      return 0;
  }
};

/** @returns the exit status when there is nothing more to show */
function parse(context: ToolContext): Asked | number {
  const { options, operands } = getopt(context.args, 'afmnsdDp:S:wthVy', LONG);
  const asked: Asked = {
    ...{ active: false, wide: false, timestamp: false, skipFirst: false, oneHeader: false, delay: 1, updates: 1 },
    ...{ unit: { letter: 'K', bytes: 1024 }, modes: new Set<never>(), partition: '' },
  };
  for (const { name, value } of options) {
    if (name === 's' || name === 'd' || name === 'm' || name === 'D' || name === 'p') {
      asked.modes.add(name);
      if (name === 'p') asked.partition = value.replace(/^\/dev\//, '');
    } else if (name === 'S') {
      const [letter = ''] = value;
      const bytes = UNITS[letter];
      if (bytes === undefined) return fail(context, '-S requires k, K, m or M (default is KiB)');
      asked.unit = { letter, bytes };
    } else if (!setFlag(asked, name)) {
      return atOnce(context, name, value);
    }
  }
  return parseTimes(context, asked, operands) ?? asked;
}

function setFlag(asked: Asked, name: string): boolean {
  if (name === 'a') asked.active = true;
  else if (name === 'n') asked.oneHeader = true;
  else if (name === 'w') asked.wide = true;
  else if (name === 't') asked.timestamp = true;
  else if (name === 'y') asked.skipFirst = true;
  else return false;
  return true;
}

/** What needs no more options. */
function atOnce(context: ToolContext, name: string, why: string): number {
  if (name === '?') return misused(context, why, USAGE);
  const forks = (): string => `${String(readStat(context.files).counts.get('processes')).padStart(13)} forks\n`;
  context.out(name === 'f' ? forks() : name === 'h' ? USAGE : 'vmstat from procps-ng 4.0.2\n');
  return 0;
}

/** @returns the exit status; null: all is well */
function parseTimes(context: ToolContext, asked: Asked, [delay, count, ...more]: readonly string[]): number | null {
  const number = /^\s*[-+]?\d+$/;
  if (delay !== undefined) {
    if (!number.test(delay)) return fail(context, `failed to parse argument: '${delay}'`);
    asked.delay = Number(delay);
    if (asked.delay < 1) return fail(context, 'delay must be positive integer');
    if (asked.delay >= 2 ** 32) return fail(context, 'too large delay value');
    asked.updates = Infinity;
  }
  if (count !== undefined) {
    if (!number.test(count)) return fail(context, `failed to parse argument: '${count}'`);
    asked.updates = Number(count);
  }
  return more.length > 0 ? misused(context, '', USAGE) : null;
}
