/**
 * All that the author of a suite imports. A suite is an ordinary Jest file: outermost `describe` blocks are named by the
 * criteria of assignment.yaml, tests hold facts, and `subject` stands for the code under test. The same file runs against
 * a submission in the sealed realm and, without one, against the reference in-process (`npx jest assignments/03-buddy`).
 */

export { budget, type Workload } from './budget.ts';
export { forAll, seed } from './for-all.ts';
export { subject } from './subject.ts';
export { Wrong } from './wrong.ts';
