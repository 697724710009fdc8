import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contents } from '../release/contents.ts';
import { release } from '../release.ts';
import { ANSWER, COUNTS, miniCourse, ROOT } from './mini-course.ts';

// Inside the checkout, so that a released folder finds the packages without an `npm ci` of its own.
const CACHE = join(ROOT, '.cache');
let out = '';
beforeEach(() => {
  mkdirSync(CACHE, { recursive: true });
  out = mkdtempSync(join(CACHE, 'release-'));
});
afterEach(() => rmSync(out, { recursive: true }));

describe('contents', () => {
  test('the handout, stubs, given code in use, public tests, and beside them what the grader uses', () => {
    const { course, assignment } = miniCourse(out);
    const paths = [...contents(course, assignment, COUNTS).keys()].filter(
      (path) => !/^\.osgrade\/graders\//.test(path),
    );
    expect(paths).toEqual([
      '.gitignore',
      '.osgrade/.config/tsconfig.kernel.json',
      '.osgrade/assignment.json',
      '.osgrade/assignments/07-twice/public/sizes.ts',
      '.osgrade/assignments/07-twice/public/twice.budget.ts',
      '.osgrade/assignments/07-twice/public/twice.test.ts',
      '.osgrade/counts.json',
      '.osgrade/starter/include/param.ts',
      '.osgrade/starter/include/types.ts',
      '.osgrade/starter/lib/one.ts',
      '.osgrade/starter/lib/two.ts',
      '.osgrade/starter/mm/twice.ts',
      '.osgrade/tsconfig.json',
      'README.md',
      'include/param.ts',
      'include/types.ts',
      'lib/one.ts',
      'lib/two.ts',
      'mm/twice.ts',
      'package-lock.json',
      'package.json',
      'tests/sizes.ts',
      'tests/tsconfig.json',
      'tests/twice.budget.ts',
      'tests/twice.test.ts',
      'tsconfig.json',
    ]);
  });

  test('holds no answer, no hidden suite, no mutant and not the seed', () => {
    const { course, assignment } = miniCourse(out);
    const files = contents(course, assignment, COUNTS);
    expect([...files.keys()].filter((path) => /(^|\/)(reference|hidden|mutants|examples|class)\//.test(path))).toEqual(
      [],
    );
    expect([...files].filter(([, text]) => /918_?273|\* secret|from '\.\/secret/.test(text))).toEqual([]);
    expect(files.get('mm/twice.ts')).toBe(
      "/**\n * Doubles.\n */\nexport function twice(n: number): number {\n  throw new Error('not written yet: twice');\n}\n",
    );
  });

  test('package.json has the three commands, and answers as ours does whether install scripts may run', () => {
    const { course, assignment } = miniCourse(out);
    const ours: { readonly allowScripts: object } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const theirs: { readonly scripts: object; readonly allowScripts: object } = JSON.parse(
      contents(course, assignment, COUNTS).get('package.json') ?? '',
    );
    expect(Object.keys(theirs.scripts)).toEqual(['test', 'check', 'pack']);
    expect(theirs.allowScripts).toEqual(ours.allowScripts);
    expect(theirs.allowScripts).toHaveProperty('unrs-resolver', false);
  });

  test('public tests find the kernel beside them', () => {
    const { course, assignment } = miniCourse(out);
    const imports = contents(course, assignment, COUNTS)
      .get('tests/twice.test.ts')
      ?.match(/'\.[^']*'/g);
    expect(imports).toEqual([
      "'../.osgrade/graders/suite/index.ts'",
      "'../include/param.ts'",
      "'../mm/twice.ts'",
      "'./sizes.ts'",
    ]);
  });

  test('every file of ours that a shipped one imports is shipped', () => {
    const { course, assignment } = miniCourse(out);
    const files = contents(course, assignment, COUNTS);
    const lost = [...files]
      .filter(([path]) => path.startsWith('.osgrade/graders/'))
      .flatMap(([path, text]) =>
        [...text.matchAll(/ from '(\.[^'$]+)'/g)].map(([, name = '']) => join(path, '..', name).replaceAll('\\', '/')),
      )
      .filter((path) => !files.has(path));
    expect(lost).toEqual([]);
    expect([...files.keys()].filter((path) => /graders\/(cli|pipeline|store|lms\/(moodle|canvas))/.test(path))).toEqual(
      [],
    );
  });

  test('without a handout there is nothing to release', () => {
    const { course, assignment } = miniCourse(out);
    rmSync(join(assignment.folder, 'handout.md'));
    expect(() => contents(course, assignment, COUNTS)).toThrow(expect.objectContaining({ code: 'RELEASE_FAILED' }));
  });
});

describe('release', () => {
  test('writes a folder and the same as a zip, twice the same bytes, and replaces an earlier one', async () => {
    const { course, assignment } = miniCourse(out);
    const first = await release(course, assignment, COUNTS, join(out, 'dist'));
    const bytes = readFileSync(first.zip);
    writeFileSync(join(first.folder, 'left-over.ts'), '');
    await release(course, assignment, COUNTS, join(out, 'dist'));
    expect(readFileSync(first.zip).equals(bytes)).toBe(true);
    expect(existsSync(join(first.folder, 'left-over.ts'))).toBe(false);
    expect(readFileSync(join(first.folder, 'README.md'), 'utf8')).toBe('# Twice\n');
    expect(bytes.includes('07-twice/mm/twice.ts')).toBe(true);
  });

  test('leaves a folder alone that is no release', async () => {
    const { course, assignment } = miniCourse(out);
    await expect(release(course, assignment, COUNTS, out)).rejects.toMatchObject({ code: 'OUTPUT_FOREIGN' });
    expect(existsSync(join(out, '07-twice/handout.md'))).toBe(true);
  });
});

describe('the released folder', () => {
  const MINUTE_MS = 60_000;

  function npmRun(
    folder: string,
    command: 'check' | 'pack',
  ): { readonly status: number | null; readonly lines: readonly string[] } {
    const start = join(folder, '.osgrade/graders/authoring/release/kit/start.mjs');
    const { status, stdout, stderr } = spawnSync(process.execPath, [start, command], { encoding: 'utf8' });
    return { status, lines: (stdout + stderr).trimEnd().split(/\r?\n/) };
  }

  test(
    'says what is unwritten, and what only hidden tests try',
    async () => {
      const { course, assignment } = miniCourse(out);
      const { folder } = await release(course, assignment, COUNTS, join(out, 'dist'));
      expect(npmRun(folder, 'check')).toEqual({
        status: 1,
        lines: [
          'Twice: the public tests, run as they are in grading',
          '',
          'Types and rules: nothing found.',
          '',
          '!     0 of 3  Doubling: threw an error',
          '              Error: not written yet: twice',
          '              mm/twice.ts:5:13',
          '–     0 of 2  Work: not tried yet',
          '              First make this pass: "Doubling".',
          '',
          'Public tests: 0 of 5 points. Your code threw an error where an answer was expected.',
          'Grading has further, hidden tests for all parts, and only those for: Far numbers.',
        ],
      });
    },
    MINUTE_MS,
  );

  test(
    'checks a solution as the grader would, and packs its files alone',
    async () => {
      const { course, assignment } = miniCourse(out);
      const { folder } = await release(course, assignment, COUNTS, join(out, 'dist'));
      writeFileSync(join(folder, 'mm/twice.ts'), ANSWER);
      writeFileSync(join(folder, 'mm/secret.ts'), 'export const secret: string = 1;\n');
      writeFileSync(join(folder, 'lib/one.ts'), 'export const ONE = 1.0;\n');
      const { status, lines } = npmRun(folder, 'pack');
      expect(status).toBe(0);
      expect(lines.slice(0, 8)).toEqual([
        'Twice: the public tests, run as they are in grading',
        '',
        'note: lib/one.ts is given and was changed: the grader uses its own.',
        expect.stringMatching(/^mm\/twice\.ts:9:\d+: .*\(TS2363\)$/),
        "mm/secret.ts:1:14: Type 'number' is not assignable to type 'string'. (TS2322)",
        '',
        '✓     3 of 3  Doubling',
        '✓     2 of 2  Work',
      ]);
      expect(lines.slice(-4)).toEqual([
        'Packed, with 5 of 5 public points:',
        '  mm/twice.ts',
        '  mm/secret.ts',
        `Hand in: ${join(folder, '07-twice.zip')}`,
      ]);
    },
    MINUTE_MS,
  );

  test(
    'does not pack what could not be graded',
    async () => {
      const { course, assignment } = miniCourse(out);
      const { folder } = await release(course, assignment, COUNTS, join(out, 'dist'));
      writeFileSync(join(folder, 'mm/twice.ts'), 'export function twice( {');
      const { status, lines } = npmRun(folder, 'pack');
      expect(status).toBe(1);
      expect(lines.at(-1)).toBe('Nothing was packed: as it is, it could not be graded. The reasons stand above.');
      expect(existsSync(join(folder, '07-twice.zip'))).toBe(false);
    },
    MINUTE_MS,
  );
});
