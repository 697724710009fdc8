/**
 * Finds the files of an assignment in what was handed in, wherever they lie:
 *
 *     mm/page_alloc.ts                 as it should be
 *     myproject/starter/mm/page_alloc.ts   the whole project, in a folder
 *     page_alloc.ts                    the file alone
 */
import type { SubmittedFile } from '../model/submission.ts';
import { type Inspection, joined, quotable, refusal, remark } from './inspection.ts';
import { baseName, isJunk, matches, nearMiss } from './paths.ts';

/** What an assignment expects. */
export interface Expected {
  readonly holes: readonly string[];
  /** Globs of further files. */
  readonly allowed: readonly string[];
  /** Text of every file of starter/, by path, holes included. */
  readonly starter: ReadonlyMap<string, string>;
}

export interface Placed extends Inspection {
  /** The files that are graded, by their path in starter/. */
  readonly files: ReadonlyMap<string, SubmittedFile>;
}

export function place(submitted: readonly SubmittedFile[], expected: Expected): Placed {
  const candidates = submitted.filter((file) => !isJunk(file.path));
  const own = candidates.filter((file) => !/(^|\/)node_modules\//.test(file.path));
  const found = expected.holes.flatMap((hole) => {
    const [best, ...others] = ranked(own, hole, expected);
    return best === undefined ? [] : [{ hole, best, others }];
  });
  const files = new Map(found.map(({ hole, best }) => [hole, best]));
  const rest = candidates.filter((file) => !found.some(({ best, others }) => best === file || others.includes(file)));
  const further = furtherFiles(rest, files, expected);
  return {
    files: new Map([...files, ...further.files]),
    ...joined([
      missing(expected.holes, files, candidates),
      ...found.flatMap(({ hole, best, others }) => others.flatMap((other) => copies(hole, best, other))),
      further,
    ]),
  };
}

/** Files that may be the hole, the best first: nearest to the top of what was handed in. */
function ranked(files: readonly SubmittedFile[], hole: string, expected: Expected): readonly SubmittedFile[] {
  const below = files.filter(({ path }) => path === hole || path.endsWith(`/${hole}`));
  if (below.length > 0) return [...below].sort((a, b) => a.path.length - b.path.length || (a.path < b.path ? -1 : 1));
  const name = baseName(hole);
  if (expected.holes.filter((other) => baseName(other) === name).length > 1) return [];
  const alone = files.filter(({ path }) => baseName(path) === name && givenPath(path, expected) === undefined);
  return alone.length === 1 ? alone : [];
}

/** The given file that a submitted path stands for, if any. */
function givenPath(path: string, { starter, holes }: Expected): string | undefined {
  return [...starter.keys()]
    .filter((given) => !holes.includes(given) && (path === given || path.endsWith(`/${given}`)))
    .sort((a, b) => b.length - a.length)[0];
}

function missing(
  holes: readonly string[],
  files: ReadonlyMap<string, SubmittedFile>,
  candidates: readonly SubmittedFile[],
): Inspection {
  const absent = holes
    .filter((hole) => !files.has(hole))
    .map((hole) => ({ hole, near: candidates.find(({ path }) => nearMiss(path, hole)) }));
  if (absent.length === holes.length) {
    const there = candidates.map(({ path }) => path);
    const what = there.length === 0 ? 'There was no file at all.' : `Found: ${listed(there)}.`;
    const hints = absent.map(({ hole, near }) =>
      near === undefined ? '' : ` "${quotable(near.path)}" looks like it: name it ${hole} and hand in again.`,
    );
    const says = `Expected ${holes.join(', ')}, and none of them is there. ${what}${hints.join('')}`;
    return refusal({ severity: 'error', rule: 'missing-file', says, at: null });
  }
  return joined(
    absent.map(({ hole, near }) => {
      const hint = near === undefined ? '' : ` Is "${quotable(near.path)}" meant to be it?`;
      const says = `${hole} is not among the files: the starter's own, with nothing written yet, was used.${hint}`;
      return remark({ severity: 'error', rule: 'missing-file', says, at: null });
    }),
  );
}

function copies(hole: string, best: SubmittedFile, other: SubmittedFile): readonly Inspection[] {
  if (Buffer.compare(best.bytes, other.bytes) === 0) return [];
  const says = `There are two files for ${hole}: "${quotable(best.path)}" was graded, "${quotable(other.path)}" was not.`;
  return [remark({ severity: 'note', rule: 'extra-file', says, at: null })];
}

/** Bytes of all further files together; beyond, they are not used. */
const MAX_FURTHER_BYTES = 512 * 1024;

/** Sorts out what is no hole: allowed files are taken, given ones and all others only noted. */
function furtherFiles(
  rest: readonly SubmittedFile[],
  placed: ReadonlyMap<string, SubmittedFile>,
  expected: Expected,
): Placed {
  const files = new Map<string, SubmittedFile>();
  const changed: string[] = [];
  const misnamed: string[] = [];
  const extra: string[] = [];
  let bytesLeft = MAX_FURTHER_BYTES;
  for (const file of rest) {
    const given = givenPath(file.path, expected);
    const places = placesOf(file.path, placed).filter((path) => isSource(path) && !expected.starter.has(path));
    const allowed = places.filter((path) => matches(path, expected.allowed));
    const target = allowed.find((path) => !files.has(path));
    if (given !== undefined) {
      if (!sameText(file, expected.starter.get(given) ?? '')) changed.push(given);
    } else if (target !== undefined && file.bytes.length <= bytesLeft) {
      bytesLeft -= file.bytes.length;
      files.set(target, file);
    } else if (allowed.length === 0 && places.some((path) => isInKernel(path, expected.starter))) {
      misnamed.push(file.path);
    } else {
      extra.push(file.path);
    }
  }
  const note = (rule: string, says: string): Inspection => remark({ severity: 'note', rule, says, at: null });
  return {
    files,
    ...joined([
      ...changed.map((path) => note('given-file', `${path} is given and was changed: the grader uses its own.`)),
      ...(misnamed.length === 0 ? [] : [note('extra-file', notUsable(misnamed, expected.allowed))]),
      ...(extra.length === 0 ? [] : [note('extra-file', `Not needed, and not used: ${listed(extra)}.`)]),
    ]),
  };
}

/** Whether a file lies at the top or in a folder of the kernel, so that the holes may well import it: not so tests. */
function isInKernel(path: string, starter: ReadonlyMap<string, string>): boolean {
  const top = topOf(path);
  return top === '' || [...starter.keys()].some((known) => topOf(known) === top);
}

/** `fs/` of `fs/proc/buddyinfo.ts`; empty at the top. */
function topOf(path: string): string {
  return path.slice(0, path.indexOf('/') + 1);
}

function notUsable(paths: readonly string[], allowed: readonly string[]): string {
  const names = allowed.map(inWords).join(', or ');
  const rule = names === '' ? 'No further files may be handed in.' : `Further files may be ${names}.`;
  return `Not used, for name or folder are not allowed: ${listed(paths)}. ${rule}`;
}

/** What a glob allows, for those who have never seen one. */
function inWords(glob: string): string {
  const [, folder, below, start] = /^((?:[^*?]*\/)?)(\*\*\/)?([^*?/]*)\*\.ts$/.exec(glob) ?? [];
  if (folder === undefined) return glob;
  const where = folder === '' ? 'at the top' : below === undefined ? `in ${folder}` : `in ${folder} or its folders`;
  return start === '' ? `any .ts files ${where}` : `.ts files ${where} whose names begin with "${start}"`;
}

function isSource(path: string): boolean {
  return /\.ts$/.test(path) && !/\.(test|spec|budget|d)\.ts$/.test(path);
}

/** Where a file belongs if it lies to a placed hole as it should: the hole's own folders, or just beside it. */
function placesOf(path: string, placed: ReadonlyMap<string, SubmittedFile>): readonly string[] {
  const places = [...placed].flatMap(([hole, file]) => {
    const whole = file.path === hole || file.path.endsWith(`/${hole}`);
    const from = whole ? file.path.slice(0, -hole.length) : folderOf(file.path);
    return path.startsWith(from) ? [(whole ? '' : folderOf(hole)) + path.slice(from.length)] : [];
  });
  return [...new Set(places)];
}

/** `mm/` of `mm/page_alloc.ts`; empty at the top. */
function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

function sameText(file: SubmittedFile, text: string): boolean {
  const plain = (some: string): string =>
    some
      .replace(/^\uFEFF/, '')
      .replaceAll('\r\n', '\n')
      .trimEnd();
  return plain(Buffer.from(file.bytes).toString('utf8')) === plain(text);
}

const LISTED = 8;

/** A few paths; whole folders of packages as one. */
function listed(paths: readonly string[]): string {
  const short = [...new Set(paths.map((path) => path.replace(/(^|\/)node_modules\/.*$/, '$1node_modules/')))];
  const more = short.length - LISTED;
  return short.slice(0, LISTED).map(quotable).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
