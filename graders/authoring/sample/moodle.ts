/** The class as Moodle gives it: "Download all submissions" and "Download grading worksheet". */
import { BYTE_ORDER_MARK } from '../../lms/grades/csv.ts';
import type { Assignment } from '../../model/assignment.ts';
import { csv, type Row } from './csv.ts';
import type { Attempt, Enrolled } from './enrolled.ts';
import type { Bytes } from './upload.ts';

/** The number that a participant of this one assignment has. */
export function participantId({ number }: Enrolled): string {
  return String(number);
}

/** `Ada Lovelace_12_assignsubmission_file/page_alloc.ts`. Only the last attempt is there, and nothing says who was late. */
export function moodleZip(students: readonly Enrolled[]): Bytes {
  const files = new Map<string, Uint8Array>();
  for (const student of students) {
    const folder = `${folderName(student.name)}_${participantId(student)}_assignsubmission_file`;
    for (const [name, content] of student.attempt?.uploads ?? []) files.set(`${folder}/${name}`, content);
  }
  return files;
}

/** Moodle makes spaces of underscores, and takes out what a file system may not like. */
function folderName(name: string): string {
  return name.replaceAll('_', ' ').replace(/[&<>"`|':\\/]/g, '');
}

const HEADER = [
  'Identifier',
  'Full name',
  'Email address',
  'Status',
  'Grade',
  'Maximum grade',
  'Grade can be changed',
  'Last modified (submission)',
  'Last modified (grade)',
  'Feedback comments',
];

/** With a byte order mark; a cell with a space is quoted too. */
export function moodleWorksheet(students: readonly Enrolled[], { due, criteria }: Assignment): string {
  const maximum = criteria.reduce((sum, { points }) => sum + points, 0).toFixed(2);
  const rows = students.map((student): Row => {
    const { name, email, attempt } = student;
    const when = attempt === null ? '-' : moodleDate(due, attempt.minutesLeft);
    return [`Participant ${participantId(student)}`, name, email, status(attempt), '', maximum, 'Yes', when, '-', ''];
  });
  return BYTE_ORDER_MARK + csv([HEADER, ...rows], /[\s",\\]/);
}

function status(attempt: Attempt | null): string {
  if (attempt === null) return 'No submission -  - ';
  const late = -attempt.minutesLeft;
  return `Submitted for grading - ${late > 0 ? `${Math.floor(late / 60)} hours ${late % 60} mins late` : ''} - `;
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** `Friday, 20 November 2026, 7:13 PM`, on the clock that the due date was written by. */
export function moodleDate(due: string, minutesLeft: number): string {
  const at = new Date(Date.parse(`${due.slice(0, 19)}Z`) - minutesLeft * 60_000);
  const hour = at.getUTCHours();
  const minutes = String(at.getUTCMinutes()).padStart(2, '0');
  const day = `${DAYS[at.getUTCDay()]}, ${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
  return `${day}, ${hour % 12 === 0 ? 12 : hour % 12}:${minutes} ${hour < 12 ? 'AM' : 'PM'}`;
}
