/** `osgrade verify`: proves the suites of one assignment, or of all. */
import { availableParallelism } from 'node:os';
import { checkStarter } from '../authoring/starter.ts';
import { type Proof, verify } from '../authoring/verify.ts';
import { assignmentIds, COURSE, loadAssignment } from '../course.ts';
import { GraderError } from '../errors.ts';
import type { VerdictKind } from '../model/verdict.ts';
import { withCrew } from '../play/crew.ts';
import { table } from './table.ts';

export interface VerifyOptions {
  readonly all?: true;
  readonly jobs?: number;
}

/** One sign for each kind of verdict, for the kill matrix. */
const SIGNS: Record<VerdictKind, string> = {
  passed: '.',
  failed: 'F',
  crashed: 'C',
  timedOut: 'T',
  overBudget: 'B',
  skipped: '-',
  ungradable: 'U',
  broken: '!',
};

/** @returns what to print, and whether everything holds */
export async function verifyCommand(id: string | undefined, options: VerifyOptions): Promise<[string, boolean]> {
  if ((id === undefined) !== (options.all === true)) {
    throw new GraderError('USAGE', 'Name one assignment, or say --all.');
  }
  checkStarter(COURSE.root);
  const proofs: Proof[] = [];
  await withCrew(options.jobs ?? availableParallelism(), async (crew) => {
    for (const name of id === undefined ? assignmentIds(COURSE) : [id]) {
      proofs.push(await verify(COURSE, loadAssignment(COURSE, name), crew, () => undefined));
    }
  });
  return [proofs.map(told).join('\n\n'), proofs.every(({ faults }) => faults.length === 0)];
}

function told({ assignment, criteria, matrix, faults, cases }: Proof): string {
  const rows = matrix.map(({ mutant, kinds, says }) => [mutant, ...kinds.map((kind) => SIGNS[kind]), says]);
  const legend = criteria.map((id, i) => `${i + 1} ${id}`).join('   ');
  const header = ['mutant', ...criteria.map((_, i) => String(i + 1)), 'what is wrong in it'];
  const killed = matrix.filter(({ kinds }) => kinds.some((kind) => kind !== 'passed')).length;
  return [
    `${assignment}: ${cases} cases; ${killed} of ${matrix.length} mutants killed`,
    '',
    table(header, rows),
    '',
    `Criteria: ${legend}`,
    'Signs: . passed   F failed   C crashed   T did not finish   B over budget   - skipped   U not gradable',
    '',
    ...(faults.length === 0
      ? ['All as it must be.']
      : [`${faults.length} not as it must be:`, ...faults.map((fault) => `  ${fault}`)]),
  ].join('\n');
}
