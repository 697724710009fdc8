/**
 * ps(1) of procps: processes. From /proc/PID.
 * SIMPLIFIED: options of threads, of trees, of terminals and of security labels are not known; lines are never cut.
 */
import type { Tool, ToolContext } from '../../include/tool.ts';
import { EXIT_FAILURE } from '../program.ts';
import { type ProcessInfo, readProcesses } from './processes.ts';
import { DEFAULT_BSD, DEFAULT_SYSV, named } from './ps_formats.ts';
import { BadOption, type PsAsked, parsePs } from './ps_options.ts';
import { type Chosen, psTable } from './ps_table.ts';

const USAGE = [
  '',
  'Usage:',
  ' ps [options]',
  '',
  " Try 'ps --help <simple|list|output|threads|misc|all>'",
  "  or 'ps --help <s|l|o|t|m|a>'",
  ' for additional help text.',
  '',
  'For more details see ps(1).',
  '',
].join('\n');

export const ps: Tool = (context) => {
  const asked = parsePs(context.args);
  if (asked instanceof BadOption) {
    context.err(`error: ${asked.why}\n${USAGE}`);
    return EXIT_FAILURE;
  }
  if (asked.text !== null) {
    context.out(asked.text === 'help' ? USAGE : 'ps from procps-ng 4.0.2\n');
    return 0;
  }
  const processes = selected(context, asked);
  const columns = columnsOf(asked);
  context.out(psTable(context.files, processes, columns, asked.header, asked.sort));
  return processes.length > 0 ? 0 : EXIT_FAILURE;
};

function columnsOf({ columns, format, isBsd }: PsAsked): readonly Chosen[] {
  if (columns.length > 0) return columns;
  return format ?? named(isBsd ? DEFAULT_BSD : DEFAULT_SYSV);
}

/** Without a choice: those of the same user and terminal. */
function selected({ files, pid }: ToolContext, asked: PsAsked): ProcessInfo[] {
  const all = readProcesses(files);
  const own = all.find((process) => process.pid === pid);
  const hasLists =
    asked.pids.length > 0 || asked.commands.length > 0 || asked.parents.length > 0 || asked.users.length > 0;
  if (asked.all === null && !hasLists) {
    return all.filter(({ uid, ttyNr }) => uid === own?.uid && (asked.isBsd || ttyNr === own.ttyNr));
  }
  return all.filter((process) => isChosen(process, asked));
}

function isChosen(process: ProcessInfo, asked: PsAsked): boolean {
  const { pids, commands, parents, users, all } = asked;
  if (all === 'all') return true;
  if (all === 'terminals') return process.ttyNr !== 0;
  if (all === 'not leaders') return process.session !== process.pid;
  if (all === 'mine') return process.uid === 0;
  const isUser = users.some((user) => user === String(process.uid) || (user === 'root' && process.uid === 0));
  return pids.includes(process.pid) || parents.includes(process.ppid) || commands.includes(process.comm) || isUser;
}
