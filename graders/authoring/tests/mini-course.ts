/** A course of one tiny assignment, on disk, to be released. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Course } from '../../course.ts';
import type { Assignment } from '../../model/assignment.ts';

/** The checkout: engine, packages and compiler options are the real ones. */
export const ROOT = join(__dirname, '../../..');

export const ANSWER = `import { secret } from './secret.ts';
import { TWO } from '../lib/two.ts';

/**
 * Doubles.
 * @hole
 */
export function twice(n: number): number {
  return n * TWO * secret;
}
`;

const FILES: Readonly<Record<string, string>> = {
  'reference/mm/twice.ts': ANSWER,
  'reference/mm/secret.ts': "import { ONE } from '../lib/one.ts';\n\nexport const secret = ONE;\n",
  'reference/mm/other.ts': 'export const other = 1;\n',
  'starter/mm/twice.ts': 'stale',
  'starter/mm/other.ts': 'export const other = 0;\n',
  'starter/lib/one.ts': 'export const ONE = 1;\n',
  'starter/lib/two.ts': "import type { Two } from '../include/types.ts';\n\nexport const TWO: Two = 2;\n",
  'starter/include/types.ts': 'export type Two = 2;\n',
  'starter/include/param.ts': 'export const LIMIT = 8;\n',
  'starter/include/unused.ts': 'export {};\n',
  '07-twice/handout.md': '# Twice\n',
  '07-twice/public/sizes.ts': 'export const SIZES = [1, 2];\n',
  '07-twice/public/twice.test.ts': `import { subject } from '../../../graders/suite/index.ts';
import { LIMIT } from '../../../starter/include/param.ts';
import type * as Twice from '../../../starter/mm/twice.ts';
import { SIZES } from './sizes.ts';

const mm = subject<typeof Twice>('mm/twice');

describe('double', () => {
  test.each([...SIZES, LIMIT])('twice %i', (n) => {
    expect(mm.twice(n)).toBe(n + n);
  });
});
`,
  '07-twice/public/twice.budget.ts': `import { budget, subject } from '../../../graders/suite/index.ts';
import type * as Twice from '../../../starter/mm/twice.ts';

const mm = subject<typeof Twice>('mm/twice');

budget('work', (size) => ({
  run() {
    for (let i = 0; i < size; i++) mm.twice(i);
  },
}));
`,
  '07-twice/hidden/twice.test.ts': '// hidden\n',
  '07-twice/mutants/B1.yaml': 'hidden: true\n',
};

/** @param folder  an empty folder to lay the course out in */
export function miniCourse(folder: string): { readonly course: Course; readonly assignment: Assignment } {
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const hint = { failed: 'Add it to itself.' };
  return {
    course: {
      root: ROOT,
      starter: join(folder, 'starter'),
      reference: join(folder, 'reference'),
      assignments: folder,
    },
    assignment: {
      id: '07-twice',
      folder: join(folder, '07-twice'),
      title: 'Twice',
      due: '2026-11-20T23:59:00+01:00',
      holes: ['mm/twice.ts'],
      allowed: ['mm/*.ts'],
      floor: 0,
      seed: 918_273,
      limits: { workM: 10, heapMiB: 16 },
      criteria: [
        { id: 'double', title: 'Doubling', points: 3, hint },
        { id: 'far', title: 'Far numbers', points: 1, hint },
        {
          id: 'work',
          title: 'Work',
          points: 2,
          needs: 'double',
          hint,
          budget: { measure: 'steps', sizes: [10, 100], growth: 'linear', full: 2, half: 3 },
        },
      ],
    },
  };
}

/** Counts as of a very slow reference. */
export const COUNTS = { work: [10, 100].map((size) => ({ size, count: size * 1000 })) };
