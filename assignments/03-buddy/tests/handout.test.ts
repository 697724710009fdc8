import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { AssignmentFile } from '../../../graders/model/assignment.ts';

const FOLDER = join(__dirname, '..');
const read = (file: string) => readFileSync(join(FOLDER, file), 'utf8');
const assignment = AssignmentFile.parse(parse(read('assignment.yaml')));

interface Mutant {
  readonly breaks: string;
  readonly edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
}

const mutants = readdirSync(join(FOLDER, 'mutants')).map((file): [string, Mutant] => [
  file,
  parse(read(join('mutants', file))) as Mutant,
]);

describe('handout.md', () => {
  test('has a row for each criterion, with its title, points and prerequisite', () => {
    const rows = read('handout.md')
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))
      .filter(([, id]) => assignment.criteria.some((criterion) => criterion.id === id));
    expect(rows).toEqual(
      assignment.criteria.map(({ id, title, points, needs }) => ['', id, title, String(points), needs ?? '', '']),
    );
  });

  test('names the sizes and ratios of the budgets', () => {
    const text = read('handout.md').replace(/\s+/g, ' ');
    for (const { budget } of assignment.criteria) {
      if (budget === undefined) continue;
      expect(text).toContain(`in zones of ${budget.sizes.join(', ').replace(/, (\d+)$/, ' and $1')} frames`);
      expect(text).toContain(`up to ${budget.full} times the steps of our own solution`);
      expect(text).toContain(`up to ${budget.half} times half`);
    }
  });
});

describe('handout.md, the README of the released folder', () => {
  test('begins with the commands, and speaks of files where they lie there', () => {
    const text = read('handout.md');
    expect(text.slice(0, text.indexOf('##'))).toMatch(
      /Node 20\.20 or newer.*npm ci.*npm test.*npm run check.*npm run pack/s,
    );
    expect(text.match(/npx|public\/|hidden\/|starter\/|reference\//g)).toBeNull();
  });
});

describe('mutants', () => {
  test.each(mutants)('%s: every text to replace stands in the reference once', (_, { edits }) => {
    for (const { file, find, replace } of edits) {
      const parts = readFileSync(join(FOLDER, '../../reference', file), 'utf8').split(find);
      expect(parts).toHaveLength(2);
      expect(replace).not.toBe(find);
    }
  });

  test('there is one for each line of the catalogue on buddies and zones, and six of our own', () => {
    const lines = new Set(mutants.map(([, { breaks }]) => breaks));
    const catalogue = [1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 23, 25, 26];
    expect(catalogue.filter((line) => !lines.has(`B${line}`))).toEqual([]);
    expect([...lines].filter((line) => line.startsWith('X')).length).toBeGreaterThanOrEqual(6);
  });
});
