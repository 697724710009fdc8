/** head(1), tail(1). */
import type { Tool, ToolContext } from '../../include/tool.ts';
import { withValue } from '../../tools/getopt.ts';
import { fail, inputsOf, optionsOf, type TextInput } from './input.ts';

const LINES = 10;

/** What is wanted: `-n 5`, `-5`, `-n -5`, `-n +5`, `-c 5`. */
interface Wanted {
  readonly unit: 'lines' | 'bytes';
  readonly count: number;
  readonly sign: '' | '-' | '+';
  readonly titles: boolean | null;
}

function wantedOf(context: ToolContext): readonly [Wanted, readonly string[]] | number {
  // `-5` is what `-n 5` was once.
  const args = context.args.map((arg, i) => (i === 0 && /^-\d+$/.test(arg) ? `-n${arg.slice(1)}` : arg));
  const parsed = optionsOf({ ...context, args }, 'n:c:qvf', withValue('required', { lines: 'n', bytes: 'c' }));
  if (typeof parsed === 'number') return parsed;
  let wanted: Wanted = { unit: 'lines', count: LINES, sign: '', titles: null };
  for (const { name, value } of parsed.options) {
    if (name === 'q' || name === 'v') wanted = { ...wanted, titles: name === 'v' };
    if (name !== 'n' && name !== 'c') continue;
    const [, sign, digits] = /^([-+]?)(\d+)$/.exec(value) ?? [];
    if (digits === undefined) return fail(context, `invalid number of ${name === 'n' ? 'lines' : 'bytes'}: '${value}'`);
    const known = sign === '-' || sign === '+' ? sign : '';
    wanted = { ...wanted, unit: name === 'n' ? 'lines' : 'bytes', count: Number(digits), sign: known };
  }
  return [wanted, parsed.operands];
}

/** Lines with their ends, or letters. */
const unitsOf = (text: string, unit: Wanted['unit']): readonly string[] =>
  unit === 'lines' ? (text.match(/[^\n]*\n|[^\n]+$/g) ?? []) : [...text];

const cutter =
  (cut: (units: readonly string[], wanted: Wanted) => readonly string[]): Tool =>
  (context) => {
    const found = wantedOf(context);
    if (typeof found === 'number') return found;
    const [wanted, paths] = found;
    const inputs = inputsOf(context, paths);
    const there = inputs.filter((each): each is TextInput => each !== null);
    for (const [i, { path, text }] of there.entries()) {
      const title = path === '-' ? 'standard input' : path;
      if (wanted.titles ?? paths.length > 1) context.out(`${i > 0 ? '\n' : ''}==> ${title} <==\n`);
      context.out(cut(unitsOf(text, wanted.unit), wanted).join(''));
    }
    return inputs.includes(null) ? 1 : 0;
  };

export const head = cutter((units, { count, sign }) =>
  units.slice(0, sign === '-' ? Math.max(units.length - count, 0) : count),
);

export const tail = cutter((units, { count, sign }) =>
  units.slice(sign === '+' ? Math.max(count - 1, 0) : Math.max(units.length - count, 0)),
);
