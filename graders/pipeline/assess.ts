/** The middle of the pipeline: check, compile, run, judge. What `grade` does to a class, `verify` does to our own. */
import { createHash } from 'node:crypto';
import type { Course } from '../course.ts';
import { GraderError } from '../errors.ts';
import type { Assignment } from '../model/assignment.ts';
import type { CountSeen, Job, Observation } from '../model/observation.ts';
import type { Result } from '../model/result.ts';
import type { Submission } from '../model/submission.ts';
import type { Crew } from '../play/crew.ts';
import { type Checked, createChecker } from '../stages/check.ts';
import { compile, type Overlay } from '../stages/compile.ts';
import { run } from '../stages/run.ts';
import { sourceTree } from '../tree.ts';
import { Bench } from './bench.ts';

/** The last resort against a test that hangs where work cannot be counted. */
const TEST_WALL_MS = 60_000;

/** The key of the reference's own job; no submission's key has an at sign. */
const REFERENCE = '@reference';

export interface How {
  readonly crew: Crew;
  /** Seed for the order in which tests are played; null for the order they stand in. */
  readonly order: number | null;
}

/** @param judged  told of each submission as soon as its result is there */
export async function assess(
  course: Course,
  assignment: Assignment,
  submissions: readonly Submission[],
  how: How,
  judged: (submission: Submission, result: Result) => void,
): Promise<void> {
  const bench = new Bench(assignment, judged);
  // The reference is played, too.
  if (submissions.length > 0) how.crew.warm(submissions.length + 1);
  const jobs = prepared(course, assignment, submissions, bench);
  await run(assignment, ['public', 'hidden'], jobs, { ...how, testWallMs: TEST_WALL_MS }, (key, seen) => {
    if (key === REFERENCE) bench.measure(countsOf(assignment, seen));
    else bench.settle(key, seen);
  });
}

/** Checks and compiles, while others are already played. Submissions with the very same files are played once. */
async function* prepared(
  course: Course,
  assignment: Assignment,
  submissions: readonly Submission[],
  bench: Bench,
): AsyncGenerator<Job> {
  const checker = createChecker(course.starter);
  const checks = new Map<string, Omit<Checked, 'submission'>>();
  try {
    // It is played while the type checker starts.
    if (submissions.length > 0) yield await referenceJob(course, assignment);
    for (const submission of submissions) {
      const content = contentKey(submission);
      const checked = checks.get(content) ?? (await checker.check(assignment, submission));
      checks.set(content, checked);
      const { overlay, findings, gradable, reasons } = checked;
      const candidate = { submission, findings };
      if (!gradable) {
        bench.refuse(candidate, reasons);
        continue;
      }
      const key = overlayKey(overlay);
      if (bench.joins(key, candidate)) continue;
      const compiled = await compile(course.starter, overlay, assignment.holes);
      if (compiled.kind === 'refused') {
        const place = compiled.at === null ? '' : `${compiled.at.file}:${compiled.at.line}: `;
        bench.refuse(candidate, [`${place}${compiled.says}`]);
        continue;
      }
      bench.seat(key, candidate);
      yield { key, program: compiled.program };
    }
  } finally {
    await checker.close();
  }
}

export async function referenceJob(course: Course, assignment: Assignment): Promise<Job> {
  const compiled = await compile(course.starter, sourceTree(course.reference), assignment.holes);
  if (compiled.kind === 'compiled') return { key: REFERENCE, program: compiled.program };
  const place = compiled.at === null ? '' : `${compiled.at.file}:${compiled.at.line}: `;
  throw new GraderError('COMPILE_FAILED', `The reference does not bundle: ${place}${compiled.says}`);
}

/** @throws GraderError SUITE_INVALID if the reference itself does not pass: nobody may be graded by such suites */
function countsOf(assignment: Assignment, seen: Observation): ReadonlyMap<string, readonly CountSeen[]> {
  const doubt = (says: string): GraderError =>
    new GraderError('SUITE_INVALID', `${assignment.id}: ${says} Run "osgrade verify ${assignment.id}".`);
  if (seen.kind === 'broken') throw doubt(`the suites could not be played: ${seen.says}`);
  if (seen.kind === 'stopped') throw doubt('the reference itself hung.');
  const wrong = seen.tests.find(({ outcome }) => outcome.kind !== 'passed');
  if (wrong !== undefined)
    throw doubt(`the reference itself does not pass "${wrong.criterion}", test "${wrong.title}".`);
  const of = (id: string): CountSeen[] => seen.counts.filter(({ criterion }) => criterion === id);
  return new Map(assignment.criteria.map(({ id }) => [id, of(id)]));
}

function overlayKey(overlay: Overlay): string {
  const hash = createHash('sha256');
  for (const [path, text] of [...overlay].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(JSON.stringify([path, text]));
  return hash.digest('hex');
}

/** The same for two submissions that the check stage cannot tell apart. */
function contentKey({ files, problems }: Submission): string {
  const hash = createHash('sha256').update(JSON.stringify(problems));
  for (const { path, bytes } of files) hash.update(JSON.stringify([path, bytes.length])).update(bytes);
  return hash.digest('hex');
}
