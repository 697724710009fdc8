/**
 * Finds the columns of a Moodle grading worksheet. Moodle writes the headers in the language of whoever downloads it;
 * the English ones are known by name. In any other language the one thing that every worksheet shows by its shape is
 * the maximum grade: the same positive number with two decimals in every row, and the grade stands right before it;
 * the identifier is always the first column, and the full name, when there is one, the second.
 * Where the comments stand cannot be told from cells that are empty, so they are written in English worksheets alone.
 */
import { byCodeUnits } from '../archive/entry.ts';
import { badTemplate, type GradeTable } from '../grades/grade-file.ts';
import { parseHundredths } from '../grades/score.ts';

export interface WorksheetColumns {
  readonly identifier: number;
  /** Null when Moodle hides names from whoever downloaded it. */
  readonly fullName: number | null;
  readonly group: number | null;
  readonly grade: number;
  readonly maximum: number;
  readonly comments: number | null;
  readonly canBeChanged: number | null;
}

/** @throws GraderError BUNDLE_TEMPLATE when it is no worksheet, or one that is graded with a scale */
export function findColumns(table: GradeTable): WorksheetColumns {
  const at = (...names: string[]) => {
    const index = table.header.findIndex(({ text }) => names.includes(text));
    return index === -1 ? null : index;
  };
  const identifier = at('Identifier');
  if (identifier === null) return translated(table);
  const grade = at('Grade');
  const maximum = at('Maximum grade', 'Maximum Grade');
  if (at('Scale') !== null) throw badTemplate(table.name, 'is graded with a scale, not with points');
  if (grade === null || maximum === null || at('Last modified (grade)') === null) throw noWorksheet(table);
  return {
    identifier,
    fullName: at('Full name'),
    group: at('Group'),
    grade,
    maximum,
    // Moodle ignores comments in the first column.
    comments: at('Feedback comments') || null,
    canBeChanged: at('Grade can be changed'),
  };
}

function translated(table: GradeTable): WorksheetColumns {
  const maxima = table.header.flatMap((_, column) => (isMaximum(table, column) ? [column] : []));
  const last = maxima.at(-1);
  // When all have the same grade already, the grade looks like a maximum too: they stand side by side.
  const unique = maxima.length === 1 || (maxima.length === 2 && maxima[0] === (last ?? 0) - 1);
  const identified = table.body.every((row) => participantOf(row[0]?.text ?? '') !== undefined);
  if (last === undefined || last < 2 || !unique || !identified || table.body.length === 0) throw noWorksheet(table);
  return {
    identifier: 0,
    fullName: 1,
    group: null,
    grade: last - 1,
    maximum: last,
    comments: null,
    canBeChanged: null,
  };
}

function isMaximum({ body }: GradeTable, column: number): boolean {
  const cells = new Set(body.map((row) => row[column]?.text ?? ''));
  const [only] = [...cells].sort(byCodeUnits);
  return cells.size === 1 && only !== undefined && /^\d+[.,]\d\d$/.test(only) && parseHundredths(only) !== 0;
}

/** `Participant 12` in any language: the digits at the end, after a word. */
export function participantOf(cell: string): string | undefined {
  return /^\D+(\d+)$/.exec(cell)?.[1];
}

function noWorksheet(table: GradeTable) {
  const names = table.header.slice(0, 3).map(({ text }) => text);
  return badTemplate(
    table.name,
    `is no grading worksheet of Moodle: its columns begin with ${names.join(', ')}. A worksheet has Identifier, Grade, Maximum grade and Last modified (grade); if yours is in another language, set Moodle to English while you download and upload it`,
  );
}
