/** printf: texts and numbers by a pattern. POSIX.1-2017, File Format Notation. */
import { fixed } from '../tools/printf.ts';

/** One value for one conversion. */
type Value = string | number;

const CONVERSION = /%(?:%|([-+ 0#]*)(\*|\d+)?(?:\.(\*|\d+)?)?([a-zA-Z]))/g;

/**
 * @param next  the next value; '' when there is none left
 * @param number  what a value is as a number
 */
export function format(pattern: string, next: () => Value, number: (value: Value) => number): string {
  return pattern.replace(
    CONVERSION,
    (whole, flags: string | undefined, width?: string, precision?: string, letter?: string) => {
      if (letter === undefined || flags === undefined) return '%';
      const columns = width === '*' ? number(next()) : Number(width ?? 0);
      const given = precision === '*' ? number(next()) : Number(precision ?? 0);
      const digits = whole.includes('.') ? given : null;
      const text = convert(letter, next, number, flags, digits);
      if (text === null) return whole;
      const zero = flags.includes('0') && !flags.includes('-') && !'sc'.includes(letter);
      return padded(text, Math.abs(columns), flags.includes('-') || columns < 0, zero);
    },
  );
}

/** @returns null: there is no such conversion */
function convert(
  letter: string,
  next: () => Value,
  number: (value: Value) => number,
  flags: string,
  digits: number | null,
): string | null {
  if (letter === 's' || letter === 'b') {
    const text = String(next());
    return digits === null ? text : text.slice(0, digits);
  }
  if (letter === 'c') {
    const value = next();
    return typeof value === 'number' ? String.fromCharCode(value) : value.slice(0, 1);
  }
  if (!'diuxXofFeEgG'.includes(letter)) return null;
  const value = number(next());
  const text = numeral(letter, value, flags, digits);
  if (text.startsWith('-') || 'xXo'.includes(letter)) return text;
  return (flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') + text;
}

function numeral(letter: string, value: number, flags: string, digits: number | null): string {
  switch (letter) {
    case 'x':
      return (flags.includes('#') ? '0x' : '') + whole(value, 16, digits);
    case 'X':
      return (flags.includes('#') ? '0X' : '') + whole(value, 16, digits).toUpperCase();
    case 'o':
      return whole(value, 8, digits);
    case 'f':
    case 'F':
      return fixed(value, digits ?? 6);
    case 'e':
    case 'E': {
      const text = value.toExponential(digits ?? 6).replace(/e([-+])(\d)$/, 'e$10$2');
      return letter === 'E' ? text.toUpperCase() : text;
    }
    case 'g':
    case 'G':
      return general(value, digits ?? 6);
    default:
      return whole(value, 10, digits);
  }
}

/** Without what is behind the point. */
function whole(value: number, radix: number, digits: number | null): string {
  const text = Math.abs(Math.trunc(value))
    .toString(radix)
    .padStart(digits ?? 1, '0');
  return value <= -1 ? `-${text}` : text;
}

/** `%.<digits>g`: so many digits, without zeroes at the end. */
export function general(value: number, digits: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf';
  if (value === 0) return '0';
  const precision = Math.max(digits, 1);
  const [mantissa, exponent] = value.toExponential(precision - 1).split('e');
  const power = Number(exponent);
  const trimmed = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
  if (power >= -4 && power < precision) return trimmed(value.toFixed(precision - 1 - power));
  const sign = power < 0 ? '-' : '+';
  return `${trimmed(mantissa)}e${sign}${String(Math.abs(power)).padStart(2, '0')}`;
}

function padded(text: string, columns: number, left: boolean, zero: boolean): string {
  if (left) return text.padEnd(columns);
  if (!zero) return text.padStart(columns);
  const [, sign = '', digits = ''] = /^([-+ ]?(?:0[xX])?)(.*)$/s.exec(text) ?? [];
  return sign + digits.padStart(columns - sign.length, '0');
}
