/** `a{b,c}` and `{1..3}`: one word becomes several. bash(1), Brace Expansion. */
import type { Part, Word } from './ast.ts';

/** A word as letters: quotes and parameters are one each. */
type Letter = string | Part;

/** Most words that one may become. */
const MOST = 100_000;

export function braces(word: Word): Word[] {
  if (!word.some((part) => part.kind === 'text' && !part.quoted && part.text.includes('{'))) return [word];
  const letters = word.flatMap((part): Letter[] => (part.kind === 'text' && !part.quoted ? [...part.text] : [part]));
  return spread(letters).map(wordOf);
}

function spread(letters: readonly Letter[]): Letter[][] {
  for (const [open, letter] of letters.entries()) {
    if (letter !== '{') continue;
    const close = closing(letters, open);
    if (close < 0) continue;
    const middle = choices(letters.slice(open + 1, close));
    if (middle === null) continue;
    const before = letters.slice(0, open);
    const after = spread(letters.slice(close + 1));
    return middle.flatMap((choice) => after.map((rest) => [...before, ...choice, ...rest])).slice(0, MOST);
  }
  return [[...letters]];
}

function closing(letters: readonly Letter[], open: number): number {
  let depth = 0;
  for (let i = open; i < letters.length; i++) {
    if (letters[i] === '{') depth++;
    if (letters[i] === '}' && --depth === 0) return i;
  }
  return -1;
}

/** @returns null: these are no choices */
function choices(inner: readonly Letter[]): Letter[][] | null {
  const parts: Letter[][] = [[]];
  let depth = 0;
  for (const letter of inner) {
    if (letter === '{') depth++;
    if (letter === '}') depth--;
    if (letter === ',' && depth === 0) parts.push([]);
    else parts[parts.length - 1].push(letter);
  }
  if (parts.length > 1) return parts.flatMap(spread);
  return inner.every((letter) => typeof letter === 'string') ? range(inner.join('')) : null;
}

/** `1..3`, `0..10..2`, `a..e`. */
function range(text: string): Letter[][] | null {
  const [, from, to, by] = /^(-?\d+|[A-Za-z])\.\.(-?\d+|[A-Za-z])(?:\.\.(-?\d+))?$/.exec(text) ?? [];
  if (from === undefined || /\d/.test(from) !== /\d/.test(to)) return null;
  const isNumber = /\d/.test(from);
  const [first, last] = [from, to].map((end) => (isNumber ? Number(end) : end.charCodeAt(0)));
  const step = Math.abs(Number(by ?? 1)) || 1;
  const count = Math.min(Math.floor(Math.abs(last - first) / step) + 1, MOST);
  const width = /^-?0\d/.test(from) || /^-?0\d/.test(to) ? Math.max(from.length, to.length) : 0;
  return Array.from({ length: count }, (_, n) => {
    const value = first + Math.sign(last - first) * n * step;
    return isNumber ? [...String(value).padStart(width, '0')] : [String.fromCharCode(value)];
  });
}

function wordOf(letters: readonly Letter[]): Word {
  const parts: Part[] = [];
  for (const letter of letters) {
    const last = parts.at(-1);
    if (typeof letter !== 'string') parts.push(letter);
    else if (last?.kind === 'text' && !last.quoted) parts[parts.length - 1] = { ...last, text: last.text + letter };
    else parts.push({ kind: 'text', text: letter, quoted: false });
  }
  return parts;
}
