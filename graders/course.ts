/** The course on disk: where starter, reference and assignments are, and an assignment read and parsed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { GraderError } from './errors.ts';
import { type Assignment, AssignmentFile } from './model/assignment.ts';

export interface Course {
  /** Absolute path of the kit. */
  readonly root: string;
  readonly starter: string;
  readonly reference: string;
  readonly assignments: string;
}

export const COURSE: Course = courseAt(fileURLToPath(new URL('..', import.meta.url)));

export function courseAt(root: string): Course {
  return {
    root,
    starter: join(root, 'starter'),
    reference: join(root, 'reference'),
    assignments: join(root, 'assignments'),
  };
}

/** The names of all assignments, in order. */
export function assignmentIds(course: Course): string[] {
  if (!existsSync(course.assignments)) return [];
  const folders = readdirSync(course.assignments, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map(({ name }) => name).sort();
}

/** @throws GraderError ASSIGNMENT_NOT_FOUND, ASSIGNMENT_INVALID or ASSIGNMENT_INCOMPLETE */
export function loadAssignment(course: Course, id: string): Assignment {
  const known = assignmentIds(course);
  if (!known.includes(id)) {
    throw new GraderError('ASSIGNMENT_NOT_FOUND', `There is no assignment "${id}". There are: ${known.join(', ')}.`);
  }
  const folder = join(course.assignments, id);
  const path = join(folder, 'assignment.yaml');
  if (!existsSync(path)) {
    throw new GraderError('ASSIGNMENT_INCOMPLETE', `${path} is missing: every assignment folder needs one.`);
  }
  const assignment = { ...parsed(path), id, folder };
  for (const hole of assignment.holes) {
    if (!existsSync(join(course.starter, hole)) && !existsSync(join(course.reference, hole))) {
      throw new GraderError(
        'ASSIGNMENT_INCOMPLETE',
        `${path} names the hole ${hole}, which is in neither starter/ nor reference/.`,
      );
    }
  }
  return assignment;
}

function parsed(path: string): AssignmentFile {
  const document = parseDocument(readFileSync(path, 'utf8'), { prettyErrors: true });
  const [broken] = document.errors;
  if (broken !== undefined)
    throw new GraderError('ASSIGNMENT_INVALID', `${path} is not valid YAML: ${broken.message}`, broken);
  const result = AssignmentFile.safeParse(document.toJS());
  if (!result.success) {
    throw new GraderError(
      'ASSIGNMENT_INVALID',
      `${path} does not fit:\n${z.prettifyError(result.error)}`,
      result.error,
    );
  }
  return result.data;
}
