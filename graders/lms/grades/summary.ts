/**
 * Our own table for a person with a spreadsheet: every cell quoted, and none can start a formula. Names come from
 * students, so this one, unlike the files for an LMS, takes the apostrophe: nothing imports it again.
 */
import { BYTE_ORDER_MARK, quotedCell } from './csv.ts';
import { type Graded, inRange } from './graded.ts';
import { plainScore } from './score.ts';

/** With a byte order mark and CRLF, as Excel wants it. */
export function summaryCsv(graded: readonly Graded[]): string {
  const rows = graded.map(({ submission, points }) => {
    const { key, who } = submission;
    if (points === null || !inRange(points)) return [key, who, '', '', 'not graded'];
    return [key, who, plainScore(points.milli), plainScore(points.maxMilli), 'graded'];
  });
  const lines = [['Key', 'Name', 'Points', 'Out of', 'State'], ...rows];
  return BYTE_ORDER_MARK + lines.map((cells) => `${cells.map(safeCell).join(',')}\r\n`).join('');
}

export function safeCell(text: string): string {
  return quotedCell(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
}
