/** `echo` and `printf`. bash(1). */
import { format } from '../format.ts';
import type { Builtin } from '../runner.ts';
import { ansi } from '../words.ts';

export const echo: Builtin = ({ args, out }) => {
  const rest = [...args];
  let newline = true;
  let escapes = false;
  while (/^-[neE]+$/.test(rest[0] ?? '')) {
    for (const letter of (rest.shift() ?? '').slice(1)) {
      if (letter === 'n') newline = false;
      else escapes = letter === 'e';
    }
  }
  const text = rest.join(' ');
  const stop = escapes ? text.indexOf('\\c') : -1;
  if (stop >= 0) out(ansi(text.slice(0, stop)));
  else out((escapes ? ansi(text) : text) + (newline ? '\n' : ''));
  return 0;
};

export const printf: Builtin = ({ args, out, streams }) => {
  const [pattern, ...values] = args;
  if (pattern === undefined) {
    streams.err.write('bash: printf: usage: printf [-v var] format [arguments]\n');
    return 2;
  }
  const rest = [...values];
  let status = 0;
  const number = (value: string | number): number => {
    const text = String(value).trim();
    if (text === '') return 0;
    if (/^['"]/.test(text)) return text.charCodeAt(1);
    const parsed = Number(/^[-+]?0\d+$/.test(text) ? Number.parseInt(text, 8) : text);
    if (!Number.isNaN(parsed)) return parsed;
    streams.err.write(`bash: printf: ${text}: invalid number\n`);
    status = 1;
    return Number.parseFloat(text) || 0;
  };
  // The pattern is used again until no value is left.
  do {
    const had = rest.length;
    out(format(ansi(pattern), () => rest.shift() ?? '', number));
    if (rest.length === had) break;
  } while (rest.length > 0);
  return status;
};
