/** Tells whose export a source is by the shape of its names, and who handed in what. */
import { GraderError } from '../../errors.ts';
import type { Origin } from '../../model/submission.ts';
import { isJunk, type Listing, quote, type SourceEntry } from '../archive/entry.ts';
import type { Source } from '../archive/source.ts';
import { draftCanvas, isCanvas } from '../canvas/read.ts';
import { draftFolders, isKernelFolder, isOneSubmission, standsAlone, topNames } from '../folder/read.ts';
import { draftMoodle, isMoodle } from '../moodle/read.ts';
import type { Drafts } from './draft.ts';

/**
 * By the shape of most entries; what does not fit is unmatched. A wrapper folder around the class is looked through.
 * @throws GraderError INTAKE_UNKNOWN_LAYOUT, INTAKE_EMPTY
 */
export function recognise(source: Source): Drafts & { readonly system: Origin['system'] } {
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
  if (drafts.length === 0) throw empty(source.name);
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

function empty(name: string): GraderError {
  return new GraderError(
    'INTAKE_EMPTY',
    `${quote(name)} holds no submission. Give the zip that was downloaded from the LMS, or a folder with one folder for each student.`,
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
