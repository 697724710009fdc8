/** Grades or proves a course in a thread of its own, as the command does, and tells what came of it. */
import { parentPort, workerData } from 'node:worker_threads';
import { verify } from '../../authoring/verify.ts';
import { type Course, loadAssignment } from '../../course.ts';
import { type GradeRequest, grade } from '../../pipeline.ts';
import { withCrew } from '../../play/crew.ts';

export type Work =
  | {
      readonly kind: 'grade';
      readonly course: Course;
      readonly request: Omit<GradeRequest, 'crew'>;
      readonly workers: number;
    }
  | { readonly kind: 'verify'; readonly course: Course };

const work = workerData as Work;
if (work.kind === 'grade') {
  let begun: readonly number[] = [];
  const watch = {
    begin: (...counts: readonly number[]) => {
      begun = counts;
    },
    graded: () => undefined,
  };
  await withCrew(work.workers, (crew) => grade(work.course, { ...work.request, crew }, watch));
  parentPort?.postMessage(begun);
} else {
  const assignment = loadAssignment(work.course, '00-tiny');
  const { faults } = await withCrew(2, (crew) => verify(work.course, assignment, crew, () => undefined));
  parentPort?.postMessage(faults);
}
