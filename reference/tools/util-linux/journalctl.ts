/** journalctl(1) of systemd, as far as it shows the kernel's log. SIMPLIFIED: nobody else writes to the journal. syslog(2). */

import { NSEC_PER_SEC } from '../../arch/clock.ts';
import type { Tool } from '../../include/tool.ts';
import type { Kernel } from '../../init/kernel.ts';
import { strerror } from '../../lib/strerror.ts';
import { bootTime, monthDay, timeOfDay } from '../date_time.ts';
import { flags, getopt, withValue } from '../getopt.ts';
import { readText } from '../proc_files.ts';
import { fail } from '../program.ts';
import { LEVELS, readLog } from './dmesg.ts';

/** Lines of -n without a number. */
const LINES = 10;

const LONG = {
  ...flags({ dmesg: 'k', 'no-pager': 'P', quiet: 'q', reverse: 'r', all: 'a' }),
  ...withValue('optional', { boot: 'b', lines: 'n' }),
  ...withValue('required', { priority: 'p', output: 'o' }),
};

export const journalctl: Tool<Kernel> = (context) => {
  const { options, operands } = getopt(context.args, 'kb::qran::p:o:', LONG);
  const given = new Map(options.map(({ name, value }) => [name, value]));
  const wrong = given.get('?');
  if (wrong !== undefined) return fail(context, wrong);
  if (operands.length > 0) {
    context.err(`Failed to add match '${operands[0]}': Invalid argument\n`);
    return 1;
  }
  const level = levelOf(given.get('p') ?? 'debug');
  if (level < 0) {
    context.err(`Unknown log level ${given.get('p')}\n`);
    return 1;
  }
  const lines = readLog(context);
  if (typeof lines === 'number') return fail(context, `Failed to open journal: ${strerror(lines)}`);
  const host = readText(context.files, '/proc/sys/kernel/hostname').trimEnd();
  const bootedAt = bootTime(context.files);
  const isBare = given.get('o') === 'cat';
  const shown = lines
    .filter((line) => line.level <= level)
    .map(({ at, text }) => {
      const date = bootedAt + at / NSEC_PER_SEC;
      const month = monthDay(date);
      const stamp = `${month.slice(0, 3)} ${month.slice(3)} ${timeOfDay(date)}`;
      return isBare ? `${text}\n` : `${stamp} ${host} kernel: ${text}\n`;
    })
    .slice(given.has('n') ? -Number(given.get('n') || LINES) : 0);
  if (shown.length === 0 && !given.has('q')) context.out('-- No entries --\n');
  context.out((given.has('r') ? shown.reverse() : shown).join(''));
  return 0;
};

const NAMES: readonly string[] = LEVELS;

/** The least severe that is shown, by name or number. @returns below 0: there is none such */
const levelOf = (word: string): number => (/^[0-7]$/.test(word) ? Number(word) : NAMES.indexOf(word));
