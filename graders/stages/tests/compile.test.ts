import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { locate } from '../../play/locate.ts';
import { type Compiled, compile } from '../compile.ts';

const starter = mkdtempSync(join(tmpdir(), 'osgrade-compile-'));
const GIVEN = {
  'mm/zone.ts': "import { ORDER } from '../include/param.ts';\nexport const zone = ['starter', ORDER].join(' ');\n",
  'mm/hole.ts': "export const hole = 'starter';\n",
  'include/param.ts': 'export const ORDER = 10;\n',
};
beforeAll(() => {
  for (const [path, text] of Object.entries(GIVEN)) {
    mkdirSync(dirname(join(starter, path)), { recursive: true });
    writeFileSync(join(starter, path), text);
  }
});
afterAll(() => rmSync(starter, { recursive: true, force: true }));

const laidOver = (files: Readonly<Record<string, string>>, modules: readonly string[]): Promise<Compiled> =>
  compile(starter, new Map(Object.entries(files)), modules);

/** The exports of all modules, as the realm would find them; our own code here, so a plain context will do. */
function exported(compiled: Compiled): unknown {
  if (compiled.kind === 'refused') throw new Error(compiled.says);
  return JSON.parse(String(runInNewContext(`${compiled.program.code};JSON.stringify(subject)`)));
}

describe('compile', () => {
  test('takes the overlay first, and the starter where the overlay has nothing', async () => {
    const hole =
      "import { zone } from './zone.ts';\nimport { mine } from './mine';\nexport const hole = [zone, mine];\n";
    const compiled = await laidOver({ 'mm/hole.ts': hole, 'mm/mine.ts': 'export const mine = 1;\n' }, ['mm/hole.ts']);
    expect(exported(compiled)).toEqual({ 'mm/hole': { hole: ['starter 10', 1] } });
  });

  test('without a file in the overlay, the hole is the starter’s own', async () => {
    expect(exported(await laidOver({}, ['mm/hole.ts', 'mm/zone.ts']))).toEqual({
      'mm/hole': { hole: 'starter' },
      'mm/zone': { zone: 'starter 10' },
    });
  });

  test('what the starter imports comes from the overlay too', async () => {
    const compiled = await laidOver({ 'include/param.ts': 'export const ORDER = 3;\n' }, ['mm/zone.ts']);
    expect(exported(compiled)).toEqual({ 'mm/zone': { zone: 'starter 3' } });
  });

  test('an import written with .js finds the .ts file', async () => {
    const compiled = await laidOver({ 'mm/hole.ts': "export { zone } from './zone.js';\n" }, ['mm/hole.ts']);
    expect(exported(compiled)).toEqual({ 'mm/hole': { zone: 'starter 10' } });
  });

  test.each(['node:fs', 'fs', 'lodash', '/etc/hosts', '../../outside.ts', './missing.ts', 'file:///etc/hosts', '.'])(
    'refuses to import %s, and says where',
    async (path) => {
      const compiled = await laidOver({ 'mm/hole.ts': `\nimport * as x from '${path}';\nexport { x };\n` }, [
        'mm/hole.ts',
      ]);
      expect(compiled).toEqual({
        kind: 'refused',
        says: `cannot import "${path}": only the files of this assignment can be imported`,
        at: { file: 'mm/hole.ts', line: 2, column: 20 },
      });
    },
  );

  test('refuses what is no program, and says where', async () => {
    const compiled = await laidOver({ 'mm/hole.ts': 'export const a = 1;\nexport const = 2;\n' }, ['mm/hole.ts']);
    expect(compiled).toMatchObject({ kind: 'refused', at: { file: 'mm/hole.ts', line: 2, column: 14 } });
  });

  test('finds the place in the student’s own file, and only there', async () => {
    const hole = [
      "import { deep } from './zone.ts';",
      '',
      'export interface Unused { readonly removed: true }',
      'export function outer(): void {',
      "  deep(() => { throw new Error('here'); });",
      '}',
      '',
    ].join('\n');
    writeFileSync(join(starter, 'mm/zone.ts'), 'export function deep(f: () => void): void {\n  f();\n}\n');
    const compiled = await laidOver({ 'mm/hole.ts': hole }, ['mm/hole.ts']);
    if (compiled.kind === 'refused') throw new Error(compiled.says);
    const lines = compiled.program.code.split('\n');
    const frame = (text: string): string => {
      const line = lines.findIndex((candidate) => candidate.includes(text));
      return `    at f (subject.js:${line + 1}:${(lines[line] ?? '').indexOf(text) + 1})\n`;
    };
    const stack = frame('throw new Error') + frame('f();') + frame('deep(()');
    expect(locate(compiled.program, stack)).toEqual([
      { file: 'mm/hole.ts', line: 5, column: 16 },
      { file: 'mm/hole.ts', line: 5, column: 3 },
    ]);
  });

  test('a stack of the student’s invention finds nothing, and breaks nothing', async () => {
    const compiled = await laidOver({ 'mm/hole.ts': 'export const hole = 1;\n' }, ['mm/hole.ts']);
    if (compiled.kind === 'refused') throw new Error(compiled.says);
    const stack = ['0:0', '1:0', '0:1', `${'9'.repeat(400)}:1`, `1:${'9'.repeat(400)}`].map(
      (at) => `(subject.js:${at})`,
    );
    expect(locate(compiled.program, stack.join('\n'))).toEqual([]);
  });
});
