/** Results that hold each kind of verdict, figure and finding once. `said` stands wherever a student's text may stand. */
import { type Assignment, AssignmentFile } from '../../model/assignment.ts';
import { type CriterionResult, Result } from '../../model/result.ts';
import type { Curve, Figure, Verdict, VerdictKind } from '../../model/verdict.ts';

export const strip = (said: string): Figure => ({
  kind: 'strip',
  title: 'After the last step',
  axis: { unit: 'frame', from: 0, to: 16 },
  rows: [
    {
      label: 'order 3',
      cells: [
        { from: 8, to: 16, state: 'missing', label: '8..15' },
        { from: 0, to: 0.1, state: 'used', label: said },
      ],
    },
    { label: 'order 1', cells: [{ from: 12, to: 14, state: 'wrong', label: '12..13' }] },
  ],
  text: `12..13 stands alone ${said}`,
});

export const grid = (said: string): Figure => ({
  kind: 'grid',
  title: 'The walk',
  columns: ['level', 'entry'],
  rows: [
    [
      { text: 'PMD', mark: 'none' },
      { text: said, mark: 'bad' },
    ],
  ],
  text: `PMD has no W ${said}`,
});

/** n² where n was allowed: 64 → 4,096 steps, 256 → 65,536. */
export const steep: Curve = {
  measure: 'steps of your code',
  growth: 'linear',
  points: [
    { size: 64, count: 4096, reference: 640 },
    { size: 256, count: 65_536, reference: 2560 },
  ],
  slope: 2,
  slopeLimit: 1.25,
  ratio: 25.6,
  full: 1.5,
  half: 3,
};

export const verdicts = (said: string): Record<VerdictKind, Verdict> => ({
  passed: { kind: 'passed', curve: { ...steep, slope: 1, ratio: 1 } },
  failed: {
    kind: 'failed',
    hint: 'Look for the buddy at every order.',
    failed: 1,
    tests: 14,
    counterexamples: [
      {
        steps: ['allocPages(order 1) = 12', said],
        expected: '[8..15]',
        actual: said,
        figures: [strip(said), grid(said)],
      },
    ],
  },
  crashed: {
    kind: 'crashed',
    hint: 'An empty list has no first block.',
    thrown: { name: said, message: said, at: [{ file: said, line: 88, column: 31 }] },
  },
  timedOut: {
    kind: 'timedOut',
    hint: 'Does the loop move on?',
    limit: 'work',
    at: [{ file: 'mm/page_alloc.ts', line: 61, column: 5 }],
  },
  overBudget: { kind: 'overBudget', hint: 'Do not walk the list.', why: 'growth', curve: steep },
  skipped: { kind: 'skipped', because: 'Title of failed' },
  ungradable: { kind: 'ungradable', reasons: [`There is no mm/page_alloc.ts ${said}`] },
  broken: { kind: 'broken', code: 'RUN_WORKER', says: 'The worker kept dying.' },
});

export const criterion = (verdict: Verdict, milli = 0): CriterionResult => ({
  id: verdict.kind.toLowerCase(),
  title: `Title of ${verdict.kind}`,
  milli,
  maxMilli: 3000,
  verdict,
});

export function result(criteria: readonly CriterionResult[], headline: VerdictKind, said = 'a name'): Result {
  return Result.parse({
    format: 'osgrade-result/1',
    assignment: { id: '03-buddy', title: 'The buddy allocator' },
    submission: {
      key: `student-${headline.toLowerCase()}`,
      who: said,
      late: true,
      files: [{ path: said, sha256: '0123456789abcdef' }],
    },
    verdict: headline,
    milli: criteria.reduce((sum, { milli }) => sum + milli, 0),
    maxMilli: criteria.reduce((sum, { maxMilli }) => sum + maxMilli, 0),
    criteria,
    findings: [
      { severity: 'error', rule: 'type', says: `No overload ${said}`, at: { file: said, line: 4, column: 2 } },
      { severity: 'note', rule: 'extra-file', says: 'package.json is not used.', at: null },
    ],
  });
}

/** One criterion for each kind of verdict; the one that passed earned its 3 points. */
export function everyKind(said = 'a name'): Result {
  const criteria = Object.values(verdicts(said)).map((verdict) =>
    criterion(verdict, verdict.kind === 'passed' ? 3000 : 0),
  );
  return result(criteria, 'broken', said);
}

export const assignment: Assignment = {
  ...AssignmentFile.parse({
    title: 'The buddy allocator',
    due: '2027-03-12T23:59:00+01:00',
    holes: ['mm/page_alloc.ts'],
    allowed: [],
    floor: 0,
    seed: 1,
    limits: { workM: 1, heapMiB: 16 },
    criteria: everyKind().criteria.map(({ id, title }) => ({ id, title, points: 3, hint: { failed: 'x' } })),
  }),
  id: '03-buddy',
  folder: '/03-buddy',
};
