/** Grades a sample class from both of its zips. */
import { join } from 'node:path';
import type { Course } from '../../course.ts';
import type { Assignment } from '../../model/assignment.ts';
import type { Result } from '../../model/result.ts';
import type { Submission } from '../../model/submission.ts';
import { assess } from '../../pipeline/assess.ts';
import { type Graded, grade, type Watch } from '../../pipeline.ts';
import type { Crew } from '../../play/crew.ts';
import { intake } from '../../stages/intake.ts';
import { assessorHash, submissionHash } from '../../store/hash.ts';
import { ResultsFolder } from '../../store/results.ts';
import { writeWhole } from '../../store/write.ts';
import { type BySystem, SAMPLED, type Sample, SYSTEMS, type System } from '../sample.ts';

export interface How {
  /** Folder where the sample class is written to. */
  readonly sample: string;
  /** Folder of the results, by system. */
  readonly out: BySystem<string>;
  readonly crew: Crew;
  /** Told of the submissions of both systems. */
  readonly watch: Watch;
}

/** @throws GraderError OUTPUT_FAILED */
export function writeSample({ files }: Sample, folder: string): void {
  for (const [name, content] of files) writeWhole(join(folder, name), content);
}

/**
 * Both zips bring the same files, so they are assessed together: what is the same is played once. Then each goes the way
 * of any class, with the grade file of its system filled in, and finds its results there.
 * @throws GraderError; what is graded by then is kept, and the next run goes on from there
 */
export async function gradeSample(
  course: Course,
  assignment: Assignment,
  sample: Sample,
  how: How,
): Promise<BySystem<Graded>> {
  writeSample(sample, how.sample);
  await assessTogether(course, assignment, how);
  const from = async (system: System): Promise<Graded> => {
    const { grades } = SAMPLED[system];
    const gradeFile = { name: grades, bytes: sample.files.get(grades) ?? new Uint8Array() };
    const { crew } = how;
    const { id } = assignment;
    const request = {
      assignment: id,
      source: zipOf(how, system),
      out: how.out[system],
      crew,
      gradeFile,
      column: null,
    };
    return grade(course, request, { begin: () => undefined, graded: () => undefined });
  };
  return { moodle: await from('moodle'), canvas: await from('canvas') };
}

async function assessTogether(course: Course, assignment: Assignment, how: How): Promise<void> {
  const assessor = assessorHash(course, assignment);
  const fresh = new Map<Submission, (result: Result) => void>();
  let submissions = 0;
  for (const system of SYSTEMS) {
    const folder = ResultsFolder.open(how.out[system], assignment.id);
    for (const submission of (await intake(zipOf(how, system))).submissions) {
      const hash = submissionHash(assessor, submission);
      submissions++;
      if (folder.known(submission.key, hash) !== undefined) continue;
      fresh.set(submission, (result) => folder.keep(hash, result));
    }
  }
  how.watch.begin(submissions, submissions - fresh.size);
  const { crew } = how;
  await assess(course, assignment, [...fresh.keys()], { crew, order: null }, (submission, result) => {
    fresh.get(submission)?.(result);
    how.watch.graded(result);
  });
}

function zipOf(how: How, system: System): string {
  return join(how.sample, SAMPLED[system].submissions);
}
