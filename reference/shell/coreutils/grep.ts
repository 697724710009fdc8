/** grep(1). */
import type { Tool, ToolContext } from '../../include/tool.ts';
import { flags, type LongOptions, withValue } from '../../tools/getopt.ts';
import { fail, inputsOf, linesOf, optionsOf, type TextInput } from './input.ts';
import { compiled, toRegExp } from './regexp.ts';

const LONG: LongOptions = {
  ...flags({ 'ignore-case': 'i', 'invert-match': 'v', count: 'c', 'line-number': 'n', 'only-matching': 'o' }),
  ...flags({ 'word-regexp': 'w', 'line-regexp': 'x', quiet: 'q', silent: 'q', 'no-messages': 's', text: 'a' }),
  ...flags({ 'extended-regexp': 'E', 'fixed-strings': 'F', 'files-with-matches': 'l', 'no-filename': 'h' }),
  ...flags({ 'with-filename': 'H', recursive: 'r', color: 'a' }),
  ...withValue('required', {
    regexp: 'e',
    'max-count': 'm',
    'after-context': 'A',
    'before-context': 'B',
    context: 'C',
  }),
};

interface Wanted {
  readonly matcher: RegExp;
  readonly has: (letter: string) => boolean;
  /** Lines before and after a match. */
  readonly before: number;
  readonly after: number;
  readonly most: number;
  readonly names: boolean;
}

/** Exit status: a line was selected; none was; something was wrong. */
const NONE = 1;
const TROUBLE = 2;

export const grep: Tool = (context) => {
  const parsed = optionsOf(context, 'EFGPivcnowxqslLhHaIrRe:m:A:B:C:', LONG, TROUBLE);
  if (typeof parsed === 'number') return parsed;
  const { options } = parsed;
  const has = (letter: string): boolean => options.some(({ name }) => name === letter);
  const operands = [...parsed.operands];
  const given = options.filter(({ name }) => name === 'e').map(({ value }) => value);
  const patterns = given.length > 0 ? given : operands.splice(0, 1);
  if (patterns.length === 0) {
    context.err("Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n");
    return TROUBLE;
  }
  const matcher = matcherOf(patterns, context.name === 'egrep' ? (letter) => letter === 'E' || has(letter) : has);
  if (typeof matcher === 'string') return fail(context, matcher, TROUBLE);
  const count = (letter: string): number | null => {
    const value = options.findLast(({ name }) => name === letter)?.value ?? null;
    return value === null ? null : /^\d+$/.test(value) ? Number(value) : Number.NaN;
  };
  const around = count('C') ?? 0;
  const [before, after, most] = [count('B') ?? around, count('A') ?? around, count('m') ?? Infinity];
  if ([before, after].some(Number.isNaN)) return fail(context, 'invalid context length argument', TROUBLE);
  if (Number.isNaN(most)) return fail(context, 'invalid max count', TROUBLE);
  const paths = has('r') || has('R') ? operands.flatMap((path) => below(context, path)) : operands;
  const names = has('H') || (!has('h') && (paths.length > 1 || has('r')));
  const inputs = inputsOf(has('s') ? { ...context, err: () => undefined } : context, paths);
  const wanted: Wanted = { matcher, has, before, after, most, names };
  const selected = inputs.map((input) => (input === null ? false : search(context, input, wanted)));
  if (has('q') && selected.includes(true)) return 0;
  if (inputs.includes(null)) return TROUBLE;
  return selected.includes(true) ? 0 : NONE;
};

/** Files in a folder and below it. */
function below(context: ToolContext, path: string): string[] {
  const list = context.files.list(path);
  if (typeof list === 'number') return [path];
  return list.flatMap((name) => below(context, `${path.replace(/\/$/, '')}/${name}`));
}

/** @returns what finds the patterns, or what is wrong with them */
function matcherOf(patterns: readonly string[], has: (letter: string) => boolean): RegExp | string {
  const kind = has('F') ? 'fixed' : has('E') || has('P') ? 'extended' : 'basic';
  const parts = patterns.flatMap((pattern) => pattern.split('\n')).map((pattern) => `(?:${toRegExp(pattern, kind)})`);
  const any = parts.join('|');
  const source = has('x') ? `^(?:${any})$` : has('w') ? `(?<!\\w)(?:${any})(?!\\w)` : any;
  return compiled(source, has('i') ? 'gi' : 'g') ?? 'Invalid regular expression';
}

/** @returns whether a line was selected */
function search({ out }: ToolContext, { path, text }: TextInput, wanted: Wanted): boolean {
  const { matcher, has, before, after, most, names } = wanted;
  const name = path === '-' ? '(standard input)' : path;
  const lines = linesOf(text);
  const fits = (line: string): boolean => {
    matcher.lastIndex = 0;
    return matcher.test(line) !== has('v');
  };
  const selected: number[] = [];
  for (const [i, line] of lines.entries()) {
    if (selected.length >= most) break;
    if (fits(line)) selected.push(i);
  }
  const found = selected.length > 0;
  if (has('q')) return found;
  if (has('l') || has('L')) {
    if (found === has('l')) out(`${name}\n`);
    return found;
  }
  if (has('c')) {
    out(`${names ? `${name}:` : ''}${selected.length}\n`);
    return found;
  }
  const label = (i: number, mark: string): string =>
    `${names ? `${name}${mark}` : ''}${has('n') ? `${i + 1}${mark}` : ''}`;
  if (has('o')) {
    for (const i of selected) for (const match of matches(matcher, lines[i])) out(`${label(i, ':')}${match}\n`);
    return found;
  }
  let last = -1;
  for (const i of around(selected, before, after, lines.length)) {
    if (last >= 0 && i > last + 1 && before + after > 0) out('--\n');
    out(`${label(i, selected.includes(i) ? ':' : '-')}${lines[i]}\n`);
    last = i;
  }
  return found;
}

function matches(matcher: RegExp, line: string): string[] {
  matcher.lastIndex = 0;
  return [...line.matchAll(matcher)].map(([match]) => match).filter((match) => match !== '');
}

/** Numbers of the lines to be shown, ascending. */
function around(selected: readonly number[], before: number, after: number, end: number): number[] {
  const shown = new Set<number>();
  for (const i of selected) for (let n = i - before; n <= i + after; n++) if (n >= 0 && n < end) shown.add(n);
  return [...shown].sort((a, b) => a - b);
}
