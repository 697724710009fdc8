import { gridView } from '../grid.ts';

const grid = { kind: 'grid' as const, title: 'Walk', columns: ['level'], text: 'No W.' };

describe('gridView', () => {
  test('gives each mark a sign beside its colour', () => {
    const row = (['none', 'good', 'bad'] as const).map((mark) => ({ text: mark, mark }));
    expect(gridView({ ...grid, rows: [row] }).rows).toEqual([
      [
        { says: 'none', mark: 'none', sign: '' },
        { says: 'good', mark: 'good', sign: '✓' },
        { says: 'bad', mark: 'bad', sign: '✗' },
      ],
    ]);
  });

  test('shows at most 64 rows of 16 cells, and says what is left out', () => {
    const wide = Array.from({ length: 20 }, () => ({ text: 'x', mark: 'none' as const }));
    const view = gridView({ ...grid, rows: Array.from({ length: 65 }, () => wide) });
    expect([view.rows.length, view.rows[0]?.length, view.more]).toEqual([64, 16, '1 more row not shown']);
  });
});
