/** A table of short texts, some of them marked: the levels of a page walk, the fields of a line. */
import type { Figure } from '../../model/verdict.ts';
import { block, counted, heading, line, title } from '../text.ts';

type Grid = Extract<Figure, { kind: 'grid' }>;
type Mark = Grid['rows'][number][number]['mark'];

const MAX_ROWS = 64;
const MAX_COLUMNS = 16;
/** The mark again, for who does not see the colour. */
const SIGNS: Readonly<Record<Mark, string>> = { none: '', good: '✓', bad: '✗' };

export interface GridView {
  readonly title: string;
  readonly text: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly { readonly says: string; readonly mark: Mark; readonly sign: string }[])[];
  /** Rows that are not shown, in words; empty when all are. */
  readonly more: string;
}

export function gridView(figure: Grid): GridView {
  const hidden = figure.rows.length - MAX_ROWS;
  return {
    title: heading(figure.title),
    text: block(figure.text),
    columns: figure.columns.slice(0, MAX_COLUMNS).map(title),
    rows: figure.rows.slice(0, MAX_ROWS).map((row) =>
      row.slice(0, MAX_COLUMNS).map((cell) => ({
        says: line(cell.text),
        mark: cell.mark,
        sign: SIGNS[cell.mark],
      })),
    ),
    more: hidden > 0 ? `${counted(hidden, 'more row')} not shown` : '',
  };
}
