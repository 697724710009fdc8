/** docs/kernel.md, held against the sources it tells of. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const page = readFileSync(join(root, 'docs/kernel.md'), 'utf8');

/** Sources in a folder, by path from it, with forward slashes. */
function sourcesIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.isFile()) return entry.name.endsWith('.ts') ? [entry.name] : [];
    if (entry.name === 'tests' || entry.name === 'recordings') return [];
    return sourcesIn(`${folder}/${entry.name}`).map((path) => `${entry.name}/${path}`);
  });
}

const TREES = ['starter', 'reference'] as const;
/** The kernel as one tree: the reference laid over the starter. */
const SOURCES = [...new Set(TREES.flatMap(sourcesIn))].sort();

/** The rows, in cells, of all tables whose first column has such a title. */
function rowsOf(title: string): readonly (readonly string[])[] {
  const tables = page.matchAll(new RegExp(`^\\| ${title} \\|.*\\n\\|[-:| ]+\\n((?:\\|.*\\n)*)`, 'gm'));
  const rows = [...tables].flatMap(([, body = '']) => body.split('\n').filter((line) => line !== ''));
  return rows.map((row) => row.split('|').slice(1, -1));
}

const namesIn = (cell = ''): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

/** How often a source says that it is simpler than Linux: in the tree where it says so most often. */
function simplifications(path: string): number {
  const files = TREES.map((tree) => join(root, tree, path)).filter((file) => existsSync(file));
  const counts = files.map((file) => readFileSync(file, 'utf8').split('SIMPLIFIED:').length - 1);
  return Math.max(...counts);
}

describe('docs/kernel.md', () => {
  test('has a row for each source file of the kernel, or its folder, and no other', () => {
    const told = rowsOf('File').flatMap(([cell]) => namesIn(cell));
    const covers = (name: string, path: string): boolean =>
      name === path || (name.endsWith('/') && path.startsWith(name));
    const missing = SOURCES.filter((path) => !told.some((name) => covers(name, path)));
    const lost = told.filter((name) => !SOURCES.some((path) => covers(name, path)));
    const twice = told.filter((path, i) => told.indexOf(path) !== i);
    expect({ missing, lost, twice }).toEqual({ missing: [], lost: [], twice: [] });
  });

  test('has a row for each source file that says `SIMPLIFIED:`, and a line in it for each time', () => {
    const told = rowsOf('Simplified in').map(([cell, here = '']) => [namesIn(cell)[0], here.split('<br>').length]);
    const said = SOURCES.map((path) => [path, simplifications(path)]).filter(([, times]) => times !== 0);
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(said));
  });

  test('names no source file that is not there', () => {
    const folders = new Set(SOURCES.map((path) => path.split('/')[0]));
    const named = [...page.matchAll(/`([\w/-]+\.ts)`/g)].map(([, name = '']) => name);
    const lost = named.filter((name) => folders.has(name.split('/')[0]) && !SOURCES.includes(name));
    expect(lost).toEqual([]);
  });

  test('has a picture in each chapter of the tour, and a fault in 15 steps', () => {
    const chapters = page.split(/^## /m).filter((text) => /^\d+\. /.test(text));
    const bare = chapters.filter((text) => !/^```\n[\s\S]*?^```$/m.test(text)).map((text) => text.split('\n')[0]);
    expect(bare).toEqual([]);
    const [, story = ''] = /^## A fault[^\n]*\n([\s\S]*?)^## /m.exec(page) ?? [];
    const steps = [...story.matchAll(/^(\d+)\. (.*(?:\n {3}.*)*)/gm)];
    expect(steps.map(([, number]) => Number(number))).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
    expect(steps.filter(([, , text = '']) => !/`[\w/]+\.ts`/.test(text)).map(([, number]) => number)).toEqual([]);
  });
});
