/**
 * The sample class of each assignment, through the whole pipeline from both of its zips: every student gets exactly the
 * verdict and the points that were written down, from Moodle and from Canvas alike.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Agreement, agreement } from '../authoring/sample/agreement.ts';
import { gradeSample } from '../authoring/sample/grade.ts';
import { type BySystem, hasSample, type Sample, sampleOf } from '../authoring/sample.ts';
import { assignmentIds, COURSE, loadAssignment } from '../course.ts';
import { parseCsv } from '../lms/grades/csv.ts';
import type { Graded } from '../pipeline.ts';
import { withCrew } from '../play/crew.ts';

const SILENT = { begin: () => undefined, graded: () => undefined };
const MINUTES = 60_000;

const sampled = assignmentIds(COURSE)
  .map((id) => loadAssignment(COURSE, id))
  .filter(hasSample);

test('the first two assignments have a sample class', () => {
  expect(sampled.map(({ id }) => id)).toEqual(expect.arrayContaining(['01-page-tables', '03-buddy']));
});

describe.each(sampled)('$id', (assignment) => {
  let folder = '';
  let sample: Sample;
  let graded: BySystem<Graded>;
  let found: Agreement;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'osgrade-sample-'));
    sample = await sampleOf(COURSE, assignment);
    const out = { moodle: join(folder, 'moodle'), canvas: join(folder, 'canvas') };
    graded = await withCrew(availableParallelism(), (crew) =>
      gradeSample(COURSE, assignment, sample, { sample: folder, out, crew, watch: SILENT }),
    );
    found = agreement(sample, graded);
  }, 10 * MINUTES);
  afterAll(() => rmSync(folder, { recursive: true }));

  test('looks like a class: every kind of verdict, late ones, a resubmission, namesakes, every way to pack', () => {
    const students = sample.students.flatMap(({ attempt }) => (attempt === null ? [] : [attempt.student]));
    expect(students.length).toBeGreaterThanOrEqual(24);
    expect(new Set(students.map(({ verdict }) => verdict))).toEqual(
      new Set(['passed', 'failed', 'crashed', 'timedOut', 'overBudget', 'ungradable']),
    );
    expect(new Set(students.map(({ packed }) => packed))).toEqual(new Set(['zip', 'files', 'project-zip']));
    expect(students.some(({ late }) => late)).toBe(true);
    expect(students.some(({ resubmitted }) => resubmitted !== undefined)).toBe(true);
    expect(new Set(students.map(({ name }) => name)).size).toBeLessThan(students.length);
  });

  test('gives everybody what was written down before, from both systems', () => {
    expect(found.differences).toEqual([]);
    expect(found.agreeing).toBe(found.students);
  });

  test('comes to the same criteria and findings from both systems', () => {
    const told = ({ results }: Graded): string[] =>
      results
        .map(({ verdict, milli, criteria, findings }) => JSON.stringify({ verdict, milli, criteria, findings }))
        .sort();
    expect(told(graded.canvas)).toEqual(told(graded.moodle));
  });

  test('fills in a grade for everybody but the one who handed in nothing', () => {
    const { students } = found;
    const worksheet = rowsOf(join(folder, 'moodle/bundle/moodle-worksheet.csv'));
    const gradebook = rowsOf(join(folder, 'canvas/bundle/canvas-gradebook.csv'));
    expect(worksheet.filter((row) => /^\d+(\.\d+)?$/.test(row[4] ?? '')).length).toBe(students);
    // Below the header and the row of possible points.
    expect(gradebook.slice(2).filter((row) => /^\d+(\.\d+)?$/.test(row.at(-1) ?? '')).length).toBe(students);
    expect(readdirSync(join(folder, 'moodle/bundle')).sort()).toEqual([
      'moodle-feedback.zip',
      'moodle-worksheet.csv',
      'summary.csv',
    ]);
  });
});

function rowsOf(path: string): string[][] {
  const table = parseCsv(readFileSync(path, 'utf8'), ',');
  if (typeof table === 'string') throw new Error(table);
  return table.rows.map((row) => row.map(({ text }) => text));
}
