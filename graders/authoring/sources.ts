/** What an author keeps beside the suites, as files to hand in: the reference, the starter, mutants, examples. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import type { Course } from '../course.ts';
import { GraderError } from '../errors.ts';
import type { Assignment } from '../model/assignment.ts';
import { VERDICT_KINDS } from '../model/verdict.ts';
import { sourceTree } from '../tree.ts';

/** Files by path, relative to starter/. */
export type Files = ReadonlyMap<string, string>;

/** The criteria that must not pass, and how. */
const Fails = z.record(z.string(), z.enum(VERDICT_KINDS));

const MutantFile = z.strictObject({
  /** Line of the catalogue of mistakes. */
  breaks: z.string().regex(/^[A-Z]\d+$/),
  says: z.string(),
  edits: z.array(z.strictObject({ file: z.string(), find: z.string().min(1), replace: z.string() })).min(1),
  fails: Fails.refine((fails) => Object.keys(fails).length > 0, 'a mutant must fail something'),
});

const ExampleFile = z.strictObject({
  says: z.string(),
  verdict: z.enum(VERDICT_KINDS),
  points: z.int().nonnegative(),
  fails: Fails.optional(),
});

/** A known mistake: the reference with a few edits. */
export interface Mutant extends z.infer<typeof MutantFile> {
  /** File name without ending. */
  readonly name: string;
  readonly files: Files;
}

/** A whole answer with a known verdict. */
export interface Example extends z.infer<typeof ExampleFile> {
  readonly name: string;
  readonly files: Files;
}

/** What the reference hands in: the assignment's holes, filled. */
export function referenceFiles(course: Course, assignment: Assignment): Files {
  const tree = sourceTree(course.reference);
  return new Map(assignment.holes.flatMap((hole) => (tree.has(hole) ? [[hole, String(tree.get(hole))]] : [])));
}

/** What a student hands in who wrote nothing: the assignment's holes, as they were given. */
export function starterFiles(course: Course, assignment: Assignment): Files {
  return new Map(assignment.holes.map((hole) => [hole, readFileSync(join(course.starter, hole), 'utf8')]));
}

export function mutantsOf(course: Course, assignment: Assignment): Mutant[] {
  const reference = referenceFiles(course, assignment);
  return namesIn(join(assignment.folder, 'mutants'), '.yaml').map((file) => {
    const path = join(assignment.folder, 'mutants', file);
    const mutant = parsed(path, MutantFile);
    return { ...mutant, name: file.replace(/\.yaml$/, ''), files: edited(reference, mutant.edits, path) };
  });
}

export function examplesOf(assignment: Assignment): Example[] {
  const folder = join(assignment.folder, 'examples');
  return namesIn(folder, '').map((name) => {
    const example = parsed(join(folder, name, 'example.yaml'), ExampleFile);
    return { ...example, name, files: sourceTree(join(folder, name)) };
  });
}

/** @throws GraderError SUITE_INVALID if a text to be replaced does not occur exactly once */
function edited(files: Files, edits: z.infer<typeof MutantFile>['edits'], path: string): Files {
  const result = new Map(files);
  for (const { file, find, replace } of edits) {
    const text = result.get(file);
    const parts = text?.split(find) ?? [];
    if (parts.length !== 2) {
      const times =
        text === undefined
          ? 'is no hole of this assignment'
          : `holds the text to be replaced ${parts.length - 1} times`;
      throw new GraderError('SUITE_INVALID', `${path}: ${file} ${times}; it must be there exactly once: ${find}`);
    }
    result.set(file, parts.join(replace));
  }
  return result;
}

/** @throws GraderError SUITE_INVALID */
export function parsed<T>(path: string, schema: z.ZodType<T>): T {
  if (!existsSync(path)) throw new GraderError('ASSIGNMENT_INCOMPLETE', `${path} is missing.`);
  const document = parseDocument(readFileSync(path, 'utf8'), { prettyErrors: true });
  const [broken] = document.errors;
  if (broken !== undefined)
    throw new GraderError('SUITE_INVALID', `${path} is not valid YAML: ${broken.message}`, broken);
  const result = schema.safeParse(document.toJS());
  if (!result.success) {
    throw new GraderError('SUITE_INVALID', `${path} does not fit:\n${z.prettifyError(result.error)}`, result.error);
  }
  return result.data;
}

function namesIn(folder: string, ending: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending) && !name.startsWith('.'))
    .sort();
}
