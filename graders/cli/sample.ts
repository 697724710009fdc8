/** `osgrade sample`: an invented class as Moodle and Canvas would give it, and, with --grade, a tour through the whole kit. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { agreement, gradeSample, writeSample } from '../authoring/sample/grade.ts';
import { hasSample, SAMPLED, type Sample, sampleOf } from '../authoring/sample.ts';
import { assignmentIds, COURSE, loadAssignment } from '../course.ts';
import { GraderError } from '../errors.ts';
import type { Assignment } from '../model/assignment.ts';
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

async function written(assignments: readonly Assignment[], out: string): Promise<string[]> {
  const lines: string[] = [];
  for (const assignment of assignments) {
    const sample = await sampleOf(COURSE, assignment);
    const folder = join(out, assignment.id);
    writeSample(sample, folder);
    const { moodle, canvas } = SAMPLED;
    lines.push(
      `${assignment.title}: ${handedIn(sample)} students. Try for example:`,
      ...[moodle, canvas].map(
        ({ submissions, grades }) =>
          `  npm run -s osgrade -- grade ${assignment.id} ${join(folder, submissions)} --gradebook ${join(folder, grades)}`,
      ),
      '',
    );
  }
  return lines;
}

async function graded(assignments: readonly Assignment[], options: SampleOptions): Promise<[string[], boolean]> {
  const started = Date.now();
  const look: string[] = [];
  const differences: string[] = [];
  const counts: string[] = [];
  let students = 0;
  let agreeing = 0;
  for (const assignment of assignments) {
    const { id } = assignment;
    const sample = await sampleOf(COURSE, assignment);
    const out = { moodle: join('results', id), canvas: join('results', `${id}-canvas`) };
    const bars: { end(): void }[] = [];
    const watch = (system: keyof typeof out) => {
      const bar = progressOn(process.stderr, `${id} from ${system}`);
      bars.push(bar);
      return bar;
    };
    const how = { sample: join(options.out, id), out, workers: options.jobs ?? availableParallelism(), watch };
    const both = await gradeSample(COURSE, id, sample, how).finally(() => {
      for (const bar of bars) bar.end();
    });
    const found = agreement(sample, both);
    students += found.students;
    agreeing += found.agreeing;
    counts.push(`${found.students} students of ${id}`);
    differences.push(...found.differences.map((says) => `  ${id}, ${says}`));
    look.push(
      `${assignment.title}:`,
      `  ${join(out.moodle, 'class.html')}   the class on one page, with a link to what each student is told`,
      `  ${join(out.moodle, 'bundle')}   the filled-in worksheet and the feedback, to upload to Moodle`,
      `  ${join(out.canvas, 'bundle')}   the same for Canvas`,
      `  ${join(how.sample)}   what Moodle and Canvas gave: the submissions, and files for the grades`,
      `  ${join('assignments', id, 'handout.md')}   what the students were asked`,
    );
  }
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const holds = differences.length === 0 && agreeing === students;
  const lines = [
    '',
    `An invented class was handed in twice, as Moodle and as Canvas would give it: ${counts.join(', ')}.`,
    `All were graded, from both, in ${seconds} s: ${agreeing} of ${students} as written down before, from Moodle and Canvas alike.`,
    ...(differences.length === 0 ? [] : ['', `${differences.length} not as written down:`, ...differences]),
    '',
    'Look at:',
    ...look,
  ];
  return [lines, holds];
}

function handedIn({ students }: Sample): number {
  return students.filter(({ attempt }) => attempt !== null).length;
}
