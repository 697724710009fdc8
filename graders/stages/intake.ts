/** First stage: who handed in what. Reads a folder or a zip, in the shape of whichever system it came from. */
import { GraderError } from '../errors.ts';
import { byCodeUnits, isJunk, type Listing, quote, type SourceEntry } from '../lms/archive/entry.ts';
import { MAX_CLASS_BYTES } from '../lms/archive/limits.ts';
import { openSource, type Source } from '../lms/archive/source.ts';
import { draftCanvas, isCanvas } from '../lms/canvas/read.ts';
import { collect } from '../lms/collect.ts';
import type { Draft, Drafts } from '../lms/draft.ts';
import { draftFolders, isKernelFolder, isOneSubmission, standsAlone, topNames } from '../lms/folder/read.ts';
import { distinctKeys } from '../lms/key.ts';
import { draftMoodle, isMoodle } from '../lms/moodle/read.ts';
import type { Intake, Submission } from '../model/submission.ts';

/**
 * @param source  path of a folder or a zip
 * @returns every submission, sorted by key, and every entry that belongs to none
 * @throws GraderError INTAKE_NOT_FOUND, INTAKE_UNREADABLE, INTAKE_UNSAFE, INTAKE_UNKNOWN_LAYOUT, INTAKE_EMPTY.
 * What is wrong with one student's part is a problem of that submission, never thrown.
 */
export async function intake(source: string): Promise<Intake> {
  const opened = await openSource(source);
  try {
    const { system, drafts, unmatched } = recognise(opened);
    if (drafts.length === 0) throw empty(opened.name);
    const submissions = await read(opened.name, drafts);
    return {
      system,
      submissions: submissions.sort((a, b) => byCodeUnits(a.key, b.key)),
      unmatched: [...unmatched].sort((a, b) => byCodeUnits(a.entry, b.entry)),
    };
  } finally {
    opened.close();
  }
}

/** By the shape of most entries. A wrapper folder around the class is looked through. */
function recognise(source: Source): Drafts & { readonly system: Intake['system'] } {
  const all: Listing = {
    entries: source.entries.filter(({ path }) => !isJunk(path)),
    folders: source.folders.filter((path) => !isJunk(path)),
  };
  if (all.entries.length + all.folders.length === 0) throw empty(source.name);
  const listing = withoutClassFolder(all, source.kind);
  const { entries } = listing;
  if (most(entries, isMoodle)) return { system: 'moodle', ...draftMoodle(entries) };
  if (most(entries, isCanvas)) return { system: 'canvas', ...draftCanvas(entries) };
  const isLoose = (entry: SourceEntry) => source.kind === 'zip' && standsAlone(entry);
  const loose = entries.filter(isLoose);
  if (isOneSubmission(listing) || loose.length * 2 > entries.length) throw unknownLayout(source.name, entries);
  const { drafts, unmatched } = draftFolders({ ...listing, entries: entries.filter((entry) => !isLoose(entry)) });
  const alone = loose.map(({ path }) => ({ entry: path, says: "This file is in no student's folder." }));
  return { system: 'folder', drafts, unmatched: [...unmatched, ...alone] };
}

function most(entries: readonly SourceEntry[], matches: (path: string) => boolean): boolean {
  return entries.filter(({ path }) => matches(path)).length * 2 > entries.length;
}

/** Packing a folder puts that folder around all: `class/ada/..., class/bob/...`. But `ada/mm/..., ada/fs/...` is Ada's. */
function withoutClassFolder(listing: Listing, kind: Source['kind']): Listing {
  const [top, second] = topNames(listing);
  if (top === undefined || second !== undefined || listing.entries.some(({ path }) => path === top)) return listing;
  const below = (path: string) => path.slice(top.length + 1);
  const inner: Listing = {
    entries: listing.entries.map((entry) => ({ path: below(entry.path), read: (bytes) => entry.read(bytes) })),
    folders: listing.folders.map(below).filter((path) => path !== ''),
  };
  const isLms = most(inner.entries, isMoodle) || most(inner.entries, isCanvas);
  const names = topNames(inner);
  const isClass = names.length > 1 && !names.some((name) => isKernelFolder(name) || name.endsWith('.ts'));
  return isLms || (kind === 'zip' && isClass) ? inner : listing;
}

async function read(name: string, drafts: readonly Draft[]): Promise<Submission[]> {
  const keys = distinctKeys(drafts);
  const submissions: Submission[] = [];
  let bytesLeft = MAX_CLASS_BYTES;
  for (const [i, draft] of drafts.entries()) {
    const { files, problems: found } = await collect(draft.parts);
    for (const { bytes } of files) bytesLeft -= bytes.length;
    if (bytesLeft < 0) throw tooLarge(name, draft);
    const { who, origin, late } = draft;
    const problems = [...draft.problems, ...found];
    if (files.length + problems.length === 0) problems.push({ entry: who, says: 'No file was handed in.' });
    submissions.push({ key: keys[i] ?? '', who, origin, late, files, problems });
  }
  return submissions;
}

function empty(name: string): GraderError {
  return new GraderError(
    'INTAKE_EMPTY',
    `${quote(name)} holds no submission. Give the zip that was downloaded from the LMS, or a folder with one folder for each student.`,
  );
}

function tooLarge(name: string, draft: Draft): GraderError {
  return new GraderError(
    'INTAKE_UNSAFE',
    `${quote(name)} holds more than ${MAX_CLASS_BYTES / 2 ** 20} MiB when it is opened; the limit was passed at ${quote(draft.parts[0]?.entry.path ?? draft.who)}. Grade the class in parts.`,
  );
}

function unknownLayout(name: string, entries: readonly SourceEntry[]): GraderError {
  const shown = entries.slice(0, 2).map(({ path }) => quote(path));
  return new GraderError(
    'INTAKE_UNKNOWN_LAYOUT',
    [
      `${quote(name)} is not shaped like a class: it holds ${shown.join(' and ')}.`,
      'Known are: one folder for each student (ada/mm/page_alloc.ts);',
      'Moodle, "Download all submissions" (Ada Lovelace_12_assignsubmission_file/page_alloc.ts);',
      'Canvas, "Download submissions" (lovelaceada_4_99_page_alloc.ts).',
      'If it is the work of one student, put it into a folder with the name of the student.',
    ].join(' '),
  );
}
