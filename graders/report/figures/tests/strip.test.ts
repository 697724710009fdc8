import { stripView } from '../strip.ts';

const axis = { unit: 'frame', from: 0, to: 1000 };
const rows = (count: number) => Array.from({ length: count }, (_, i) => ({ label: `order ${i}`, cells: [] }));
const strip = { kind: 'strip' as const, title: 'After', axis, rows: [], text: 'All is free.' };

describe('stripView', () => {
  test('places a stretch in percent, with its middle for the label', () => {
    const cells = [{ from: 250, to: 750, state: 'free' as const, label: '250..749' }];
    expect(stripView({ ...strip, rows: [{ label: 'order 9', cells }] })).toEqual({
      title: 'After',
      text: 'All is free.',
      unit: 'frame',
      from: '0',
      middle: '500',
      to: '1000',
      rows: [
        {
          label: 'order 9',
          cells: [{ x: 25, width: 50, middle: 50, state: 'free', label: '250..749', room: 'phone' }],
        },
      ],
      legend: [{ state: 'free', word: 'free' }],
      more: '',
    });
  });

  test('keeps the thinnest stretch visible and inside, and a stretch beyond the axis at its edge', () => {
    const cells = [
      { from: 999, to: 1000, state: 'wrong' as const, label: '999' },
      { from: -50, to: 2000, state: 'used' as const, label: '' },
      { from: 5, to: 2, state: 'missing' as const, label: '' },
    ];
    const [row] = stripView({ ...strip, rows: [{ label: '', cells }] }).rows;
    expect(row?.cells.map(({ x, width, room }) => [x, width, room])).toEqual([
      [0, 100, 'none'],
      [99.2, 0.8, 'none'],
      [0.5, 0.8, 'none'],
    ]);
  });

  test('draws what is wrong upon the rest, and keeps it when a row is too full', () => {
    const free = Array.from({ length: 400 }, (_, i) => ({ from: i, to: i + 1, state: 'free' as const, label: '' }));
    const cells = [{ from: 7, to: 8, state: 'wrong' as const, label: '7' }, ...free];
    const [row] = stripView({ ...strip, rows: [{ label: '', cells }] }).rows;
    expect([row?.cells.length, row?.cells.at(0)?.state, row?.cells.at(-1)?.state]).toEqual([300, 'free', 'wrong']);
  });

  test('shows a label on the screens where it fits', () => {
    const cell = (to: number) => ({ from: 0, to, state: 'free' as const, label: '12..13' });
    const [row] = stripView({ ...strip, rows: [{ label: '', cells: [cell(220), cell(100), cell(50)] }] }).rows;
    expect(row?.cells.map(({ room }) => room)).toEqual(['phone', 'desk', 'none']);
  });

  test('lists in the legend what is drawn, and says how many rows are not', () => {
    expect(stripView({ ...strip, rows: rows(48) }).more).toBe('');
    const view = stripView({ ...strip, rows: rows(50) });
    expect([view.rows.length, view.legend.length, view.more]).toEqual([48, 0, '2 more rows not drawn']);
  });

  test('writes no middle that is not a whole number', () => {
    expect(stripView({ ...strip, axis: { unit: 'page', from: 0, to: 5 } }).middle).toBe('');
  });
});
