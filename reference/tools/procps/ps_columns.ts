/** The columns of ps(1) by name, as -o takes them. procps: src/ps/output.c */
import { PAGE_SIZE } from '../../include/param.ts';
import type { Files } from '../../include/tool.ts';
import { bootTime, clockTime, ctime, isoDate, monthDay, timeOfDay } from '../date_time.ts';
import { right } from '../printf.ts';
import { labelled, readMeminfo, readText, readUptime } from '../proc_files.ts';
import { type ProcessInfo, userName } from './processes.ts';

const USER_HZ = 100;
const DAY = 86400;

/** What columns need besides the process. */
export class PsMachine {
  readonly files: Files;
  readonly memTotal: number;
  readonly up: number;
  readonly bootedAt: number;
  readonly now: number;

  constructor(files: Files) {
    this.files = files;
    this.memTotal = readMeminfo(files).get('MemTotal');
    this.up = readUptime(files).up;
    this.bootedAt = bootTime(files);
    this.now = clockTime(files);
  }

  startedAt({ startTicks }: ProcessInfo): number {
    return this.bootedAt + Math.floor(startTicks / USER_HZ);
  }

  elapsed({ startTicks }: ProcessInfo): number {
    return Math.max(this.up - startTicks / USER_HZ, 0);
  }
}

export interface PsColumn {
  readonly head: string;
  /** pid: as wide as numbers of processes are; unlimited: the last one is never cut. */
  readonly justify: 'left' | 'right' | 'pid' | 'unlimited';
  readonly width: number;
  readonly show: (process: ProcessInfo, machine: PsMachine) => string;
  /** What to sort by, if that is not what is shown. */
  readonly by?: (process: ProcessInfo, machine: PsMachine) => number;
}

type Show = PsColumn['show'];
type By = (process: ProcessInfo, machine: PsMachine) => number;

/** A number that is shown as it is. */
const number = (head: string, width: number, by: By, justify: PsColumn['justify'] = 'right'): PsColumn => ({
  ...{ head, width, justify, by },
  show: (process, machine) => String(by(process, machine)),
});

const text = (head: string, width: number, justify: PsColumn['justify'], show: Show): PsColumn => ({
  ...{ head, width, justify, show },
});

/** In thousandths of one CPU. */
const cpuShare: By = (process, machine) => {
  const ticks = Math.floor(machine.elapsed(process) * USER_HZ);
  return ticks > 0 ? Math.floor((process.ticks * 1000) / ticks) : 0;
};
const memShare: By = ({ vmRss }, { memTotal }) => Math.min(Math.floor((vmRss * 1000) / memTotal), 999);
const tenths = (share: number): string => `${Math.floor(share / 10)}.${share % 10}`;
const two = (value: number): string => String(value).padStart(2, '0');

/** `[[dd-]hh:]mm:ss`. @param hours  always with hours */
function clock(seconds: number, hours: 'always' | 'if any'): string {
  const whole = Math.floor(seconds);
  const [days, hh] = [Math.floor(whole / DAY), Math.floor(whole / 3600) % 24];
  const withHours = hours === 'always' || days > 0 || hh > 0;
  return `${days > 0 ? `${days}-` : ''}${withHours ? `${two(hh)}:` : ''}${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

const user = (head: string): PsColumn =>
  text(head, 8, 'left', ({ uid }, { files }) => {
    const name = userName(files, uid);
    return name.length > 8 ? `${name.slice(0, 7)}+` : name;
  });

const time = ({ ticks }: ProcessInfo): string => clock(ticks / USER_HZ, 'always');
const codeKb = ({ startCode, endCode }: ProcessInfo): number => Math.floor((endCode - startCode) / 1024);
const dataKb = ({ vsize, startCode, endCode }: ProcessInfo): number => Math.floor((vsize - endCode + startCode) / 1024);

/** `Ss`, `R+`, `SL`. */
function stat({ state, nice, vmLocked, session, pid, threads, pgrp, tpgid }: ProcessInfo): string {
  const marks = [
    ...[nice < 0 ? '<' : '', nice > 0 ? 'N' : '', vmLocked > 0 ? 'L' : '', session === pid ? 's' : ''],
    ...[threads > 1 ? 'l' : '', pgrp === tpgid ? '+' : ''],
  ];
  return `${state}${marks.join('')}`;
}

/** The time on the same day, the day in the same year, else the year. */
const stime: Show = (process, machine) => {
  const at = machine.startedAt(process);
  const [then, now] = [isoDate(at), isoDate(machine.now)];
  if (then.slice(0, 4) !== now.slice(0, 4)) return then.slice(0, 4);
  return then === now ? timeOfDay(at).slice(0, 5) : monthDay(at);
};

const started: Show = (process, machine) => {
  const at = machine.startedAt(process);
  return at + DAY > machine.now ? timeOfDay(at) : `  ${ctime(at).slice(4, 10).replace('  ', ' 0')}`;
};

const bsdstart: Show = (process, machine) => {
  const at = machine.startedAt(process);
  return machine.now - at > DAY ? ctime(at).slice(4, 10) : ctime(at).slice(10, 16);
};

const bsdtime: Show = ({ ticks }) => {
  const seconds = Math.floor(ticks / USER_HZ);
  return `${right(Math.floor(seconds / 60), 3)}:${two(seconds % 60)}`;
};

/** A number from a file of its folder. */
const ofFile =
  (name: string): By =>
  ({ pid }, { files }) =>
    Number.parseInt(readText(files, `/proc/${pid}/${name}`), 10) || 0;

const ofRollup =
  (...labels: readonly string[]): By =>
  ({ pid }, { files }) => {
    const rollup = labelled(readText(files, `/proc/${pid}/smaps_rollup`));
    return labels.reduce((sum, label) => sum + rollup.get(label), 0);
  };

const args = (head: string): PsColumn => text(head, 27, 'unlimited', (process) => process.args);
const comm = (head: string): PsColumn =>
  text(head, 15, 'unlimited', (process) => process.comm + (process.state === 'Z' ? ' <defunct>' : ''));
const tty = (head: string): PsColumn => text(head, 8, 'left', () => '?');
const timeColumn: PsColumn = { head: 'TIME', width: 8, justify: 'right', show: time, by: ({ ticks }) => ticks };
const shareOf = (head: string, by: By): PsColumn => ({
  ...{ head, width: 4, justify: 'right', by },
  show: (process, machine) => tenths(by(process, machine)),
});
const startOf = (head: string, width: number, show: Show): PsColumn => ({
  ...{ head, width, justify: 'right', show },
  by: ({ startTicks }) => startTicks,
});

export const PS_COLUMNS: Readonly<Record<string, PsColumn>> = {
  '%cpu': shareOf('%CPU', cpuShare),
  pcpu: shareOf('%CPU', cpuShare),
  '%mem': { ...shareOf('%MEM', memShare), by: ({ vmRss }) => vmRss },
  pmem: { ...shareOf('%MEM', memShare), by: ({ vmRss }) => vmRss },
  c: { ...text('C', 2, 'right', (p, m) => right(Math.min(Math.floor(cpuShare(p, m) / 10), 99), 2)), by: cpuShare },
  ...{ args: args('COMMAND'), command: args('COMMAND'), cmd: args('CMD') },
  ...{ comm: comm('COMMAND'), ucomm: comm('COMMAND'), ucmd: comm('CMD') },
  pid: number('PID', 5, ({ pid }) => pid, 'pid'),
  tgid: number('TGID', 5, ({ pid }) => pid, 'pid'),
  tid: number('TID', 5, ({ pid }) => pid, 'pid'),
  lwp: number('LWP', 5, ({ pid }) => pid, 'pid'),
  ppid: number('PPID', 5, ({ ppid }) => ppid, 'pid'),
  pgid: number('PGID', 5, ({ pgrp }) => pgrp, 'pid'),
  pgrp: number('PGRP', 5, ({ pgrp }) => pgrp, 'pid'),
  sid: number('SID', 5, ({ session }) => session, 'pid'),
  sess: number('SESS', 5, ({ session }) => session, 'pid'),
  tpgid: number('TPGID', 5, ({ tpgid }) => tpgid, 'pid'),
  ...{ user: user('USER'), euser: user('EUSER'), ruser: user('RUSER'), uname: user('USER') },
  ...{ uid: number('UID', 5, ({ uid }) => uid), euid: number('EUID', 5, ({ uid }) => uid) },
  ...{ vsz: number('VSZ', 6, ({ vmSize }) => vmSize), vsize: number('VSZ', 6, ({ vmSize }) => vmSize) },
  ...{ rss: number('RSS', 5, ({ vmRss }) => vmRss), rsz: number('RSZ', 5, ({ vmRss }) => vmRss) },
  sz: number('SZ', 5, ({ vmSize }) => vmSize / (PAGE_SIZE / 1024)),
  size: number('SIZE', 5, ({ vmData, vmStack }) => vmData + vmStack),
  ...{ trs: number('TRS', 4, codeKb), m_trs: number('TRS', 5, codeKb) },
  ...{ drs: number('DRS', 5, dataKb), m_drs: number('DRS', 5, dataKb) },
  pss: number('PSS', 5, ofRollup('Pss')),
  uss: number('USS', 5, ofRollup('Private_Clean', 'Private_Dirty')),
  min_flt: number('MINFL', 6, ({ minflt }) => minflt),
  minflt: number('MINFLT', 6, ({ minflt }) => minflt),
  maj_flt: number('MAJFL', 6, ({ majflt }) => majflt),
  majflt: number('MAJFLT', 6, ({ majflt }) => majflt),
  pagein: number('PAGEIN', 6, ({ majflt }) => majflt),
  oom: number('OOM', 4, ofFile('oom_score')),
  oomadj: number('OOMADJ', 5, ofFile('oom_adj')),
  ...{ stat: text('STAT', 4, 'left', stat), s: text('S', 1, 'left', (p) => p.state) },
  state: text('S', 1, 'left', ({ state }) => state),
  f: { ...text('F', 1, 'right', ({ flags }) => (Math.floor(flags / 64) & 7).toString(8)), by: ({ flags }) => flags },
  ...{ tty: tty('TT'), tt: tty('TT'), tname: tty('TTY') },
  ...{ time: timeColumn, cputime: timeColumn, bsdtime: { ...timeColumn, width: 6, show: bsdtime } },
  times: number('TIME', 8, ({ ticks }) => Math.floor(ticks / USER_HZ)),
  start: startOf('STARTED', 8, started),
  start_time: startOf('START', 5, stime),
  stime: startOf('STIME', 5, stime),
  bsdstart: startOf('START', 6, bsdstart),
  lstart: startOf('STARTED', 24, (process, machine) => ctime(machine.startedAt(process))),
  etime: {
    ...{ head: 'ELAPSED', width: 11, justify: 'right', by: (p, m) => m.elapsed(p) },
    show: (process, machine) => clock(machine.elapsed(process), 'if any'),
  },
  etimes: number('ELAPSED', 7, (process, machine) => Math.floor(machine.elapsed(process))),
  ...{ ni: number('NI', 3, ({ nice }) => nice), nice: number('NI', 3, ({ nice }) => nice) },
  pri: number('PRI', 3, ({ priority }) => 39 - priority),
  opri: number('PRI', 3, ({ priority }) => 60 + priority),
  priority: number('PRI', 3, ({ priority }) => priority),
  ...{ nlwp: number('NLWP', 4, ({ threads }) => threads), thcount: number('THCNT', 5, ({ threads }) => threads) },
  psr: number('PSR', 3, ({ cpu }) => cpu),
  cpuid: number('CPUID', 5, ({ cpu }) => cpu),
  wchan: text('WCHAN', 6, 'left', () => '?'),
  addr_1: text('ADDR', 1, 'left', () => '-'),
};
