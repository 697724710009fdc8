/**
 * Counted work against size, both logarithmic: a power of n is a straight line, and its slope the power.
 *
 *     count |            o  yours
 *           |       o  ..x  reference
 *           |  o ..x'''':::  allowed: full points
 *           +------------------ n
 */
import type { Curve } from '../../model/verdict.ts';
import { grouped, line, rounded } from '../text.ts';
import { logScale } from './scale.ts';

/** The picture's size in pixels, and the room at its sides for the numbers of the axes. */
const FRAME = { width: 360, height: 230, left: 62, right: 348, top: 12, bottom: 196 } as const;

interface Tick {
  readonly at: number;
  readonly says: string;
}

interface Dot {
  readonly x: number;
  readonly y: number;
}

export interface CurveView {
  readonly measure: string;
  readonly growth: string;
  readonly slope: string;
  readonly slopeLimit: string;
  readonly ratio: string;
  readonly full: string;
  readonly half: string;
  /** The size at which the ratio is worst. */
  readonly worstSize: string;
  readonly frame: typeof FRAME;
  readonly yours: readonly Dot[];
  readonly references: readonly Dot[];
  readonly yoursPath: string;
  readonly referencePath: string;
  readonly fullArea: string;
  readonly halfArea: string;
  /** From the first of the student's counts, as steep as is allowed. */
  readonly limitPath: string;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  readonly table: readonly {
    readonly size: string;
    readonly count: string;
    readonly reference: string;
    readonly ratio: string;
  }[];
}

const path = (dots: readonly Dot[]): string => dots.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('');

/** Powers of ten inside the range, every second or third where they would crowd. */
function decades(from: number, to: number): number[] {
  const all: number[] = [];
  for (let power = 1; power <= to; power *= 10) if (power >= from) all.push(power);
  const step = Math.ceil(all.length / 5);
  return all.filter((_, i) => i % step === 0);
}

/** Leaves out a number that would touch the one before. */
function apart(ticks: readonly Tick[]): Tick[] {
  let free = 0;
  return ticks.filter(({ at, says }) => {
    const half = says.length * 3.5;
    const fits = at - half >= free;
    if (fits) free = at + half + 6;
    return fits;
  });
}

/** "500", "10k", "3.4M": for the axis of counts only. */
function brief(count: number): string {
  if (count < 1000) return String(count);
  return count < 1e6 ? `${rounded(count / 1e3)}k` : `${rounded(count / 1e6)}M`;
}

const ratioOf = ({ count, reference }: { count: number; reference: number }): number => count / Math.max(1, reference);

/** @param curve  at least two points, their sizes growing */
export function curveView(curve: Curve): CurveView {
  const sizes = curve.points.map(({ size }) => size);
  const first = Math.min(...sizes);
  const last = Math.max(...sizes);
  const startCount = curve.points[0]?.count ?? 1;
  const limitCount = startCount * (last / first) ** curve.slopeLimit;
  const counts = curve.points.flatMap(({ count, reference }) => [count, reference]);
  const bottom = Math.max(1, Math.min(...counts) / 2);
  const top = Math.max(...counts, limitCount, ...curve.points.map(({ reference }) => reference * curve.full)) * 1.3;

  const x = logScale(first, last, FRAME.left + 14, FRAME.right - 14);
  const y = logScale(bottom, top, FRAME.bottom, FRAME.top);
  const inside = (value: number): number => Math.max(FRAME.top, y(value));
  const yours = curve.points.map(({ size, count }) => ({ x: x(size), y: y(count) }));
  const references = curve.points.map(({ size, reference }) => ({ x: x(size), y: y(reference) }));
  const area = (ratio: number): string =>
    `${path(curve.points.map(({ size, reference }) => ({ x: x(size), y: inside(reference * ratio) })))}` +
    `L${x(last)} ${FRAME.bottom}L${x(first)} ${FRAME.bottom}Z`;
  const worst = curve.points.reduce((a, b) => (ratioOf(b) > ratioOf(a) ? b : a), { size: 0, count: -1, reference: 1 });

  return {
    measure: line(curve.measure),
    growth: line(curve.growth),
    slope: rounded(curve.slope),
    slopeLimit: rounded(curve.slopeLimit),
    ratio: rounded(curve.ratio),
    full: rounded(curve.full),
    half: rounded(curve.half),
    worstSize: grouped(worst.size),
    frame: FRAME,
    yours,
    references,
    yoursPath: path(yours),
    referencePath: path(references),
    fullArea: area(curve.full),
    halfArea: area(curve.half),
    limitPath: path([
      { x: x(first), y: y(startCount) },
      { x: x(last), y: y(limitCount) },
    ]),
    xTicks: apart(sizes.map((size) => ({ at: x(size), says: grouped(size) }))),
    yTicks: decades(bottom, top).map((count) => ({ at: y(count), says: brief(count) })),
    table: curve.points.map((point) => ({
      size: grouped(point.size),
      count: grouped(point.count),
      reference: grouped(point.reference),
      ratio: rounded(ratioOf(point)),
    })),
  };
}
