/**
 * Reads CSV so that it can be given back: every cell keeps its place in the text, and changing one leaves every other
 * byte as it was (quoting, line ends, byte order mark). RFC 4180, with LF, CR or CRLF.
 */

export const BYTE_ORDER_MARK = '\ufeff';

export interface CsvCell {
  readonly text: string;
  /** Place in the file's text, quotes included: `[from, to)`. */
  readonly from: number;
  readonly to: number;
}

export type CsvRow = readonly CsvCell[];

export interface CsvTable {
  readonly source: string;
  readonly delimiter: string;
  /** Blank lines, and lines of nothing but delimiters, are left out. */
  readonly rows: readonly CsvRow[];
}

/** @returns the table, or what is wrong with it, with the line */
export function parseCsv(source: string, delimiter: string): CsvTable | string {
  const rows: CsvRow[] = [];
  let row: CsvCell[] = [];
  let at = source.startsWith(BYTE_ORDER_MARK) ? 1 : 0;
  for (;;) {
    const cell = source[at] === '"' ? quoted(source, at) : bare(source, at, delimiter);
    const stop = source[cell.to];
    if (cell.to > source.length) return `line ${lineOf(source, at)} has a quote that is never closed`;
    if (stop !== undefined && stop !== delimiter && stop !== '\n' && stop !== '\r') {
      return `line ${lineOf(source, at)} has text after a closing quote`;
    }
    if (source[at] !== '"' && cell.text.includes('"')) return `line ${lineOf(source, at)} has a stray quote`;
    row.push(cell);
    at = cell.to + 1;
    if (stop === delimiter) continue;
    if (row.some(({ text }) => text.trim() !== '')) rows.push(row);
    row = [];
    if (stop === '\r' && source[at] === '\n') at += 1;
    if (at >= source.length) return { source, delimiter, rows };
  }
}

/** `to` is beyond the end of the source when the quote is never closed. */
function quoted(source: string, from: number): CsvCell {
  let close = source.indexOf('"', from + 1);
  while (close !== -1 && source[close + 1] === '"') close = source.indexOf('"', close + 2);
  if (close === -1) return { text: '', from, to: source.length + 1 };
  return { text: source.slice(from + 1, close).replaceAll('""', '"'), from, to: close + 1 };
}

function bare(source: string, from: number, delimiter: string): CsvCell {
  let to = from;
  while (to < source.length && source[to] !== delimiter && source[to] !== '\n' && source[to] !== '\r') to += 1;
  return { text: source.slice(from, to), from, to };
}

function lineOf(source: string, at: number): number {
  return source.slice(0, at).split(/\r\n|\r|\n/).length;
}

/** @param row  one that is known to be as long as the header; a cell beyond its end is empty */
export function cellAt(row: CsvRow, column: number): CsvCell {
  return row[column] ?? { text: '', from: 0, to: 0 };
}

/** The cell as the file spells it, quotes and all. */
export function rawCell(table: CsvTable, cell: CsvCell): string {
  return table.source.slice(cell.from, cell.to);
}

export interface CsvChange {
  readonly cell: CsvCell;
  /** What stands in the file instead, quoted where it must be. */
  readonly raw: string;
}

/** @returns the file's text with those cells changed and nothing else */
export function withChanges(table: CsvTable, changes: readonly CsvChange[]): string {
  let text = '';
  let done = 0;
  for (const { cell, raw } of [...changes].sort((a, b) => a.cell.from - b.cell.from)) {
    text += table.source.slice(done, cell.from) + raw;
    done = cell.to;
  }
  return text + table.source.slice(done);
}

export function quotedCell(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
