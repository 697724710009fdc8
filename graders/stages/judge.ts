/** The fifth stage: makes verdicts and points of what was seen. Points are thousandths until the door. */
import { createHash } from 'node:crypto';
import type { Assignment, Criterion } from '../model/assignment.ts';
import type { Observation, TestSeen } from '../model/observation.ts';
import type { CriterionResult, Finding, Result } from '../model/result.ts';
import type { Submission } from '../model/submission.ts';
import { GRAVITY, type Verdict, type VerdictKind } from '../model/verdict.ts';
import { curveOf, type Reference } from './judge/curve.ts';

/** Counterexamples shown for one criterion. More would bury the first. */
const SHOWN = 2;

/** What became of a submission before judging. */
export type Seen = Observation | { readonly kind: 'ungradable'; readonly reasons: readonly string[] };

export function judge(
  assignment: Assignment,
  submission: Pick<Submission, 'key' | 'who' | 'late' | 'files'>,
  findings: readonly Finding[],
  seen: Seen,
  reference: Reference,
): Result {
  const criteria: CriterionResult[] = [];
  for (const criterion of assignment.criteria) {
    const verdict = verdictOf(criterion, seen, reference, criteria);
    criteria.push({
      id: criterion.id,
      title: criterion.title,
      milli: milliOf(criterion, verdict),
      maxMilli: criterion.points * 1000,
      verdict,
    });
  }
  const files = submission.files.map(({ path, bytes }) => ({
    path,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }));
  return {
    format: 'osgrade-result/1',
    assignment: { id: assignment.id, title: assignment.title },
    submission: { key: submission.key, who: submission.who, late: submission.late, files },
    verdict: headline(criteria.map(({ verdict }) => verdict.kind)),
    milli: sum(criteria.map(({ milli }) => milli)),
    maxMilli: sum(criteria.map(({ maxMilli }) => maxMilli)),
    criteria,
    findings: [...findings],
  };
}

export function headline(kinds: readonly VerdictKind[]): VerdictKind {
  return GRAVITY.find((kind) => kinds.includes(kind)) ?? 'passed';
}

function milliOf(criterion: Criterion, verdict: Verdict): number {
  if (verdict.kind === 'passed') return criterion.points * 1000;
  const halved = verdict.kind === 'overBudget' && verdict.why === 'ratio' && verdict.curve.ratio <= verdict.curve.half;
  return halved ? criterion.points * 500 : 0;
}

function verdictOf(
  criterion: Criterion,
  seen: Seen,
  reference: Reference,
  earlier: readonly CriterionResult[],
): Verdict {
  switch (seen.kind) {
    case 'ungradable':
      return { kind: 'ungradable', reasons: [...seen.reasons] };
    case 'broken':
      return { kind: 'broken', code: seen.code, says: seen.says };
    case 'stopped':
      return { kind: 'timedOut', hint: hintOf(criterion, 'timedOut'), limit: seen.limit, at: [] };
    case 'played':
      break;
    default:
      return seen satisfies never;
  }
  const needed = earlier.find(({ id }) => id === criterion.needs);
  if (needed !== undefined && needed.verdict.kind !== 'passed') return { kind: 'skipped', because: needed.title };
  const tests = seen.tests.filter((test) => test.criterion === criterion.id).sort(byTitle);
  if (tests.length === 0)
    return { kind: 'broken', code: 'SUITE_INVALID', says: `no test of "${criterion.id}" was played` };
  const wrong = wrongOf(criterion, tests);
  if (wrong !== undefined) return wrong;
  if (criterion.budget === undefined) return { kind: 'passed' };
  const counts = seen.counts.filter((count) => count.criterion === criterion.id);
  const curve = curveOf(criterion.budget, counts, reference.get(criterion.id) ?? []);
  if (curve.slope > curve.slopeLimit)
    return { kind: 'overBudget', hint: hintOf(criterion, 'overBudget'), why: 'growth', curve };
  if (curve.ratio > curve.full)
    return { kind: 'overBudget', hint: hintOf(criterion, 'overBudget'), why: 'ratio', curve };
  return { kind: 'passed', curve };
}

/** The gravest of what a criterion's tests came to, or undefined if all passed. */
function wrongOf(criterion: Criterion, tests: readonly TestSeen[]): Verdict | undefined {
  const outcomes = tests.map(({ outcome }) => outcome);
  const timedOut = outcomes.find((outcome) => outcome.kind === 'timedOut');
  if (timedOut !== undefined) {
    return { kind: 'timedOut', hint: hintOf(criterion, 'timedOut'), limit: timedOut.limit, at: [] };
  }
  const crashed = outcomes.find((outcome) => outcome.kind === 'crashed');
  if (crashed !== undefined) return { kind: 'crashed', hint: hintOf(criterion, 'crashed'), thrown: crashed.thrown };
  const failed = outcomes.filter((outcome) => outcome.kind === 'failed');
  if (failed.length === 0) return undefined;
  return {
    kind: 'failed',
    hint: hintOf(criterion, 'failed'),
    counterexamples: failed.flatMap(({ counterexample }) => counterexample ?? []).slice(0, SHOWN),
    failed: failed.length,
    tests: tests.length,
  };
}

function hintOf({ hint }: Criterion, kind: 'failed' | 'crashed' | 'timedOut' | 'overBudget'): string {
  return hint[kind] ?? hint.failed;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Tests may have been played in any order: what is shown of them must not depend on it. */
function byTitle(a: TestSeen, b: TestSeen): number {
  const [left, right] = [a, b].map(({ title, outcome }) => `${title}\n${JSON.stringify(outcome)}`);
  return left === right ? 0 : (left ?? '') < (right ?? '') ? -1 : 1;
}
