/** vmstat -d, -D and -p: disks. SIMPLIFIED: no disk of the machine has parts. */
import { NSEC_PER_SEC } from '../../arch/clock.ts';
import type { Files, Running, ToolContext } from '../../include/tool.ts';
import { clockTime, dateTime } from '../date_time.ts';
import { left, right } from '../printf.ts';
import { type DiskStat, readDiskstats } from '../proc_files.ts';
import { fail } from '../program.ts';
import { PAGE_LINES, type VmstatSettings } from './vmstat_settings.ts';

const NARROW = [6, 6, 7, 7, 6, 6, 7, 7, 6, 6] as const;
const WIDE = [9, 9, 11, 11, 9, 9, 11, 11, 7, 7] as const;
const TITLES = 'disk- ------------reads------------ ------------writes----------- -----IO------';
const WIDE_TITLES =
  'disk- -------------------reads------------------- -------------------writes------------------ ------IO-------';
const NAMES = ['total', 'merged', 'sectors', 'ms', 'total', 'merged', 'sectors', 'ms', 'cur', 'sec'] as const;
const TIMESTAMP = ' -----timestamp-----';

function header({ wide, timestamp }: VmstatSettings): string {
  const names = (wide ? WIDE : NARROW).map((width, i) => right(NAMES[i], width)).join(' ');
  const zone = timestamp ? ` ${right('UTC', TIMESTAMP.length - 1)}` : '';
  return `${wide ? WIDE_TITLES : TITLES}${timestamp ? TIMESTAMP : ''}\n${right(' ', 5)} ${names}${zone}\n`;
}

/** reads, merged, sectors, ms; the same of writes; under way; ms busy, and weighted by requests. */
function thousandths({ columns }: DiskStat): number[] {
  const [current, busy, weighted] = columns.slice(8, 11);
  return [...columns.slice(0, 8), ...[current, busy, weighted].map((number) => Math.trunc(number / 1000))];
}

export function* diskLines({ files, out }: ToolContext, settings: VmstatSettings): Running {
  const { wide, oneHeader, timestamp, delay, updates } = settings;
  if (oneHeader) out(header(settings));
  for (let i = 0; i < updates; i++) {
    if (i > 0) yield delay * NSEC_PER_SEC;
    const at = timestamp ? ` ${dateTime(clockTime(files))}` : '';
    for (const [n, disk] of readDiskstats(files).entries()) {
      if (!oneHeader && n % PAGE_LINES === 0) out(header(settings));
      const numbers = thousandths(disk);
      const columns = (wide ? WIDE : NARROW).map((width, c) => right(numbers[c], width)).join(' ');
      out(`${left(disk.name, 5)} ${columns}${at}\n`);
    }
  }
  return 0;
}

const SUMS = [
  ...['total reads', 'merged reads', 'read sectors', 'milli reading', 'writes', 'merged writes', 'written sectors'],
  ...['milli writing', 'inprogress IO', 'milli spent IO', 'milli weighted IO'],
] as const;

export function diskSums(files: Files): string {
  const disks = readDiskstats(files).map(thousandths);
  const sums = SUMS.map((what, c) => [disks.reduce((sum, disk) => sum + disk[c], 0), what] as const);
  const rows = [[disks.length, 'disks'] as const, [0, 'partitions'] as const, ...sums];
  return rows.map(([count, what]) => `${right(count, 13)} ${what}\n`).join('');
}

export function* partitionLines(context: ToolContext, settings: VmstatSettings, name: string): Running {
  const { files, out } = context;
  for (let i = 0; i < settings.updates; i++) {
    if (i > 0) yield settings.delay * NSEC_PER_SEC;
    const disk = readDiskstats(files).find((each) => each.name === name);
    if (disk === undefined) return fail(context, `Disk/Partition ${name} not found`);
    const titles = [right('reads', 10), right('read sectors', 16), right('writes', 10), right('requested writes', 16)];
    if (i === 0) out(`${left(name, 10)} ${titles.join('  ')}\n`);
    const [reads, , sectors, , writes, , written] = disk.columns;
    out(`${[right(reads, 21), right(sectors, 16), right(writes, 10), right(written, 16)].join('  ')}\n`);
  }
  return 0;
}
