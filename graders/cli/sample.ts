/** `osgrade sample`: an invented class as Moodle and Canvas would give it, and, with --grade, a tour through the whole kit. */
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { type Agreement, agreement } from '../authoring/sample/agreement.ts';
import { gradeSample, writeSample } from '../authoring/sample/grade.ts';
import { type BySystem, hasSample, SAMPLED, type Sample, SYSTEMS, type System, sampleOf } from '../authoring/sample.ts';
import { assignmentIds, COURSE, loadAssignment } from '../course.ts';
import { GraderError } from '../errors.ts';
import type { Assignment } from '../model/assignment.ts';
import { type Crew, withCrew } from '../play/crew.ts';
import { progressOn } from './progress.ts';

export interface SampleOptions {
  readonly out: string;
  readonly grade?: true;
  readonly jobs?: number;
}

/** @returns what to print, and whether every verdict is the one that was written down */
export async function sampleCommand(options: SampleOptions): Promise<[string, boolean]> {
  const assignments = assignmentIds(COURSE).map((id) => loadAssignment(COURSE, id));
  const sampled = assignments.filter(hasSample);
  if (sampled.length === 0) throw new GraderError('ASSIGNMENT_INCOMPLETE', 'No assignment has a class.yaml.');
  const without = assignments
    .filter((assignment) => !hasSample(assignment))
    .map(({ id }) => `${id} has no class.yaml.`);
  const [lines, holds] = options.grade ? await graded(sampled, options) : [await written(sampled, options.out), true];
  return [[...lines, ...without].join('\n'), holds];
}

async function written(assignments: readonly Assignment[], to: string): Promise<string[]> {
  const lines: string[] = [];
  for (const assignment of assignments) {
    const sample = await sampleOf(COURSE, assignment);
    const folder = join(to, assignment.id);
    writeSample(sample, folder);
    const out = outOf(assignment);
    const command = (system: System): string => {
      const { submissions, grades } = SAMPLED[system];
      const files = `${join(folder, submissions)} --gradebook ${join(folder, grades)}`;
      return `  npm run -s osgrade -- grade ${assignment.id} ${files} --out ${out[system]}`;
    };
    lines.push(`${assignment.title}: ${handedIn(sample)} students. Try for example:`, ...SYSTEMS.map(command), '');
  }
  return lines;
}

async function graded(assignments: readonly Assignment[], options: SampleOptions): Promise<[string[], boolean]> {
  const started = Date.now();
  const tours: Tour[] = [];
  await withCrew(options.jobs ?? availableParallelism(), async (crew) => {
    for (const assignment of assignments) tours.push(await tour(assignment, options.out, crew));
  });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const students = sum(tours.map(({ found }) => found.students));
  const agreeing = sum(tours.map(({ found }) => found.agreeing));
  const differences = tours.flatMap(({ id, found }) => found.differences.map((says) => `  ${id}, ${says}`));
  const counts = tours.map(({ id, found }) => `${found.students} students of ${id}`);
  const lines = [
    '',
    `An invented class was handed in twice, as Moodle and as Canvas would give it: ${counts.join(', ')}.`,
    `All were graded, from both, in ${seconds} s: ${agreeing} of ${students} as written down before, from Moodle and Canvas alike.`,
    ...(differences.length === 0 ? [] : ['', `${differences.length} not as written down:`, ...differences]),
    '',
    'Look at:',
    ...tours.flatMap(({ look }) => look),
  ];
  return [lines, differences.length === 0];
}

/** What came of one assignment's class, and where to look. */
interface Tour {
  readonly id: string;
  readonly found: Agreement;
  readonly look: readonly string[];
}

async function tour(assignment: Assignment, folder: string, crew: Crew): Promise<Tour> {
  const { id, title } = assignment;
  const sample = await sampleOf(COURSE, assignment);
  const progress = progressOn(process.stderr, id);
  const how = {
    sample: join(folder, id),
    out: outOf(assignment),
    crew,
    watch: progress,
  };
  const both = await gradeSample(COURSE, assignment, sample, how).finally(() => progress.end());
  const look = [
    `${title}:`,
    `  ${join(how.out.moodle, 'class.html')}   the class on one page, with a link to what each student is told`,
    `  ${join(how.out.moodle, 'bundle')}   the filled-in worksheet and the feedback, to upload to Moodle`,
    `  ${join(how.out.canvas, 'bundle')}   the same for Canvas`,
    `  ${how.sample}   what Moodle and Canvas gave: the submissions, and the files for the grades`,
    `  ${relative('', join(assignment.folder, 'handout.md'))}   what the students were asked`,
  ];
  return { id, found: agreement(sample, both), look };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function outOf({ id }: Assignment): BySystem<string> {
  return { moodle: join('results', 'sample', id), canvas: join('results', 'sample', `${id}-canvas`) };
}

function handedIn({ students }: Sample): number {
  return students.filter(({ attempt }) => attempt !== null).length;
}
