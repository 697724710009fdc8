import type { SubmittedFile } from '../../model/submission.ts';
import { type Expected, place } from '../place.ts';

const EXPECTED: Expected = {
  holes: ['mm/page_alloc.ts', 'fs/proc/buddyinfo.ts'],
  allowed: ['mm/*.ts'],
  starter: new Map([
    ['mm/page_alloc.ts', 'stub'],
    ['fs/proc/buddyinfo.ts', 'stub'],
    ['include/types.ts', 'export type Pfn = number;\n'],
    ['lib/list.ts', 'export {};\n'],
  ]),
};

function files(...given: readonly (readonly [path: string, text?: string])[]): readonly SubmittedFile[] {
  return given.map(([path, text = path]) => ({ path, bytes: Buffer.from(text) }));
}

/** Where each graded file was found. */
function found(submitted: readonly SubmittedFile[]): Record<string, string> {
  return Object.fromEntries([...place(submitted, EXPECTED).files].map(([path, file]) => [path, file.path]));
}

function said(submitted: readonly SubmittedFile[]): readonly string[] {
  return place(submitted, EXPECTED).findings.map(({ rule, says }) => `${rule}: ${says}`);
}

describe('place', () => {
  test.each([
    ['where they belong', '', ''],
    ['in a wrapper folder', 'my project/', 'my project/'],
    ['below a whole project', 'osgrade-main/starter/', 'osgrade-main/starter/'],
    ['in two different folders', 'a/', 'b/c/'],
  ])('finds holes %s', (_, first, second) => {
    const submitted = files([`${first}mm/page_alloc.ts`], [`${second}fs/proc/buddyinfo.ts`]);
    expect(found(submitted)).toEqual({
      'mm/page_alloc.ts': `${first}mm/page_alloc.ts`,
      'fs/proc/buddyinfo.ts': `${second}fs/proc/buddyinfo.ts`,
    });
    expect(place(submitted, EXPECTED)).toMatchObject({ findings: [], reasons: [] });
  });

  test('finds holes by their names alone, and an allowed file beside them', () => {
    expect(found(files(['page_alloc.ts'], ['buddyinfo.ts'], ['free_list.ts']))).toEqual({
      'mm/page_alloc.ts': 'page_alloc.ts',
      'fs/proc/buddyinfo.ts': 'buddyinfo.ts',
      'mm/free_list.ts': 'free_list.ts',
    });
  });

  test('takes the copy nearest to the top, and notes another one unless it is the same', () => {
    const submitted = files(
      ['old/mm/page_alloc.ts', '1'],
      ['mm/page_alloc.ts', '2'],
      ['x/mm/page_alloc.ts', '2'],
      ['buddyinfo.ts'],
    );
    expect(found(submitted)['mm/page_alloc.ts']).toBe('mm/page_alloc.ts');
    expect(said(submitted)).toEqual([
      'extra-file: There are two files for mm/page_alloc.ts: "mm/page_alloc.ts" was graded, "old/mm/page_alloc.ts" was not.',
    ]);
  });

  test('goes on with one hole missing, and asks whether a near miss was meant', () => {
    const submitted = files(['mm/page_alloc.ts'], ['fs/proc/buddy-info.ts']);
    expect(place(submitted, EXPECTED).reasons).toEqual([]);
    expect(said(submitted)[0]).toBe(
      'missing-file: fs/proc/buddyinfo.ts is not among the files: the starter\'s own, with nothing written yet, was used. Is "fs/proc/buddy-info.ts" meant to be it?',
    );
  });

  test.each([
    'page-alloc.ts',
    'Page_Alloc.TS',
    'mm/page_alloc.js',
    'page_alloc.ts.txt',
    'page_alloc (1).ts',
    'page_alloc-1.ts',
    'pageAlloc_final.ts',
  ])('cannot grade %s alone, and says how to name it', (path) => {
    const { reasons } = place(files([path]), EXPECTED);
    expect(reasons).toEqual([
      `Expected mm/page_alloc.ts, fs/proc/buddyinfo.ts, and none of them is there. Found: ${path}. "${path}" looks like it: name it mm/page_alloc.ts and hand in again.`,
    ]);
  });

  test('cannot grade nothing', () => {
    expect(place([], EXPECTED).reasons).toEqual([
      'Expected mm/page_alloc.ts, fs/proc/buddyinfo.ts, and none of them is there. There was no file at all.',
    ]);
  });

  test('takes no file by name alone when two bear it', () => {
    expect(place(files(['a/page_alloc.ts'], ['b/page_alloc.ts']), EXPECTED).files.size).toBe(0);
  });

  test('uses its own given files, notes changed ones, and is silent about line ends', () => {
    const submitted = files(
      ['p/mm/page_alloc.ts'],
      ['p/fs/proc/buddyinfo.ts'],
      ['p/include/types.ts', '\uFEFFexport type Pfn = number;\r\n'],
      ['p/lib/list.ts', 'export const cheat = 1;\n'],
    );
    expect(Object.keys(found(submitted))).toEqual(['mm/page_alloc.ts', 'fs/proc/buddyinfo.ts']);
    expect(said(submitted)).toEqual(['given-file: lib/list.ts is given and was changed: the grader uses its own.']);
  });

  test('takes allowed source files, and lists what it does not use in one note', () => {
    const submitted = files(
      ['p/mm/page_alloc.ts'],
      ['p/fs/proc/buddyinfo.ts'],
      ['p/mm/bitmap.ts'],
      ['p/mm/bitmap.test.ts'],
      ['p/package.json'],
      ['p/node_modules/a/index.js'],
      ['p/node_modules/b/mm/page_alloc.ts'],
      ['p/.DS_Store'],
      ['p/.osgrade/starter/mm/page_alloc.ts'],
      ['__MACOSX/p/mm/._page_alloc.ts'],
    );
    expect(found(submitted)['mm/bitmap.ts']).toBe('p/mm/bitmap.ts');
    expect(said(submitted)).toEqual([
      'extra-file: Not needed, and not used: p/mm/bitmap.test.ts, p/package.json, p/node_modules/.',
    ]);
  });

  test('a source file under a name that is not allowed is told apart, with the names that are', () => {
    const submitted = files(['p/mm/page_alloc.ts'], ['p/fs/proc/buddyinfo.ts'], ['p/lib/text.ts'], ['p/tests/own.ts']);
    const notUsed = (allowed: readonly string[]) =>
      place(submitted, { ...EXPECTED, allowed }).findings.map(({ severity, says }) => `${severity}: ${says}`);
    expect(notUsed(['mm/*.ts', 'fs/proc/seq*.ts'])).toEqual([
      'note: Not used, for name or folder are not allowed: p/lib/text.ts. Further files may be any .ts files in mm/, or .ts files in fs/proc/ whose names begin with "seq".',
      'note: Not needed, and not used: p/tests/own.ts.',
    ]);
    expect(notUsed(['mm/**/*.ts'])[0]).toMatch(/Further files may be any \.ts files in mm\/ or its folders\.$/);
    expect(notUsed(['lib/**'])).toHaveLength(1);
    expect(notUsed([])[0]).toMatch(/No further files may be handed in\.$/);
  });

  test('uses further files up to 512 KiB in all', () => {
    const half = 'a'.repeat(256 * 1024);
    const submitted = files(['page_alloc.ts'], ['buddyinfo.ts'], ['b.ts', half], ['c.ts', half], ['d.ts', '1']);
    expect(Object.keys(found(submitted)).slice(2)).toEqual(['mm/b.ts', 'mm/c.ts']);
    expect(said(submitted)).toEqual(['extra-file: Not needed, and not used: d.ts.']);
  });
});
