/** Commands about processes that run in the background. bash(1). */
import { ESRCH } from '../../include/errno.ts';
import { SIGBUS, SIGHUP, SIGINT, SIGKILL, SIGPIPE, SIGSEGV, SIGTERM, type Signal } from '../../include/kernel.ts';
import type { Running } from '../../include/tool.ts';
import { strerror } from '../../lib/strerror.ts';
import type { Builtin, BuiltinCall } from '../runner.ts';
import type { Job, ShellState } from '../state.ts';

const SIGNALS: ReadonlyMap<string, Signal | 0> = new Map([
  ['0', 0],
  ['HUP', SIGHUP],
  ['INT', SIGINT],
  ['BUS', SIGBUS],
  ['KILL', SIGKILL],
  ['SEGV', SIGSEGV],
  ['PIPE', SIGPIPE],
  ['TERM', SIGTERM],
]);

/** @returns null: there is no such signal */
function signalOf(text: string): Signal | 0 | null {
  const name = text.toUpperCase().replace(/^SIG/, '');
  const byNumber = [...SIGNALS.values()].find((signal) => String(signal) === name);
  return SIGNALS.get(name) ?? byNumber ?? null;
}

/** `%1`, `%%`, or the number of a process. */
function findJob({ jobs }: ShellState, text: string): Job | null {
  if (/^%[%+]?$/.test(text)) return jobs.at(-1) ?? null;
  if (text.startsWith('%')) return jobs.find(({ number }) => String(number) === text.slice(1)) ?? null;
  return jobs.find(({ task }) => String(task.pid) === text) ?? null;
}

export const kill: Builtin = ({ state, args, out, streams, fail }) => {
  const rest = [...args];
  if (rest[0] === '-l') {
    out(`${[...SIGNALS].flatMap(([name, n]) => (n === 0 ? [] : [`${n}) SIG${name}`])).join('  ')}\n`);
    return 0;
  }
  let signal: Signal | 0 | null = SIGTERM;
  if (rest[0] === '-s' || rest[0] === '-n') {
    rest.shift();
    const [name = ''] = rest;
    signal = signalOf(rest.shift() ?? '');
    if (signal === null) return fail(`${name}: invalid signal specification`);
  } else if (/^-./.test(rest[0] ?? '') && rest[0] !== '--') {
    const name = (rest.shift() ?? '').slice(1);
    signal = signalOf(name);
    if (signal === null) return fail(`${name}: invalid signal specification`);
  }
  if (rest[0] === '--') rest.shift();
  if (rest.length === 0) {
    streams.err.write('kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n');
    return 2;
  }
  let status = 0;
  for (const target of rest) {
    const pid = findJob(state, target)?.task.pid ?? (/^\d+$/.test(target) ? Number(target) : null);
    if (pid === null) {
      const says = target.startsWith('%') ? 'no such job' : 'arguments must be process or job IDs';
      status = fail(`${target}: ${says}`);
    } else if (state.system.processes.kill(pid, signal) < 0) {
      status = fail(`(${pid}) - ${strerror(ESRCH)}`);
    }
  }
  return status;
};

export const wait: Builtin = function* (call) {
  const { state, args, fail } = call;
  if (args.length === 0) {
    // Whoever sits there is told that they have ended, before the next prompt.
    for (const job of state.jobs) yield* state.interactive ? state.system.tasks.waitFor(job.task) : waitFor(call, job);
    return 0;
  }
  let status = 0;
  for (const target of args) {
    const job = findJob(state, target);
    if (job !== null) status = yield* waitFor(call, job);
    else {
      fail(target.startsWith('%') ? `${target}: no such job` : `pid ${target} is not a child of this shell`);
      status = 127;
    }
  }
  return status;
};

function* waitFor({ state }: BuiltinCall, job: Job): Running {
  const { tasks, processes } = state.system;
  processes.sleeps(state.pid);
  const status = yield* tasks.waitFor(job.task);
  state.jobs = state.jobs.filter((each) => each !== job);
  return processes.reap(state.pid, job.task.pid) ?? status;
}

/** `+`: the last one; `-`: the one before it. */
const mark = (jobs: readonly Job[], job: Job): string => {
  const at = jobs.indexOf(job);
  return at === jobs.length - 1 ? '+' : at === jobs.length - 2 ? '-' : ' ';
};

const ENDED_WORDS: ReadonlyMap<number, string> = new Map([
  [0, 'Done'],
  [135, 'Bus error'],
  [137, 'Killed'],
  [139, 'Segmentation fault'],
  [143, 'Terminated'],
]);

const jobLine = (jobs: readonly Job[], job: Job, word: string, end: string): string =>
  `[${job.number}]${mark(jobs, job)}  ${word.padEnd(24)}${job.text}${end}\n`;

export const jobs: Builtin = ({ state, out }) => {
  out(noticed(state));
  for (const job of state.jobs) out(jobLine(state.jobs, job, 'Running', ' &'));
  return 0;
};

export const foreground: Builtin = function* (call) {
  const { state, args, out, fail } = call;
  const [target = '%%'] = args;
  const job = findJob(state, target.startsWith('%') ? target : `%${target}`);
  if (job === null) return fail(`${args.length === 0 ? 'current' : target}: no such job`);
  out(`${job.text}\n`);
  return yield* waitFor(call, job);
};

/** The jobs that have ended, as they are told before the next prompt; they are forgotten. */
export function noticed(state: ShellState): string {
  const { processes } = state.system;
  const lines: string[] = [];
  const before = state.jobs;
  for (const job of before) {
    if (job.task.status === null) continue;
    const status = processes.reap(state.pid, job.task.pid) ?? job.task.status;
    lines.push(jobLine(before, job, ENDED_WORDS.get(status) ?? `Exit ${status}`, ''));
    state.jobs = state.jobs.filter((each) => each !== job);
  }
  return lines.join('');
}
