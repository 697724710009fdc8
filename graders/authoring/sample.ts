/** The sample class of an assignment: `class.yaml` made into what Moodle and Canvas would give for it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Course } from '../course.ts';
import { packZip } from '../lms/archive/write.ts';
import type { Assignment } from '../model/assignment.ts';
import { canvasGradebook, canvasZip } from './sample/canvas.ts';
import { CLASS_FILE } from './sample/class-file.ts';
import { type Enrolled, enrol } from './sample/enrolled.ts';
import { moodleWorksheet, moodleZip } from './sample/moodle.ts';
import type { Bytes } from './sample/upload.ts';

/** The systems that a sample class comes from, each with its zip and its grade file. */
export const SAMPLED = {
  moodle: { submissions: 'moodle-submissions.zip', grades: 'moodle-worksheet.csv' },
  canvas: { submissions: 'canvas-submissions.zip', grades: 'canvas-gradebook.csv' },
} as const;

export const SYSTEMS = ['moodle', 'canvas'] as const satisfies readonly (keyof typeof SAMPLED)[];
export type System = (typeof SYSTEMS)[number];
export type BySystem<T> = Readonly<Record<System, T>>;

export interface Sample {
  readonly students: readonly Enrolled[];
  /** By the names in `SAMPLED`: the same bytes for the same course, everywhere. */
  readonly files: Bytes;
}

export function hasSample({ folder }: Assignment): boolean {
  return existsSync(join(folder, CLASS_FILE));
}

/** @throws GraderError ASSIGNMENT_INCOMPLETE, SUITE_INVALID; RELEASE_FAILED if a whole folder cannot be packed */
export async function sampleOf(course: Course, assignment: Assignment): Promise<Sample> {
  const students = await enrol(course, assignment);
  const { moodle, canvas } = SAMPLED;
  const files = new Map<string, Uint8Array>([
    [moodle.submissions, await packZip(moodleZip(students))],
    [moodle.grades, Buffer.from(moodleWorksheet(students, assignment))],
    [canvas.submissions, await packZip(canvasZip(students))],
    [canvas.grades, Buffer.from(canvasGradebook(students, assignment))],
  ]);
  return { students, files };
}
