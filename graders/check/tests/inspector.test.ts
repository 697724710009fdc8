import { join } from 'node:path';
import type { Finding } from '../../model/result.ts';
import { createInspector } from '../inspector.ts';

const TSCONFIG = join(__dirname, '../../../.config/tsconfig.kernel.json');
const HOLE = 'mm/page_alloc.ts';
const STARTER = new Map([
  ['include/types.ts', 'export type Pfn = number;\nexport const ZERO = 0;\n'],
  [
    HOLE,
    "import type { Pfn } from '../include/types.ts';\nexport function rmqueue(): Pfn { throw new Error(); }\nexport class Zone {}\nexport type Order = number;\n",
  ],
]);
const inspector = createInspector(STARTER, TSCONFIG);

/** What a submitted hole that exports all it should, and holds `code` besides, is told: rule, place, words. */
function told(code: string): readonly string[] {
  return lines(inspect(`${code}\nexport const rmqueue = 1;\nexport class Zone {}\n`).findings);
}

function inspect(text: string): { readonly findings: readonly Finding[]; readonly reasons: readonly string[] } {
  const reading = inspector.read(new Map([[HOLE, text]]), [HOLE]);
  return { findings: [...reading.findings, ...reading.types()], reasons: reading.reasons };
}

function lines(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ rule, says, at }) => `${rule} ${at?.line}:${at?.column} ${says}`);
}

const TEN_THOUSAND = `type D = '0'|'1'|'2'|'3'|'4'|'5'|'6'|'7'|'8'|'9';
type U = \`\${D}\${D}\${D}\${D}\`;
type M = { [K in U]: { a: [K] } }[U];
export const m: M[] = [{ a: ['0000'] }];`;

describe('types', () => {
  test('a correct file, importing given code in any spelling, draws no word', () => {
    expect(told("import { type Pfn, ZERO } from '../include/types.ts';\nexport const a: Pfn = ZERO;")).toEqual([]);
    expect(told("import { ZERO } from '../include/types';\nexport const a = ZERO;")).toEqual([]);
    expect(told("import { ZERO } from '../include/types.js';\nexport const a = ZERO;")).toEqual([]);
  });

  test("type errors carry their place and the compiler's sentence, and leave it gradable", () => {
    expect(told("export const a: number = 'x';")).toEqual([
      "type 1:14 Type 'string' is not assignable to type 'number'. (TS2322)",
    ]);
    expect(inspect("export const a: number = 'x';").reasons).toEqual([]);
  });

  test('are checked against a file that a submission brings along', () => {
    const reading = inspector.read(
      new Map([
        [HOLE, "import { b } from './b.ts';\nexport const rmqueue: string = b;\nexport class Zone {}\n"],
        ['mm/b.ts', 'export const b = 1;\n'],
      ]),
      [HOLE],
    );
    expect(lines(reading.findings)).toEqual([]);
    expect(lines(reading.types())).toEqual(["type 2:14 Type 'number' is not assignable to type 'string'. (TS2322)"]);
  });

  test.each([
    [
      'a type without end',
      "type R<N extends 0[]> = N['length'] extends 99999 ? N : R<[...N, 0]>; export const a: R<[]> = [];",
    ],
    [
      'a type that doubles',
      "type B<D extends 0[], X> = D['length'] extends 22 ? X : B<[...D, 0], [X, 0]> | B<[...D, 0], [X, 1]>; export const x: B<[], 0> = 1;",
    ],
    ['a union of ten thousand', TEN_THOUSAND],
  ])('%s is stopped by counting', (_, bomb) => {
    const { findings, reasons } = inspect(bomb);
    expect(findings.at(-1)?.says).toBe(
      'Type checking took too long and was stopped: some type here is far too complicated. The code was graded all the same.',
    );
    expect(reasons).toEqual([]);
    expect(told('')).toEqual([]);
  });
});

describe('syntax', () => {
  test('an error makes it ungradable, with its line', () => {
    const { findings, reasons } = inspect('export function rmqueue( {\n  return 1;\n');
    expect(findings[0]).toMatchObject({ severity: 'error', rule: 'syntax', at: { file: HOLE, line: 2 } });
    expect(reasons[0]).toMatch(/^mm\/page_alloc\.ts, line 2: This is not TypeScript: /);
  });

  test.each([
    ['brackets', `export const a = ${'('.repeat(50_000)}1${')'.repeat(50_000)};`],
    ['operators', `export const a = 1${'+1'.repeat(20_000)};`],
  ])('%s nested without end make it ungradable', (_, text) => {
    expect(inspect(text).reasons).toEqual(['mm/page_alloc.ts is nested more than 500 levels deep: split it up.']);
  });
});

describe('imports', () => {
  test.each([
    [
      "import fs from 'node:fs';\nexport const a = fs;",
      "'node:fs' cannot be imported: code of a kernel has no packages, only the language itself (ES2023) and the files of the assignment.",
    ],
    [
      "import './list.ts';",
      "'./list.ts' cannot be imported: there is no such file in the assignment, nor one of your own that may be used.",
    ],
    [
      "export * from '../../graders/errors.ts';",
      "'../../graders/errors.ts' cannot be imported: there is no such file in the assignment, nor one of your own that may be used.",
    ],
  ])('%j leads nowhere and makes it ungradable', (code, says) => {
    expect(inspect(code).reasons).toEqual([expect.stringContaining(says)]);
  });

  test.each([
    ['for a type', "import type { Stats } from 'fs';\nexport type A = Stats;"],
    ['unused, as editors write it', "import { off } from 'process';"],
  ])('one that leads nowhere %s leaves it gradable', (_, code) => {
    const { findings, reasons } = inspect(code);
    expect(findings.filter(({ rule }) => rule === 'import')).toHaveLength(1);
    expect(findings.filter(({ rule }) => rule === 'type')).toHaveLength(0);
    expect(reasons).toEqual([]);
  });
});

describe('forbidden', () => {
  test.each([
    ['process.exit(0);', '`process` belongs to Node.js'],
    ["require('fs');", '`require` belongs to Node.js'],
    ["import('fs');", 'Import(...) must not be used'],
    ["eval('1');", '`eval` must not be used'],
    ["new Function('return 1')();", '`Function` must not be used'],
    ["fetch('http://localhost');", '`fetch` belongs to a browser'],
    ['export const a = Date.now();', '`Date` must not be used'],
    ['export const a = Math.random();', '`Math.random` must not be used'],
    ['export const a = performance.now();', '`performance` must not be used'],
    ['setTimeout(() => {}, 1);', '`setTimeout` does not exist here'],
    ["console.log('x');", '`console` shows nothing here'],
    ["Reflect.set(globalThis, 'x', 1);", '`globalThis` must not be used'],
    ['Array.prototype.push = () => 0;', 'A change to a built-in object must not be made'],
    ['(Array.prototype as { at: unknown }).at = 0;', 'A change to a built-in object must not be made'],
    ["Object.defineProperty(Map.prototype, 'size', { value: 1 });", 'A change to a built-in object must not be made'],
    ['Math.max = () => 0;', 'A change to a built-in object must not be made'],
    ['// @ts-nocheck', '`// @ts-nocheck` has no effect'],
  ])('%s is named', (code, says) => {
    const own = told(code).filter((line) => line.startsWith('forbidden'));
    expect(own).toEqual([expect.stringContaining(says)]);
    expect(inspect(code).reasons).toEqual([]);
  });

  test('says so once, with the first place and the number of others, instead of the type checker', () => {
    expect(told("console.log('a');\nconsole.log('b');\n  console.log('c');")).toEqual([
      'forbidden 1:1 `console` shows nothing here: what is printed is thrown away (and 2 more places).',
    ]);
  });

  test.each(['await Promise.resolve();', 'with (Math) max(1);'])('%s cannot be graded', (code) => {
    expect(inspect(code).reasons[0]).toContain('cannot be graded');
  });

  test('type errors below @ts-nocheck are reported all the same', () => {
    expect(told("// @ts-nocheck\nexport const a: number = 'x';")).toContain(
      "type 2:14 Type 'string' is not assignable to type 'number'. (TS2322)",
    );
  });

  test.each([
    'export function run(process: { exit(): void }): void { process.exit(); }',
    'class Set2 { fetch(): void {} }\nnew Set2().fetch();',
    'class Queue { static prototype2 = 1; }\nQueue.prototype2 = 2;',
    'export const at = new Map<string, number>();\nat.set("Date", 1);',
    'export interface Inode { readonly process: number }',
    'export async function f(): Promise<void> { await Promise.resolve(); }',
  ])("%s is nobody's business", (code) => {
    expect(told(code)).toEqual([]);
  });
});

describe('shape', () => {
  test('a missing export is named; one for types only is not needed to run', () => {
    expect(lines(inspect('export class Zone {}').findings)).toEqual([
      'shape 1:1 mm/page_alloc.ts does not export the function `rmqueue`. Write it, under this very name.',
    ]);
  });

  test('a renamed or not exported one is recognised', () => {
    expect(lines(inspect('export const rmQueue = 1;\nclass Zone {}').findings)).toEqual([
      'shape 1:1 mm/page_alloc.ts does not export the function `rmqueue`. There is `rmQueue`: spell it `rmqueue`.',
      'shape 2:1 mm/page_alloc.ts does not export the class `Zone`. It is declared here: put "export" before it.',
    ]);
  });

  test.each([
    'const a = 1;\nclass Zone {}\nexport { a as rmqueue, Zone };',
    'export const { rmqueue, Zone } = { rmqueue: 1, Zone: 2 };',
    "export * from '../include/types.ts';",
  ])('%j is another way to export', (code) => {
    expect(lines(inspect(code).findings)).toEqual([]);
  });
});
