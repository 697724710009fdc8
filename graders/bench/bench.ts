/** Times the reference kernel. What it says depends on the machine, and on what else runs there. */
import { Bench } from 'tinybench';
import { GraderError } from '../errors.ts';
import { line, time } from './line.ts';
import { loadTimed, type TimedModules } from './load.ts';
import { medianRealFault } from './real_fault.ts';

type Workload = ReturnType<TimedModules['bench/suite']['SUITE'][number]>;

/** At least so long, and so often. */
const LEAST_MS = 500;
const LEAST_RUNS = 10;
const REAL_FAULT_RUNS = 9;
const NS_PER_MS = 1e6;

/** One line: half of all runs took less than the median; half lie within the spread of it. */
export interface Timing {
  readonly title: string;
  readonly medianNs: number;
  readonly spreadNs: number;
  readonly runs: number;
}

export async function timeWorkload({ title, times, run, before }: Workload, leastMs = LEAST_MS): Promise<Timing> {
  const bench = new Bench({ time: leastMs, iterations: LEAST_RUNS, warmupTime: leastMs / 5, warmupIterations: 2 });
  bench.add(title, run, { async: false, ...(before === undefined ? {} : { beforeEach: before }) });
  const [task] = await bench.run();
  const result = task?.result;
  if (result?.state !== 'completed') {
    const cause = result?.state === 'errored' ? result.error : undefined;
    throw new GraderError('BENCH_FAILED', `The benchmark "${title}" did not end.`, cause);
  }
  const { p50, mad, samplesCount } = result.latency;
  const perOne = NS_PER_MS / times;
  return { title, medianNs: p50 * perOne, spreadNs: mad * perOne, runs: samplesCount };
}

/** Times everything, line by line. */
export async function* runBench(): AsyncGenerator<string> {
  const modules = await loadTimed();
  yield line('', 'median', 'spread', 'runs');
  for (const prepare of modules['bench/suite'].SUITE) {
    const { title, medianNs, spreadNs, runs } = await timeWorkload(prepare());
    yield line(title, time(medianNs), `± ${time(spreadNs)}`, String(runs));
  }
  const real = medianRealFault(REAL_FAULT_RUNS);
  yield line('a real minor fault of this machine', real === null ? 'not counted' : time(real.nsPerFault), '', '');
  const { operations, play } = modules['bench/million'].million();
  const start = process.hrtime.bigint();
  play();
  const ns = Number(process.hrtime.bigint() - start);
  yield line(`${operations.toLocaleString('en-US')} operations of 16 processes`, time(ns), '', '1');
}
