/**
 * What a student gets: a folder that works on its own.
 *
 *     README.md                  the handout
 *     mm/ fs/ include/ lib/ ...  their kernel: files to fill in, and given code
 *     tests/                     the public tests, to run, read and add to
 *     .osgrade/                  what the grader uses: the same layout as here, without answers and hidden tests
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Course } from '../../course.ts';
import { GraderError } from '../../errors.ts';
import type { Assignment } from '../../model/assignment.ts';
import { starterText } from '../starter.ts';
import { cutLock, type Manifest } from './lock.ts';
import { PUBLIC_SEED } from './public-seed.ts';
import { packagesOf, reach } from './reach.ts';

/** Counted work of the reference at each size, by criterion. */
export type Counts = Readonly<Record<string, readonly { readonly size: number; readonly count: number }[]>>;

const KIT = 'graders/authoring/release/kit';

/** Where our own code is entered at a student's: the rest follows from what these name. */
const ENTRIES = [
  `${KIT}/start.mjs`,
  `${KIT}/main.ts`,
  `${KIT}/resolver.cjs`,
  'graders/bin/typescript.mjs',
  'graders/check/thread-main.ts',
  'graders/jest/transform.cjs',
  'graders/play/process.ts',
  'graders/suite/index.ts',
];

/** Packages that no file imports: the test runner's command, the loader, types for the editor. */
const ALSO = ['jest', 'tsx', '@types/jest', '@types/node'];

/** All files of the handed-out folder, by path. */
export function contents(course: Course, assignment: Assignment, counts: Counts): ReadonlyMap<string, string> {
  const { root } = course;
  const shown = kernelOf(course, assignment);
  const publicTests = testsOf(assignment);
  const engine = reach(root, ENTRIES, (path) => path.startsWith('graders/'));
  const manifest = manifestOf(root, assignment, packagesOf([...engine.values(), ...publicTests.values()]));
  const files = new Map<string, string>([
    ['README.md', handout(assignment)],
    ['package.json', json(manifest)],
    ['package-lock.json', cutLock(read(join(root, 'package-lock.json')), manifest)],
    ['tsconfig.json', json(KERNEL_IN_EDITOR)],
    ['tests/tsconfig.json', json(TESTS_IN_EDITOR)],
    ['.gitignore', `node_modules/\n${assignment.id}.zip\n`],
    ...[...shown].map(([path, text]) => [path, text] as const),
    ...[...publicTests].map(([name, text]) => [`tests/${name}`, moved(text)] as const),
    ...[...shown].map(([path, text]) => [`.osgrade/starter/${path}`, text] as const),
    ...[...publicTests].map(([name, text]) => [`.osgrade/assignments/${assignment.id}/public/${name}`, text] as const),
    ...[...engine].map(([path, text]) => [`.osgrade/${path}`, text] as const),
    ...['tsconfig.json', '.config/tsconfig.kernel.json'].map(
      (path) => [`.osgrade/${path}`, read(join(root, path))] as const,
    ),
    ['.osgrade/assignment.json', json(published(assignment))],
    ['.osgrade/counts.json', json(counts)],
  ]);
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The part of starter/ that belongs to an assignment: its holes, freshly made, and all given code that these, the answers
 * or the public tests use.
 */
function kernelOf({ starter, reference }: Course, assignment: Assignment): ReadonlyMap<string, string> {
  const lost = assignment.holes.find((hole) => !existsSync(join(reference, hole)));
  if (lost !== undefined) {
    throw new GraderError('RELEASE_FAILED', `reference/${lost} is missing: the hole ${lost} is made from it.`);
  }
  const answers = reach(reference, assignment.holes);
  const imported = [...answers].flatMap(([path, text]) =>
    [...text.matchAll(/'(\.\.?\/[\w./-]+\.ts)'/g)].map(([, name = '']) => posix.join(posix.dirname(path), name)),
  );
  const tested = [...testsOf(assignment).values()].flatMap((text) =>
    [...text.matchAll(/'\.\.\/\.\.\/\.\.\/starter\/([\w./-]+)'/g)].map(([, path = '']) => path),
  );
  const given = [...imported, ...tested].filter((path) => !answers.has(path) && existsSync(join(starter, path)));
  const stubs = assignment.holes.map((hole) => [hole, starterText(answers.get(hole) ?? '', hole)] as const);
  return new Map([...reach(starter, given), ...stubs]);
}

/** Everything in public/, by name. */
function testsOf({ folder }: Assignment): ReadonlyMap<string, string> {
  const names = readdirSync(join(folder, 'public'))
    .filter((name) => name.endsWith('.ts'))
    .sort();
  return new Map(names.map((name) => [name, read(join(folder, 'public', name))]));
}

/** A public test's text, from `assignments/NN-name/public/` to `tests/`. */
function moved(text: string): string {
  return text.replaceAll("'../../../starter/", "'../").replaceAll("'../../../graders/", "'../.osgrade/graders/");
}

function handout({ id, folder }: Assignment): string {
  const path = join(folder, 'handout.md');
  if (existsSync(path)) return read(path);
  throw new GraderError('RELEASE_FAILED', `${id} has no handout.md, which becomes the student's README.md: write one.`);
}

/** The assignment without what is not for students. */
function published({ folder, id, seed, ...file }: Assignment): object {
  return { id, ...file, seed: PUBLIC_SEED };
}

function manifestOf(root: string, assignment: Assignment, imported: ReadonlySet<string>): Manifest {
  const own: {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
    allowScripts: Record<string, boolean>;
    engines: Record<string, string>;
  } = JSON.parse(read(join(root, 'package.json')));
  const known = { ...own.dependencies, ...own.devDependencies };
  const names = Object.keys(known).filter((name) => imported.has(name) || ALSO.includes(name));
  const start = `node .osgrade/${KIT}/start.mjs`;
  const manifest = {
    name: assignment.id,
    version: '1.0.0',
    description: assignment.title,
    private: true,
    type: 'module',
    license: 'MIT',
    engines: own.engines,
    scripts: { test: 'jest', check: `${start} check`, pack: `${start} pack` },
    jest: {
      testEnvironment: 'node',
      roots: ['<rootDir>/tests'],
      testMatch: ['**/*.test.ts', '**/*.budget.ts'],
      transform: { '\\.ts$': '<rootDir>/.osgrade/graders/jest/transform.cjs' },
      resolver: `<rootDir>/.osgrade/${KIT}/resolver.cjs`,
    },
    allowScripts: own.allowScripts,
    dependencies: Object.fromEntries(names.sort().map((name) => [name, known[name] ?? ''])),
  };
  return manifest;
}

/** For the editor: the options that the grader checks with. Dot-folders are never part of `**`. */
const KERNEL_IN_EDITOR = {
  extends: './.osgrade/.config/tsconfig.kernel.json',
  compilerOptions: { rootDirs: ['.'] },
  include: ['**/*.ts'],
  exclude: ['node_modules', 'tests'],
};

/** For the editor: the same for tests, which have Jest around them. */
const TESTS_IN_EDITOR = {
  extends: '../tsconfig.json',
  compilerOptions: { types: ['jest', 'node'] },
  include: ['**/*.ts'],
  exclude: [],
};

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function read(path: string): string {
  return readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
}
