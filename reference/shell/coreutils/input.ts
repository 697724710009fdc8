/** What filters read: files, or what is piped in; and how they complain. */
import { ENOMEM } from '../../include/errno.ts';
import type { ToolContext } from '../../include/tool.ts';
import { textOf } from '../../lib/latin1.ts';
import { strerror } from '../../lib/strerror.ts';
import { getopt, type LongOptions, type ParsedArgs } from '../../tools/getopt.ts';

export interface TextInput {
  /** `-` or nothing: what is piped in. */
  readonly path: string;
  readonly text: string;
}

/** Says what is wrong: `cat: ...`. @returns the exit status */
export function fail({ name, err }: ToolContext, says: string, status = 1): number {
  err(`${name}: ${says}\n`);
  return status;
}

/** The options, unless one is wrong: then the exit status, and it is said. */
export function optionsOf(
  context: ToolContext,
  short: string,
  long: LongOptions = {},
  status = 1,
): ParsedArgs | number {
  const parsed = getopt(context.args, short, long);
  const wrong = parsed.options.find(({ name }) => name === '?');
  if (wrong === undefined) return parsed;
  fail(context, wrong.value);
  context.err(`Try '${context.name} --help' for more information.\n`);
  return status;
}

/** Bytes read at a time. */
const CHUNK = 2 ** 20;
/** The most that a filter holds. */
const MOST_BYTES = 2 ** 28;

/**
 * Reads all that is named. What cannot be read is told, and left out.
 * @returns null in place of it
 */
export function inputsOf(context: ToolContext, paths: readonly string[]): (TextInput | null)[] {
  return (paths.length === 0 ? ['-'] : paths).map((path) => {
    if (path === '-') return { path, text: context.stdin };
    const text = readAll(context, path);
    if (typeof text !== 'number') return { path, text };
    fail(context, `${path}: ${strerror(text)}`);
    return null;
  });
}

function readAll({ files }: ToolContext, path: string): string | number {
  const stat = files.stat(path);
  if (typeof stat === 'number') return stat;
  if (stat.size <= CHUNK) return files.read(path);
  if (stat.size > MOST_BYTES) return -ENOMEM;
  const parts: string[] = [];
  for (let at = 0; at < stat.size; at += CHUNK) {
    const part = files.readAt(path, at, CHUNK);
    if (typeof part === 'number') return part;
    parts.push(textOf(part));
    if (part.length === 0) break;
  }
  return parts.join('');
}

/** Without their ends. A last line may have none. */
export function linesOf(text: string): string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

export const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** All texts, one behind the other, and 1 if one was missing. */
export function allText(inputs: readonly (TextInput | null)[]): readonly [text: string, status: number] {
  return [inputs.map((each) => each?.text ?? '').join(''), inputs.includes(null) ? 1 : 0];
}
