import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { contents } from '../authoring/release/contents.ts';
import { studentsOf } from '../authoring/sample/class-file.ts';
import { starterText, writeStarter } from '../authoring/starter.ts';
import { verify } from '../authoring/verify.ts';
import { type Course, loadAssignment } from '../course.ts';
import { GRADER_ERRORS } from '../errors.ts';
import { VERDICT_KINDS } from '../model/verdict.ts';
import { withCrew } from '../play/crew.ts';
import { wording } from '../report/wording.ts';
import { STACK_BYTES, THREAD_STACK_MIB } from '../subject/limits.ts';

const root = join(__dirname, '../..');
const IDS = readdirSync(join(root, 'assignments')).sort();
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const HANDOUTS = IDS.map((id) => `assignments/${id}/handout.md`).filter((path) => existsSync(join(root, path)));
/** What is read in the checkout, and what is read in a released folder. */
const HERE = ['README.md', 'docs/architecture.md', 'docs/author.md', 'docs/instructor.md', 'docs/kernel.md'];
const AT_HOME = ['docs/student.md', ...HANDOUTS];
/** Of a released folder's package.json: see release.test.ts. */
const RELEASED_SCRIPTS = ['test', 'check', 'pack'];

/** Lines of code blocks, and code within lines, without comments. */
function codeOf(path: string): readonly string[] {
  const text = read(path);
  const blocks = [...text.matchAll(/^```(?:sh)?\n([\s\S]*?)^```$/gm)].flatMap(([, body = '']) => body.split('\n'));
  const spans = [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return [...blocks, ...spans].map((line) => line.replace(/\s+#.*$/, '').trim());
}

const helps = new Map<string, string>();

/** What `osgrade <command> --help` prints; of osgrade itself without a name. */
function helpOf(...command: readonly string[]): string {
  const key = command.join(' ');
  const osgrade = join(root, 'graders/bin/osgrade.mjs');
  const help =
    helps.get(key) ?? spawnSync(process.execPath, [osgrade, ...command, '--help'], { encoding: 'utf8' }).stdout;
  helps.set(key, help);
  return help;
}

/** `npx osgrade grade 03-buddy class.zip`, with the words after the command's own name. */
function osgradeCalls(path: string): readonly string[][] {
  return codeOf(path).flatMap((line) => {
    const [, words] = /^(?:npx |node )?(?:osgrade|graders\/bin\/osgrade\.mjs) (.+)$/.exec(line) ?? [];
    return words === undefined ? [] : [words.split(/\s+/)];
  });
}

describe('commands', () => {
  const commands = [...helpOf().matchAll(/^ {2}([a-z]+)[ [<]/gm)].map(([, name = '']) => name);

  test.each(HERE)('%s: every command, option and assignment is there', (path) => {
    const wrong = osgradeCalls(path).flatMap(([name = '', ...words]) => {
      if (!commands.includes(name)) return [`there is no command ${name}`];
      const help = words.some((word) => word.startsWith('--')) ? helpOf(name) : '';
      const options = words.filter((word) => word.startsWith('--') && !new RegExp(`^ +${word}\\b`, 'm').test(help));
      const ids = words.filter((word) => /^\d\d-/.test(word) && !IDS.includes(word));
      return [...options, ...ids].map((word) => `${name} knows no ${word}`);
    });
    expect(wrong).toEqual([]);
  });

  test('the instructor guide shows every command that an instructor uses, the author guide the rest', () => {
    const shown = ['docs/instructor.md', 'docs/author.md', 'README.md'].flatMap(osgradeCalls).map(([name]) => name);
    expect(commands.filter((name) => name !== 'help' && !shown.includes(name))).toEqual([]);
  });

  const scriptsUsed = (path: string): readonly string[] =>
    codeOf(path).flatMap((line) =>
      [...line.matchAll(/\bnpm (?:run )?(start|test|[a-z]+)(?![\w-])/g)]
        .map(([, name = '']) => name)
        .filter((name) => !['ci', 'run', 'install'].includes(name)),
    );

  test.each(HERE)('%s: every script of npm is in package.json', (path) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: object };
    expect(scriptsUsed(path).filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  test.each(AT_HOME)('%s: every command is one of a released folder', (path) => {
    expect(scriptsUsed(path).filter((name) => !RELEASED_SCRIPTS.includes(name))).toEqual([]);
    expect(osgradeCalls(path)).toEqual([]);
  });
});

describe('names', () => {
  const FOLDERS = /^(starter|reference|graders|assignments|templates|docs)\/[\w./-]+$/;

  test.each(HERE)('%s: every file and folder named is there', (path) => {
    const named = [...read(path).matchAll(/`([^`\n]+)`/g)].map(([, name = '']) => name);
    const example = new Set(path === 'docs/author.md' ? blocks().keys() : []);
    // The import table names rooms as starter/ has them, or will: reference/ is laid over it.
    const there = (name: string): boolean =>
      [name, name.replace(/^starter/, 'reference')].some((place) => existsSync(join(root, place)));
    const lost = named.filter((name) => FOLDERS.test(name) && !example.has(name) && !there(name));
    expect(lost).toEqual([]);
  });

  test.each([...HERE, 'docs/student.md'])('%s: every link leads somewhere', (path) => {
    const links = [...read(path).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
    const lost = links.filter((link) => !/^https:/.test(link) && !existsSync(join(root, dirname(path), link)));
    expect(lost).toEqual([]);
  });

  test('every page of docs/ is reached from README.md', () => {
    const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
    expect(pages.filter((name) => !read('README.md').includes(`docs/${name}`))).toEqual([]);
  });
});

describe('tables', () => {
  const rows = (path: string, title: string): readonly (readonly string[])[] => {
    const [, body = ''] =
      new RegExp(`^\\| ${title} \\|[^\\n]*\\n\\|[-:| ]+\\n((?:\\|[^\\n]*\\n)*)`, 'm').exec(read(path)) ?? [];
    return body
      .split('\n')
      .filter((line) => line !== '')
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
  };

  test('the codes of the instructor guide are those of graders/errors.ts, in its words', () => {
    const told = rows('docs/instructor.md', 'Code').map(([code = '', means]) => [code.replaceAll('`', ''), means]);
    expect(Object.fromEntries(told)).toEqual(GRADER_ERRORS);
  });

  test('the verdicts of the instructor guide are said as on the pages', () => {
    const told = rows('docs/instructor.md', 'Sign').map(([sign, word]) => `${sign} ${word}`);
    expect(told).toEqual(VERDICT_KINDS.map((kind) => `${wording(kind).icon} ${wording(kind).word}`));
  });

  test('architecture.md has every verdict, and the stack pair of limits.ts', () => {
    const told = rows('docs/architecture.md', 'verdict').map(([kind]) => kind);
    expect(told).toEqual(VERDICT_KINDS.map((kind) => `\`${kind}\``));
    expect(read('docs/architecture.md')).toContain(
      `We took ${STACK_BYTES / 2 ** 20} MiB in a thread of ${THREAD_STACK_MIB} MiB`,
    );
  });
});

/** The files that docs/author.md shows: code blocks whose first line is a comment with a path. */
function blocks(): ReadonlyMap<string, string> {
  const found = read('docs/author.md').matchAll(/^```\w+\n(?:\/\/|#|<!--) (\w+\/[\w./-]+)(?: -->)?\n([\s\S]*?)^```$/gm);
  return new Map([...found].map(([, path = '', text = '']) => [path, text]));
}

describe('the assignment of docs/author.md', () => {
  const MINUTES_MS = 180_000;
  // Inside the checkout, so that its suites find the packages.
  const cache = join(root, '.cache');
  let folder = '';
  beforeEach(() => {
    mkdirSync(cache, { recursive: true });
    folder = mkdtempSync(join(cache, 'docs-'));
    const write = (path: string, text: string): void => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    for (const [path, text] of blocks()) if (!path.startsWith('starter/')) write(path, text);
    write('graders/suite/index.ts', "export * from '../../../../graders/suite/index.ts';\n");
    writeStarter(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('has the starter that its reference makes', () => {
    const path = 'lib/bitmap.ts';
    expect(starterText(blocks().get(`reference/${path}`) ?? '', path)).toBe(blocks().get(`starter/${path}`));
  });

  test(
    'verifies, has a class that reads, and can be released',
    async () => {
      const course: Course = {
        root,
        starter: join(folder, 'starter'),
        reference: join(folder, 'reference'),
        assignments: join(folder, 'assignments'),
      };
      const assignment = loadAssignment(course, '42-bitmap');
      const { faults, cases } = await withCrew(1, (crew) => verify(course, assignment, crew, () => undefined));
      const points = studentsOf(assignment).map((student) => student.points);
      expect({ faults, cases, points }).toEqual({ faults: [], cases: 6, points: [10, 8, 3, 0] });
      const released = [...contents(course, assignment, {}).keys()];
      expect(released.filter((path) => /^(lib|tests|README)/.test(path))).toEqual([
        'README.md',
        'lib/bitmap.ts',
        'tests/bitmap.budget.ts',
        'tests/bitmap.test.ts',
        'tests/tsconfig.json',
      ]);
    },
    MINUTES_MS,
  );
});
