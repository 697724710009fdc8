/** sleep(1), timeout(1), date(1), watch(1): time passes on the virtual clock. */
import { NSEC_PER_SEC } from '../../arch/clock.ts';
import { withValue } from '../../tools/getopt.ts';
import type { ShellContext, ShellTool } from '../context.ts';
import { fail, optionsOf } from './input.ts';

const SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86400 };

/** `1.5m`, in seconds. @returns null: it is none, which was said */
function interval(context: ShellContext, text: string): number | null {
  const [, digits, unit = ''] = /^(\d*\.?\d+|\d+\.|inf(?:inity)?)([smhd]?)$/.exec(text) ?? [];
  if (digits !== undefined) return (digits.startsWith('inf') ? 1e9 : Number(digits)) * SECONDS[unit];
  fail(context, `invalid time interval '${text}'`);
  context.err(`Try '${context.name} --help' for more information.\n`);
  return null;
}

export const sleep: ShellTool = function* (context) {
  if (context.args.length === 0) return fail(context, 'missing operand');
  let seconds = 0;
  for (const arg of context.args) {
    const more = interval(context, arg);
    if (more === null) return 1;
    seconds += more;
  }
  yield Math.round(seconds * NSEC_PER_SEC);
  return 0;
};

const TIMED_OUT = 124;
const MISUSED = 125;
/** How often is looked whether somebody has ended that a program waits for, in ns. */
const LOOK_NS = 10_000_000;

/** SIMPLIFIED: the command runs in its own process, not in a child. */
export const timeout: ShellTool = function* (context) {
  const { args, now, exec } = context;
  const [duration, ...command] = args;
  if (duration === undefined || command.length === 0) {
    fail(context, 'missing operand');
    context.err("Try 'timeout --help' for more information.\n");
    return MISUSED;
  }
  const seconds = interval(context, duration);
  if (seconds === null) return MISUSED;
  // 0: there is no limit.
  const end = seconds === 0 ? Infinity : now() + Math.round(seconds * NSEC_PER_SEC);
  const running = exec(command);
  try {
    for (;;) {
      const step = running.next();
      if (step.done) return step.value;
      const pause = step.value === Infinity ? LOOK_NS : step.value;
      yield typeof pause === 'number' ? Math.min(pause, end - now()) : pause;
      if (now() >= end) return TIMED_OUT;
    }
  } finally {
    running.return(TIMED_OUT);
  }
};

/** When the machine was booted, in seconds since 1970, as /proc/stat tells. */
function bootTime(context: ShellContext): number {
  const stat = context.files.read('/proc/stat');
  return typeof stat === 'number' ? 0 : Number(/^btime (\d+)$/m.exec(stat)?.[1] ?? 0);
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];

const two = (n: number): string => String(n).padStart(2, '0');

/** In UTC. @param pattern  as date +PATTERN */
function shown(ns: number, pattern: string): string {
  const at = new Date(Math.floor(ns / 1e6));
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  const [hours, minutes, seconds] = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()];
  const values: Readonly<Record<string, string>> = {
    '%': '%',
    ...{ Y: String(year), m: two(month + 1), d: two(day), e: String(day).padStart(2), y: two(year % 100) },
    ...{ H: two(hours), M: two(minutes), S: two(seconds), I: two(hours % 12 === 0 ? 12 : hours % 12) },
    ...{ p: hours < 12 ? 'AM' : 'PM', a: DAYS[at.getUTCDay()].slice(0, 3), A: DAYS[at.getUTCDay()] },
    ...{ b: MONTHS[month].slice(0, 3), B: MONTHS[month], Z: 'UTC', z: '+0000', n: '\n', t: '\t' },
    ...{ s: String(Math.floor(ns / NSEC_PER_SEC)), N: String(Math.floor(ns % NSEC_PER_SEC)).padStart(9, '0') },
    ...{ F: `${year}-${two(month + 1)}-${two(day)}`, T: `${two(hours)}:${two(minutes)}:${two(seconds)}` },
    ...{ R: `${two(hours)}:${two(minutes)}`, D: `${two(month + 1)}/${two(day)}/${two(year % 100)}` },
  };
  return pattern.replace(/%(.)/g, (whole, letter: string) => values[letter] ?? whole);
}

export const date: ShellTool = (context) => {
  const parsed = optionsOf(context, 'uR');
  if (typeof parsed === 'number') return parsed;
  const [pattern = '+%a %b %e %T %Z %Y'] = parsed.operands;
  if (!pattern.startsWith('+')) return fail(context, `invalid date '${pattern}'`);
  context.out(`${shown(bootTime(context) * NSEC_PER_SEC + context.now(), pattern.slice(1))}\n`);
  return 0;
};

export const watch: ShellTool = function* (context) {
  const parsed = optionsOf(context, '+n:tdgx', withValue('required', { interval: 'n' }));
  if (typeof parsed === 'number') return parsed;
  const seconds = Number(parsed.options.find(({ name }) => name === 'n')?.value ?? 2);
  if (!(seconds >= 0)) return fail(context, 'failed to parse argument');
  const command = parsed.operands.join(' ');
  if (command === '') {
    context.err('Usage:\n watch [options] command\n');
    return 1;
  }
  const title = `Every ${Math.max(seconds, 0.1).toFixed(1)}s: ${command}`;
  for (let turn = 0; ; turn++) {
    if (turn > 0) yield Math.round(Math.max(seconds, 0.1) * NSEC_PER_SEC);
    const at = shown(bootTime(context) * NSEC_PER_SEC + context.now(), 'osgrade: %a %b %e %T %Y');
    context.out(`${turn > 0 ? '\n' : ''}${title.padEnd(79 - at.length)} ${at}\n\n`);
    yield 0;
    yield* context.run(command);
  }
};
