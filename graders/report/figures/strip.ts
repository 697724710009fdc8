/**
 * Memory as rows of stretches: the numbers that the template draws. Positions are percent of a row, so that the picture
 * is as wide as the screen and its letters keep their size.
 *
 *     order 1   [ free ][ used ][ wrong ]
 *     order 0   [    free     ][missing ]
 *               0      4       8       12   frames
 */
import type { Cell, Figure } from '../../model/verdict.ts';
import { block, counted, heading, line, title } from '../text.ts';
import { percent, short } from './scale.ts';

type Strip = Extract<Figure, { kind: 'strip' }>;
type State = Cell['state'];

const MAX_ROWS = 48;
/** Of one row; more would not be told apart. What is wrong or missing stays before what is as it should be. */
const MAX_CELLS = 300;
/** The thinnest stretch that is still seen, in percent of the row. */
const THINNEST = 0.8;
/** How wide a row is on a phone and on a desk, and one letter of a label: all in pixels. */
const PHONE = 230;
const DESK = 520;
const LETTER = 7;

/** In the order of the legend. */
const STATES: readonly { readonly state: State; readonly word: string }[] = [
  { state: 'used', word: 'used' },
  { state: 'free', word: 'free' },
  { state: 'wrong', word: 'wrong ✗' },
  { state: 'missing', word: 'missing' },
  { state: 'outside', word: 'not part of it' },
];

export interface CellView {
  readonly x: number;
  readonly width: number;
  readonly middle: number;
  readonly state: State;
  readonly label: string;
  /** The narrowest screen on which the label fits: `phone`, `desk`, or `none`. */
  readonly room: 'phone' | 'desk' | 'none';
}

export interface StripView {
  readonly title: string;
  readonly text: string;
  readonly unit: string;
  readonly from: string;
  readonly middle: string;
  readonly to: string;
  readonly rows: readonly { readonly label: string; readonly cells: readonly CellView[] }[];
  readonly legend: readonly { readonly state: State; readonly word: string }[];
  /** Rows that are not drawn, in words; empty when all are. */
  readonly more: string;
}

/** What is wrong or missing is drawn last, upon the rest. */
function drawn(cells: readonly Cell[]): Cell[] {
  const isLoud = ({ state }: Cell): boolean => state === 'wrong' || state === 'missing';
  const loud = cells.filter(isLoud).slice(0, MAX_CELLS);
  const quiet = cells.filter((cell) => !isLoud(cell)).slice(0, MAX_CELLS - loud.length);
  return [...quiet, ...loud];
}

function cellView(cell: Cell, axis: Strip['axis']): CellView {
  const start = percent(cell.from, axis.from, axis.to);
  const width = Math.max(THINNEST, short(percent(cell.to, axis.from, axis.to) - start));
  const x = Math.min(start, short(100 - width));
  const label = line(cell.label, 24);
  const needs = ((label.length + 1) * LETTER * 100) / width;
  const fits = needs <= PHONE ? 'phone' : needs <= DESK ? 'desk' : 'none';
  const room = label === '' ? 'none' : fits;
  return { x, width, middle: short(x + width / 2), state: cell.state, label, room };
}

export function stripView(figure: Strip): StripView {
  const { axis } = figure;
  const rows = figure.rows.slice(0, MAX_ROWS).map((row) => ({
    label: line(row.label, 24),
    cells: drawn(row.cells).map((cell) => cellView(cell, axis)),
  }));
  const states = new Set(rows.flatMap((row) => row.cells.map((cell) => cell.state)));
  const halfWay = (axis.from + axis.to) / 2;
  const hidden = figure.rows.length - rows.length;
  return {
    title: heading(figure.title),
    text: block(figure.text),
    unit: title(axis.unit),
    from: String(axis.from),
    middle: Number.isInteger(halfWay) ? String(halfWay) : '',
    to: String(axis.to),
    rows,
    legend: STATES.filter(({ state }) => states.has(state)),
    more: hidden > 0 ? `${counted(hidden, 'more row')} not drawn` : '',
  };
}
