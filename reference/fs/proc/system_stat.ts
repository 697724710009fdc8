/** What /proc/stat, loadavg and uptime are made from. Linux: kernel/sched/cputime.c, kernel/fork.c. */
import { NSEC_PER_SEC } from '../../arch/clock.ts';
import type { Ticks } from '../../include/types.ts';
import type { LoadFigures } from './loadavg.ts';
import type { ProcRooms } from './proc_rooms.ts';
import { type CpuTimes, NO_CPU_TIMES, type StatFigures } from './stat.ts';

/** When every machine was switched on: 1 January 2026, in seconds since 1970. */
const BTIME = 1767225600;
const USER_HZ = 100;
const NR_SOFTIRQS = 10;

export interface SystemStat {
  readonly all: CpuTimes;
  readonly figures: StatFigures;
  readonly load: LoadFigures;
  /** Of all CPUs together. */
  readonly idleNs: Ticks;
}

/** SIMPLIFIED: nobody keeps times of CPUs, so they have been idle; and no load. An interrupt is a request of a disk. */
export function systemStat({ booted: { clock }, files, rooms: { pids, sched } }: ProcRooms): SystemStat {
  const cpus = Array.from({ length: sched.nrCpus }, (_, cpu) => cpu);
  const ticks = Math.floor((clock.now * USER_HZ) / NSEC_PER_SEC);
  const running = cpus.filter((cpu) => sched.currentOn(cpu) !== null).length;
  const interrupts = files.devices.map(({ counts }) => counts.reads + counts.writes);
  const idle = { ...NO_CPU_TIMES, idle: ticks };
  return {
    all: { ...idle, idle: ticks * cpus.length },
    figures: {
      cpus: cpus.map(() => idle),
      intr: [interrupts.reduce((sum, count) => sum + count, 0), ...interrupts],
      ctxt: sched.contextSwitches,
      btime: BTIME,
      processes: pids.forks,
      running,
      blocked: 0,
      softirq: Array.from({ length: NR_SOFTIRQS + 1 }, () => 0),
    },
    load: { loads: [0, 0, 0], running, threads: pids.size, lastPid: pids.last },
    idleNs: clock.now * cpus.length,
  };
}
