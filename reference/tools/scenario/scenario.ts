/**
 * scenario: runs a small program that uses memory, in the language of docs/scenarios.md.
 *
 *     scenario FILE          scenario -c 'a = alloc 1M; touch a'          ... | scenario
 */

import type { Running, Tool, ToolContext } from '../../include/tool.ts';
import type { Kernel } from '../../init/kernel.ts';
import { strerror } from '../../lib/strerror.ts';
import { fail } from '../program.ts';
import { parseScenario, type Statement } from './scenario_parse.ts';
import { ScenarioProgram } from './scenario_program.ts';
import { runScenario } from './scenario_run.ts';

const USAGE = 'Usage: scenario [FILE]\n       scenario -c STATEMENTS, with ; between them\n';
const EXIT_USAGE = 2;

/** A scenario that can be run, and what it is called in messages. */
export interface LoadedScenario {
  readonly file: string;
  readonly statements: readonly Statement[];
}

export const scenario: Tool<Kernel> = function* (context): Running {
  const [first, second, ...more] = context.args;
  if (more.length > 0 || (first?.startsWith('-') && first !== '-c') || (first === '-c') === (second === undefined)) {
    context.err(USAGE);
    return EXIT_USAGE;
  }
  const text = first === '-c' ? second.replaceAll(';', '\n') : textOf(context, first);
  if (typeof text === 'number') return fail(context, `${first}: ${strerror(text)}`);
  const loaded = loadScenario(context, first === undefined || first === '-c' ? '-' : first, text);
  if (typeof loaded === 'number') return loaded;
  const program = ScenarioProgram.start(context, loaded.file, null);
  if (program === null) return fail(context, strerror(-12));
  return yield* runScenario(program, loaded.statements);
};

const textOf = ({ files, stdin }: ToolContext, path: string | undefined): string | number =>
  path === undefined ? stdin : files.read(path);

/** @returns the exit status: it does not hold together */
export function loadScenario(context: ToolContext, path: string, text: string): LoadedScenario | number {
  const file = path.slice(path.lastIndexOf('/') + 1);
  const statements = parseScenario(text);
  if ('why' in statements) return fail(context, `${file}:${statements.line}: ${statements.why}`, EXIT_USAGE);
  return { file, statements };
}
