/**
 * Running averages of lost time, in fixed point. Linux: kernel/sched/psi.c (calc_avgs()), kernel/sched/loadavg.c.
 * Textbook: exponential moving average.
 *
 *     avg' = (avg * e + now * (2048 - e)) / 2048, rounded up while it grows      every two seconds; e for 10, 60, 300 s
 */

/** 1 in fixed point. */
export const FIXED_1 = 2048;
const FSHIFT = 11;
/** 2048 / e^(2 s / window). */
const EXPONENTS = [1677, 1981, 2034] as const;

/** Per cent, times FIXED_1: of 10, 60 and 300 seconds. */
export type Averages = [avg10: number, avg60: number, avg300: number];

/** Linux: calc_load(). @param active  per cent, times FIXED_1 */
export function calcLoad(load: number, exponent: number, active: number): number {
  const sum = load * exponent + active * (FIXED_1 - exponent) + (active >= load ? FIXED_1 - 1 : 0);
  return Math.floor(sum / FIXED_1);
}

/** x^n in fixed point, rounded at each step. Linux: fixed_power_int(). */
export function fixedPowerInt(x: number, n: number): number {
  const times = (a: number, b: number): number => Math.floor((a * b + 2 ** (FSHIFT - 1)) / FIXED_1);
  let result = FIXED_1;
  for (let power = x, left = n; left > 0; left = Math.floor(left / 2), power = times(power, power)) {
    if (left % 2 === 1) result = times(result, power);
  }
  return result;
}

/**
 * One more period has passed. Linux: calc_avgs().
 * @param missed  periods before it of which nothing is known: nobody waited
 * @param time  lost in this period
 * @param period  its length, in the same unit, above 0
 */
export function calcAvgs(avgs: Averages, missed: number, time: number, period: number): void {
  const active = Math.floor((time * 100) / period) * FIXED_1;
  EXPONENTS.forEach((exponent, i) => {
    if (missed > 0) avgs[i] = calcLoad(avgs[i], fixedPowerInt(exponent, missed), 0);
    avgs[i] = calcLoad(avgs[i], exponent, active);
  });
}
