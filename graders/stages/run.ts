/** The fourth stage: plays the suites and budgets of an assignment on each program, in sealed realms. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Assignment } from '../model/assignment.ts';
import type { Job, Observation, Repertoire } from '../model/observation.ts';
import { type PoolOptions, playAll } from '../play/pool.ts';

/** Which of an assignment's suites are played: a student at home has the public ones only. */
export type Audience = 'public' | 'hidden';

/** @param seen  told of each job as it is done, in any order, so that nothing is lost when the run is cut short */
export async function run(
  assignment: Assignment,
  audience: readonly Audience[],
  jobs: AsyncIterable<Job> | Iterable<Job>,
  options: PoolOptions,
  seen: (key: string, observation: Observation) => void,
): Promise<void> {
  await playAll(jobs, repertoireOf(assignment, audience), options, seen);
}

export function repertoireOf(assignment: Assignment, audience: readonly Audience[]): Repertoire {
  return {
    suites: audience.flatMap((folder) => suitesIn(join(assignment.folder, folder))),
    seed: assignment.seed,
    limits: { work: assignment.limits.workM * 1e6, heapBytes: assignment.limits.heapMiB * 2 ** 20 },
    sizes: Object.fromEntries(assignment.criteria.map(({ id, budget }) => [id, budget?.sizes ?? []])),
  };
}

/** Suites of a folder: tests first, budgets last, each by name. */
function suitesIn(folder: string): string[] {
  const files = readdirSync(folder).sort();
  return ['.test.ts', '.budget.ts'].flatMap((ending) =>
    files.filter((file) => file.endsWith(ending)).map((file) => join(folder, file)),
  );
}
