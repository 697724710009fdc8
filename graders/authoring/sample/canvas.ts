/** The class as Canvas gives it: "Download submissions" and the export of the gradebook. */
import { byCodeUnits } from '../../lms/archive/entry.ts';
import type { Assignment } from '../../model/assignment.ts';
import { csv, type Row } from './csv.ts';
import type { Enrolled } from './enrolled.ts';
import type { Bytes } from './upload.ts';

const FIRST_ATTACHMENT = 52_001;

export function userId({ number }: Enrolled): string {
  return String(4100 + number);
}

/** `lovelaceada_LATE_4112_52001_page_alloc.ts`: all current attachments of all students, side by side. */
export function canvasZip(students: readonly Enrolled[]): Bytes {
  const files = new Map<string, Uint8Array>();
  for (const student of students) {
    if (student.attempt === null) continue;
    const { uploads, before, minutesLeft } = student.attempt;
    const who = sortable(student.name)
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}]/gu, '');
    for (const [name, content] of uploads) {
      const attachment = FIRST_ATTACHMENT + files.size;
      const shown = before.includes(name) ? again(name) : name;
      files.set(`${who}${minutesLeft < 0 ? '_LATE' : ''}_${userId(student)}_${attachment}_${shown}`, content);
    }
  }
  return files;
}

/** `Lovelace, Ada`: the last word is taken for the family name. */
function sortable(name: string): string {
  const words = name.split(' ');
  const last = words.pop() ?? '';
  return words.length === 0 ? last : `${last}, ${words.join(' ')}`;
}

/** Canvas keeps all uploads of a student in one folder: the second `page_alloc.ts` becomes `page_alloc-1.ts`. */
function again(name: string): string {
  return name.replace(/(\.[^.]*)?$/, '-1$1');
}

const SECTION = 'Operating Systems';
const TOTALS = ['Assignments Current Score', 'Assignments Final Score', 'Current Score', 'Final Score'];

/** Sorted by name, the test student last, as every course has one. */
export function canvasGradebook(students: readonly Enrolled[], { title, criteria }: Assignment): string {
  const possible = criteria.reduce((sum, { points }) => sum + points, 0);
  const header = ['Student', 'ID', 'SIS User ID', 'SIS Login ID', 'Section', `${title} (88001)`, ...TOTALS];
  const none = TOTALS.map(() => '');
  const rows = students.map((student): Row => {
    const { name, email, number } = student;
    return [sortable(name), userId(student), `0${2600 + number}`, email, SECTION, '', ...none];
  });
  return csv(
    [
      header,
      ['    Points Possible', '', '', '', '', possible, ...TOTALS.map(() => '(read only)')],
      ...rows.sort(([a], [b]) => byCodeUnits(String(a), String(b))),
      ['Student, Test', 4100, '', 'f2c61e0bb5e94b1d', SECTION, '', ...none],
    ],
    /[",\n\r]/,
  );
}
