/** First stage: who handed in what. Reads a folder or a zip, in the shape of whichever system it came from. */
import { GraderError } from '../errors.ts';
import { byCodeUnits, quote } from '../lms/archive/entry.ts';
import { MAX_CLASS_BYTES } from '../lms/archive/limits.ts';
import { openSource } from '../lms/archive/source.ts';
import { collect } from '../lms/submissions/collect.ts';
import type { Draft } from '../lms/submissions/draft.ts';
import { distinctKeys } from '../lms/submissions/key.ts';
import { recognise } from '../lms/submissions/recognise.ts';
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

function tooLarge(name: string, draft: Draft): GraderError {
  return new GraderError(
    'INTAKE_UNSAFE',
    `${quote(name)} holds more than ${MAX_CLASS_BYTES / 2 ** 20} MiB when it is opened; the limit was passed at ${quote(draft.parts[0]?.entry.path ?? draft.who)}. Grade the class in parts.`,
  );
}
