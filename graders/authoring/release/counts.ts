import type { Course } from '../../course.ts';
import { GraderError } from '../../errors.ts';
import type { Assignment } from '../../model/assignment.ts';
import type { Observation } from '../../model/observation.ts';
import { referenceJob } from '../../pipeline/assess.ts';
import { withCrew } from '../../play/crew.ts';
import { run } from '../../stages/run.ts';
import type { Counts } from './contents.ts';
import { PUBLIC_SEED } from './public-seed.ts';

/** The last resort against an endless reference, in milliseconds a test. */
const TEST_WALL_MS = 60_000;

/**
 * The work that the reference does in the public budgets, as a student will see it beside their own.
 * @throws GraderError RELEASE_FAILED when the reference does not pass the public tests
 */
export async function referenceCounts(course: Course, assignment: Assignment): Promise<Counts> {
  let seen: Observation | undefined;
  const jobs = [await referenceJob(course, assignment)];
  const atHome = { ...assignment, seed: PUBLIC_SEED };
  await withCrew(1, (crew) =>
    run(atHome, ['public'], jobs, { crew, order: null, testWallMs: TEST_WALL_MS }, (_, observation) => {
      seen = observation;
    }),
  );
  const wrong = seen?.kind === 'played' ? seen.tests.find(({ outcome }) => outcome.kind !== 'passed') : undefined;
  if (seen?.kind !== 'played' || wrong !== undefined) {
    const what = wrong === undefined ? 'could not be played' : `fail: "${wrong.title}" of ${wrong.criterion}`;
    throw new GraderError(
      'RELEASE_FAILED',
      `The public tests of ${assignment.id} ${what} with the reference itself. Run: npx osgrade verify ${assignment.id}`,
    );
  }
  const { counts } = seen;
  const criteria = [...new Set(counts.map(({ criterion }) => criterion))];
  const of = (id: string) =>
    counts.filter(({ criterion }) => criterion === id).map(({ size, count }) => ({ size, count }));
  return Object.fromEntries(criteria.map((id) => [id, of(id)]));
}
