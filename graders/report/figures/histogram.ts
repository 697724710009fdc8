/** How many submissions lie in each tenth of the points; full points stand alone at the right. */
import { counted, points } from '../text.ts';
import { short } from './scale.ts';

const BINS = 10;
/** Height of the bars' room in pixels; positions along it are percent. */
const HEIGHT = 180;
const GAP = 1.2;

export interface HistogramView {
  readonly height: number;
  readonly bars: readonly {
    readonly x: number;
    readonly middle: number;
    readonly width: number;
    readonly y: number;
    readonly height: number;
    readonly count: number;
    /** "12 to below 14 points: 3 submissions" */
    readonly says: string;
    readonly full: boolean;
  }[];
  readonly ticks: readonly { readonly at: number; readonly says: string }[];
}

/**
 * @param millis  the points of each submission, in thousandths
 * @param maxMilli  the most there is, above 0
 */
export function histogramView(millis: readonly number[], maxMilli: number): HistogramView {
  const counts: number[] = new Array(BINS + 1).fill(0);
  for (const milli of millis) counts[Math.floor((milli / maxMilli) * BINS)] += 1;
  const most = Math.max(1, ...counts);
  const slot = 100 / (BINS + 1);
  const edge = (bin: number): string => points(Math.round((maxMilli * bin) / BINS));
  const range = (bin: number): string =>
    bin === BINS ? `${edge(BINS)} points` : `${edge(bin)} to below ${edge(bin + 1)} points`;
  return {
    height: HEIGHT,
    bars: counts.map((count, bin) => {
      const height = short((count / most) * (HEIGHT - 18));
      return {
        x: short(bin * slot + GAP / 2),
        middle: short((bin + 0.5) * slot),
        width: short(slot - GAP),
        y: short(HEIGHT - height),
        height,
        count,
        says: `${range(bin)}: ${counted(count, 'submission')}`,
        full: bin === BINS,
      };
    }),
    ticks: [0, BINS / 2, BINS].map((bin) => ({ at: short((bin + (bin === BINS ? 0.5 : 0)) * slot), says: edge(bin) })),
  };
}
