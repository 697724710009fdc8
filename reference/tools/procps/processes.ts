/** Processes as ps(1) and top(1) see them. From /proc/PID/stat, statm, status and cmdline. */
import type { Files } from '../../include/tool.ts';
import { labelled, linesOf, readText } from '../proc_files.ts';

export interface ProcessInfo {
  readonly pid: number;
  readonly comm: string;
  /** Words of the command line; `[name]` when there are none. */
  readonly args: string;
  readonly state: string;
  readonly ppid: number;
  readonly pgrp: number;
  readonly session: number;
  readonly tpgid: number;
  readonly ttyNr: number;
  readonly flags: number;
  readonly minflt: number;
  readonly majflt: number;
  /** User and system, in hundredths of a second. */
  readonly ticks: number;
  readonly priority: number;
  readonly nice: number;
  readonly threads: number;
  /** Hundredths of a second after boot. */
  readonly startTicks: number;
  /** Addresses. */
  readonly startCode: number;
  readonly endCode: number;
  readonly cpu: number;
  /** Bytes. */
  readonly vsize: number;
  readonly uid: number;
  /** kB, from status. */
  readonly vmSize: number;
  readonly vmRss: number;
  readonly vmLocked: number;
  readonly vmSwap: number;
  readonly vmData: number;
  readonly vmStack: number;
  /** Pages. */
  readonly shared: number;
}

/** All processes, in the order of their numbers. */
export function readProcesses(files: Files): ProcessInfo[] {
  const names = files.list('/proc');
  const pids = typeof names === 'number' ? [] : names.filter((name) => /^\d+$/.test(name)).map(Number);
  return pids.sort((a, b) => a - b).flatMap((pid) => readProcess(files, pid) ?? []);
}

/** @returns null: there is none of this number */
export function readProcess(files: Files, pid: number): ProcessInfo | null {
  const stat = files.read(`/proc/${pid}/stat`);
  if (typeof stat === 'number') return null;
  const [, comm = '', rest = ''] = /^\d+ \((.*)\) (.*)/s.exec(stat) ?? [];
  const fields = rest.trimEnd().split(' ');
  // As proc(5) counts them: the state is field 3.
  const field = (n: number): number => Number(fields[n - 3]);
  const text = readText(files, `/proc/${pid}/status`);
  const status = labelled(text);
  const words = readText(files, `/proc/${pid}/cmdline`).replace(/\0+$/, '').replaceAll('\0', ' ');
  return {
    ...{ pid, comm, state: fields[0], ppid: field(4), pgrp: field(5), session: field(6), ttyNr: field(7) },
    ...{ tpgid: field(8), flags: field(9), minflt: field(10), majflt: field(12), ticks: field(14) + field(15) },
    ...{ priority: field(18), nice: field(19), threads: field(20), startTicks: field(22), vsize: field(23) },
    ...{ startCode: field(26), endCode: field(27), cpu: field(39), uid: status.get('Uid') },
    args: words === '' ? `[${comm}]${fields[0] === 'Z' ? ' <defunct>' : ''}` : words,
    ...{ vmSize: status.get('VmSize'), vmRss: status.get('VmRSS'), vmLocked: status.get('VmLck') },
    ...{ vmSwap: status.get('VmSwap'), vmData: status.get('VmData'), vmStack: status.get('VmStk') },
    shared: Number(readText(files, `/proc/${pid}/statm`).split(' ')[2] ?? 0),
  };
}

/** Columns that the number of a process takes. */
export function pidWidth(files: Files): number {
  const max = Number.parseInt(readText(files, '/proc/sys/kernel/pid_max'), 10);
  return Number.isNaN(max) ? 5 : Math.max(String(max - 1).length, 5);
}

/** Whose processes they are. SIMPLIFIED: only root has a name, unless /etc/passwd gives others one. */
export function userName(files: Files, uid: number): string {
  if (uid === 0) return 'root';
  const line = linesOf(readText(files, '/etc/passwd')).find((each) => each.split(':')[2] === String(uid));
  return line?.split(':')[0] ?? String(uid);
}
