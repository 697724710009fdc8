/** `osgrade release`: packs what a student gets, as a folder that works on its own and as a zip of it. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Course } from '../course.ts';
import { GraderError } from '../errors.ts';
import { packZip } from '../lms/archive/write.ts';
import type { Assignment } from '../model/assignment.ts';
import { writeFailed, writeWhole } from '../store/write.ts';
import { type Counts, contents } from './release/contents.ts';

export interface Released {
  readonly folder: string;
  readonly zip: string;
  /** Paths in the folder, sorted. */
  readonly files: readonly string[];
}

/**
 * Writes `<out>/<assignment>/` and `<out>/<assignment>.zip`. An earlier release of the same assignment is replaced.
 * @param counts  of the reference, from `referenceCounts`
 * @throws GraderError RELEASE_FAILED, STARTER_MARKER, OUTPUT_FOREIGN, OUTPUT_FAILED; an earlier release is then as it was
 */
export async function release(course: Course, assignment: Assignment, counts: Counts, out: string): Promise<Released> {
  const folder = join(out, assignment.id);
  const zip = `${folder}.zip`;
  if (existsSync(folder) && !existsSync(join(folder, '.osgrade/assignment.json'))) {
    throw new GraderError(
      'OUTPUT_FOREIGN',
      `${folder} is there and is no earlier release: move it away, or choose another folder.`,
    );
  }
  const files = contents(course, assignment, counts);
  const packed = await packZip(new Map([...files].map(([path, text]) => [`${assignment.id}/${path}`, text])));
  const partial = `${folder}.partial`;
  try {
    rmSync(partial, { recursive: true, force: true });
    for (const [path, text] of files) writeWhole(join(partial, path), text);
    writeWhole(zip, packed);
    replace(folder, partial);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return { folder, zip, files: [...files.keys()] };
}

function replace(folder: string, by: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
    renameSync(by, folder);
  } catch (cause) {
    throw writeFailed(folder, cause);
  }
}
