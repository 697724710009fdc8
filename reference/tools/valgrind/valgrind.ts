/**
 * valgrind(1): runs a scenario under watch, and tells what it has lost and where it went wrong. See memcheck.ts.
 * SIMPLIFIED: what can be run is a scenario; children are not watched.
 */

import { SIGSEGV } from '../../include/kernel.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import type { Running, Tool, ToolContext } from '../../include/tool.ts';
import type { Kernel } from '../../init/kernel.ts';
import { programMemory } from '../../init/program_memory.ts';
import { strerror } from '../../lib/strerror.ts';
import { flags, getopt, withValue } from '../getopt.ts';
import { fail } from '../program.ts';
import { loadScenario } from '../scenario/scenario.ts';
import { ScenarioProgram } from '../scenario/scenario_program.ts';
import { runScenario } from '../scenario/scenario_run.ts';
import { Memcheck } from './memcheck.ts';
import { LEAK_ERRORS, LEAK_KINDS, type LeakKind, leakCheck } from './memcheck_leaks.ts';
import { memcheckReport } from './memcheck_report.ts';

const USAGE =
  'usage: valgrind [--tool=memcheck] [--leak-check=no|summary|yes|full] [--show-leak-kinds=kind1,kind2,..|all|none] [-q] prog-and-args\n';
const EXIT_NOT_FOUND = 127;

const LONG = {
  ...withValue('required', {
    tool: 'tool',
    'leak-check': 'leak',
    'show-leak-kinds': 'kinds',
    'error-exitcode': 'code',
  }),
  ...flags({ help: 'help', version: 'version', quiet: 'q', verbose: 'v' }),
};

export const valgrind: Tool<Kernel> = function* (context): Running {
  const { options, operands } = getopt(context.args, '+hqv', LONG);
  let isFull = false;
  let kinds: readonly LeakKind[] = LEAK_ERRORS;
  let errorExit = 0;
  for (const { name, value } of options) {
    if (name === '?') return complain(context, `Unknown option: ${value.replace(/^.*(--\S*|-\w)'.*$/, '$1')}`);
    if (name === 'help' || name === 'h' || name === 'version') {
      context.out(name === 'version' ? 'valgrind-3.19.0\n' : USAGE);
      return 0;
    }
    if (name === 'tool' && value !== 'memcheck') return fail(context, `failed to start tool '${value}'`);
    if (name === 'leak') isFull = value === 'full' || value === 'yes';
    if (name === 'kinds') {
      const known = kindsOf(value);
      if (known === null) return complain(context, `Bad option: --show-leak-kinds=${value}`);
      kinds = known;
    }
    if (name === 'code') errorExit = Number(value);
  }
  const [path] = operands;
  if (path === undefined) return complain(context, 'no program specified');
  const text = context.files.read(path);
  if (typeof text === 'number') return fail(context, `${path}: ${strerror(text)}`, EXIT_NOT_FOUND);
  const loaded = loadScenario(context, path, text);
  if (typeof loaded === 'number') return loaded;
  return yield* watch(context, operands.join(' '), loaded, isFull ? kinds : null, errorExit);
};

/** `all`, `none`, `definite,reachable`. @returns null: there are no such kinds */
function kindsOf(text: string): readonly LeakKind[] | null {
  if (text === 'all' || text === 'none') return text === 'all' ? LEAK_KINDS : [];
  const kinds = LEAK_KINDS.filter((kind) => text.split(',').includes(kind));
  return kinds.length === text.split(',').length ? kinds : null;
}

function complain(context: ToolContext, why: string): number {
  context.err(`valgrind: ${why}\nvalgrind: Use --help for more information.\n`);
  return 1;
}

function* watch(
  context: ToolContext<Kernel>,
  command: string,
  { file, statements }: Exclude<ReturnType<typeof loadScenario>, number>,
  shows: readonly LeakKind[] | null,
  errorExit: number,
): Running {
  const { kernel, pid } = context;
  // It must live to be asked what it has lost.
  kernel.syscall(pid, 'sigaction', SIGSEGV, 'handle');
  const check = new Memcheck(programMemory(kernel, pid));
  const program = ScenarioProgram.start(context, file, check);
  if (program === null) return fail(context, strerror(-12));
  const status = yield* runScenario(program, statements);
  if (!program.isAlive) return status;
  const isKilled = check.errors.some(({ kind }) => kind === 'killed');
  const records = leakCheck(check, [{ start: program.variables, end: program.variables + PAGE_SIZE }]);
  const lines = memcheckReport({ pid, command, shows }, check, records);
  context.err(lines.map((line) => `${line}\n`).join(''));
  if (isKilled) return 128 + SIGSEGV;
  const isWrong = check.errors.length > 0 || records.some(({ kind }) => LEAK_ERRORS.includes(kind));
  return isWrong && errorExit !== 0 ? errorExit : status;
}
