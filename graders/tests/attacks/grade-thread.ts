/** Grades a class in a thread of its own, as the command does: Jest's own realm is no place for the real pipeline. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Course } from '../../course.ts';
import { type GradeRequest, grade } from '../../pipeline.ts';
import { withCrew } from '../../play/crew.ts';

const { course, request } = workerData as { course: Course; request: Omit<GradeRequest, 'crew'> };
const watch = { begin: () => undefined, graded: () => undefined };
const { results } = await withCrew(2, (crew) => grade(course, { ...request, crew }, watch));
parentPort?.postMessage(results);
