/** A course of one tiny assignment, on disk, for attackers: two criteria, one budget, and secrets to be stolen. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Course } from '../../course.ts';

const GRADERS = join(__dirname, '../..');

/** Texts that no student may ever read: they stand in the hidden suite and in the reference. */
export const SECRETS = ['hidden-literal-4711', 'reference-only-0815', 'totalOfTheReference'] as const;

const suiteModule = JSON.stringify(join(GRADERS, 'suite/index.ts'));

const FILES: Readonly<Record<string, string>> = {
  'starter/mm/sum.ts': `export function sum(numbers: readonly number[]): number {
  throw new Error('not written yet: sum');
}
export function twice(n: number): number {
  throw new Error('not written yet: twice');
}
`,
  'starter/include/limit.ts': 'export const LIMIT = 1000;\n',
  'reference/mm/sum.ts': `// reference-only-0815
function totalOfTheReference(numbers: readonly number[]): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
export const sum = totalOfTheReference;
export function twice(n: number): number {
  return 2 * n;
}
`,
  'assignments/00-tiny/assignment.yaml': `title: Tiny
due: 2026-11-20T23:59:00+01:00
holes: [mm/sum.ts]
allowed: [mm/*.ts]
floor: 0
seed: 1
limits: { workM: 1, heapMiB: 8 }
criteria:
  - { id: total, title: The sum, points: 4, hint: { failed: Add them up. } }
  - { id: double, title: Twice, points: 2, hint: { failed: Add it to itself. } }
  - id: steps
    title: Steps
    points: 2
    needs: total
    hint: { failed: One look at each. }
    budget: { measure: steps of your code, sizes: [32, 256], growth: linear, full: 3, half: 6 }
`,
  'assignments/00-tiny/public/sum.test.ts': `import { subject } from ${suiteModule};
const mm = subject<{ sum(numbers: readonly number[]): number; twice(n: number): number }>('mm/sum');
describe('double', () => {
  test('of three', () => expect(mm.twice(3)).toBe(6));
});
`,
  'assignments/00-tiny/hidden/sum.test.ts': `import { forAll, subject, Wrong } from ${suiteModule};
import fc from 'fast-check';
const mm = subject<{ sum(numbers: readonly number[]): number; twice(n: number): number }>('mm/sum');
const secret = 'hidden-literal-4711';
describe('total', () => {
  test(secret, () => expect([secret, mm.sum([4, 7])]).toEqual([secret, 11]));
  test('of any', () =>
    forAll(fc.array(fc.integer({ min: -99, max: 99 }), { maxLength: 200, size: 'max' }), (numbers) => {
      const expected = numbers.reduce((a, b) => a + b, 0);
      const actual = mm.sum(numbers);
      if (actual !== expected) {
        throw new Wrong({ steps: ['sum(' + numbers.join(', ') + ')'], expected: String(expected), actual: String(actual), figures: [] });
      }
    }, 20));
});
describe('double', () => {
  test('of many', () => {
    for (const n of [0, 1, 21, -7]) expect({ n, twice: mm.twice(n) }).toStrictEqual({ n, twice: 2 * n });
  });
});
`,
  'assignments/00-tiny/hidden/sum.budget.ts': `import { budget, subject } from ${suiteModule};
const mm = subject<{ sum(numbers: readonly number[]): number }>('mm/sum');
budget('steps', (size) => {
  const numbers = Array.from({ length: size }, (_, i) => i);
  return {
    run() {
      if (mm.sum(numbers) !== (size * (size - 1)) / 2) throw new Error('wrong sum');
    },
  };
});
`,
};

/** Lays the course out in an empty folder. Its engine is the real one. */
export function layOut(folder: string): Course {
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return {
    root: join(GRADERS, '..'),
    starter: join(folder, 'starter'),
    reference: join(folder, 'reference'),
    assignments: join(folder, 'assignments'),
  };
}
