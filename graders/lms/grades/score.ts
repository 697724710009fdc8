/**
 * Points as text. Rounding happens once, here at the door: to hundredths, half up. Inside, points are integers.
 * The text is what every LMS reads alike: ASCII digits, a point, at most two decimals, no padding: `87.5`, `0`, `100`.
 */
import type { Points } from './graded.ts';

/** @param outOf  hundredths that the LMS gives for full marks */
export function scaledScore({ milli, maxMilli }: Points, outOf: number): string {
  const twice = 2 * milli * outOf + maxMilli;
  return decimal((twice - (twice % (2 * maxMilli))) / (2 * maxMilli));
}

/** @param milli  thousandths, not negative */
export function plainScore(milli: number): string {
  return decimal(Math.floor((milli + 5) / 10));
}

/** `87.5` for 8750. */
export function decimal(hundredths: number): string {
  const whole = Math.floor(hundredths / 100);
  const part = String(hundredths % 100)
    .padStart(2, '0')
    .replace(/0+$/, '');
  return part === '' ? `${whole}` : `${whole}.${part}`;
}

/** @returns hundredths of `100.00` or `8,5`, or undefined for text that is no plain decimal number of that precision */
export function parseHundredths(text: string): number | undefined {
  const match = /^\s*(\d{1,7})(?:[.,](\d{1,2})0*)?\s*$/.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
}
