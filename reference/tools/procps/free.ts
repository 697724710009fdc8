/** free(1) of procps: how much memory there is, and what it is used for. From /proc/meminfo. */
import { NSEC_PER_SEC } from '../../arch/clock.ts';
import type { Running, Tool, ToolContext } from '../../include/tool.ts';
import { flags, getopt, withValue } from '../getopt.ts';
import { fixed, left, right } from '../printf.ts';
import { type Numbers, readMeminfo } from '../proc_files.ts';
import { fail, misused, procpsUsage } from '../program.ts';
import { amounts } from './meminfo.ts';

const USAGE = procpsUsage('free', '[options]', [
  ['-b, --bytes', 'numbers in bytes'],
  ['-k, --kibi', 'in units of 1024; also --mebi (-m), --gibi (-g), --tebi, --pebi'],
  ['    --kilo', 'in units of 1000; also --mega, --giga, --tera, --peta'],
  ['-h, --human', 'each number in the unit that fits it'],
  ['    --si', 'powers of 1000, not of 1024'],
  ['-l, --lohi', 'low and high memory as well'],
  ['-t, --total', 'memory and swap together as well'],
  ['-v, --committed', 'what is promised as well'],
  ['-s N, --seconds N', 'again every N seconds'],
  ['-c N, --count N', 'N times'],
  ['-w, --wide', 'buffers and cache in columns of their own'],
  ['    --help', 'this text'],
]);

const LONG = {
  ...flags({ bytes: 'b', kibi: 'k', mebi: 'm', gibi: 'g', tebi: 'tebi', pebi: 'pebi', human: 'h', si: 'si' }),
  ...flags({ kilo: 'kilo', mega: 'mega', giga: 'giga', tera: 'tera', peta: 'peta', lohi: 'l', total: 't' }),
  ...flags({ committed: 'v', wide: 'w', help: 'help', version: 'V' }),
  ...withValue('required', { seconds: 's', count: 'c' }),
};

/** Powers of the base by option, from bytes on; those of 1000 by name. */
const UNITS: Readonly<Record<string, { readonly power: number; readonly si?: true }>> = {
  b: { power: 0 },
  ...{ k: { power: 1 }, m: { power: 2 }, g: { power: 3 }, tebi: { power: 4 }, pebi: { power: 5 } },
  ...{ kilo: { power: 1, si: true }, mega: { power: 2, si: true }, giga: { power: 3, si: true } },
  ...{ tera: { power: 4, si: true }, peta: { power: 5, si: true } },
};

interface Settings {
  /** null: as the file has it, kB. */
  power: number | null;
  base: 1000 | 1024;
  human: boolean;
  lohi: boolean;
  total: boolean;
  committed: boolean;
  wide: boolean;
  /** ns between two outputs. */
  every: number;
  /** How often; Infinity: until somebody stops it. */
  times: number;
}

export const free: Tool = function* (context): Running {
  const settings = parse(context);
  if (typeof settings === 'number') return settings;
  for (let left = settings.times; ; ) {
    context.out(report(settings, readMeminfo(context.files)));
    if (--left < 1) return 0;
    context.out('\n');
    yield settings.every;
  }
};

/** @returns the exit status when there is nothing to show */
function parse(context: ToolContext): Settings | number {
  const settings: Settings = {
    ...{ power: null, base: 1024, human: false, lohi: false, total: false, committed: false, wide: false },
    ...{ every: NSEC_PER_SEC, times: 1 },
  };
  const { options, operands } = getopt(context.args, 'bkmghltvc:ws:V', LONG);
  let hasCount = false;
  for (const { name, value } of options) {
    const unit = UNITS[name];
    if (unit !== undefined) {
      if (settings.power !== null) return fail(context, "Multiple unit options don't make sense.");
      settings.power = unit.power;
      if (unit.si) settings.base = 1000;
    } else if (name === 's') {
      const seconds =
        /^\s*[-+]?\d*([.,]\d*)?$/.test(value) && value !== '' ? Number(value.replace(',', '.')) : Number.NaN;
      if (Number.isNaN(seconds))
        return fail(context, `seconds argument failed: '${value}'${value === '' ? '' : ': Invalid argument'}`);
      if (seconds * 1e6 < 1) return fail(context, `seconds argument \`${value}' is not positive number`);
      settings.every = Math.round(seconds * NSEC_PER_SEC);
      if (!hasCount) settings.times = Infinity;
    } else if (name === 'c') {
      if (!/^\s*[-+]?\d+$/.test(value)) return fail(context, `failed to parse count argument: '${value}'`);
      if (Number(value) < 1) {
        return fail(context, `failed to parse count argument: '${value}': Numerical result out of range`);
      }
      settings.times = Number(value);
      hasCount = true;
    } else if (!setFlag(settings, name)) {
      return other(context, name, value);
    }
  }
  return operands.length > 0 ? misused(context, '', USAGE) : settings;
}

function setFlag(settings: Settings, name: string): boolean {
  if (name === 'h') settings.human = true;
  else if (name === 'si') settings.base = 1000;
  else if (name === 'l') settings.lohi = true;
  else if (name === 't') settings.total = true;
  else if (name === 'v') settings.committed = true;
  else if (name === 'w') settings.wide = true;
  else return false;
  return true;
}

function other(context: ToolContext, name: string, why: string): number {
  if (name === '?') return misused(context, why, USAGE);
  context.out(name === 'help' ? USAGE : 'free from procps-ng 4.0.2\n');
  return 0;
}

const SUFFIXES = ['B', 'K', 'M', 'G', 'T', 'P'] as const;

/** A number of kB, as asked for. */
function scale(kb: number, { power, base, human }: Settings): string {
  const bytes = kb * 1024;
  if (!human) return String(Math.trunc(power === 0 ? bytes : bytes / base ** (power ?? 1)));
  const si = base === 1000;
  const most = si ? 4 : 5;
  let text = `${bytes}B`;
  if (text.length <= 4) return text;
  for (const [i, letter] of SUFFIXES.entries()) {
    if (i === 0) continue;
    const suffix = si ? letter : `${letter}i`;
    const value = bytes / base ** i;
    text = `${fixed(Math.fround(value), 1)}${suffix}`;
    if (text.length <= most) return text;
    text = `${Math.trunc(value)}${suffix}`;
    if (text.length <= most) return text;
  }
  return text;
}

function report(settings: Settings, meminfo: Numbers): string {
  const { wide, lohi, total, committed } = settings;
  const row = (label: string, ...kb: readonly number[]): string =>
    `${left(label, 9)}${kb.map((value) => right(scale(value, settings), 11)).join(' ')}\n`;
  const memory = amounts(meminfo);
  const { mem, swap } = memory;
  const cached = wide ? [memory.buffers, memory.cache] : [memory.buffers + memory.cache];
  const columns = wide ? '    buffers       cache' : ' buff/cache';
  const sums = [mem.total + swap.total, mem.used + swap.used, mem.free + swap.free];
  const [limit, promised] = [meminfo.get('CommitLimit'), meminfo.get('Committed_AS')];
  return [
    `               total        used        free      shared ${columns}   available\n`,
    row('Mem:', mem.total, mem.used, mem.free, memory.shared, ...cached, memory.available),
    lohi ? row('Low:', mem.total, mem.total - mem.free, mem.free) + row('High:', 0, 0, 0) : '',
    row('Swap:', swap.total, swap.used, swap.free),
    total ? row('Total:', ...sums) : '',
    committed ? row('Comm:', limit, promised, limit - promised) : '',
  ].join('');
}
