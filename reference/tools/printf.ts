/** Numbers as the C library prints them. */

/** `%.<digits>f`: halves go to the even neighbour, as exactly as the number is known. */
export function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  const scale = 10 ** digits;
  const below = Math.floor(Math.abs(value) * scale);
  // JavaScript rounds exact halves up. Halves are exact only as long as these are whole numbers of binary fractions.
  const isHalf = Number.isInteger(value * 2 ** 20) && Math.abs(value) * scale - below === 0.5;
  if (!isHalf || below % 2 === 1) return text;
  return `${value < 0 ? '-' : ''}${(below / scale).toFixed(digits)}`;
}

/** `%<width>s`. */
export const right = (value: number | string, width: number): string => String(value).padStart(width);

/** `%-<width>s`. */
export const left = (value: number | string, width: number): string => String(value).padEnd(width);

/** `%<width>.<digits>f`. */
export const rightFixed = (value: number, width: number, digits: number): string =>
  fixed(value, digits).padStart(width);
