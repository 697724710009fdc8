/** How the programs of util-linux say that they were misused. */
import type { ToolContext } from '../../include/tool.ts';
import type { Option } from '../getopt.ts';
import { EXIT_FAILURE, fail, type UsageRow } from '../program.ts';

/** A wrong option, or none where one is needed. @param why  '': a bad usage. @returns the exit status */
export function badUsage(context: ToolContext, why: string, status = EXIT_FAILURE): number {
  fail(context, why === '' ? 'bad usage' : why);
  context.err(`Try '${context.name} --help' for more information.\n`);
  return status;
}

/** The text of --help. */
export function helpText(name: string, synopses: readonly string[], does: string, rows: readonly UsageRow[]): string {
  const width = Math.max(...rows.map(([option]) => option.length)) + 2;
  const options = rows.map(([option, text]) => ` ${option.padEnd(width)}${text}\n`).join('');
  const usage = synopses.map((synopsis) => ` ${name} ${synopsis}\n`).join('');
  return `\nUsage:\n${usage}\n${does}\n\nOptions:\n${options}\nFor more details see ${name}(8).\n`;
}

/** -h, -V and what is wrong. @returns the exit status; null: it is an option of another kind */
export function commonOption(
  context: ToolContext,
  { name, value }: Option,
  help: string,
  status?: number,
): number | null {
  if (name === '?') return badUsage(context, value, status);
  if (name !== 'help' && name !== 'version') return null;
  context.out(name === 'help' ? help : `${context.name} from util-linux 2.38.1\n`);
  return 0;
}
