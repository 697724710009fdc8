/** The functions that awk has. POSIX.1-2017, awk, Functions. */
import { format } from '../format.ts';
import { toNumber, type Value } from './record.ts';

/** Those that change none of their arguments. @param text  what a value is as a text */
export function callPlain(name: string, args: readonly Value[], text: (value: Value) => string): Value | null {
  const [first = '', second, third] = args;
  const number = toNumber(first);
  switch (name) {
    case 'length':
      return text(first).length;
    case 'substr':
      return part(text(first), toNumber(second ?? 1), third === undefined ? Infinity : toNumber(third));
    case 'index':
      return text(first).indexOf(text(second ?? '')) + 1;
    case 'toupper':
      return text(first).toUpperCase();
    case 'tolower':
      return text(first).toLowerCase();
    case 'int':
      return Math.trunc(number);
    case 'sqrt':
      return Math.sqrt(number);
    case 'exp':
      return Math.exp(number);
    case 'log':
      return Math.log(number);
    case 'sin':
      return Math.sin(number);
    case 'cos':
      return Math.cos(number);
    case 'atan2':
      return Math.atan2(number, toNumber(second ?? 0));
    case 'sprintf':
      return formatted(args, text);
    case 'strtonum':
      return Number(text(first)) || number;
    default:
      return null;
  }
}

/** `substr(s, m, n)`: letters m .. m + n - 1, as far as there are any. */
function part(text: string, from: number, count: number): string {
  const first = Math.round(from);
  const end = count === Infinity ? Infinity : first + Math.round(count);
  return text.slice(Math.max(first - 1, 0), Math.max(end - 1, 0));
}

/** printf and sprintf: the pattern first. */
export function formatted(args: readonly Value[], text: (value: Value) => string): string {
  const [pattern = '', ...rest] = args;
  const values = rest.map((value) => (typeof value === 'number' ? value : text(value)));
  return format(
    text(pattern),
    () => values.shift() ?? '',
    (value) => toNumber(value),
  ).replace(/%c/g, '');
}
