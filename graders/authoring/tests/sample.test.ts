import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Course } from '../../course.ts';
import type { Assignment } from '../../model/assignment.ts';
import type { Intake } from '../../model/submission.ts';
import { intake } from '../../stages/intake.ts';
import { canvasZip } from '../sample/canvas.ts';
import { studentsOf } from '../sample/class-file.ts';
import { enrol } from '../sample/enrolled.ts';
import { moodleDate, moodleZip } from '../sample/moodle.ts';
import { SAMPLED, sampleOf } from '../sample.ts';
import { miniCourse, ROOT } from './mini-course.ts';

// One letter for each way of handing in, and the names that trouble an LMS.
const CLASS = `students:
  - { name: Ada Lovelace, email: ada@example.edu, hands_in: reference, verdict: passed, points: 6 }
  - { name: "Seán O'Brien-Müller", email: sean@example.edu, hands_in: example/far, packed: files, late: true, verdict: failed, points: 4.5 }
  - { name: 王小明, email: wang@example.edu, hands_in: class/notes, packed: files, resubmitted: reference, verdict: failed, points: 0 }
  - { name: Zoë Vega, email: zoe@example.edu, hands_in: mutant/B1, resubmitted: empty-zip, verdict: failed, points: 0 }
  - { name: Tom Short, email: tom@example.edu, hands_in: starter, packed: project-zip, verdict: crashed, points: 0 }
  - { name: Zoë Vega, email: zoe2@example.edu, hands_in: empty-zip, verdict: ungradable, points: 0 }
`;

const MUTANT = `breaks: B1
says: adds nothing
edits: [{ file: mm/twice.ts, find: n * TWO * secret, replace: n }]
fails: { double: failed }
`;

let folder = '';
let course: Course;
let assignment: Assignment;

beforeEach(() => {
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  folder = mkdtempSync(join(ROOT, '.cache/sample-'));
  ({ course, assignment } = miniCourse(folder));
  write('class.yaml', CLASS);
  write('mutants/B1.yaml', MUTANT);
  write('examples/far/example.yaml', 'says: far off\nverdict: failed\npoints: 4\n');
  write('examples/far/mm/twice.ts', 'export const twice = 2;\n');
  write('class/notes/mm/twice.ts', 'export const twice = 3;\n');
  write('class/notes/a_b notes.txt', 'I did it all\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(join(assignment.folder, path, '..'), { recursive: true });
  writeFileSync(join(assignment.folder, path), text);
}

const line = (fields: string): string =>
  `students:\n  - { name: A B, email: a@example.edu, verdict: passed, points: 1, ${fields} }\n`;

describe('studentsOf', () => {
  test('fills in what goes without saying', () => {
    expect(studentsOf(assignment)[0]).toEqual({
      name: 'Ada Lovelace',
      email: 'ada@example.edu',
      hands_in: 'reference',
      packed: 'zip',
      late: false,
      verdict: 'passed',
      points: 6,
    });
  });

  test.each([
    ['an unknown key', line('hands_in: starter, grade: 1'), 'Unrecognized key: "grade"'],
    ['an unknown source', line('hands_in: solution'), 'must be reference, starter, empty-zip, example/<name>'],
    ['a source in another folder', line('hands_in: class/../reference'), 'must be reference'],
    ['a folder above', line('hands_in: class/..'), 'must be reference'],
    ['an unknown way to pack', line('hands_in: starter, packed: rar'), 'expected one of "zip"|"files"|"project-zip"'],
    ['an empty zip as files', line('hands_in: empty-zip, packed: files'), 'must be zip for an empty-zip'],
    ['points between the halves', line('hands_in: starter').replace('points: 1', 'points: 1.25'), 'multiple of 0.5'],
    ['a name with a doubled space', line('hands_in: starter').replace('A B', '"A  B"'), 'with single spaces'],
    ['nobody', 'students: []\n', 'expected array to have >=1 items'],
    ['one email twice', CLASS.replace('zoe2', 'zoe'), 'two students have the same email'],
  ])('refuses %s', (_, text, says) => {
    write('class.yaml', text);
    expect(() => studentsOf(assignment)).toThrow(
      expect.objectContaining({ code: 'SUITE_INVALID', message: expect.stringContaining(says) }),
    );
  });

  test('says so when there is no class', () => {
    rmSync(join(assignment.folder, 'class.yaml'));
    expect(() => studentsOf(assignment)).toThrow(expect.objectContaining({ code: 'ASSIGNMENT_INCOMPLETE' }));
  });
});

describe('enrol', () => {
  test.each(['example/near', 'mutant/B2', 'class/none'])('refuses %s, which is not there', async (source) => {
    write('class.yaml', line(`hands_in: ${source}`));
    await expect(enrol(course, assignment)).rejects.toMatchObject({
      code: 'SUITE_INVALID',
      message: `07-twice: class.yaml names ${source}, which is not there.`,
    });
  });

  test('refuses files of one name in two folders, packed side by side', async () => {
    write('class/notes/fs/twice.ts', '');
    await expect(enrol(course, assignment)).rejects.toMatchObject({
      code: 'SUITE_INVALID',
      message: expect.stringContaining('class/notes has files of the same name in several folders'),
    });
  });

  test('gives everybody a number of their own, and one who hands in nothing', async () => {
    const students = await enrol(course, assignment);
    expect(students.map(({ number }) => number).sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(students.filter(({ attempt }) => attempt === null).map(({ name }) => name)).toEqual(['Konrad Stille']);
  });
});

test('moodleZip names folders as Moodle does', async () => {
  const names = [...moodleZip(await enrol(course, assignment)).keys()];
  expect(names.map((name) => name.replace(/_\d+_/, '_N_'))).toEqual([
    'Ada Lovelace_N_assignsubmission_file/07-twice.zip',
    'Seán OBrien-Müller_N_assignsubmission_file/twice.ts',
    '王小明_N_assignsubmission_file/a_b notes.txt',
    '王小明_N_assignsubmission_file/twice.ts',
    'Zoë Vega_N_assignsubmission_file/07-twice.zip',
    'Tom Short_N_assignsubmission_file/07-twice.zip',
    'Zoë Vega_N_assignsubmission_file/07-twice.zip',
  ]);
});

test('canvasZip names files as Canvas does: late, and uploaded once more', async () => {
  const names = [...canvasZip(await enrol(course, assignment)).keys()];
  expect(names.map((name) => name.replace(/_41\d\d_/, '_U_'))).toEqual([
    'lovelaceada_U_52001_07-twice.zip',
    'obrienmüllerseán_LATE_U_52002_twice.ts',
    '王小明_U_52003_a_b notes.txt',
    '王小明_U_52004_twice-1.ts',
    'vegazoë_U_52005_07-twice-1.zip',
    'shorttom_U_52006_07-twice.zip',
    'vegazoë_U_52007_07-twice.zip',
  ]);
});

describe('moodleDate', () => {
  test.each([
    [0, 'Friday, 20 November 2026, 11:59 PM'],
    [719, 'Friday, 20 November 2026, 12:00 PM'],
    [1439, 'Friday, 20 November 2026, 12:00 AM'],
    [-1, 'Saturday, 21 November 2026, 12:00 AM'],
    [-550, 'Saturday, 21 November 2026, 9:09 AM'],
  ])('%i minutes before the end of the day', (minutes, text) => {
    expect(moodleDate('2026-11-20T23:59:00+01:00', minutes)).toBe(text);
  });
});

describe('sampleOf', () => {
  test('writes the grade files as the systems do', async () => {
    const { files } = await sampleOf(course, assignment);
    const text = (name: string): string => Buffer.from(files.get(name) ?? []).toString('utf8');
    const worksheet = text(SAMPLED.moodle.grades).split('\n');
    expect(worksheet[0]).toBe(
      '\ufeffIdentifier,"Full name","Email address",Status,Grade,"Maximum grade","Grade can be changed","Last modified (submission)","Last modified (grade)","Feedback comments"',
    );
    expect(worksheet[1]).toMatch(
      /^"Participant \d","Ada Lovelace",ada@example\.edu,"Submitted for grading - {2}- ",,6\.00,Yes,"Friday, 20 November 2026, 11:48 PM",-,$/,
    );
    expect(worksheet[2]).toMatch(/"Submitted for grading - 1 hours 49 mins late - ",,6\.00,Yes,"Saturday, 21 Nov/);
    expect(worksheet[7]).toMatch(
      /^"Participant \d","Konrad Stille",konrad\.stille@example\.edu,"No submission - {2}- ",,6\.00,Yes,-,-,$/,
    );
    const gradebook = text(SAMPLED.canvas.grades).split('\n');
    expect(gradebook.slice(0, 2)).toEqual([
      'Student,ID,SIS User ID,SIS Login ID,Section,Twice (88001),Assignments Current Score,Assignments Final Score,Current Score,Final Score',
      '    Points Possible,,,,,6,(read only),(read only),(read only),(read only)',
    ]);
    expect(gradebook.slice(2).map((row) => row.replace(/,41.*/, ''))).toEqual([
      '"Lovelace, Ada"',
      '"O\'Brien-Müller, Seán"',
      '"Short, Tom"',
      '"Stille, Konrad"',
      '"Vega, Zoë"',
      '"Vega, Zoë"',
      '王小明',
      '"Student, Test"',
      '',
    ]);
  });

  test('makes the same bytes twice', async () => {
    const once = await sampleOf(course, assignment);
    const again = await sampleOf(course, assignment);
    expect([...once.files.keys()]).toEqual([...again.files.keys()]);
    for (const [name, bytes] of once.files) expect(Buffer.compare(bytes, again.files.get(name) ?? Buffer.of())).toBe(0);
  });

  test('is read as what it is; both zips bring the same files for the same student', async () => {
    const { students, files } = await sampleOf(course, assignment);
    const read = async (name: string): Promise<Intake> => {
      writeFileSync(join(folder, name), files.get(name) ?? '');
      return intake(join(folder, name));
    };
    const moodle = await read(SAMPLED.moodle.submissions);
    const canvas = await read(SAMPLED.canvas.submissions);
    expect([moodle.system, canvas.system]).toEqual(['moodle', 'canvas']);
    expect([...moodle.unmatched, ...canvas.unmatched]).toEqual([]);
    expect([moodle.submissions.length, canvas.submissions.length]).toEqual([6, 6]);
    expect(moodle.submissions.map(({ who }) => who).sort()).toEqual(
      ['Ada Lovelace', 'Seán OBrien-Müller', 'Tom Short', 'Zoë Vega', 'Zoë Vega', '王小明'].sort(),
    );
    for (const { number, attempt } of students) {
      const ofMoodle = moodle.submissions.find(
        ({ origin }) => origin.system === 'moodle' && origin.participant === String(number),
      );
      const ofCanvas = canvas.submissions.find(
        ({ origin }) => origin.system === 'canvas' && origin.user === String(4100 + number),
      );
      expect(ofCanvas?.files).toEqual(ofMoodle?.files);
      expect(ofCanvas?.late).toBe(attempt?.student.late);
    }
    const filesOf = (who: string) =>
      moodle.submissions.filter((each) => each.who === who).map((each) => each.files.map(({ path }) => path));
    expect(filesOf('王小明')).toEqual([['a_b notes.txt', 'twice.ts']]);
    expect(filesOf('Seán OBrien-Müller')).toEqual([['twice.ts']]);
    expect(filesOf('Zoë Vega').sort()).toEqual([[], ['mm/twice.ts']]);
    expect(filesOf('Tom Short')[0]).toEqual(expect.arrayContaining(['README.md', 'include/types.ts', 'mm/twice.ts']));
  });
});
