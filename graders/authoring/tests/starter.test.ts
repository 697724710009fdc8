import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GraderError } from '../../errors.ts';
import { checkStarter, starterText, writeStarter } from '../starter.ts';

const ROOT = join(__dirname, '../../..');

const REFERENCE = `/** Mine sweeps the frames. Linux: mm/mine.c. */
import { Base } from '../lib/base.ts';
import { type Link, LIST_END, makeList } from '../lib/list.ts';
import { NR_PAGES } from '../include/param.ts';

/**
 * How far a probe goes.
 * @answer
 */
const REACH = makeList(LIST_END);

export type Found = Link | null;

/**
 * Looks for a mine.
 *
 * @hole
 * @param pfn  where
 */
export function probe(pfn: number): Found {
  // the trick is to look at REACH first
  return REACH.at(pfn % NR_PAGES);
}

export class Field extends Base {
  readonly size: number;
  /** @answer */
  private readonly mines = new Set<number>();

  /** @hole */
  constructor(size: number) {
    super('field', size);
    this.size = size;
    this.mines.add(REACH);
  }

  /** Frames that are safe. @hole */
  get safe(): number {
    return this.size - this.mines.size;
  }

  /** Where it starts. Given. */
  first(): number {
    return 0;
  }

  /**
   * @answer
   */
  private clear(): void {
    this.mines.clear();
  }
}
`;

const STARTER = `/** Mine sweeps the frames. Linux: mm/mine.c. */
import { Base } from '../lib/base.ts';
import type { Link } from '../lib/list.ts';

export type Found = Link | null;

/**
 * Looks for a mine.
 * @param pfn  where
 */
export function probe(pfn: number): Found {
  throw new Error('not written yet: probe');
}

export class Field extends Base {
  readonly size: number;

  constructor(size: number) {
    super('field', size);
    throw new Error('not written yet: Field.constructor');
  }

  /** Frames that are safe. */
  get safe(): number {
    throw new Error('not written yet: Field.safe');
  }

  /** Where it starts. Given. */
  first(): number {
    return 0;
  }
}
`;

describe('starterText', () => {
  test('keeps signatures, doc comments and given code; takes bodies, answers and imports that only they used', () => {
    expect(starterText(REFERENCE, 'mm/mine.ts')).toBe(STARTER);
  });

  test('closes up a class whose members all were answers', () => {
    const text = 'export class Pool {\n  /** @answer */\n  private a = 1;\n\n  /** @answer */\n  private b = 2;\n}\n';
    expect(starterText(text, 'mm/pool.ts')).toBe('export class Pool {}\n');
  });

  test('leaves no doubled blank line between what surrounds an answer, nor one at the end', () => {
    const text = 'const a = 1;\n\n/** @answer */\nconst b = 2;\n\nexport { a };\n\n/** @answer */\nconst c = 3;\n';
    expect(starterText(text, 'mm/a.ts')).toBe('const a = 1;\n\nexport { a };\n');
  });

  test('makes an import one of types only when just types still need it', () => {
    const text =
      "import { type A, B } from './ab.ts';\n\n/** @hole */\nexport function f(b: B): A {\n  return new B(b);\n}\n";
    expect(starterText(text, 'mm/f.ts')).toBe(
      "import type { A, B } from './ab.ts';\n\nexport function f(b: B): A {\n  throw new Error('not written yet: f');\n}\n",
    );
  });

  test('keeps what is imported for a value beside what only types need', () => {
    const text =
      "import { A, B, C } from './abc.ts';\n\nexport const b = B;\n\n/** @hole */\nexport function f(): A {\n  return new A(C);\n}\n";
    expect(starterText(text, 'mm/f.ts')).toContain("import { type A, B } from './abc.ts';\n");
  });

  test('keeps a renamed import, a namespace and one for its effects, while used', () => {
    const text =
      "import './effect.ts';\nimport * as list from './list.ts';\nimport { a as b, c } from './a.ts';\n\nexport const d = [list.x, b];\n\n/** @answer */\nconst e = c;\n";
    expect(starterText(text, 'mm/d.ts')).toBe(
      "import './effect.ts';\nimport * as list from './list.ts';\nimport { a as b } from './a.ts';\n\nexport const d = [list.x, b];\n",
    );
  });

  test('drops an answer written on an import or on a member of an interface', () => {
    const text =
      "/** Header. */\n\n/** @answer */\nimport { a } from './a.ts';\n\nexport interface I {\n  /** @answer */\n  secret: number;\n  open: number;\n}\n";
    expect(starterText(text, 'mm/i.ts')).toBe('/** Header. */\n\nexport interface I {\n  open: number;\n}\n');
  });

  test.each([
    ['a constant', '/** @hole */\nexport const a = 1;\n'],
    ['a function without a declared result', '/** @hole */\nexport function a() {\n  return 1;\n}\n'],
    ['an overload', '/** @hole */\nexport function a(): void;\nexport function a(): void {}\n'],
    ['a line comment', '// @answer\nconst a = 1;\n'],
  ])('refuses a marker on %s', (_, text) => {
    expect(() => starterText(text, 'mm/a.ts')).toThrow(expect.objectContaining({ code: 'STARTER_MARKER' }));
  });
});

describe('writeStarter and checkStarter', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'starter-'));
    for (const folder of ['reference/mm/tests', 'reference/laws']) mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, 'reference/mm/mine.ts'), REFERENCE);
    writeFileSync(join(root, 'reference/mm/own.ts'), 'export const own = 1;\n');
    writeFileSync(join(root, 'reference/mm/tests/mine.test.ts'), '/** @answer */\nconst a = 1;\n');
    writeFileSync(join(root, 'reference/laws/mine.ts'), '/** @answer */\nconst a = 1;\n');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test('writes only files with a marker, outside tests/ and laws/, and names what changed', () => {
    expect(writeStarter(root)).toEqual(['mm/mine.ts']);
    expect(readFileSync(join(root, 'starter/mm/mine.ts'), 'utf8')).toBe(STARTER);
    expect(writeStarter(root)).toEqual([]);
  });

  test('reports drift by file and command, none after writing, none for line ends of Windows', () => {
    expect(() => checkStarter(root)).toThrow(
      new GraderError(
        'STARTER_DRIFT',
        'Not what reference/ says: starter/mm/mine.ts. Edit the files in reference/ and run: npx osgrade starter',
      ),
    );
    writeStarter(root);
    checkStarter(root);
    writeFileSync(join(root, 'starter/mm/mine.ts'), STARTER.replaceAll('\n', '\r\n'));
    checkStarter(root);
  });
});

test('starter/ is what reference/ says', () => {
  checkStarter(ROOT);
});
