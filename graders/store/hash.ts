/** Hashes of all that a result depends on. */
import { createHash, type Hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Course } from '../course.ts';
import type { Assignment } from '../model/assignment.ts';
import type { Submission } from '../model/submission.ts';

/** Folders of an assignment that no grade depends on. */
const NOT_GRADED_BY = new Set(['mutants', 'examples', 'class', 'tests', 'node_modules']);

/** Of suites, starter, reference and the kit itself. */
export function assessorHash(course: Course, assignment: Assignment): string {
  const hash = createHash('sha256');
  for (const folder of [course.starter, course.reference, join(course.root, 'graders'), assignment.folder]) {
    hash.update('folder\0');
    addFolder(hash, folder, '');
  }
  return hash.digest('hex');
}

export function submissionHash(assessor: string, { key, who, late, files, problems }: Submission): string {
  const hash = createHash('sha256').update(JSON.stringify([assessor, key, who, late, problems]));
  for (const { path, bytes } of files) hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  return hash.digest('hex');
}

function addFolder(hash: Hash, folder: string, path: string): void {
  const entries = readdirSync(join(folder, path), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const inside = `${path}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!NOT_GRADED_BY.has(entry.name)) addFolder(hash, folder, inside);
    } else {
      const bytes = readFileSync(join(folder, inside));
      hash.update(`${inside}\0${bytes.length}\0`).update(bytes);
    }
  }
}
