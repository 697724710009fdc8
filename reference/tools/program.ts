/** What programs of one family have in common: how they complain, and how they say what they take. */
import type { ToolContext } from '../include/tool.ts';

export const EXIT_FAILURE = 1;

/** Says what is wrong: `free: ...`. @returns the exit status */
export function fail({ name, err }: ToolContext, text: string, status = EXIT_FAILURE): number {
  err(`${name}: ${text}\n`);
  return status;
}

/** One option of a usage text: how it is written, and what it does. */
export type UsageRow = readonly [option: string, does: string];

/** The usage text of procps. @param synopsis  what stands behind the name */
export function procpsUsage(name: string, synopsis: string, rows: readonly UsageRow[]): string {
  const width = Math.max(...rows.map(([option]) => option.length)) + 2;
  const lines = rows.map(([option, does]) => ` ${option.padEnd(width)}${does}\n`).join('');
  return `\nUsage:\n ${name} ${synopsis}\n\nOptions:\n${lines}\nFor more details see ${name}(1).\n`;
}

/** A wrong option: why, and what there is. @returns the exit status */
export function misused(context: ToolContext, why: string, usage: string): number {
  if (why !== '') fail(context, why);
  context.err(usage);
  return EXIT_FAILURE;
}
