/**
 * Proves an assignment's suites before anyone is graded by them: the reference gets full marks, the starter its floor,
 * every mutant and every example exactly its verdict, and all but the mutants again in other orders.
 */
import type { Course } from '../course.ts';
import type { Assignment } from '../model/assignment.ts';
import type { Result } from '../model/result.ts';
import type { Submission } from '../model/submission.ts';
import type { VerdictKind } from '../model/verdict.ts';
import { assess } from '../pipeline/assess.ts';
import type { Crew } from '../play/crew.ts';
import { examplesOf, type Files, mutantsOf, referenceFiles, starterFiles } from './sources.ts';

/** Orders in which the suites are played again. */
const ORDERS = [7, 1234567] as const;

interface Case {
  readonly key: string;
  readonly says: string;
  readonly files: Files;
  /** What is wrong with a result, in a sentence; undefined if it is as it must be. */
  readonly expect: (result: Result) => string | undefined;
}

export interface Proof {
  readonly assignment: string;
  /** One row for each mutant: the kind of verdict by criterion. */
  readonly matrix: readonly {
    readonly mutant: string;
    readonly says: string;
    readonly kinds: readonly VerdictKind[];
  }[];
  readonly criteria: readonly string[];
  /** Everything that is not as it must be, a sentence each. */
  readonly faults: readonly string[];
  readonly cases: number;
}

export async function verify(
  course: Course,
  assignment: Assignment,
  crew: Crew,
  proven: (key: string) => void,
): Promise<Proof> {
  const mutants = mutantsOf(course, assignment);
  const cases: Case[] = [
    { key: 'reference', says: 'the reference', files: referenceFiles(course, assignment), expect: fullMarks },
    {
      key: 'starter',
      says: 'the starter, unchanged',
      files: starterFiles(course, assignment),
      expect: floorOf(assignment),
    },
    ...mutants.map(({ name, says, files, fails }) => ({ key: `mutant/${name}`, says, files, expect: exactly(fails) })),
    ...examplesOf(assignment).map(({ name, says, files, ...expected }) => ({
      key: `example/${name}`,
      says,
      files,
      expect: (result: Result) => exampleFault(result, expected),
    })),
  ];
  const first = await play(course, assignment, cases, crew, null, proven);
  const faults = cases.flatMap(({ key, says, expect }) => {
    const result = first.get(key);
    const fault = result === undefined ? 'was not judged' : expect(result);
    return fault === undefined ? [] : [`${key} (${says}): ${fault}`];
  });
  const known = cases.filter(({ key }) => !key.startsWith('mutant/'));
  for (const order of ORDERS) {
    const again = await play(course, assignment, known, crew, order, () => undefined);
    for (const { key } of known) {
      if (JSON.stringify(again.get(key)) !== JSON.stringify(first.get(key))) {
        faults.push(`${key}: another result when the tests run in another order (seed ${order})`);
      }
    }
  }
  const ids = assignment.criteria.map(({ id }) => id);
  const exercised = new Set(mutants.flatMap(({ fails }) => Object.keys(fails).filter((id) => fails[id] !== 'skipped')));
  faults.push(...ids.filter((id) => !exercised.has(id)).map((id) => `criterion "${id}": no mutant exercises it`));
  return {
    assignment: assignment.id,
    criteria: ids,
    matrix: mutants.map(({ name, says }) => ({
      mutant: name,
      says,
      kinds: first.get(`mutant/${name}`)?.criteria.map(({ verdict }) => verdict.kind) ?? [],
    })),
    faults,
    cases: cases.length,
  };
}

/** @param order  seed for the order of the tests; null for the order they stand in */
async function play(
  course: Course,
  assignment: Assignment,
  cases: readonly Case[],
  crew: Crew,
  order: number | null,
  proven: (key: string) => void,
): Promise<ReadonlyMap<string, Result>> {
  const results = new Map<string, Result>();
  const how = { crew, order };
  await assess(course, assignment, cases.map(submissionOf), how, ({ key }, result) => {
    results.set(key, result);
    proven(key);
  });
  return results;
}

function submissionOf({ key, files }: Case): Submission {
  const bytes = [...files].map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
  return { key, who: key, origin: { system: 'folder', folder: key }, late: false, files: bytes, problems: [] };
}

function fullMarks(result: Result): string | undefined {
  return exactly({})(result) ?? (result.milli === result.maxMilli ? undefined : 'not full marks');
}

function floorOf({ floor }: Assignment) {
  return ({ milli }: Result): string | undefined =>
    milli === floor * 1000 ? undefined : `is worth ${milli / 1000} points, not the stated floor of ${floor}`;
}

/** Exactly these criteria do not pass, in exactly these ways. */
function exactly(fails: Readonly<Record<string, VerdictKind>>) {
  return ({ criteria }: Result): string | undefined => {
    const wrong = criteria.flatMap(({ id, verdict: { kind } }) => {
      const expected = fails[id] ?? 'passed';
      return kind === expected ? [] : [`${id} is ${kind}, not ${expected}`];
    });
    const unknown = Object.keys(fails).filter((id) => !criteria.some((criterion) => criterion.id === id));
    const all = [...wrong, ...unknown.map((id) => `there is no criterion ${id}`)];
    return all.length === 0 ? undefined : all.join(', ');
  };
}

function exampleFault(
  result: Result,
  expected: {
    readonly verdict: VerdictKind;
    readonly points: number;
    readonly fails?: Record<string, VerdictKind> | undefined;
  },
): string | undefined {
  if (result.verdict !== expected.verdict) return `is ${result.verdict}, not ${expected.verdict}`;
  if (result.milli !== expected.points * 1000) return `is worth ${result.milli / 1000} points, not ${expected.points}`;
  return expected.fails === undefined ? undefined : exactly(expected.fails)(result);
}
