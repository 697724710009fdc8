/** Holds counted work against the reference's own count, and its growth against the class the assignment names. */
import type { Budget, GrowthClass } from '../../model/assignment.ts';
import type { CountSeen } from '../../model/observation.ts';
import type { Curve } from '../../model/verdict.ts';

/** The reference's counts, by criterion. */
export type Reference = ReadonlyMap<string, readonly CountSeen[]>;

const GROWTH: Record<GrowthClass, (n: number) => number> = {
  constant: () => 1,
  logarithmic: (n) => Math.log2(n + 1),
  linear: (n) => n,
  linearithmic: (n) => n * Math.log2(n + 1),
  quadratic: (n) => n * n,
};

/** How far the measured slope may lie above the class's own: a quarter of a power of n, half-way to nothing real. */
const SLOPE_SLACK = 0.25;

/** @param counts  one for each size of the budget, all there: the tests passed */
export function curveOf(budget: Budget, counts: readonly CountSeen[], reference: readonly CountSeen[]): Curve {
  const at = (seen: readonly CountSeen[], size: number): number =>
    seen.find((count) => count.size === size)?.count ?? 0;
  const points = budget.sizes.map((size) => ({ size, count: at(counts, size), reference: at(reference, size) }));
  const first = Number(budget.sizes[0]);
  const last = Number(budget.sizes.at(-1));
  const growth = GROWTH[budget.growth];
  const slope = (small: number, large: number): number =>
    Math.log(Math.max(1, large) / Math.max(1, small)) / Math.log(last / first);
  return {
    measure: budget.measure,
    growth: budget.growth,
    points,
    slope: rounded(slope(at(counts, first), at(counts, last))),
    slopeLimit: rounded(slope(growth(first), growth(last)) + SLOPE_SLACK),
    ratio: rounded(Math.max(...points.map((point) => point.count / Math.max(1, point.reference)))),
    full: budget.full,
    half: budget.half,
  };
}

/** To hundredths: `Math.log` may differ in its last bits between engines, a result may not. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
