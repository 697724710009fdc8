/** Words of awk programs. POSIX.1-2017, awk, Lexical Conventions. */
import { ansi } from '../words.ts';

export type Token =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'regexp'; readonly value: string }
  | { readonly kind: 'name'; readonly value: string; readonly call: boolean }
  | { readonly kind: 'operator'; readonly value: string }
  | { readonly kind: 'end' };

/** A program that is none. It never leaves parseAwk(). */
export class NotAwk extends Error {}

const SKIP = /(?:[ \t\r]|\\\n|#[^\n]*)*/y;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y;
const NAME = /[A-Za-z_]\w*(\()?/y;
const STRING = /"((?:[^"\\\n]|\\[\s\S])*)"/y;
const REGEXP = /\/((?:[^/\\\n]|\\.)+)\//y;
const OPERATOR = /\+\+|--|\+=|-=|\*=|\/=|%=|\^=|==|<=|>=|!=|&&|\|\||!~|[-+*/%^!<>|?:~$=,;(){}[\]\n]/y;

/** Behind these a slash divides. */
const isOperand = (token: Token | undefined): boolean =>
  token !== undefined &&
  (token.kind === 'number' ||
    token.kind === 'string' ||
    token.kind === 'name' ||
    (token.kind === 'operator' && /^(?:\)|\]|\$|\+\+|--)$/.test(token.value)));

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at += found[0].length;
    return found;
  };
  for (;;) {
    match(SKIP);
    if (at >= text.length) return [...tokens, { kind: 'end' }];
    tokens.push(next(match, tokens.at(-1), text, at));
    const last = tokens.at(-1);
    if (last?.kind === 'name' && last.call) at--;
  }
}

function next(
  match: (pattern: RegExp) => RegExpExecArray | null,
  before: Token | undefined,
  text: string,
  at: number,
): Token {
  const number = match(NUMBER);
  if (number !== null) return { kind: 'number', value: Number(number[0]) };
  const string = match(STRING);
  if (string !== null) return { kind: 'string', value: ansi(string[1].replaceAll('\\/', '/')) };
  const name = match(NAME);
  if (name !== null) return { kind: 'name', value: name[0].replace('(', ''), call: name[1] === '(' };
  const regexp = isOperand(before) ? null : match(REGEXP);
  if (regexp !== null) return { kind: 'regexp', value: regexp[1].replaceAll('\\/', '/') };
  const operator = match(OPERATOR);
  if (operator !== null) return { kind: 'operator', value: operator[0] };
  throw new NotAwk(text.slice(at, at + 20));
}
