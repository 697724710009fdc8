/** docs/guide-coverage.md, held against the sources, and against the commands that are typed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GUIDE } from './guide.ts';

const root = join(__dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const page = read('docs/guide-coverage.md');

/** Rows of all tables whose titles begin so, in cells. */
function rowsOf(title: string): readonly (readonly string[])[] {
  const tables = page.matchAll(new RegExp(`^\\| ${title}.*\\n\\|[-:| ]+\\n((?:\\|.*\\n)*)`, 'gm'));
  const rows = [...tables].flatMap(([, body = '']) => body.split('\n').filter((line) => line !== ''));
  return rows.map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  );
}

const MECHANISMS = rowsOf('Heading of the guide \\| Mechanism');
const COMMANDS = rowsOf('Row \\| Command');
const INSTEAD = rowsOf('Row \\| Instead of');
const ERRORS = rowsOf('Heading of the guide \\| It says');
const HEADINGS = new Set(MECHANISMS.map(([heading]) => heading));

const firstLine = (text: string): string => text.trimEnd().split('\n')[0];
const coded = (command: string): string => `\`${firstLine(command)}\``;

describe('docs/guide-coverage.md', () => {
  test('has all 28 headings of the guide, its 40 commands, and the errors that are known', () => {
    expect(HEADINGS.size).toBe(28);
    expect(COMMANDS).toHaveLength(40);
    expect(ERRORS.length).toBeGreaterThanOrEqual(35);
  });

  test('every source, test and file it names is there', () => {
    const named = [...page.matchAll(/`([\w./-]+\/[\w.-]+\.(?:ts|txt|yaml))`/g)].map(([, name = '']) => name);
    const places = (name: string): string[] => [name, `reference/${name}`, `starter/${name}`];
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter((name) => !places(name).some((path) => existsSync(join(root, path))))).toEqual([]);
  });

  test.each(MECHANISMS)('%s: %s', (_heading, _mechanism, lives, assignment, verified) => {
    expect(lives).toMatch(/^`\S+\.ts`( `\S+\.ts`)*$/);
    expect(verified).toMatch(/^(conformance: [a-z, ]+; )?`\S+\.ts`( `\S+\.ts`)*$/);
    expect(verified).toMatch(/`(laws\/\w+|[\w/]*tests\/\w+\.test)\.ts`$/);
    expect(['not yet', ...readdirSync(join(root, 'assignments'))]).toContain(assignment.replace(/ \(.*\)$/, ''));
  });

  test('every assignment teaches something, and every family of recordings verifies something', () => {
    const taught = MECHANISMS.map(([, , , assignment]) => assignment.replace(/ \(.*\)$/, ''));
    expect(readdirSync(join(root, 'assignments')).filter((id) => !taught.includes(id))).toEqual([]);
    const families = [...read('graders/conformance/conformance.ts').matchAll(/^ {2}\{ name: '([^']+)'/gm)];
    const used = [...page.matchAll(/conformance: ([a-z, ]+)/g)].flatMap(([, names = '']) => names.trim().split(', '));
    expect([...new Set(used)].sort()).toEqual(families.map(([, name = '']) => name).sort());
  });

  test('every command that is typed is told, in the same order, and no other', () => {
    const asked = GUIDE.filter(({ insteadOf }) => insteadOf === undefined);
    expect(COMMANDS.map(([id, command]) => [id, command])).toEqual(
      asked.map(({ id, command }) => [id, coded(command)]),
    );
    const instead = GUIDE.filter(({ insteadOf }) => insteadOf !== undefined);
    expect(INSTEAD.map((cells) => cells.slice(0, 3))).toEqual(
      instead.map(({ id, insteadOf, command }) => [id, insteadOf, coded(command)]),
    );
    expect(COMMANDS.filter(([, , , format]) => !/^(guide|today: )/.test(format))).toEqual([]);
    expect(instead.filter(({ insteadOf }) => !asked.some(({ id }) => id === insteadOf))).toEqual([]);
  });

  test('commands and errors stand under a heading whose mechanism is told', () => {
    const under = [...GUIDE.map((row) => row.under), ...ERRORS.map(([heading]) => heading)];
    expect(under.filter((heading) => !HEADINGS.has(heading))).toEqual([]);
  });

  test('every error has what is right, and who says so', () => {
    const source = /^(Linux|Intel SDM|proc_\w+\(5\)|[\w.]+\(\d\)|`\S+`|conformance)/;
    expect(ERRORS.filter(([, says, right, by]) => says === '' || right === '' || !source.test(by))).toEqual([]);
  });
});
