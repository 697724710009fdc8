/** Proves the one assignment of a course in a folder, and tells what came of it as JSON. Run by docs.test.ts. */
import { join } from 'node:path';
import { contents } from '../authoring/release/contents.ts';
import { studentsOf } from '../authoring/sample/class-file.ts';
import { verify } from '../authoring/verify.ts';
import { assignmentIds, COURSE, type Course, loadAssignment } from '../course.ts';

const folder = process.argv[2] ?? '';
const course: Course = {
  root: COURSE.root,
  starter: join(folder, 'starter'),
  reference: join(folder, 'reference'),
  assignments: join(folder, 'assignments'),
};
const assignment = loadAssignment(course, assignmentIds(course)[0] ?? '');
const { faults, cases } = await verify(course, assignment, 1, () => undefined);
const told = {
  faults,
  cases,
  points: studentsOf(assignment).map(({ points }) => points),
  released: [...contents(course, assignment, {}).keys()],
};
process.stdout.write(`${JSON.stringify(told)}\n`);
process.exit();
