/** The command as a person meets it when something is wrong: one sentence, no stack, exit code not 0, nothing written. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { courseAt, loadAssignment } from '../course.ts';
import { GraderError } from '../errors.ts';

const COMMAND = join(__dirname, '../bin/osgrade.mjs');
const ROOT = join(__dirname, '../..');

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'osgrade-cli-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function osgrade(...args: string[]): { code: number | null; says: string } {
  const { status, stderr } = spawnSync(process.execPath, [COMMAND, ...args], { cwd: folder, encoding: 'utf8' });
  return { code: status, says: stderr };
}

function refused(args: string[], code: string, words: RegExp): void {
  const ended = osgrade(...args);
  expect(ended.says).toMatch(words);
  expect(ended.says).toContain(`[${code}]`);
  expect(ended.says).not.toMatch(/\n\s+at /);
  expect(ended.code).toBe(1);
}

describe('osgrade grade', () => {
  test('names the assignments there are when one is missing', () => {
    refused(['grade', '99-nothing', '.'], 'ASSIGNMENT_NOT_FOUND', /no assignment "99-nothing".*03-buddy/);
    expect(existsSync(join(folder, 'results'))).toBe(false);
  });

  test('says so when there is no such zip', () => {
    refused(['grade', '03-buddy', 'class.zip', '--out', 'r'], 'INTAKE_NOT_FOUND', /class\.zip/);
    expect(existsSync(join(folder, 'r'))).toBe(false);
  });

  test('refuses a zip that was cut short', () => {
    const whole = readFileSync(join(ROOT, 'graders/lms/tests/fixtures/moodle-folders.zip'));
    writeFileSync(join(folder, 'cut.zip'), whole.subarray(0, whole.length / 2));
    refused(['grade', '03-buddy', 'cut.zip', '--out', 'r'], 'INTAKE_UNREADABLE', /cut\.zip/);
    expect(existsSync(join(folder, 'r'))).toBe(false);
  });

  test('refuses to write into a folder of something else', () => {
    mkdirSync(join(folder, 'class', 'ada'), { recursive: true });
    writeFileSync(join(folder, 'class', 'ada', 'page_alloc.ts'), 'export {};');
    mkdirSync(join(folder, 'mine'));
    writeFileSync(join(folder, 'mine', 'thesis.txt'), 'mine');
    refused(['grade', '03-buddy', 'class', '--out', 'mine'], 'OUTPUT_FOREIGN', /mine.*--out/);
  });

  test('explains a wrong number of workers', () => {
    const { code, says } = osgrade('grade', '03-buddy', '.', '--jobs', 'many');
    expect(says).toMatch(/whole number from 1 to 999/);
    expect(code).toBe(1);
  });
});

describe('loadAssignment', () => {
  function withYaml(change: (text: string) => string): () => unknown {
    const root = mkdtempSync(join(folder, 'course-'));
    for (const part of ['starter', 'reference']) cpSync(join(ROOT, part), join(root, part), { recursive: true });
    const there = join(root, 'assignments', '03-buddy');
    mkdirSync(there, { recursive: true });
    const yaml = readFileSync(join(ROOT, 'assignments/03-buddy/assignment.yaml'), 'utf8');
    writeFileSync(join(there, 'assignment.yaml'), change(yaml));
    return () => loadAssignment(courseAt(root), '03-buddy');
  }

  function saying(action: () => unknown): string {
    try {
      action();
    } catch (error) {
      if (error instanceof GraderError) return `${error.code}: ${error.message}`;
      throw error;
    }
    return 'nothing thrown';
  }

  test('names an unknown key', () => {
    expect(saying(withYaml((yaml) => `${yaml}\ncolour: blue\n`))).toMatch(/^ASSIGNMENT_INVALID: .*"colour"/s);
  });

  test('names a criterion that stands twice', () => {
    const twice = withYaml((yaml) => yaml.replace('id: boot', 'id: buddy-pfn'));
    expect(saying(twice)).toMatch(/^ASSIGNMENT_INVALID: .*"buddy-pfn" stands twice/s);
  });

  test('refuses a prerequisite that comes later', () => {
    const later = withYaml((yaml) => yaml.replace(/id: buddy-pfn\n/, 'id: buddy-pfn\n    needs: coalesce\n'));
    expect(saying(later)).toMatch(/^ASSIGNMENT_INVALID: .*"coalesce" must be the id of an earlier criterion/s);
  });

  test('names a hole that is nowhere', () => {
    const nowhere = withYaml((yaml) => yaml.replace('mm/pcp.ts', 'mm/pcp2.ts'));
    expect(saying(nowhere)).toMatch(/^ASSIGNMENT_INCOMPLETE: .*mm\/pcp2\.ts/s);
  });

  test('says where the YAML is broken', () => {
    expect(saying(withYaml((yaml) => `${yaml}\n  : [`))).toMatch(/^ASSIGNMENT_INVALID: .*line \d+/s);
  });
});

describe('osgrade boot', () => {
  test('ends without a word when nobody reads on', async () => {
    const forever = ['boot', '--machine', 'tiny', '-c', 'while true; do echo a; done'];
    const child = spawn(process.execPath, [COMMAND, ...forever]);
    let says = '';
    child.stderr.on('data', (bytes: Buffer) => {
      says += bytes.toString();
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const [code] = await once(child, 'exit');
    expect([code, says]).toEqual([141, '']);
  });
});
