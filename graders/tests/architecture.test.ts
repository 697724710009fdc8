import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { circles, type ImportTable, readTable, violations } from './import-table.ts';

const ROOT = join(__dirname, '../..');

/** Folders with code that is not ours: what students hand in, and what they might. */
const HANDED_IN = /^(assignments\/[^/]+\/(mutants|examples|class)|graders\/tests\/attacks)$/;

function sourcesBelow(folder: string): [string, string][] {
  if (HANDED_IN.test(folder)) return [];
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry): [string, string][] => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return sourcesBelow(path);
    return /\.([cm]?ts|[cm]?js)$/.test(entry.name) ? [[path, readFileSync(join(ROOT, path), 'utf8')]] : [];
  });
}

const sources = new Map(['starter', 'reference', 'graders', 'assignments'].flatMap(sourcesBelow));
const page = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
const table = readTable(page);

describe('the import table', () => {
  test('names every import between rooms and every package, and nothing that is not there', () => {
    expect(violations(sources, table)).toEqual([]);
  });

  test('no import leads in a circle, types included', () => {
    expect(circles(sources)).toEqual([]);
  });
});

describe('the top level', () => {
  test('holds what docs/architecture.md lists, dot-files, and what git ignores', () => {
    const [, list = ''] = /^The top level is fixed: (.*)$/m.exec(page) ?? [];
    const allowed = [...list.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
    const ignored = readFileSync(join(ROOT, '.gitignore'), 'utf8').split('\n');
    const strangers = readdirSync(ROOT).filter(
      (name) => !name.startsWith('.') && !allowed.includes(name) && !ignored.includes(`${name}/`),
    );
    expect(allowed).toHaveLength(10);
    expect(strangers).toEqual([]);
  });
});

describe('violations', () => {
  //  a -> b -> c     a may import b, b may import c; `zod` enters at c
  const rooms: ImportTable['rooms'] = new Map([
    ['graders/a', ['graders/b']],
    ['graders/b', ['graders/c']],
    ['graders/c', []],
  ]);
  const tiny: ImportTable = { rooms, doors: new Map([['zod', ['graders/c']]]) };
  const files = [
    ['graders/a/a.ts', "import { b } from '../b/b.ts';"],
    ['graders/b/b.ts', "import type { C } from '../c/c.ts';"],
    ['graders/c/c.ts', "import { z } from 'zod';"],
  ] as const;
  const withFile = (path: string, text: string) => violations(new Map([...files, [path, text]]), tiny);

  test('are none where everything is named and used', () => {
    expect(violations(new Map(files), tiny)).toEqual([]);
  });

  test.each([
    ['graders/a/x.ts', "import '../c/c.ts';", 'imports graders/c/c.ts, which the row of graders/a does not name'],
    [
      'graders/a/x.ts',
      "type C = import('../c/c.ts').C;",
      'imports graders/c/c.ts, which the row of graders/a does not',
    ],
    ['graders/a/x.cjs', "require('zod');", 'imports zod, which has no door there'],
    ['graders/a/x.ts', "import '../b/none.ts';", 'imports graders/b/none.ts, which is not there'],
    ['graders/d/x.ts', "import '../c/c.ts';", 'is in no room of the table'],
  ])('%s with %s', (path, text, says) => {
    expect(withFile(path, text)).toEqual([expect.stringContaining(`${path} ${says}`)]);
  });

  test('a row, a name in it and a door that nothing uses', () => {
    expect(violations(new Map([files[0], ['graders/b/b.ts', '']]), tiny)).toEqual([
      'the room graders/c of the table is empty',
      'nothing in graders/b imports graders/c, which its row names',
      'nothing in graders/c imports zod, which the table says',
    ]);
  });

  test('tests may import anything, and only tests may import them', () => {
    expect(withFile('graders/a/tests/a.test.ts', "import '../../c/c.ts';")).toEqual([]);
    const both = new Map([...files, ['graders/b/tests/x.ts', ''], ['graders/b/y.ts', "import './tests/x.ts';"]]);
    expect(violations(both, tiny)).toEqual([expect.stringContaining('only tests import tests')]);
  });

  test('a kernel keeps to itself, and an assignment to its own files', () => {
    const kernel: ImportTable = {
      rooms: new Map([...rooms, ['starter/mm', ['starter/lib']], ['starter/lib', []], ['assignments/*/public', []]]),
      doors: tiny.doors,
    };
    const course: readonly (readonly [string, string])[] = [
      ...files,
      ['starter/lib/list.ts', ''],
      ['reference/mm/mmap.ts', "import '../lib/list.ts';"],
      ['assignments/01-a/public/a.ts', ''],
      ['assignments/02-b/public/b.ts', "import './c.ts';"],
      ['assignments/02-b/public/c.ts', ''],
    ];
    expect(violations(new Map(course), kernel)).toEqual([]);
    expect(violations(new Map([...course, ['starter/mm/x.ts', "import '../../graders/c/c.ts';"]]), kernel)).toEqual([
      'starter/mm/x.ts imports graders/c/c.ts, outside of the kernel',
    ]);
    const stranger = ['assignments/02-b/public/d.ts', "import '../../01-a/public/a.ts';"] as const;
    expect(violations(new Map([...course, stranger]), kernel)).toEqual([
      'assignments/02-b/public/d.ts imports assignments/01-a/public/a.ts, of another assignment',
    ]);
  });
});

describe('circles', () => {
  test('are found through types too', () => {
    const ring = new Map([
      ['graders/a.ts', "import { b } from './b.ts';"],
      ['graders/b.ts', "import type { c } from './c.ts';"],
      ['graders/c.ts', "import { a } from './a.ts';"],
    ]);
    expect(circles(ring)).toEqual(['graders/a.ts -> graders/b.ts -> graders/c.ts -> graders/a.ts']);
  });
});
