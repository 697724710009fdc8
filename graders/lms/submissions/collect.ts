/**
 * Turns the parts of one draft into the files of a submission: reads them, opens a zip that was handed in, takes off
 * wrapper folders, and keeps one file for each name. Whatever goes wrong here is a problem of this submission alone.
 */
import type { IntakeProblem, SubmittedFile } from '../../model/submission.ts';
import { byCodeUnits, inMiB, isJunk, quote, type SourceEntry } from '../archive/entry.ts';
import {
  MAX_FILE_BYTES,
  MAX_INNER_ARCHIVE_BYTES,
  MAX_PROBLEMS,
  MAX_SUBMISSION_BYTES,
  MAX_SUBMISSION_FILES,
  MAX_SUBMISSION_ZIPS,
} from '../archive/limits.ts';
import { openZip } from '../archive/read.ts';
import { isKernelFolder } from '../folder/read.ts';
import type { Part } from './draft.ts';

const ZIP = /\.zip$/i;
const OTHER_ARCHIVE = /\.(tar|tgz|gz|bz2|tbz|xz|txz|zst|7z|rar|jar|iso|cab|lzma|z)$/i;

export interface Collected {
  /** Sorted by path. */
  readonly files: readonly SubmittedFile[];
  readonly problems: readonly IntakeProblem[];
}

/** What one submission may still take, and what went wrong with it. What was refused counts too: reading it cost time. */
interface Account {
  readonly problems: IntakeProblem[];
  bytesLeft: number;
  filesLeft: number;
  zipsLeft: number;
}

/** @throws GraderError only when the source itself, not the student's part of it, is broken */
export async function collect(parts: readonly Part[]): Promise<Collected> {
  const account: Account = {
    problems: [],
    bytesLeft: MAX_SUBMISSION_BYTES,
    filesLeft: MAX_SUBMISSION_FILES,
    zipsLeft: MAX_SUBMISSION_ZIPS,
  };
  const files: SubmittedFile[] = [];
  for (const { path, entry } of parts
    .filter((part) => !isJunk(part.path))
    .sort((a, b) => byCodeUnits(a.path, b.path))) {
    files.push(...(ZIP.test(path) ? await fromZip(account, path, entry) : await fromFile(account, path, entry)));
  }
  const kept = distinct(withoutWrapper(files), account.problems);
  return { files: kept, problems: capped(account.problems) };
}

/** @param entry  its path names the file in problems */
async function fromFile(account: Account, path: string, entry: SourceEntry): Promise<SubmittedFile[]> {
  const refuse = (says: string) => {
    account.problems.push({ entry: entry.path, says });
    return [];
  };
  if (OTHER_ARCHIVE.test(path)) {
    return refuse(
      `${quote(path)} is an archive that is not opened: only zip is. Hand in the files, or one zip of them.`,
    );
  }
  if (account.filesLeft === 0) {
    return refuse(
      `There are more than ${MAX_SUBMISSION_FILES} files; this one was left out. Hand in what was asked for.`,
    );
  }
  account.filesLeft -= 1;
  const content = await entry.read(MAX_FILE_BYTES);
  if (content.kind !== 'bytes') {
    return refuse(`${quote(path)} ${content.says}. It was left out: hand in the plain source file.`);
  }
  if (content.bytes.length > account.bytesLeft) {
    return refuse(`The files are larger than ${inMiB(MAX_SUBMISSION_BYTES)} in all; this one was left out.`);
  }
  account.bytesLeft -= content.bytes.length;
  return [{ path, bytes: content.bytes }];
}

/** The files of a zip stand where the zip stood. */
async function fromZip(account: Account, path: string, outer: SourceEntry): Promise<SubmittedFile[]> {
  const refuse = (says: string) => {
    const sentence = `${quote(path)} ${says}. Pack the files again as one ordinary zip.`;
    account.problems.push({ entry: outer.path, says: sentence });
    return [];
  };
  if (account.zipsLeft === 0) return refuse(`was not opened: there are more than ${MAX_SUBMISSION_ZIPS} zips`);
  account.zipsLeft -= 1;
  const content = await outer.read(MAX_INNER_ARCHIVE_BYTES);
  if (content.kind !== 'bytes') return refuse(content.says);
  const zip = await openZip(content.bytes);
  if (zip.kind !== 'opened') return refuse(zip.kind === 'unsafe' ? `was not unpacked: ${zip.says}` : zip.says);
  try {
    const entries = zip.entries.filter((entry) => !isJunk(entry.path)).sort((a, b) => byCodeUnits(a.path, b.path));
    if (entries.length === 0) return refuse('is empty');
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    const files = await inner(account, outer.path, entries);
    return files.map((file) => ({ ...file, path: `${folder}${file.path}` }));
  } finally {
    zip.close();
  }
}

async function inner(account: Account, zipPath: string, entries: readonly SourceEntry[]): Promise<SubmittedFile[]> {
  const files: SubmittedFile[] = [];
  for (const { path, read } of entries) {
    const entry = { path: `${zipPath}!/${path}`, read };
    if (ZIP.test(path)) {
      const says = `${quote(path)} is a zip inside a zip, which is not opened. Hand in one zip of the files themselves.`;
      account.problems.push({ entry: entry.path, says });
    } else {
      files.push(...(await fromFile(account, path, entry)));
    }
  }
  return withoutWrapper(files);
}

function capped(problems: readonly IntakeProblem[]): IntakeProblem[] {
  if (problems.length <= MAX_PROBLEMS) return [...problems];
  const says = `${problems.length - MAX_PROBLEMS} more files have problems like these.`;
  return [...problems.slice(0, MAX_PROBLEMS), { entry: '', says }];
}

/** `osgrade-03/mm/page_alloc.ts` is `mm/page_alloc.ts` when all files are below that folder; `mm` itself stays. */
function withoutWrapper(files: readonly SubmittedFile[]): SubmittedFile[] {
  const [first] = files;
  const top = first?.path.split('/')[0] ?? '';
  const below = files.length > 0 && files.every(({ path }) => path.startsWith(`${top}/`));
  if (!below || isKernelFolder(top)) return [...files];
  return withoutWrapper(files.map((file) => ({ ...file, path: file.path.slice(top.length + 1) })));
}

/** Names that differ only in case, or in how an accent is written, are one file on macOS and Windows: the first is kept. */
function distinct(files: readonly SubmittedFile[], problems: IntakeProblem[]): SubmittedFile[] {
  const kept = new Map<string, SubmittedFile>();
  for (const file of [...files].sort((a, b) => byCodeUnits(a.path, b.path))) {
    const name = file.path.toLowerCase();
    const first = kept.get(name);
    if (first === undefined) kept.set(name, file);
    else {
      const says = `${quote(first.path)} and ${quote(file.path)} are one name on many systems; only the first was taken. Hand in each file once.`;
      problems.push({ entry: file.path, says });
    }
  }
  return [...kept.values()];
}
