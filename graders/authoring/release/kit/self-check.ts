/** The student's own check: the grader's stages, with the public tests only. */
import { join } from 'node:path';
import type { Observation } from '../../../model/observation.ts';
import type { Result } from '../../../model/result.ts';
import { withCrew } from '../../../play/crew.ts';
import { type Checked, createChecker } from '../../../stages/check.ts';
import { compile } from '../../../stages/compile.ts';
import { judge } from '../../../stages/judge.ts';
import { run } from '../../../stages/run.ts';
import { type Kit, submissionOf } from './kit.ts';

export interface SelfChecked {
  readonly checked: Checked;
  /** Criteria that no public test tries are left out. */
  readonly result: Result;
  /** Titles of those left out. */
  readonly onlyHidden: readonly string[];
}

/** The last resort, in milliseconds a test: endless loops are stopped by counting, long before. */
const TEST_WALL_MS = 60_000;

export async function selfCheck(kit: Kit): Promise<SelfChecked> {
  const { assignment } = kit;
  const submission = submissionOf(kit);
  const checker = createChecker(join(kit.root, 'starter'));
  const checked = await checker.check(assignment, submission);
  await checker.close();
  const seen = checked.gradable ? await play(kit, checked) : ungradable(checked.reasons);
  const tried = seen.kind === 'played' ? new Set(seen.tests.map(({ criterion }) => criterion)) : undefined;
  const isTried = ({ id }: { readonly id: string }): boolean => tried === undefined || tried.has(id);
  const criteria = assignment.criteria.filter(isTried);
  return {
    checked,
    result: judge({ ...assignment, criteria }, submission, checked.findings, seen, kit.reference),
    onlyHidden: assignment.criteria.filter((criterion) => !isTried(criterion)).map(({ title }) => title),
  };
}

interface Ungradable {
  readonly kind: 'ungradable';
  readonly reasons: readonly string[];
}

function ungradable(reasons: readonly string[]): Ungradable {
  return { kind: 'ungradable', reasons };
}

async function play({ root, assignment }: Kit, { overlay }: Checked): Promise<Observation | Ungradable> {
  const compiled = await compile(join(root, 'starter'), overlay, assignment.holes);
  if (compiled.kind === 'refused') {
    const place = compiled.at === null ? '' : `${compiled.at.file}, line ${compiled.at.line}: `;
    return ungradable([place + compiled.says]);
  }
  const seen: Observation[] = [];
  const jobs = [{ key: 'own', program: compiled.program }];
  await withCrew(1, (crew) =>
    run(assignment, ['public'], jobs, { crew, order: null, testWallMs: TEST_WALL_MS }, (_, observation) => {
      seen.push(observation);
    }),
  );
  return seen[0] ?? { kind: 'broken', code: 'RUN_WORKER', says: 'the tests could not be run' };
}
