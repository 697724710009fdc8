import { steep } from '../../tests/samples.ts';
import { curveView } from '../curve.ts';

const even = {
  ...steep,
  points: steep.points.map((point) => ({ ...point, count: point.reference })),
  slope: 1,
  ratio: 1,
};

describe('curveView', () => {
  test('says slope, limit, ratio and the size where it is worst', () => {
    const { slope, slopeLimit, ratio, full, half, worstSize, table } = curveView(steep);
    expect({ slope, slopeLimit, ratio, full, half, worstSize }).toEqual({
      slope: '2',
      slopeLimit: '1.25',
      ratio: '25.6',
      full: '1.5',
      half: '3',
      worstSize: '256',
    });
    expect(table).toEqual([
      { size: '64', count: '4,096', reference: '640', ratio: '6.4' },
      { size: '256', count: '65,536', reference: '2,560', ratio: '25.6' },
    ]);
  });

  test('draws a count that equals the reference upon it, and above what was allowed when it is more', () => {
    const { yours, references } = curveView(even);
    expect(yours).toEqual(references);
    const over = curveView(steep);
    expect(over.yours.map(({ x }) => x)).toEqual(over.references.map(({ x }) => x));
    expect(over.yours.every(({ y }, i) => y < Number(over.references[i]?.y))).toBe(true);
  });

  test('stays in its frame, also where nothing was counted', () => {
    const none = { ...steep, points: steep.points.map((point) => ({ ...point, count: 0, reference: 0 })) };
    for (const view of [curveView(steep), curveView(even), curveView(none)]) {
      const { left, right, top, bottom } = view.frame;
      const numbers = [view.fullArea, view.halfArea, view.limitPath, view.yoursPath, view.referencePath].flatMap(
        (path) => Array.from(path.matchAll(/(-?[\d.]+) (-?[\d.]+)/g), ([, x, y]) => [Number(x), Number(y)]),
      );
      expect(numbers.length).toBe(14);
      expect(numbers.filter(([x = 0, y = 0]) => !(x >= left && x <= right && y >= top && y <= bottom))).toEqual([]);
    }
  });

  test('labels powers of ten upwards, and sizes that do not touch', () => {
    const sizes = [1000, 1001, 8000];
    const points = sizes.map((size) => ({ size, count: size, reference: size }));
    const view = curveView({ ...steep, points });
    expect(view.xTicks.map(({ says }) => says)).toEqual(['1,000', '8,000']);
    expect(view.yTicks.map(({ says }) => says)).toEqual(['1k', '10k']);
  });
});
