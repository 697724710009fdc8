/** The line that awk looks at, and its fields. POSIX.1-2017, awk, Variables and Special Variables. */
import { regexpOf } from '../coreutils/regexp.ts';

/** A text that looks like a number is compared as one, if it was read. */
export type Value = number | string | { readonly read: string };

const NUMERAL = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/;

export const isNumeric = (value: Value): boolean =>
  typeof value === 'number' || (typeof value !== 'string' && NUMERAL.test(value.read));

export function toNumber(value: Value): number {
  if (typeof value === 'number') return value;
  const text = typeof value === 'string' ? value : value.read;
  return Number(/^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(text)?.[0] ?? 0);
}

/** @param format  how numbers that are not whole are shown: as OFMT says, six digits */
export function toText(value: Value, format: (value: number) => string): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'number') return value.read;
  return Number.isInteger(value) && Math.abs(value) < 2 ** 53 ? String(value) : format(value);
}

export class Line {
  #text = '';
  #fields: string[] = [];

  /** @param separator  FS */
  read(text: string, separator: string): void {
    this.#text = text;
    this.#fields = split(text, separator);
  }

  get count(): number {
    return this.#fields.length;
  }

  field(index: number): string {
    return index === 0 ? this.#text : (this.#fields[index - 1] ?? '');
  }

  /** @param joint  OFS */
  set(index: number, text: string, separator: string, joint: string): void {
    if (index === 0) {
      this.read(text, separator);
      return;
    }
    while (this.#fields.length < index) this.#fields.push('');
    this.#fields[index - 1] = text;
    this.#text = this.#fields.join(joint);
  }

  setCount(count: number, joint: string): void {
    while (this.#fields.length < count) this.#fields.push('');
    this.#fields = this.#fields.slice(0, count);
    this.#text = this.#fields.join(joint);
  }
}

export function split(text: string, separator: string): string[] {
  if (separator === ' ') return text.trim() === '' ? [] : text.trim().split(/[ \t\n]+/);
  if (text === '') return [];
  return text.split(separator.length === 1 ? separator : (regexpOf(separator, 'extended') ?? separator));
}
