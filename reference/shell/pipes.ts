/**
 * Pipes here hold all that is written before the next program begins. One that stops reading early, `head`, tells
 * beforehand how much it wants, so that a program without an end in front of it ends, too.
 */
import type { Command } from './ast.ts';

/** Lines that a command reads at most, as far as its words say so; Infinity: all of them. */
export function linesWanted(command: Command): number {
  if (command.kind !== 'simple') return Infinity;
  const words = command.words.map((word) => word.map((part) => (part.kind === 'text' ? part.text : '$')).join(''));
  if (words[0] !== 'head') return Infinity;
  const [, count] = /^head(?: -(?:n ?)?(\d+))?$/.exec(words.join(' ')) ?? [];
  if (words.length === 1) return 10;
  return count === undefined ? Infinity : Number(count);
}
