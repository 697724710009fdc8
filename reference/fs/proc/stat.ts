/** The text of /proc/stat. Linux: fs/proc/stat.c. */

/** Times of a CPU in hundredths of a second, in the order of the file. */
export const CPU_TIMES = [
  'user',
  'nice',
  'system',
  'idle',
  'iowait',
  'irq',
  'softirq',
  'steal',
  'guest',
  'guest_nice',
] as const;
export type CpuTimes = Readonly<Record<(typeof CPU_TIMES)[number], number>>;

export const NO_CPU_TIMES: CpuTimes = {
  user: 0,
  nice: 0,
  system: 0,
  idle: 0,
  iowait: 0,
  irq: 0,
  softirq: 0,
  steal: 0,
  guest: 0,
  guest_nice: 0,
};

export interface StatFigures {
  /** By CPU. */
  readonly cpus: readonly CpuTimes[];
  /** Interrupts, the sum first. */
  readonly intr: readonly number[];
  readonly ctxt: number;
  /** Seconds since 1970. */
  readonly btime: number;
  /** Forks since boot. */
  readonly processes: number;
  readonly running: number;
  readonly blocked: number;
  /** The sum first. */
  readonly softirq: readonly number[];
}

/** @param all  of all CPUs together; Linux adds up before it rounds, so that it may be more than the sum */
export function statShow(all: CpuTimes, figures: StatFigures): string {
  const times = (cpu: CpuTimes): string => CPU_TIMES.map((name) => cpu[name]).join(' ');
  const { cpus, intr, ctxt, btime, processes, running, blocked, softirq } = figures;
  return [
    `cpu  ${times(all)}`,
    ...cpus.map((cpu, n) => `cpu${n} ${times(cpu)}`),
    `intr ${intr.join(' ')}`,
    `ctxt ${ctxt}`,
    `btime ${btime}`,
    `processes ${processes}`,
    `procs_running ${running}`,
    `procs_blocked ${blocked}`,
    `softirq ${softirq.join(' ')}`,
    '',
  ].join('\n');
}
