/** Rows as the LMSs write them: a cell is quoted when it must be. */
import { quotedCell } from '../../lms/grades/csv.ts';

export type Row = readonly (string | number)[];

/** @param special  what makes a cell be quoted */
export function csv(rows: readonly Row[], special: RegExp): string {
  const cell = (value: string): string => (special.test(value) ? quotedCell(value) : value);
  return rows.map((row) => `${row.map((value) => cell(String(value))).join(',')}\n`).join('');
}
