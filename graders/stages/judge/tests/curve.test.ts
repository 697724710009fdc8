import type { Budget } from '../../../model/assignment.ts';
import { curveOf } from '../curve.ts';

const budget = (changed: Partial<Budget> = {}): Budget => ({
  measure: 'steps',
  sizes: [10, 100, 1000],
  growth: 'linear',
  full: 2,
  half: 4,
  ...changed,
});
const counts = (of: (size: number) => number) =>
  [10, 100, 1000].map((size) => ({ criterion: 'steps', size, count: of(size) }));

describe('curveOf', () => {
  test('sets each count beside the reference’s, in the order of the sizes', () => {
    const curve = curveOf(
      budget(),
      counts((n) => 3 * n).reverse(),
      counts((n) => 2 * n),
    );
    expect(curve.points).toEqual([
      { size: 10, count: 30, reference: 20 },
      { size: 100, count: 300, reference: 200 },
      { size: 1000, count: 3000, reference: 2000 },
    ]);
    expect(curve).toMatchObject({ ratio: 1.5, slope: 1, slopeLimit: 1.25, full: 2, half: 4 });
  });

  test('the ratio is the worst over the sizes', () => {
    expect(
      curveOf(
        budget(),
        counts((n) => (n === 100 ? 500 : n)),
        counts((n) => n),
      ).ratio,
    ).toBe(5);
  });

  test.each([
    ['constant', 0.25],
    ['logarithmic', 0.48],
    ['linear', 1.25],
    ['linearithmic', 1.48],
    ['quadratic', 2.25],
  ] as const)('a budget that is %s may have a slope of %f', (growth, slopeLimit) => {
    expect(
      curveOf(
        budget({ growth }),
        counts(() => 1),
        counts(() => 1),
      ).slopeLimit,
    ).toBe(slopeLimit);
  });

  test.each([
    ['nothing', () => 0, 0],
    ['a constant', () => 7, 0],
    ['n', (n: number) => n, 1],
    ['n squared', (n: number) => n * n, 2],
  ] as const)('the slope of %s', (_, of, slope) => {
    expect(
      curveOf(
        budget(),
        counts(of),
        counts((n) => n),
      ).slope,
    ).toBe(slope);
  });

  test('a reference that counts nothing is taken for one step', () => {
    expect(
      curveOf(
        budget(),
        counts(() => 3),
        counts(() => 0),
      ).ratio,
    ).toBe(3);
  });

  test('is rounded to hundredths, so that engines cannot differ in the last bits', () => {
    const { ratio, slope } = curveOf(
      budget(),
      counts((n) => n + 1),
      counts((n) => 3 * n),
    );
    expect([ratio, slope]).toEqual([0.37, 0.98]);
  });
});
