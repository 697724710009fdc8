/** Grades a class in a thread of its own, as the command does: Jest's own realm is no place for the real pipeline. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Course } from '../../course.ts';
import { type GradeRequest, grade } from '../../pipeline.ts';

const { course, request } = workerData as { course: Course; request: GradeRequest };
const { results } = await grade(course, request, { begin: () => undefined, graded: () => undefined });
parentPort?.postMessage(results);
