/** The handed-out folder, seen from inside: the student's files, and what the grader uses. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Assignment, AssignmentFile } from '../../../model/assignment.ts';
import type { CountSeen } from '../../../model/observation.ts';
import type { Submission, SubmittedFile } from '../../../model/submission.ts';

export interface Kit {
  /** Absolute path of the student's folder. */
  readonly home: string;
  /** Absolute path of `.osgrade/`, laid out as our own checkout. */
  readonly root: string;
  readonly assignment: Assignment;
  /** The reference's counted work, by criterion. */
  readonly reference: ReadonlyMap<string, readonly CountSeen[]>;
}

const Counts = z.record(z.string(), z.array(z.strictObject({ size: z.int(), count: z.int() })));

/** @param root  absolute path of `.osgrade/` */
export function openKit(root: string): Kit {
  const json = (name: string): unknown => JSON.parse(readFileSync(join(root, name), 'utf8'));
  const { id, ...file } = z.looseObject({ id: z.string() }).parse(json('assignment.json'));
  const counts = Object.entries(Counts.parse(json('counts.json')));
  return {
    home: join(root, '..'),
    root,
    assignment: { ...AssignmentFile.parse(file), id, folder: join(root, 'assignments', id) },
    reference: new Map(counts.map(([criterion, seen]) => [criterion, seen.map((one) => ({ criterion, ...one }))])),
  };
}

/** The student's files as a submission: all TypeScript outside of tests/, packages and dot-folders. */
export function submissionOf({ home }: Kit): Submission {
  return {
    key: 'own',
    who: 'you',
    origin: { system: 'folder', folder: home },
    late: false,
    files: sources(home, ''),
    problems: [],
  };
}

const NOT_THEIRS = new Set(['node_modules', 'tests']);

function sources(home: string, below: string): readonly SubmittedFile[] {
  return readdirSync(join(home, below), { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && !NOT_THEIRS.has(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry): readonly SubmittedFile[] => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) return sources(home, path);
      return entry.name.endsWith('.ts') ? [{ path: path.normalize('NFC'), bytes: readFileSync(join(home, path)) }] : [];
    });
}
