/** The tables of numastat(8): a column for each node and one for the sum, in MB. */
import type { Files } from '../../include/tool.ts';
import { fixed } from '../printf.ts';

export interface NumaSettings {
  /** Columns as narrow as they can be, no decimals. */
  compress: boolean;
  showZeroes: boolean;
  /** A node; null: as they come. */
  sortBy: number | 'total' | null;
}

export interface TableRow {
  readonly label: string;
  /** MB, by node. */
  readonly values: readonly number[];
}

/** What a table of processes has in addition. */
export interface ProcessTable {
  /** Above the labels; '': nothing. */
  readonly title: string;
  /** Of all rows. */
  readonly total: TableRow;
}

const WIDTH = 16;
/** The least and the most for labels of processes. */
const LABEL_MIN = 16;
const LABEL_MAX = 24;
const NARROW_MIN = 4;

/** Numbers of the nodes, ascending. */
export function nodesOf(files: Files): number[] {
  const names = files.list('/sys/devices/system/node');
  if (typeof names === 'number') return [];
  const numbers = names.flatMap((name) => /^node(\d+)$/.exec(name)?.slice(1) ?? []);
  return numbers.map(Number).sort((a, b) => a - b);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function sorted(rows: readonly TableRow[], { sortBy }: NumaSettings, nodes: readonly number[]): TableRow[] {
  if (sortBy === null) return [...rows];
  const at = sortBy === 'total' || sortBy >= nodes.length ? null : sortBy;
  const key = ({ values }: TableRow): number => (at === null ? sum(values) : values[at]);
  // Selection: the first of the largest goes to the front, what was there takes its place.
  const result = [...rows];
  for (let i = 0; i < result.length; i++) {
    let largest = i;
    for (let k = i + 1; k < result.length; k++) if (key(result[largest]) < key(result[k])) largest = k;
    [result[i], result[largest]] = [result[largest], result[i]];
  }
  return result;
}

/** @param process  null: a table of the system */
export function columnTable(
  rows: readonly TableRow[],
  nodes: readonly number[],
  settings: NumaSettings,
  process: ProcessTable | null = null,
): string {
  const { compress, showZeroes } = settings;
  const headers = [...nodes.map((node) => `Node ${node}`), 'Total'];
  const all = process === null ? rows : [...rows, process.total];
  const cells = ({ values }: TableRow): number[] => [...values, sum(values)];
  if (!showZeroes && all.every((row) => cells(row).every((value) => value === 0)))
    return 'Table has no non-zero data.\n';
  const isShown = headers.map((_, i) => showZeroes || all.some((row) => cells(row)[i] !== 0));
  const text = (value: number): string => fixed(value, compress ? 0 : 2);
  const title = process?.title ?? '';
  const widest = (texts: readonly string[], least: number, most: number): number =>
    Math.min(Math.max(least, ...texts.map((each) => each.length)) + 1, most);
  const labels = [title, ...all.map(({ label }) => label)];
  const labelWidth = compress
    ? widest(labels, NARROW_MIN, WIDTH)
    : process === null
      ? WIDTH
      : widest(labels, LABEL_MIN, LABEL_MAX);
  const widths = headers.map((header, i) =>
    compress ? widest([header, ...all.map((row) => text(cells(row)[i]))], NARROW_MIN, WIDTH) : WIDTH,
  );
  const line = (label: string, columns: readonly string[]): string => {
    const shown = columns.map((column, i) => (isShown[i] ? column.slice(0, widths[i]).padStart(widths[i]) : ''));
    return `${label.slice(0, labelWidth).padEnd(labelWidth)}${shown.join('')}\n`;
  };
  const rules = widths.map((width) => '-'.repeat(width - 1));
  const rule = '-'.repeat(labelWidth - 1);
  const row = (each: TableRow): string => line(each.label, cells(each).map(text));
  const isVisible = (each: TableRow): boolean => showZeroes || cells(each).some((value) => value !== 0);
  return [
    line(title, headers),
    line(title === '' ? '' : rule, rules),
    ...sorted(rows, settings, nodes).filter(isVisible).map(row),
    ...(process === null ? [] : [line(rule, rules), row(process.total)]),
  ].join('');
}
