import { type Averages, calcAvgs, calcLoad, FIXED_1, fixedPowerInt } from '../psi_avgs.ts';

const text = (avgs: Averages): string =>
  avgs.map((avg) => `${avg >> 11}.${String(((avg & 2047) * 100) >> 11).padStart(2, '0')}`).join(' ');

/** After so many periods in which a part of the time is lost. */
function averagesAfter(updates: number, perCent: number, start = 0): string {
  const avgs: Averages = [start, start, start];
  for (let i = 0; i < updates; i++) calcAvgs(avgs, 0, perCent, 100);
  return text(avgs);
}

describe('calcAvgs', () => {
  test.each([
    [1, '18.11 3.27 0.68'],
    [2, '32.94 6.43 1.36'],
    [5, '63.18 15.32 3.37'],
    [10, '86.44 28.29 6.63'],
    [30, '99.75 63.13 18.60'],
  ])('all time lost, %i times: %s', (updates, averages) => {
    expect(averagesAfter(updates, 100)).toBe(averages);
  });

  test.each([
    [1, '9.05 1.63 0.34'],
    [10, '43.22 14.14 3.31'],
  ])('half of it, %i times: %s', (updates, averages) => {
    expect(averagesAfter(updates, 50)).toBe(averages);
  });

  test.each([
    [1, '81.88 96.72 99.31'],
    [5, '36.81 84.67 96.62'],
  ])('nothing more, from 100 per cent, %i times: %s', (updates, averages) => {
    expect(averagesAfter(updates, 0, 100 * FIXED_1)).toBe(averages);
  });

  test('parts of a per cent are not seen', () => {
    const avgs: Averages = [0, 0, 0];
    calcAvgs(avgs, 0, 99, 10_000);
    expect(avgs).toEqual([0, 0, 0]);
  });

  test('periods that were missed are made up for, nearly as if they had been looked at', () => {
    const avgs: Averages = [100 * FIXED_1, 100 * FIXED_1, 100 * FIXED_1];
    calcAvgs(avgs, 4, 0, 100);
    expect(text(avgs)).toBe('36.78 84.68 96.60');
  });
});

describe('fixedPowerInt', () => {
  test('is 1 for no time, and rounds at each step', () => {
    expect([0, 1, 2, 3, 5].map((n) => fixedPowerInt(1677, n))).toEqual([2048, 1677, 1373, 1124, 753]);
  });
});

describe('calcLoad', () => {
  test('rounds up while it grows, down while it falls', () => {
    expect([calcLoad(0, 1677, 1), calcLoad(1, 1677, 0)]).toEqual([1, 0]);
  });
});
