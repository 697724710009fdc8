/** What /proc/stat, loadavg and uptime are made from. Linux: kernel/sched/cputime.c, kernel/fork.c. */
import type { Ticks } from '../../include/types.ts';
import { type CpuNs, TICK_NS } from '../../kernel/run_queue.ts';
import { clockTicks } from './array.ts';
import type { LoadFigures } from './loadavg.ts';
import type { ProcRooms } from './proc_rooms.ts';
import { type CpuTimes, NO_CPU_TIMES, type StatFigures } from './stat.ts';

/** When every machine was switched on: 1 January 2026, in seconds since 1970. */
const BTIME = 1767225600;
const NR_SOFTIRQS = 10;
/** Softirqs by number: timers, disks. */
const TIMER_SOFTIRQ = 1;
const BLOCK_SOFTIRQ = 4;

export interface SystemStat {
  readonly all: CpuTimes;
  readonly figures: StatFigures;
  readonly load: LoadFigures;
  /** Of all CPUs together. */
  readonly idleNs: Ticks;
}

const ticksOf = ({ user, system, idle, iowait }: CpuNs): CpuTimes => ({
  ...NO_CPU_TIMES,
  user: clockTicks(user),
  system: clockTicks(system),
  idle: clockTicks(idle),
  iowait: clockTicks(iowait),
});

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

/** SIMPLIFIED: interrupts take no time. A CPU that has something to do gets one each tick, a disk sends one for each request. */
export function systemStat({ files, rooms: { pids, states, tlb } }: ProcRooms): SystemStat {
  const cpus = states.runQueues.map(({ times }) => times);
  const of = (kind: keyof CpuNs): Ticks => sumOf(cpus.map((cpu) => cpu[kind]));
  const all = { user: of('user'), system: of('system'), idle: of('idle'), iowait: of('iowait') };
  const disks = files.devices.map(({ counts, inFlight }) => counts.reads + counts.writes - inFlight);
  const timer = sumOf(cpus.map((cpu) => Math.floor((cpu.user + cpu.system) / TICK_NS)));
  const softirqs = Array.from({ length: NR_SOFTIRQS }, () => 0);
  softirqs[TIMER_SOFTIRQ] = timer;
  softirqs[BLOCK_SOFTIRQ] = sumOf(disks);
  const running = states.nrRunning;
  return {
    all: ticksOf(all),
    figures: {
      cpus: cpus.map(ticksOf),
      // Those of the timer and between CPUs are in the sum only.
      intr: [sumOf(disks) + timer + tlb.counters.ipis, ...disks],
      ctxt: sumOf(states.runQueues.map(({ switches }) => switches)),
      btime: BTIME,
      processes: pids.forks,
      running,
      blocked: states.nrIowait,
      softirq: [sumOf(softirqs), ...softirqs],
    },
    load: { loads: states.loads, running, threads: pids.size, lastPid: pids.last },
    idleNs: all.idle,
  };
}
