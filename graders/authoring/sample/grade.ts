/** Grades a sample class from both of its zips, and holds what comes out against what was written down before. */
import { join } from 'node:path';
import type { Course } from '../../course.ts';
import type { Result } from '../../model/result.ts';
import type { Origin } from '../../model/submission.ts';
import { type Graded, grade, type Watch } from '../../pipeline.ts';
import { writeWhole } from '../../store/write.ts';
import { SAMPLED, type Sample } from '../sample.ts';
import { userId } from './canvas.ts';
import type { Attempt, Enrolled } from './enrolled.ts';
import { participantId } from './moodle.ts';

export type System = keyof typeof SAMPLED;

export interface How {
  /** Folder where the sample class is written to. */
  readonly sample: string;
  /** Folder of the results, by system. */
  readonly out: Readonly<Record<System, string>>;
  readonly workers: number;
  readonly watch: (system: System) => Watch;
}

/** @throws GraderError OUTPUT_FAILED */
export function writeSample({ files }: Sample, folder: string): void {
  for (const [name, content] of files) writeWhole(join(folder, name), content);
}

/** One after the other, each with the grade file of its system filled in. @throws GraderError */
export async function gradeSample(
  course: Course,
  assignment: string,
  sample: Sample,
  { sample: folder, out, workers, watch }: How,
): Promise<Readonly<Record<System, Graded>>> {
  writeSample(sample, folder);
  const from = async (system: System): Promise<Graded> => {
    const { submissions, grades } = SAMPLED[system];
    const gradeFile = { name: grades, bytes: sample.files.get(grades) ?? new Uint8Array() };
    const source = join(folder, submissions);
    return grade(course, { assignment, source, out: out[system], workers, gradeFile, column: null }, watch(system));
  };
  return { moodle: await from('moodle'), canvas: await from('canvas') };
}

export interface Agreement {
  /** Students who handed in. */
  readonly students: number;
  /** Those with the verdict and the points that were written down, from both systems. */
  readonly agreeing: number;
  /** A sentence for everything that is not as written down. */
  readonly differences: readonly string[];
}

export function agreement({ students }: Sample, graded: Readonly<Record<System, Graded>>): Agreement {
  const handedIn = students.flatMap((each) => (each.attempt === null ? [] : [{ ...each, attempt: each.attempt }]));
  const wrong = handedIn.map((each) =>
    (['moodle', 'canvas'] as const).flatMap((system) => differences(each, system, graded[system])),
  );
  const strangers = (['moodle', 'canvas'] as const).flatMap((system) => {
    const { roster } = graded[system];
    const more = roster.submissions.length - handedIn.length;
    return [
      ...(more > 0 ? [`From ${system} there are ${more} submissions that nobody handed in.`] : []),
      ...roster.unmatched.map(({ entry, says }) => `From ${system}, ${entry}: ${says}`),
    ];
  });
  return {
    students: handedIn.length,
    agreeing: wrong.filter((sentences) => sentences.length === 0).length,
    differences: [...wrong.flat(), ...strangers],
  };
}

function differences(each: Enrolled & { readonly attempt: Attempt }, system: System, graded: Graded): string[] {
  const { hands_in, packed, verdict, points } = each.attempt.student;
  const result = resultOf(each, graded);
  const found = result === undefined ? 'was not graded' : `is ${came(result.verdict, result.milli)}`;
  if (found === `is ${came(verdict, points * 1000)}`) return [];
  const expected = came(verdict, points * 1000);
  return [
    `${each.name} <${each.email}> (${hands_in}, ${packed}), from ${system}: ${found}, written down was ${expected}.`,
  ];
}

function came(verdict: Result['verdict'], milli: number): string {
  return `${verdict} with ${milli / 1000} points`;
}

function resultOf(each: Enrolled, { results, roster }: Graded): Result | undefined {
  const theirs = (origin: Origin): boolean =>
    (origin.system === 'moodle' && origin.participant === participantId(each)) ||
    (origin.system === 'canvas' && origin.user === userId(each));
  const key = roster.submissions.find(({ origin }) => theirs(origin))?.key;
  return results.find(({ submission }) => submission.key === key);
}
