/**
 * top(1) of procps in batch mode: the busiest processes, again and again. From /proc.
 * SIMPLIFIED: there is no screen of its own, so that -b is understood, and given or not, without -n it goes on for ever.
 */
import { NSEC_PER_SEC } from '../../arch/clock.ts';
import type { Files, Running, Tool, ToolContext } from '../../include/tool.ts';
import { getopt } from '../getopt.ts';
import { fixed, left, right } from '../printf.ts';
import { type CpuTicks, readMeminfo, readStat } from '../proc_files.ts';
import { fail } from '../program.ts';
import { amounts } from './meminfo.ts';
import { type ProcessInfo, pidWidth, readProcesses, userName } from './processes.ts';
import { uptimeLine } from './uptime.ts';

const USAGE = 'Usage:\n  top -hv | -bcE:e:H:i:n:o:p:s:S:u:U:w:1 -d secs -n max -p pids -o field\n';

/** Memory units of the head, by the letter of -E: bytes as a power of 1024 kB, and their name. */
const UNITS: Readonly<Record<string, readonly [power: number, name: string]>> = {
  k: [0, 'KiB'],
  m: [1, 'MiB'],
  g: [2, 'GiB'],
  t: [3, 'TiB'],
};
const SUFFIXES = ['', 'm', 'g', 't', 'p'] as const;

interface TopSettings {
  /** ns. */
  delay: number;
  times: number;
  /** null: all. */
  pids: number[] | null;
  sort: string;
  descending: boolean;
  head: readonly [power: number, name: string];
  /** The least power of 1024 kB in the table. */
  least: number;
}

/** Ticks of each process when they were last looked at. */
type Before = ReadonlyMap<number, number>;

export const top: Tool = function* (context): Running {
  const settings = parse(context);
  if (typeof settings === 'number') return settings;
  const { files, out } = context;
  let cpu = readStat(files).cpu;
  let before: Before = new Map(readProcesses(files).map(({ pid, ticks }) => [pid, ticks]));
  for (let i = 0; i < settings.times; i++) {
    if (i > 0) {
      yield settings.delay;
      out('\n');
    }
    const now = readStat(files).cpu;
    const ticks = now.map((tick, n) => tick - cpu[n]);
    const processes = readProcesses(files).filter(({ pid }) => settings.pids?.includes(pid) ?? true);
    out(headOf(files, settings, processes, ticks) + table(files, settings, processes, before, ticks));
    cpu = now;
    before = new Map(processes.map((process) => [process.pid, process.ticks]));
  }
  return 0;
};

function parse(context: ToolContext): TopSettings | number {
  const settings: TopSettings = {
    ...{ delay: 3 * NSEC_PER_SEC, times: Infinity, pids: null, sort: '%CPU', descending: true },
    ...{ head: UNITS['m'], least: 0 },
  };
  const { options, operands } = getopt(context.args, 'bcHi1Sd:n:o:p:u:U:w::E:e:hvV');
  for (const { name, value } of options) {
    if (name === '?') {
      // It says so, and ends as if nothing had been wrong.
      fail(context, value);
      return 0;
    }
    if (name === 'h' || name === 'v' || name === 'V') {
      context.out(name === 'h' ? USAGE : 'top from procps-ng 4.0.2\n');
      return 0;
    }
    const wrong = set(settings, name, value);
    if (wrong !== null) return fail(context, wrong);
  }
  return operands.length > 0 ? fail(context, `unknown option '${operands[0]}'`) : settings;
}

/** @returns what is wrong; null: nothing */
function set(settings: TopSettings, name: string, value: string): string | null {
  if (name === 'd') {
    if (!/^\d*\.?\d+$|^\d+\.$/.test(value)) return `bad delay interval '${value}'`;
    settings.delay = Math.round(Number(value) * NSEC_PER_SEC);
  } else if (name === 'n') {
    if (!/^\d+$/.test(value) || Number(value) < 1) return `bad iterations argument '${value}'`;
    settings.times = Number(value);
  } else if (name === 'p') {
    const words = value.split(',');
    const bad = words.find((word) => !/^\d+$/.test(word));
    if (bad !== undefined) return `bad pid '${value}'`;
    settings.pids = [...(settings.pids ?? []), ...words.map(Number)];
  } else if (name === 'o') {
    const field = value.replace(/^[-+]/, '');
    if (!Object.hasOwn(SORT, field)) return `unrecognized field name '${field}'`;
    settings.sort = field;
    settings.descending = !value.startsWith('-');
  } else if (name === 'E' || name === 'e') {
    const unit = Object.hasOwn(UNITS, value) ? UNITS[value] : null;
    if (unit === null) return `bad memory scaling arg '${value}'`;
    if (name === 'E') settings.head = unit;
    else settings.least = unit[0];
  }
  return null;
}

const SORT: Readonly<Record<string, (process: ProcessInfo, share: number) => number | string>> = {
  '%CPU': (_, share) => share,
  '%MEM': ({ vmRss }) => vmRss,
  RES: ({ vmRss }) => vmRss,
  VIRT: ({ vmSize }) => vmSize,
  SHR: ({ shared }) => shared,
  PID: ({ pid }) => pid,
  PPID: ({ ppid }) => ppid,
  UID: ({ uid }) => uid,
  PR: ({ priority }) => priority,
  NI: ({ nice }) => nice,
  S: ({ state }) => state,
  'TIME+': ({ ticks }) => ticks,
  TIME: ({ ticks }) => ticks,
  COMMAND: ({ comm }) => comm,
};

function headOf(
  files: Files,
  { head: [power, unit] }: TopSettings,
  processes: readonly ProcessInfo[],
  [user, nice, system, idle, iowait, irq, softirq, steal]: CpuTicks,
): string {
  const count = (states: string): string => right(processes.filter(({ state }) => states.includes(state)).length, 3);
  const sleeping = right(processes.filter(({ state }) => !'RTtZ'.includes(state)).length, 3);
  const all = user + nice + system + idle + iowait + irq + softirq + steal;
  const percent = (ticks: number): string => right(fixed(all > 0 ? (ticks * 100) / all : 0, 1), 5);
  const idlePercent = all > 0 ? percent(idle) : '100.0';
  const { mem, swap, buffers, cache, available } = amounts(readMeminfo(files));
  const amount = (kb: number): string =>
    right(power === 0 ? fixed(kb, 0) : fixed(Math.fround(kb / 1024 ** power), 1), 8);
  return [
    `top -${uptimeLine(files)}\n`,
    `Tasks: ${right(processes.length, 3)} total, ${count('R')} running, ${sleeping} sleeping, `,
    `${count('Tt')} stopped, ${count('Z')} zombie\n`,
    `%Cpu(s):${percent(user)} us,${percent(system)} sy,${percent(nice)} ni,${idlePercent} id,`,
    `${percent(iowait)} wa,${percent(irq)} hi,${percent(softirq)} si,${percent(steal)} st \n`,
    `${unit} Mem : ${amount(mem.total)} total, ${amount(mem.free)} free, ${amount(mem.used)} used, `,
    `${amount(buffers + cache)} buff/cache     \n`,
    `${unit} Swap: ${amount(swap.total)} total, ${amount(swap.free)} free, ${amount(swap.used)} used. `,
    `${amount(available)} avail Mem \n\n`,
  ].join('');
}

/** kB in the smallest unit that fits, but not below one. */
function scaleMem(kb: number, least: number, width: number): string {
  let value = Math.fround(kb);
  for (const [power, suffix] of SUFFIXES.entries()) {
    const text = power === 0 ? fixed(value, 0) : `${fixed(value, 1)}${suffix}`;
    if (power >= least && text.length <= width) return text;
    value = Math.fround(value / 1024);
  }
  return '?';
}

function table(
  files: Files,
  { sort, descending, least }: TopSettings,
  processes: readonly ProcessInfo[],
  before: Before,
  cpu: CpuTicks,
): string {
  const total = readMeminfo(files).get('MemTotal');
  const elapsed = cpu.reduce((sum, ticks) => sum + ticks, 0) / Math.max(readStat(files).cpus.length, 1);
  const pid = pidWidth(files);
  const share = (process: ProcessInfo): number =>
    elapsed > 0 ? ((process.ticks - (before.get(process.pid) ?? 0)) * 100) / elapsed : 0;
  const key = SORT[sort];
  const order = [...processes].sort((a, b) => {
    const [one, other] = [key(a, share(a)), key(b, share(b))];
    return one === other ? 0 : one < other === descending ? 1 : -1;
  });
  const rows = order.map((process) => {
    const { vmSize, vmRss, shared, state, priority, nice, uid, comm, ticks } = process;
    const user = userName(files, uid);
    return [
      ...[right(process.pid, pid), left(user.length > 8 ? `${user.slice(0, 7)}+` : user, 8), right(priority, 3)],
      ...[right(nice, 3), right(scaleMem(vmSize, least, 7), 7), right(scaleMem(vmRss, least, 6), 6)],
      ...[right(scaleMem(shared * 4, least, 6), 6), state, right(fixed(share(process), 1), 5)],
      ...[right(fixed((vmRss * 100) / total, 1), 5), right(timePlus(ticks), 9), comm],
    ].join(' ');
  });
  const titles = `${right('PID', pid)} USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND`;
  return `${[titles, ...rows].join('\n')}\n`;
}

/** `0:00.03`: minutes, seconds, hundredths. */
function timePlus(ticks: number): string {
  const seconds = Math.floor(ticks / 100);
  const [s, c] = [seconds % 60, ticks % 100].map((number) => String(number).padStart(2, '0'));
  return `${Math.floor(seconds / 60)}:${s}.${c}`;
}
