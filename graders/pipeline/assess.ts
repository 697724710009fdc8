/** The middle of the pipeline: check, compile, run, judge. What `grade` does to a class, `verify` does to our own. */
import { createHash } from 'node:crypto';
import type { Course } from '../course.ts';
import { GraderError } from '../errors.ts';
import type { Assignment } from '../model/assignment.ts';
import type { CountSeen, Job, Observation } from '../model/observation.ts';
import type { Finding, Result } from '../model/result.ts';
import type { Submission } from '../model/submission.ts';
import { createChecker } from '../stages/check.ts';
import { compile, type Overlay } from '../stages/compile.ts';
import { judge, type Seen } from '../stages/judge.ts';
import { run } from '../stages/run.ts';
import { sourceTree } from '../tree.ts';

/** The last resort against a test that hangs where work cannot be counted. */
const TEST_WALL_MS = 60_000;

/** The key of the reference's own job; no submission's key has an at sign. */
const REFERENCE = '@reference';

/** A submission that compiled, and all that is known of it before it runs. */
interface Candidate {
  readonly submission: Submission;
  readonly findings: readonly Finding[];
}

export interface How {
  readonly workers: number;
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
  if (submissions.length === 0) return;
  const none: ReadonlyMap<string, CountSeen[]> = new Map();
  const refuse = ({ submission, findings }: Candidate, reasons: readonly string[]): void =>
    judged(submission, judge(assignment, submission, findings, { kind: 'ungradable', reasons }, none));

  // Submissions with the very same files are played once.
  const jobs = new Map<string, Job>();
  const candidates = new Map<string, Candidate[]>();
  const checker = createChecker(course.starter);
  try {
    for (const submission of submissions) {
      const { overlay, findings, gradable, reasons } = await checker.check(assignment, submission);
      const candidate = { submission, findings };
      if (!gradable) {
        refuse(candidate, reasons);
        continue;
      }
      const key = overlayKey(overlay);
      const same = candidates.get(key);
      if (same !== undefined) {
        same.push(candidate);
        continue;
      }
      const compiled = await compile(course.starter, overlay, assignment.holes);
      if (compiled.kind === 'refused') {
        refuse(candidate, [
          compiled.at === null ? compiled.says : `${compiled.at.file}:${compiled.at.line}: ${compiled.says}`,
        ]);
        continue;
      }
      jobs.set(key, { key, program: compiled.program });
      candidates.set(key, [candidate]);
    }
  } finally {
    await checker.close();
  }
  if (jobs.size === 0) return;

  // Budgets are held against the reference's own counts, so whatever is done before those are there waits for them.
  let reference: ReadonlyMap<string, readonly CountSeen[]> | undefined;
  const waiting: [string, Observation][] = [];
  const settle = (key: string, seen: Seen): void => {
    for (const { submission, findings } of candidates.get(key) ?? []) {
      judged(submission, judge(assignment, submission, findings, seen, reference ?? none));
    }
  };
  const all = [await referenceJob(course, assignment), ...jobs.values()];
  await run(assignment, ['public', 'hidden'], all, { ...how, testWallMs: TEST_WALL_MS }, (key, seen) => {
    if (key === REFERENCE) {
      reference = countsOf(assignment, seen);
      for (const [earlier, observation] of waiting) settle(earlier, observation);
    } else if (reference === undefined) waiting.push([key, seen]);
    else settle(key, seen);
  });
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
