import { histogramView } from '../histogram.ts';

describe('histogramView', () => {
  test('counts tenths of the points, with full points alone', () => {
    const { bars, ticks } = histogramView([0, 1999, 2000, 19_999, 20_000, 20_000], 20_000);
    expect(bars.map(({ count }) => count)).toEqual([2, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
    expect([bars[0], bars[9], bars[10]].map((bar) => bar?.says)).toEqual([
      '0 to below 2 points: 2 submissions',
      '18 to below 20 points: 1 submission',
      '20 points: 2 submissions',
    ]);
    expect(ticks.map(({ says }) => says)).toEqual(['0', '10', '20']);
  });

  test('draws the highest bar as high as there is room, and an empty class flat', () => {
    const room = histogramView([0], 1000);
    expect(room.bars[0]?.height).toBe(room.height - 18);
    expect(histogramView([], 1000).bars.every(({ height }) => height === 0)).toBe(true);
  });
});
