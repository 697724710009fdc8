/** Patterns of the shell: `*`, `?`, `[a-z]`, `[!a]`. POSIX.1-2017, 2.13. */

import { compiled } from './coreutils/regexp.ts';

/** A text; what is quoted means itself. */
export interface Piece {
  readonly text: string;
  readonly quoted: boolean;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

/** Whether something in it is a pattern. */
export const isPattern = (pieces: readonly Piece[]): boolean =>
  pieces.some(({ text, quoted }) => !quoted && /[*?[]/.test(text));

/** As a regular expression, without anchors. */
export function patternSource(pieces: readonly Piece[]): string {
  return pieces.map(({ text, quoted }) => (quoted ? escaped(text) : plainSource(text))).join('');
}

/** The whole of a text. What is no pattern, as `[b-a]`, means itself. */
export function patternOf(pieces: readonly Piece[]): RegExp {
  const itself = pieces.map(({ text }) => escaped(text)).join('');
  return compiled(`^(?:${patternSource(pieces)})$`, 's') ?? new RegExp(`^(?:${itself})$`, 's');
}

function plainSource(text: string): string {
  return text.replace(
    /\[(!?)(\]?[^\]]*)\]|[\s\S]/g,
    (whole: string, not: string | undefined, set: string | undefined) => {
      if (set !== undefined && whole.length > 1) return `[${not === '!' ? '^' : ''}${set.replace(/[\\\]]/g, '\\$&')}]`;
      if (whole === '*') return '.*';
      return whole === '?' ? '.' : escaped(whole);
    },
  );
}
