/**
 * Canvas, "Import grades": the least that can be uploaded. The columns that identify a student and one assignment, the
 * row of possible points, and only the rows that change: a row left out means no change, a blank cell would clear.
 */

import { quote } from '../archive/entry.ts';
import { type CsvCell, type CsvRow, cellAt, rawCell } from '../grades/csv.ts';
import { badTemplate, type GradeFile, type GradeTable, readGradeFile } from '../grades/grade-file.ts';
import { type Filled, type Graded, inRange, listed, nameOf } from '../grades/graded.ts';
import { decimal, parseHundredths, plainScore, scaledScore } from '../grades/score.ts';

interface Gradebook {
  readonly table: GradeTable;
  readonly id: number;
  readonly section: number;
  readonly pointsRow: CsvRow;
  readonly studentsById: ReadonlyMap<string, readonly CsvRow[]>;
}

interface Column {
  readonly index: number;
  readonly title: string;
  readonly id: string;
}

/** Canvas drops every column whose title holds one of these, for its own totals are called so. */
const TOTAL = /(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)/;

/**
 * @param wanted  the id of the assignment, or its exact title; null when the export has only one assignment
 * @throws GraderError BUNDLE_TEMPLATE
 */
export function fillGradebook(file: GradeFile, graded: readonly Graded[], wanted: string | null): Filled {
  const book = open(file);
  const column = choose(book, wanted);
  const possible = parseHundredths(cellAt(book.pointsRow, column.index).text) ?? 0;
  const unmatched: string[] = [];
  const left: string[] = [];
  const rows: { row: CsvRow; score: string }[] = [];
  const taken = new Set<CsvRow>();
  let scaled = false;
  for (const each of graded) {
    const row = rowOf(book, each);
    if (row === undefined) unmatched.push(nameOf(each));
    else taken.add(row);
    if (row === undefined || each.points === null || !inRange(each.points)) continue;
    const now = cellAt(row, column.index).text.trim();
    if (/^(EX|EXCUSED|N\/A)$/i.test(now)) {
      left.push(label(row));
      continue;
    }
    scaled ||= possible !== 0 && possible * 10 !== each.points.maxMilli;
    const score = possible === 0 ? plainScore(each.points.milli) : scaledScore(each.points, possible);
    if (parseHundredths(now) !== parseHundredths(score)) rows.push({ row, score });
  }
  const known = graded.filter(({ submission: { origin } }) => origin.system === 'canvas' && !origin.anonymous);
  if (known.length > 0 && taken.size === 0) {
    throw badTemplate(book.table.name, 'has none of the students who handed in');
  }
  const students = [...book.studentsById.values()];
  const absent = students.flatMap((same) => (same.length === 1 ? same.filter((row) => !taken.has(row)) : []));
  const twice = students.flatMap((same) => (same.length > 1 ? same.slice(0, 1) : []));
  const title = quote(column.title);
  const notes = [
    ...(possible === 0 ? [`${title} has no possible points in Canvas, so points were not scaled.`] : []),
    ...(scaled ? [`Points were scaled to the ${decimal(possible)} that ${title} has in Canvas.`] : []),
    ...listed('No row of the gradebook fits these submissions; enter their grades by hand', unmatched),
    ...listed('These students are excused or not assigned in Canvas, and were left alone', left),
    ...listed('These ids stand in the gradebook more than once and were left alone', twice.map(label)),
    ...listed('These students have no submission and were left alone', absent.map(label)),
    ...(rows.length === 0 ? ['Canvas has all these scores already: there is nothing to upload.'] : []),
  ];
  return { text: rows.length === 0 ? null : upload(book, column, rows), notes };
}

/** The one row with the student's Canvas id. Anonymous ids stand in no gradebook. */
function rowOf({ studentsById }: Gradebook, { submission }: Graded): CsvRow | undefined {
  const { origin } = submission;
  if (origin.system !== 'canvas' || origin.anonymous) return undefined;
  const rows = studentsById.get(origin.user) ?? [];
  return rows.length === 1 ? rows[0] : undefined;
}

function open(file: GradeFile): Gradebook {
  const table = readGradeFile(file);
  const at = (name: string) => table.header.findIndex(({ text }) => text === name);
  const [id, section] = [at('ID'), at('Section')];
  const first = table.header[0]?.text ?? '';
  if (!['Student', 'LastName'].includes(first) || id === -1 || section < id) {
    const names = table.header.slice(0, 3).map(({ text }) => text);
    throw badTemplate(
      table.name,
      `is no gradebook export of Canvas: its columns begin with ${names.join(', ')}, and should be Student, ID, ..., Section`,
    );
  }
  // Rows without id come before the students: "Manual Posting" perhaps, and always the possible points last.
  const firstStudent = table.body.findIndex((row) => cellAt(row, id).text.trim() !== '');
  const pointsRow = table.body[firstStudent - 1];
  if (pointsRow === undefined) throw badTemplate(table.name, 'has no row "Points Possible" above the students');
  const studentsById = new Map<string, CsvRow[]>();
  for (const row of table.body.slice(firstStudent)) {
    const { text } = cellAt(row, id);
    studentsById.set(text, [...(studentsById.get(text) ?? []), row]);
  }
  return { table, id, section, pointsRow, studentsById };
}

function choose({ table, section, pointsRow }: Gradebook, wanted: string | null): Column {
  const columns = table.header.flatMap(({ text }, index) => {
    const match = index > section ? /^(.*) \((\d+)\)$/s.exec(text) : null;
    const isTotal = /read only/i.test(cellAt(pointsRow, index).text);
    return match === null || isTotal ? [] : [{ index, title: match[1] ?? '', id: match[2] ?? '' }];
  });
  const fits = columns.filter(({ id, title }) => wanted === null || [id, title, `${title} (${id})`].includes(wanted));
  const [column, ...others] = fits;
  const list = (some: readonly Column[]) => some.map(({ title, id }) => quote(`${title} (${id})`)).join(', ');
  if (column === undefined) {
    const which = wanted === null ? 'no assignment column' : `no assignment ${quote(wanted)}`;
    throw badTemplate(table.name, `has ${which}; it has ${columns.length === 0 ? 'no assignments' : list(columns)}`);
  }
  if (others.length > 0) {
    throw badTemplate(table.name, `has several assignments that could be meant, so say which by its id: ${list(fits)}`);
  }
  if (TOTAL.test(column.title)) {
    throw badTemplate(
      table.name,
      `has the assignment ${quote(column.title)}, which Canvas takes for one of its totals and never imports. Rename it in Canvas`,
    );
  }
  return column;
}

/** No byte order mark, and the first cell bare: Canvas refuses a file that has one and quotes the other. */
function upload(book: Gradebook, column: Column, rows: readonly { row: CsvRow; score: string }[]): string {
  const { table, section, pointsRow } = book;
  const raw = (cell: CsvCell) => rawCell(table, cell);
  const identity = (row: CsvRow) => row.slice(0, section + 1).map(raw);
  const lines = [
    [cellAt(table.header, 0).text, ...identity(table.header).slice(1), raw(cellAt(table.header, column.index))],
    [...identity(pointsRow), raw(cellAt(pointsRow, column.index))],
    ...rows.map(({ row, score }) => [...identity(row), score]),
  ];
  return lines.map((cells) => `${cells.join(table.delimiter)}\n`).join('');
}

/** Canvas writes a name that starts with `=` as `="..."`. */
function label(row: CsvRow): string {
  const name = cellAt(row, 0).text;
  return /^="(.*)"$/s.exec(name)?.[1] ?? name;
}
