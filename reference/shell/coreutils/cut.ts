/** cut(1). */
import type { Tool } from '../../include/tool.ts';
import { withValue } from '../../tools/getopt.ts';
import { allText, fail, inputsOf, joined, linesOf, optionsOf } from './input.ts';

/** `1,3-5,7-`. @returns whether a number is in it; null: it is no list */
function listOf(text: string): ((n: number) => boolean) | null {
  const ranges = text.split(',').map((part) => /^(\d*)(-?)(\d*)$/.exec(part));
  const ends: [number, number][] = [];
  for (const range of ranges) {
    const [, first = '', dash = '', last = ''] = range ?? [];
    if (range === null || (first === '' && last === '')) return null;
    ends.push([Number(first === '' ? 1 : first), dash === '' ? Number(first) : last === '' ? Infinity : Number(last)]);
  }
  return (n) => ends.some(([first, last]) => first <= n && n <= last);
}

export const cut: Tool = (context) => {
  const long = withValue('required', { fields: 'f', delimiter: 'd', characters: 'c', bytes: 'b' });
  const parsed = optionsOf(context, 'f:d:c:b:s', long);
  if (typeof parsed === 'number') return parsed;
  const given = (letter: string): string | null => parsed.options.find(({ name }) => name === letter)?.value ?? null;
  const fields = given('f');
  const letters = given('c') ?? given('b');
  const delimiter = given('d') ?? '\t';
  if (delimiter.length !== 1) return fail(context, 'the delimiter must be a single character');
  if (fields === null && letters === null) {
    return fail(context, 'you must specify a list of bytes, characters, or fields');
  }
  const wanted = listOf(fields ?? letters ?? '');
  if (wanted === null) return fail(context, `invalid field value '${fields ?? letters}'`);
  const pick = <Each>(all: readonly Each[]): Each[] => all.filter((_, i) => wanted(i + 1));
  const only = given('s') !== null;
  const [text, status] = allText(inputsOf(context, parsed.operands));
  const lines = linesOf(text).flatMap((line) => {
    if (fields === null) return [pick([...line]).join('')];
    if (!line.includes(delimiter)) return only ? [] : [line];
    return [pick(line.split(delimiter)).join(delimiter)];
  });
  context.out(joined(lines));
  return status;
};
