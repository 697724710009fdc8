/** A plain folder, or a zip of one: one folder for each student; a file or zip that stands alone is a whole submission. */
import type { IntakeProblem } from '../../model/submission.ts';
import { byCodeUnits, type Listing, type SourceEntry } from '../archive/entry.ts';
import type { Draft, Drafts, Part } from '../submissions/draft.ts';

/** The folders of the kernel itself: where they stand, a submission begins, not a class. */
const KERNEL_FOLDERS: ReadonlySet<string> = new Set(['mm', 'fs', 'arch', 'include', 'lib', 'init', 'tools']);

export function isKernelFolder(name: string): boolean {
  return KERNEL_FOLDERS.has(name);
}

/** The first part of each path, sorted, each once. */
export function topNames({ entries, folders }: Listing): string[] {
  const tops = [...entries.map(({ path }) => path), ...folders].map((path) => path.split('/')[0] ?? '');
  return [...new Set(tops)].sort(byCodeUnits);
}

/** True of the files of one submission, packed without a folder that says whose they are. */
export function isOneSubmission(listing: Listing): boolean {
  const folders = topNames({
    entries: listing.entries.filter(({ path }) => path.includes('/')),
    folders: listing.folders,
  });
  return folders.length > 0 && folders.every(isKernelFolder);
}

/** Drafts in the order of names. */
export function draftFolders(listing: Listing): Drafts {
  const unmatched: IntakeProblem[] = [];
  const drafts: Draft[] = [];
  const parts = new Map<string, Part[]>();
  for (const entry of listing.entries) {
    const top = entry.path.split('/')[0] ?? '';
    const part = { path: entry.path.slice(top.length + 1), entry };
    const others = parts.get(top);
    if (others === undefined) parts.set(top, [part]);
    else others.push(part);
  }
  for (const top of topNames(listing)) {
    const files = parts.get(top) ?? [];
    if (top.startsWith('.')) unmatched.push({ entry: top, says: 'Names that start with a dot are no submissions.' });
    else drafts.push(draft(top, files));
  }
  return { drafts, unmatched };
}

function draft(top: string, parts: readonly Part[]): Draft {
  const alone = parts.find(({ path }) => path === '');
  const who = alone === undefined ? top : top.replace(/(\.tar)?\.[^.]+$/i, '');
  return {
    who,
    keyName: who,
    keyId: '',
    origin: { system: 'folder', folder: top },
    late: false,
    parts: alone === undefined ? parts : [{ path: top, entry: alone.entry }],
    problems: [],
  };
}

/** In a zip, a lone file that is not an archive is no submission: too many zips that are no class look like that. */
export function standsAlone({ path }: SourceEntry): boolean {
  return !path.includes('/') && !/\.zip$/i.test(path);
}
