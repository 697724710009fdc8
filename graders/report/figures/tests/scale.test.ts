import { clamp, logScale, percent, short } from '../scale.ts';

test('clamp holds a value inside', () => {
  expect([-1, 5, 11].map((value) => clamp(value, 0, 10))).toEqual([0, 5, 10]);
});

test('short keeps two decimals', () => {
  expect(short(100 / 3)).toBe(33.33);
});

test('percent is a share of the range, held inside; 0 in an empty range', () => {
  expect([4, 8, 6, 0, 99].map((value) => percent(value, 4, 8))).toEqual([0, 100, 50, 0, 100]);
  expect(percent(3, 3, 3)).toBe(0);
});

test('logScale puts equal ratios at equal distances, and a count of 0 where 1 lies', () => {
  const y = logScale(1, 10_000, 200, 0);
  expect([1, 10, 100, 10_000, 0].map(y)).toEqual([200, 150, 100, 0, 200]);
});
