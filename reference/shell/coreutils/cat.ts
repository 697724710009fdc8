/** cat(1). */
import { EISDIR } from '../../include/errno.ts';
import type { Running, Tool, ToolContext } from '../../include/tool.ts';
import { textOf } from '../../lib/latin1.ts';
import { strerror } from '../../lib/strerror.ts';
import { flags } from '../../tools/getopt.ts';
import { fail, optionsOf } from './input.ts';

/** Bytes read at a time. */
const CHUNK = 2 ** 17;

export const cat: Tool = function* (context) {
  const parsed = optionsOf(context, 'nbsAETuv', flags({ number: 'n', 'number-nonblank': 'b', 'show-ends': 'E' }));
  if (typeof parsed === 'number') return parsed;
  const { options, operands } = parsed;
  const has = (name: string): boolean => options.some((option) => option.name === name);
  const numbered = has('b') ? 'nonblank' : has('n') ? 'all' : 'none';
  const show = shower(numbered, has('s'), has('E') || has('A'), has('T') || has('A'));
  let status = 0;
  for (const path of operands.length === 0 ? ['-'] : operands) {
    if (path === '-') context.out(show(context.stdin));
    else if ((yield* copy(context, path, show)) !== 0) status = 1;
  }
  return status;
};

/** Piece by piece, so that large files pass through. */
function* copy(context: ToolContext, path: string, show: (text: string) => string): Running {
  const { files, out } = context;
  const stat = files.stat(path);
  if (typeof stat === 'number') return fail(context, `${path}: ${strerror(stat)}`);
  if (stat.kind === 'dir') return fail(context, `${path}: ${strerror(EISDIR)}`);
  if (stat.size <= CHUNK) {
    const text = files.read(path);
    if (typeof text === 'number') return fail(context, `${path}: ${strerror(text)}`);
    out(show(text));
    return 0;
  }
  for (let at = 0; ; at += CHUNK) {
    const bytes = files.readAt(path, at, CHUNK);
    if (typeof bytes === 'number') return fail(context, `${path}: ${strerror(bytes)}`);
    if (bytes.length === 0) return 0;
    out(show(textOf(bytes)));
    yield 0;
  }
}

function shower(
  numbered: 'all' | 'nonblank' | 'none',
  squeeze: boolean,
  ends: boolean,
  tabs: boolean,
): (text: string) => string {
  if (numbered === 'none' && !squeeze && !ends && !tabs) return (text) => text;
  let number = 0;
  let blanks = 0;
  return (text) =>
    text.replace(/([^\n]*)(\n|$)/g, (whole, line: string, end: string) => {
      if (whole === '') return '';
      blanks = line === '' ? blanks + 1 : 0;
      if (squeeze && blanks > 1) return '';
      const counts = numbered === 'all' || (numbered === 'nonblank' && line !== '');
      const label = counts ? `${String(++number).padStart(6)}\t` : '';
      return `${label}${tabs ? line.replaceAll('\t', '^I') : line}${ends && end !== '' ? '$' : ''}${end}`;
    });
}
