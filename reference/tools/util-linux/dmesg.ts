/** dmesg(1) of util-linux. syslog(2). */

import { NSEC_PER_SEC } from '../../arch/clock.ts';
import type { Tool, ToolContext } from '../../include/tool.ts';
import type { Ticks } from '../../include/types.ts';
import type { Kernel } from '../../init/kernel.ts';
import type { LogLine } from '../../kernel/printk.ts';
import { strerror } from '../../lib/strerror.ts';
import { bootTime, ctime, timeOfDay } from '../date_time.ts';
import { flags, getopt, withValue } from '../getopt.ts';
import { fail } from '../program.ts';
import { badUsage, commonOption, helpText } from './util_linux.ts';

const HELP = helpText('dmesg', ['[options]'], 'Shows what the kernel has logged.', [
  ['-C, --clear', 'empties the log'],
  ['-c, --read-clear', 'shows it, then empties it'],
  ['-H, --human', 'how long after the line before'],
  ['-k, --kernel', 'what the kernel said: all of it'],
  ['-l, --level <list>', 'lines of these levels'],
  ['-r, --raw', 'levels as numbers in front'],
  ['-T, --ctime', 'dates'],
  ['-t, --notime', 'without the time'],
  ['-x, --decode', 'levels in words in front'],
  ['-h, --help', 'this text'],
]);

const LONG = {
  ...flags({ clear: 'C', 'read-clear': 'c', human: 'H', kernel: 'k', raw: 'r', ctime: 'T', notime: 't', decode: 'x' }),
  ...flags({ help: 'help', version: 'version', nopager: 'P', color: 'L' }),
  ...withValue('required', { level: 'l' }),
};

/** From the most severe on; their place is their number. */
export const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'] as const;

export const dmesg: Tool<Kernel> = (context) => {
  const { options, operands } = getopt(context.args, 'CcHkrTtxPLl:hV', LONG);
  const seen = new Set<string>();
  let levels: readonly string[] = LEVELS;
  for (const { name, value } of options) {
    const common = commonOption(context, { name: { h: 'help', V: 'version' }[name] ?? name, value }, HELP);
    if (common !== null) return common;
    seen.add(name);
    if (name !== 'l') continue;
    levels = value.split(',');
    const unknown = levels.find((level) => !LEVELS.some((known) => known === level));
    if (unknown !== undefined) return fail(context, `unknown level '${unknown}'`);
  }
  if (operands.length > 0) return badUsage(context, '');
  if (!seen.has('C')) {
    const lines = readLog(context);
    if (typeof lines === 'number') return fail(context, `read kernel buffer failed: ${strerror(lines)}`);
    show(
      context,
      lines.filter(({ level }) => levels.includes(LEVELS[level])),
      seen,
    );
  }
  if (!seen.has('C') && !seen.has('c')) return 0;
  const cleared = context.kernel.syscall(context.pid, 'syslog', 'clear');
  return typeof cleared === 'number' ? fail(context, `clear kernel buffer failed: ${strerror(cleared)}`) : 0;
};

/** All lines of the log, or why it cannot be read. */
export const readLog = ({ kernel, pid }: ToolContext<Kernel>): readonly LogLine[] | number =>
  kernel.syscall(pid, 'syslog', 'read all');

const seconds = (ns: Ticks, width: number): string => {
  const micros = Math.floor(ns / 1000);
  return `${String(Math.floor(micros / 1e6)).padStart(width)}.${String(micros % 1e6).padStart(6, '0')}`;
};

function show({ files, out }: ToolContext, lines: readonly LogLine[], options: ReadonlySet<string>): void {
  const bootedAt = bootTime(files);
  let before: LogLine | null = null;
  for (const line of lines) {
    const { level, text } = line;
    const word = `${'kern'.padEnd(6)}:${LEVELS[level].padEnd(6)}: `;
    const prefix = options.has('r') ? `<${level}>` : options.has('x') ? word : '';
    out(`${prefix}${timeOf(line, before, bootedAt, options)}${text}\n`);
    before = line;
  }
}

function timeOf({ at }: LogLine, before: LogLine | null, bootedAt: number, options: ReadonlySet<string>): string {
  if (options.has('t')) return '';
  const date = bootedAt + at / NSEC_PER_SEC;
  if (options.has('T')) return `[${ctime(date)}] `;
  if (!options.has('H')) return `[${seconds(at, 5)}] `;
  // A new minute is told by its date, all else by what has passed.
  const minute = (ns: Ticks): number => Math.floor((bootedAt + ns / NSEC_PER_SEC) / 60);
  if (before === null || minute(before.at) !== minute(at))
    return `[${ctime(date).slice(4, 7)}${ctime(date).slice(8, 10)} ${timeOfDay(date).slice(0, 5)}] `;
  return `[${`+${seconds(at - before.at, 0)}`.padStart(11)}] `;
}
