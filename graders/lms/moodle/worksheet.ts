/**
 * Moodle, "Upload grading worksheet": the instructor's own worksheet, with grades and comments filled in and every
 * other byte as it was. Moodle says nothing of rows that it skips, so all that will not arrive is told here.
 */
import { type CsvChange, type CsvRow, cellAt, withChanges } from '../grades/csv.ts';
import { badTemplate, type GradeFile, type GradeTable, readGradeFile } from '../grades/grade-file.ts';
import { type Filled, type Graded, inRange, listed, nameOf } from '../grades/graded.ts';
import { parseHundredths, scaledScore } from '../grades/score.ts';
import { findColumns, participantOf, type WorksheetColumns } from './columns.ts';

const NO_COMMENTS = 'The worksheet has no column "Feedback comments" in English, so only grades were written.';
const AGAIN =
  'If Moodle reports fewer updates than there are grades, upload the worksheet again with "Allow updating records that have been modified more recently in Moodle than in the spreadsheet" ticked.';

const TEAMS =
  'These are teams. Feedback files reach all members of a team in Moodle 4.5 or later, while older versions may give them to strangers: upload the feedback of one team first, and look who got it.';

interface Worksheet {
  readonly table: GradeTable;
  readonly columns: WorksheetColumns;
  readonly rowsById: ReadonlyMap<string, readonly CsvRow[]>;
}

/** @throws GraderError BUNDLE_TEMPLATE */
export function fillWorksheet(file: GradeFile, graded: readonly Graded[]): Filled {
  const worksheet = open(file);
  const { table, columns } = worksheet;
  const matched = graded.map((each) => ({ each, rows: rowsOf(worksheet, each) }));
  const taken = matched.flatMap(({ rows }) => rows);
  const twice = new Set(taken.filter((row, i) => taken.indexOf(row) !== i));
  if (graded.length > 0 && taken.length === 0) {
    throw badTemplate(
      table.name,
      'fits none of the submissions. Moodle numbers the participants anew in each assignment, and this is the worksheet of another',
    );
  }
  const changes: CsvChange[] = [];
  const scaled = new Set<string>();
  for (const { each, rows } of matched) {
    if (each.points === null || !inRange(each.points)) continue;
    for (const row of rows.filter((row) => !twice.has(row) && !isLocked(columns, row))) {
      const outOf = maximumOf(table, columns, row);
      if (outOf * 10 !== each.points.maxMilli) scaled.add(cellAt(row, columns.maximum).text);
      changes.push({ cell: cellAt(row, columns.grade), raw: scaledScore(each.points, outOf) });
      if (columns.comments !== null && each.comment !== '') {
        changes.push({ cell: cellAt(row, columns.comments), raw: `"${commentHtml(each.comment)}"` });
      }
    }
  }
  const show = (rows: readonly CsvRow[]) => rows.map((row) => label(columns, row));
  const locked = taken.filter((row) => isLocked(columns, row));
  const unmatched = matched.filter(({ rows }) => rows.length === 0).map(({ each }) => nameOf(each));
  const absent = [...worksheet.rowsById.values()].filter((rows) => rows.length === 1).flat();
  const notes = [
    ...listed('Points were scaled to the maximum grade of the worksheet', [...scaled]),
    ...listed('No row of the worksheet fits these submissions; enter their grades by hand', unmatched),
    ...listed('Several submissions fit these rows, which were left alone', show([...twice])),
    ...listed('These participants stand in the worksheet more than once and were left alone', duplicates(worksheet)),
    ...listed('Moodle says that these grades cannot be changed, so they were left alone', show(locked)),
    ...listed(
      'These participants have no submission; their rows were left alone',
      show(absent.filter((row) => !taken.includes(row))),
    ),
    ...(columns.comments === null ? [NO_COMMENTS] : []),
    ...(matched.some(({ each, rows }) => rows.some((row) => !agrees(columns, row, each))) ? [TEAMS] : []),
    AGAIN,
  ];
  return { text: withChanges(table, changes), notes };
}

function open(file: GradeFile): Worksheet {
  const table = readGradeFile(file);
  const columns = findColumns(table);
  const rowsById = new Map<string, CsvRow[]>();
  for (const row of table.body) {
    const { text } = cellAt(row, columns.identifier);
    const id = participantOf(text);
    if (id === undefined) {
      throw badTemplate(
        table.name,
        `has a row whose identifier is "${text}" and not "Participant" with a number; Moodle would stop there, half-way`,
      );
    }
    rowsById.set(id, [...(rowsById.get(id) ?? []), row]);
  }
  return { table, columns, rowsById };
}

/**
 * The number of a team's folder is that of the group, and may be the participant number of a stranger: so the names
 * must agree too, and a team is found by the name of its group instead.
 */
function rowsOf({ table, columns, rowsById }: Worksheet, graded: Graded): readonly CsvRow[] {
  const { origin, who } = graded.submission;
  if (origin.system !== 'moodle') return [];
  const rows = origin.participant === null ? [] : (rowsById.get(origin.participant) ?? []);
  if (rows.length === 1 && rows.every((row) => agrees(columns, row, graded))) return rows;
  const { group } = columns;
  return group === null ? [] : table.body.filter((row) => inFolderNames(cellAt(row, group).text) === who);
}

/** Where marking is blind, the folder and the row both say "Participant 12" for a name. */
function agrees({ fullName, identifier }: WorksheetColumns, row: CsvRow, { submission }: Graded): boolean {
  const names = [identifier, ...(fullName === null ? [] : [fullName])];
  return names.some((column) => inFolderNames(cellAt(row, column).text) === submission.who);
}

/** A name as Moodle spells it in the folders of a download. */
function inFolderNames(name: string): string {
  return (
    name
      .replaceAll('_', ' ')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: Moodle takes them out
      .replace(/[\u0000-\u001f\u007f&<>"`|':\\/]/g, '')
      .normalize('NFC')
      .trim()
  );
}

function maximumOf(table: GradeTable, columns: WorksheetColumns, row: CsvRow): number {
  const { text } = cellAt(row, columns.maximum);
  const outOf = parseHundredths(text);
  if (outOf === undefined || outOf === 0) {
    throw badTemplate(table.name, `has the maximum grade "${text}", which is no number of points`);
  }
  return outOf;
}

function isLocked({ canBeChanged }: WorksheetColumns, row: CsvRow): boolean {
  return canBeChanged !== null && cellAt(row, canBeChanged).text === 'No';
}

function duplicates({ rowsById }: Worksheet): string[] {
  return [...rowsById].filter(([, rows]) => rows.length > 1).map(([id]) => id);
}

function label(columns: WorksheetColumns, row: CsvRow): string {
  const identifier = cellAt(row, columns.identifier).text;
  return columns.fullName === null ? identifier : `${cellAt(row, columns.fullName).text} (${identifier})`;
}

/**
 * Moodle stores comments as HTML. The paragraph around it keeps the cell from starting as a formula; no quote and no
 * backslash is left, for PHP takes a backslash before a quote for an escape, and then nothing at all is imported.
 */
export function commentHtml(text: string): string {
  const named: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
    '\\': '&#92;',
  };
  const html = text
    .replace(/[&<>"'\\]/g, (letter) => named[letter] ?? '')
    .replace(/\r\n|\r|\n/g, '<br>')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are taken out
    .replace(/[\u0000-\u001f\u007f]/g, ' ');
  return `<p>${html}</p>`;
}
