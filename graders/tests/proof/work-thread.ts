/** Grades or proves a course in a thread of its own, as the command does, and tells what came of it. */
import { parentPort, workerData } from 'node:worker_threads';
import { verify } from '../../authoring/verify.ts';
import { type Course, loadAssignment } from '../../course.ts';
import { type GradeRequest, grade } from '../../pipeline.ts';

export type Work =
  | { readonly kind: 'grade'; readonly course: Course; readonly request: GradeRequest }
  | { readonly kind: 'verify'; readonly course: Course };

const work = workerData as Work;
if (work.kind === 'grade') {
  let begun: readonly number[] = [];
  await grade(work.course, work.request, {
    begin: (...counts) => {
      begun = counts;
    },
    graded: () => undefined,
  });
  parentPort?.postMessage(begun);
} else {
  const { faults } = await verify(work.course, loadAssignment(work.course, '00-tiny'), 2, () => undefined);
  parentPort?.postMessage(faults);
}
