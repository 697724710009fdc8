import { join } from 'node:path';
import type { Submission } from '../../model/submission.ts';
import { createChecker } from '../check.ts';

const ROOT = join(__dirname, '../../..');
const ASSIGNMENT = { holes: ['mm/checked.ts'], allowed: ['mm/*.ts'] };

function submission(files: Readonly<Record<string, string | Uint8Array>>, problem?: string): Submission {
  return {
    key: 'lovelace-ada-1',
    who: 'Ada Lovelace',
    origin: { system: 'folder', folder: 'ada' },
    late: false,
    files: Object.entries(files).map(([path, content]) => ({ path, bytes: Buffer.from(content) })),
    problems: problem === undefined ? [] : [{ entry: 'a.zip', says: problem }],
  };
}

describe('createChecker', () => {
  const checker = createChecker(join(ROOT, 'starter'));
  afterAll(() => checker.close());

  test('lays a clean submission over the starter, and has nothing to say', async () => {
    const text =
      "import { PAGE_SIZE } from '../include/param.ts';\nimport { two } from './two.ts';\nexport const a = PAGE_SIZE * two;\n";
    const handedIn = submission({ 'p/mm/checked.ts': text, 'p/mm/two.ts': 'export const two = 2;\n' });
    expect(await checker.check(ASSIGNMENT, handedIn)).toEqual({
      submission: handedIn,
      overlay: new Map([
        ['mm/checked.ts', text],
        ['mm/two.ts', 'export const two = 2;\n'],
      ]),
      findings: [],
      gradable: true,
      reasons: [],
    });
  });

  test('a given file never enters the overlay', async () => {
    const { overlay, findings } = await checker.check(
      ASSIGNMENT,
      submission({ 'mm/checked.ts': 'export {};', 'include/param.ts': 'export const PAGE_SIZE = 1;' }),
    );
    expect([...overlay.keys()]).toEqual(['mm/checked.ts']);
    expect(findings.map(({ rule }) => rule)).toEqual(['given-file']);
  });

  test('type errors and forbidden things are findings, capped at 20 a rule; it stays gradable', async () => {
    const wrong = Array.from({ length: 23 }, (_, i) => `export const a${i}: string = ${i};`).join('\n');
    const { findings, gradable } = await checker.check(
      ASSIGNMENT,
      submission({ 'checked.ts': `console.log(1);\n${wrong}` }),
    );
    expect(gradable).toBe(true);
    expect(findings.filter(({ rule }) => rule === 'type')).toHaveLength(21);
    expect(findings.at(-1)).toEqual({ severity: 'error', rule: 'type', says: 'and 3 more of this kind', at: null });
  });

  test('a syntax error is ungradable, with the reason', async () => {
    const { gradable, reasons } = await checker.check(ASSIGNMENT, submission({ 'checked.ts': 'export const a = ;' }));
    expect({ gradable, reasons }).toEqual({
      gradable: false,
      reasons: ['mm/checked.ts, line 1: This is not TypeScript: Expression expected.'],
    });
  });

  test('an unreadable or empty submission is ungradable, with the reasons of intake first', async () => {
    const unreadable = await checker.check(ASSIGNMENT, submission({ 'checked.ts': new Uint8Array([80, 75, 0, 0]) }));
    expect(unreadable.reasons).toEqual([
      'mm/checked.ts is not a text file: it holds zero bytes. Save it as plain text, encoded in UTF-8.',
    ]);
    const empty = await checker.check(ASSIGNMENT, submission({}, 'a.zip is empty.'));
    expect(empty.reasons).toEqual([
      'a.zip is empty.',
      'Expected mm/checked.ts, and none of them is there. There was no file at all.',
    ]);
  });

  test('the same submission draws the same words whatever came before it', async () => {
    const one = submission({
      'checked.ts': 'export const a: Map<string, Set<number>> = new Map([[1, 2]]);\neval("");',
    });
    const before = await checker.check(ASSIGNMENT, one);
    await checker.check(ASSIGNMENT, submission({ 'checked.ts': 'export const a: Map<1, 2> = new Map<3, 4>();' }));
    expect(await checker.check(ASSIGNMENT, one)).toEqual(before);
  });
});
