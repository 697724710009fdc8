/** What osgrade promises of a whole run, held on a tiny course: the same bytes again, nothing done twice, suites proven. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Course } from '../course.ts';
import { deepThread, PATIENCE_MS } from '../play/tests/stage.ts';
import { HONEST } from './attacks/corpus.ts';
import { layOut } from './attacks/course.ts';
import type { Work } from './proof/work-thread.ts';

let folder: string;
let course: Course;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'osgrade-proof-'));
  course = layOut(folder);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

async function done(work: Work): Promise<unknown> {
  const thread = deepThread('tests/proof/work-thread.ts', work);
  try {
    return await new Promise((resolve, reject) => {
      thread.on('message', resolve);
      thread.on('error', reject);
    });
  } finally {
    await thread.terminate();
  }
}

/** All files of a folder, by path. */
function bytes(path: string): Record<string, string> {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(names.map((name) => [name.slice(path.length), readFileSync(name, 'base64')]));
}

describe('grade', () => {
  const WRONG = HONEST.replace('total += numbers[i] ?? 0', 'total = numbers[i] ?? 0');
  const SLOW = HONEST.replace(
    'let total = 0;',
    'let total = 0;\n  for (const a of numbers) for (const b of numbers) total += 0 * a * b;',
  );
  const grade = (out: string, workers: number): Promise<unknown> => {
    const source = join(folder, 'class');
    const request = { assignment: '00-tiny', source, out: join(folder, out), gradeFile: null, column: null };
    return done({ kind: 'grade', course, request, workers });
  };

  test(
    'gives the same bytes again, and with one worker or two',
    async () => {
      const answers = { ada: HONEST, bob: WRONG, carl: SLOW, dora: 'export const sum = (' };
      for (const [who, text] of Object.entries(answers)) put(`class/${who}/mm/sum.ts`, text);
      await grade('first', 1);
      await grade('second', 2);
      await grade('third', 2);
      const first = bytes(join(folder, 'first'));
      expect(Object.keys(first)).toContain('/bob/feedback.html'.replaceAll('/', join('/')));
      expect(bytes(join(folder, 'second'))).toEqual(first);
      expect(bytes(join(folder, 'third'))).toEqual(first);
    },
    PATIENCE_MS,
  );

  test(
    'runs nothing again that is unchanged, and all of it when a suite changes',
    async () => {
      for (const who of ['ada', 'bob']) put(`class/${who}/mm/sum.ts`, `// ${who}\n${HONEST}`);
      expect(await grade('out', 2)).toEqual([2, 0]);
      expect(await grade('out', 2)).toEqual([2, 2]);
      put('class/bob/mm/sum.ts', WRONG);
      expect(await grade('out', 2)).toEqual([2, 1]);
      put(
        'assignments/00-tiny/public/more.test.ts',
        readFileSync(join(course.assignments, '00-tiny/public/sum.test.ts'), 'utf8'),
      );
      expect(await grade('out', 2)).toEqual([2, 0]);
    },
    PATIENCE_MS,
  );
});

describe('verify', () => {
  const mutant = (breaks: string, find: string, replace: string, fails: string): void =>
    put(
      `assignments/00-tiny/mutants/${breaks}.yaml`,
      `breaks: ${breaks}\nsays: a mistake\nedits: [{ file: mm/sum.ts, find: '${find}', replace: '${replace}' }]\nfails: ${fails}\n`,
    );

  beforeEach(() => {
    mutant('X1', 'total += number', 'total -= number', '{ total: failed, steps: skipped }');
    mutant('X2', 'return 2 * n;', 'return n === 21 ? 0 : 2 * n;', '{ double: failed }');
    mutant(
      'X3',
      'let total = 0;',
      'let total = 0; for (const a of numbers) for (const b of numbers) total += 0;',
      '{ steps: overBudget }',
    );
  });

  test(
    'holds when every mutant gets its verdict',
    async () => expect(await done({ kind: 'verify', course })).toEqual([]),
    PATIENCE_MS,
  );

  test(
    'fails when a suite is weakened, and names the mutant that got away',
    async () => {
      const suite = 'assignments/00-tiny/hidden/sum.test.ts';
      put(suite, readFileSync(join(folder, suite), 'utf8').replace('[0, 1, 21, -7]', '[0, 1, -7]'));
      expect(await done({ kind: 'verify', course })).toEqual(['mutant/X2 (a mistake): double is passed, not failed']);
    },
    PATIENCE_MS,
  );

  test(
    'says which criterion no mutant exercises',
    async () => {
      rmSync(join(folder, 'assignments/00-tiny/mutants/X2.yaml'));
      expect(await done({ kind: 'verify', course })).toEqual(['criterion "double": no mutant exercises it']);
    },
    PATIENCE_MS,
  );
});
