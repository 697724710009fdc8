/** Numbers for drawing: shares of a width, positions on a logarithmic axis. All are short decimals: pages are bytes. */

export const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/** Two decimals are finer than any screen. */
export const short = (value: number): number => Math.round(value * 100) / 100;

/** Where `value` lies between `from` and `to`, in percent, held inside. An empty range is all 0. */
export function percent(value: number, from: number, to: number): number {
  return to > from ? short(clamp(((value - from) / (to - from)) * 100, 0, 100)) : 0;
}

/** Maps the logarithm of a count to a range of pixels; what is below 1 lies where 1 does. */
export function logScale(from: number, to: number, start: number, end: number): (value: number) => number {
  const low = Math.log(Math.max(1, from));
  const span = Math.log(Math.max(1, to)) - low || 1;
  return (value) => short(start + ((Math.log(Math.max(1, value)) - low) / span) * (end - start));
}
