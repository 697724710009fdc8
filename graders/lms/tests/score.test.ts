import { parseHundredths, plainScore, scaledScore } from '../grades/score.ts';

describe('scaledScore', () => {
  //  half a hundredth is exactly 5 thousandths
  test.each([
    [0, 100_000, 10_000, '0'],
    [100_000, 100_000, 10_000, '100'],
    [87_500, 100_000, 10_000, '87.5'],
    [87_504, 100_000, 10_000, '87.5'],
    [87_505, 100_000, 10_000, '87.51'],
    [99_995, 100_000, 10_000, '100'],
    [5, 100_000, 10_000, '0.01'],
    [4, 100_000, 10_000, '0'],
    [1_005, 100_000, 10_000, '1.01'],
    [20_000, 30_000, 10_000, '66.67'],
    [10_000, 30_000, 10_000, '33.33'],
    [40_000, 40_000, 1_250, '12.5'],
  ])('writes %d of %d thousandths, out of %d hundredths, as %s', (milli, maxMilli, outOf, text) => {
    expect(scaledScore({ milli, maxMilli }, outOf)).toBe(text);
  });

  test('is monotone, in range, and what every LMS reads alike', () => {
    let last = 0;
    for (let milli = 0; milli <= 7_000; milli += 1) {
      const text = scaledScore({ milli, maxMilli: 7_000 }, 2_000);
      expect(text).toMatch(/^(0|[1-9]\d*)(\.\d{1,2})?$/);
      expect(Number(text)).toBeGreaterThanOrEqual(last);
      last = Number(text);
    }
    expect(last).toBe(20);
  });
});

test('plainScore rounds thousandths to hundredths, half up', () => {
  expect([0, 4, 5, 12_345, 100_000].map(plainScore)).toEqual(['0', '0', '0.01', '12.35', '100']);
});

test('parseHundredths takes plain decimals with either mark, and nothing else', () => {
  expect(['100.00', '8,5', ' 7 ', '12.5000', '0'].map(parseHundredths)).toEqual([10_000, 850, 700, 1_250, 0]);
  expect(['', '-', 'A', '1,234.5', '-1', '1e2', '85%', '1.005'].map(parseHundredths)).toEqual(Array(8).fill(undefined));
});
