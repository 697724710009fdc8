import { createHash } from 'node:crypto';
import { type Assignment, AssignmentFile } from '../../model/assignment.ts';
import type { CountSeen, Observation, Outcome, TestSeen } from '../../model/observation.ts';
import { Result } from '../../model/result.ts';
import type { Counterexample, VerdictKind } from '../../model/verdict.ts';
import { GRAVITY } from '../../model/verdict.ts';
import { headline, judge, type Seen } from '../judge.ts';

const assignment: Assignment = {
  ...AssignmentFile.parse({
    title: 'Tiny',
    due: '2027-03-12T23:59:00+01:00',
    holes: ['mm/a.ts'],
    allowed: [],
    floor: 0,
    seed: 1,
    limits: { workM: 1, heapMiB: 16 },
    criteria: [
      { id: 'base', title: 'The base', points: 3, hint: { failed: 'look', crashed: 'it threw' } },
      { id: 'upper', title: 'Upper', points: 2, needs: 'base', hint: { failed: 'look up' } },
      {
        id: 'speed',
        title: 'Speed',
        points: 5,
        needs: 'base',
        hint: { failed: 'look', overBudget: 'too much' },
        budget: { measure: 'steps', sizes: [10, 100], growth: 'linear', full: 2, half: 4 },
      },
    ],
  }),
  id: '00-tiny',
  folder: '/00-tiny',
};

const submission = { key: 'ada-1', who: 'Ada', late: true, files: [{ path: 'mm/a.ts', bytes: Buffer.from('x') }] };
const counts = (factor: number, power = 1): CountSeen[] =>
  [10, 100].map((size) => ({ criterion: 'speed', size, count: factor * size ** power }));
const reference = new Map([['speed', counts(10)]]);

const PASSED: Outcome = { kind: 'passed' };
const TIMED_OUT: Outcome = { kind: 'timedOut', limit: 'work' };
const CRASHED: Outcome = { kind: 'crashed', thrown: { name: 'TypeError', message: 'no', at: [] } };
const example = (step: string): Counterexample => ({ steps: [step], expected: '1', actual: '2', figures: [] });
const failed = (step?: string): Outcome => ({
  kind: 'failed',
  counterexample: step === undefined ? null : example(step),
  says: 'expect(secret).toBe(1)',
});

/** Outcomes of the tests of `base`, then of `upper` and `speed`, which pass unless said otherwise. */
function seen(base: readonly Outcome[], upper = [PASSED], speed = [PASSED, PASSED], counted = counts(10)): Observation {
  const of = (criterion: string, outcomes: readonly Outcome[]): TestSeen[] =>
    outcomes.map((outcome, i) => ({ criterion, title: `test ${i}`, work: 0, outcome }));
  return {
    kind: 'played',
    tests: [...of('upper', upper), ...of('speed', speed), ...of('base', base)],
    counts: counted,
  };
}

const judged = (what: Seen): Result => judge(assignment, submission, [], what, reference);
const kinds = ({ criteria }: Result): VerdictKind[] => criteria.map(({ verdict }) => verdict.kind);
const millis = ({ criteria }: Result): number[] => criteria.map(({ milli }) => milli);

describe('judge', () => {
  test('all passed: all points, and a result that fits the schema', () => {
    const result = judged(seen([PASSED]));
    expect(Result.parse(result)).toEqual(result);
    expect(result).toMatchObject({ verdict: 'passed', milli: 10_000, maxMilli: 10_000 });
    expect(result.submission).toEqual({
      key: 'ada-1',
      who: 'Ada',
      late: true,
      files: [{ path: 'mm/a.ts', sha256: createHash('sha256').update('x').digest('hex') }],
    });
    expect(result.criteria[2]?.verdict).toMatchObject({ kind: 'passed', curve: { ratio: 1, slope: 1 } });
  });

  test('failed: at most two counterexamples, how many of how many, and never what the test said', () => {
    const result = judged(seen([failed('a'), PASSED, failed(), failed('b'), failed('c')]));
    expect(result.criteria[0]?.verdict).toEqual({
      kind: 'failed',
      hint: 'look',
      counterexamples: [example('a'), example('b')],
      failed: 4,
      tests: 5,
    });
    expect(JSON.stringify(result)).not.toContain('secret');
  });

  test('one failure is worth nothing, and what needs it is skipped, with its title', () => {
    const result = judged(seen([PASSED, failed()]));
    expect([kinds(result), millis(result)]).toEqual([
      ['failed', 'skipped', 'skipped'],
      [0, 0, 0],
    ]);
    expect(result.criteria[1]?.verdict).toEqual({ kind: 'skipped', because: 'The base' });
  });

  test('the gravest of a criterion’s tests counts: timed out, crashed, failed', () => {
    expect(kinds(judged(seen([failed(), CRASHED, TIMED_OUT])))[0]).toBe('timedOut');
    expect(kinds(judged(seen([failed(), CRASHED, PASSED])))[0]).toBe('crashed');
  });

  test('a hint for its kind, or the one for failures', () => {
    expect(judged(seen([CRASHED])).criteria[0]?.verdict).toMatchObject({ hint: 'it threw' });
    expect(judged(seen([TIMED_OUT])).criteria[0]?.verdict).toMatchObject({ hint: 'look' });
  });

  test.each([
    ['at the ratio for full points', 20, 'passed', 5000],
    ['just above it', 21, 'overBudget', 2500],
    ['at the ratio for half points', 40, 'overBudget', 2500],
    ['just above that', 41, 'overBudget', 0],
  ])('a budget %s', (_, factor, kind, milli) => {
    const result = judged(seen([PASSED], [PASSED], [PASSED, PASSED], counts(factor)));
    expect([kinds(result)[2], millis(result)[2]]).toEqual([kind, milli]);
  });

  test('growth beyond the class earns nothing, however small the counts', () => {
    const result = judged(seen([PASSED], [PASSED], [PASSED, PASSED], counts(0.1, 2)));
    expect(result.criteria[2]).toMatchObject({
      milli: 0,
      verdict: { kind: 'overBudget', why: 'growth', hint: 'too much' },
    });
  });

  test('a budget whose workload went wrong is not held against the counts', () => {
    expect(kinds(judged(seen([PASSED], [PASSED], [PASSED, CRASHED], [])))[2]).toBe('crashed');
  });

  test('a criterion without a test is our fault', () => {
    const result = judged(seen([PASSED], []));
    expect(result.criteria[1]?.verdict).toMatchObject({ kind: 'broken', code: 'SUITE_INVALID' });
    expect(result.verdict).toBe('broken');
  });

  test('what did not run at all', () => {
    const ungradable = judged({ kind: 'ungradable', reasons: ['no file'] });
    expect([ungradable.milli, kinds(ungradable)]).toEqual([0, ['ungradable', 'ungradable', 'ungradable']]);
    expect(ungradable.criteria[0]?.verdict).toEqual({ kind: 'ungradable', reasons: ['no file'] });
    const hung = judged({ kind: 'stopped', limit: 'wall' });
    expect(hung.criteria[0]?.verdict).toEqual({ kind: 'timedOut', hint: 'look', limit: 'wall', at: [] });
    const broken = judged({ kind: 'broken', code: 'RUN_WORKER', says: 'it died' });
    expect(broken.criteria[0]?.verdict).toEqual({ kind: 'broken', code: 'RUN_WORKER', says: 'it died' });
    expect(broken.verdict).toBe('broken');
  });
});

describe('headline', () => {
  test('is the gravest kind', () => {
    for (const [i, kind] of GRAVITY.entries()) expect(headline(GRAVITY.slice(i).toReversed())).toBe(kind);
  });
  test('of nothing is passed', () => expect(headline([])).toBe('passed'));
});
