/** wc(1), sort(1), uniq(1), tr(1), tee(1). */
import type { Tool } from '../../include/tool.ts';
import { strerror } from '../../lib/strerror.ts';
import { flags } from '../../tools/getopt.ts';
import { ansi } from '../words.ts';
import { allText, fail, inputsOf, joined, linesOf, optionsOf, type TextInput } from './input.ts';

/** Numbers of lines, words and bytes. */
function countsOf(text: string, letters: string): number[] {
  const words = text.match(/\S+/g)?.length ?? 0;
  const counts = { l: text.split('\n').length - 1, w: words, c: text.length };
  return [counts.l, counts.w, counts.c].filter((_, i) => letters.includes('lwc'[i]));
}

export const wc: Tool = (context) => {
  const parsed = optionsOf(context, 'lwcm', flags({ lines: 'l', words: 'w', bytes: 'c', chars: 'c' }));
  if (typeof parsed === 'number') return parsed;
  const asked = parsed.options.map(({ name }) => name.replace('m', 'c')).join('');
  const letters = asked === '' ? 'lwc' : asked;
  const inputs = inputsOf(context, parsed.operands);
  const there = inputs.filter((each): each is TextInput => each !== null);
  const rows = there.map(({ path, text }) => [countsOf(text, letters), path === '-' ? '' : path] as const);
  const totals = rows.map(([counts]) => counts).reduce((a, b) => a.map((n, i) => n + b[i]), [0, 0, 0]);
  const all = parsed.operands.length > 1 ? [...rows, [totals.slice(0, letters.length), 'total'] as const] : rows;
  const single = all.length === 1 && all[0][0].length === 1;
  const isPipe = parsed.operands.length === 0;
  const width = single ? 1 : isPipe ? 7 : Math.max(...all.flatMap(([counts]) => counts.map((n) => String(n).length)));
  for (const [counts, path] of all) {
    context.out(`${counts.map((n) => String(n).padStart(width)).join(' ')}${path === '' ? '' : ` ${path}`}\n`);
  }
  return inputs.includes(null) ? 1 : 0;
};

/** A number in front of a line; with a unit (-h). */
function numeric(text: string, units: boolean): number {
  const [, digits = '0', unit = ''] = /^\s*(-?\d*\.?\d+)([KMGT]?)/.exec(text) ?? [];
  return Number(digits) * (units && unit !== '' ? 1024 ** (' KMGT'.indexOf(unit) || 1) : 1);
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const sort: Tool = (context) => {
  const parsed = optionsOf(context, 'rnuhk:t:fbgs', flags({ reverse: 'r', 'numeric-sort': 'n', unique: 'u' }), 2);
  if (typeof parsed === 'number') return parsed;
  const { options, operands } = parsed;
  const letters = options.map(({ name, value }) => name + value.replace(/[\d.,]/g, '')).join('');
  const has = (letter: string): boolean => letters.includes(letter);
  const [, first = ''] = /^(\d+)/.exec(options.find(({ name }) => name === 'k')?.value ?? '') ?? [];
  const only = /,(\d+)/.exec(options.find(({ name }) => name === 'k')?.value ?? '')?.[1];
  const by = options.find(({ name }) => name === 't')?.value ?? null;
  const keyOf = (line: string): string => {
    if (first === '') return line;
    const fields = by === null ? line.trim().split(/\s+/) : line.split(by);
    return fields.slice(Number(first) - 1, only === undefined ? undefined : Number(only)).join(by ?? ' ');
  };
  const key = (line: string): string => (has('f') ? keyOf(line).toUpperCase() : keyOf(line));
  const isNumeric = has('n') || has('h') || has('g');
  const compare = (a: string, b: string): number =>
    isNumeric ? numeric(key(a), has('h')) - numeric(key(b), has('h')) : byText(key(a), key(b));
  const [text, status] = allText(inputsOf(context, operands));
  const sign = has('r') ? -1 : 1;
  const lines = linesOf(text).sort((a, b) => sign * (compare(a, b) || (has('s') ? 0 : byText(a, b))));
  const kept = has('u') ? lines.filter((line, i) => i === 0 || compare(lines[i - 1], line) !== 0) : lines;
  context.out(joined(kept));
  return status === 0 ? 0 : 2;
};

export const uniq: Tool = (context) => {
  const parsed = optionsOf(context, 'cdui', flags({ count: 'c', repeated: 'd', unique: 'u' }));
  if (typeof parsed === 'number') return parsed;
  const has = (letter: string): boolean => parsed.options.some(({ name }) => name === letter);
  const [text, status] = allText(inputsOf(context, parsed.operands.slice(0, 1)));
  const groups: { readonly line: string; count: number }[] = [];
  const same = (a: string, b: string): boolean => (has('i') ? a.toLowerCase() === b.toLowerCase() : a === b);
  for (const line of linesOf(text)) {
    const last = groups.at(-1);
    if (last !== undefined && same(last.line, line)) last.count++;
    else groups.push({ line, count: 1 });
  }
  for (const { line, count } of groups) {
    if ((has('d') && count === 1) || (has('u') && count > 1)) continue;
    context.out(`${has('c') ? `${String(count).padStart(7)} ` : ''}${line}\n`);
  }
  return status;
};

/** `a-z` spelled out. */
const CLASSES: Readonly<Record<string, string>> = { upper: 'A-Z', lower: 'a-z', digit: '0-9', space: ' \t\n\r\v\f' };
function lettersOf(set: string): string[] {
  const plain = ansi(set.replace(/\[:(\w+):\]/g, (whole, name: string) => CLASSES[name] ?? whole));
  return [
    ...plain.replace(/([\s\S])-([\s\S])/g, (_, from: string, to: string) => {
      const length = Math.max(to.charCodeAt(0) - from.charCodeAt(0) + 1, 0);
      return Array.from({ length }, (__, n) => String.fromCharCode(from.charCodeAt(0) + n)).join('');
    }),
  ];
}

export const tr: Tool = (context) => {
  const parsed = optionsOf(context, 'dscC');
  if (typeof parsed === 'number') return parsed;
  const has = (letter: string): boolean => parsed.options.some(({ name }) => name.toLowerCase() === letter);
  const [from, to = ''] = parsed.operands;
  if (from === undefined) return fail(context, 'missing operand');
  const set = lettersOf(from);
  const targets = lettersOf(to);
  const inSet = (letter: string): boolean => set.includes(letter) !== has('c');
  const changed = (letter: string): string => {
    if (!inSet(letter)) return letter;
    if (has('d')) return '';
    if (targets.length === 0) return letter;
    return targets[has('c') ? targets.length - 1 : Math.min(set.indexOf(letter), targets.length - 1)];
  };
  const squeezed = targets.length === 0 || has('d') ? inSet : (letter: string) => targets.includes(letter);
  let last = '';
  for (const letter of context.stdin) {
    const next = changed(letter);
    if (has('s') && next !== '' && next === last && squeezed(next)) continue;
    if (next !== '') last = next;
    context.out(next);
  }
  return 0;
};

export const tee: Tool = (context) => {
  const parsed = optionsOf(context, 'ai', flags({ append: 'a' }));
  if (typeof parsed === 'number') return parsed;
  const how = parsed.options.some(({ name }) => name === 'a') ? 'append' : 'truncate';
  const text = context.stdin;
  context.out(text);
  let status = 0;
  for (const path of parsed.operands) {
    const error = context.files.write(path, text, how);
    if (error !== 0) status = fail(context, `${path}: ${strerror(error)}`);
  }
  return status;
};
