/**
 * Every fault that is not the student's: a code from one table, and a message that says what is wrong, what was
 * expected and what to do. Only `cli.ts` prints it and exits.
 */

/** The codes, by the room that raises them. The text is what the class of fault means, for the docs. */
export const GRADER_ERRORS = {
  ASSIGNMENT_NOT_FOUND: 'no assignment of that name',
  ASSIGNMENT_INVALID: 'assignment.yaml does not fit its schema',
  ASSIGNMENT_INCOMPLETE: 'a file that the assignment names is not there',
  INTAKE_NOT_FOUND: 'the file or folder with submissions is not there',
  INTAKE_UNREADABLE: 'the archive is damaged or not an archive',
  INTAKE_UNSAFE: 'the archive holds a path or size that is never unpacked',
  INTAKE_UNKNOWN_LAYOUT: 'the archive is not shaped like any export that is known',
  INTAKE_EMPTY: 'there is no submission to grade',
  CHECK_FAILED: 'the type checker could not be started',
  BENCH_FAILED: 'work that is timed did not end',
  MACHINE_INVALID: 'a description of a machine is not there, or does not fit its schema',
  SCRIPT_NOT_FOUND: 'the script for the shell cannot be read',
  COMPILE_FAILED: 'code of ours (starter, reference) does not bundle',
  RECORDING_INVALID: 'a recording of a real kernel is damaged or of a family that is not known',
  RUN_WORKER: 'a worker process could not be started or kept dying',
  SUITE_INVALID: 'a hidden suite breaks a rule of the suite interface',
  BUNDLE_TEMPLATE: 'the grade file of the LMS is not one we can fill in',
  OUTPUT_FAILED: 'a result could not be written',
  OUTPUT_FOREIGN: 'the output folder holds something that is not a result folder',
  RESULT_INVALID: 'a stored result or override does not fit its schema',
  STARTER_MARKER: 'a @hole or @answer in reference/ stands where none can',
  STARTER_DRIFT: 'starter/ is not what reference/ says it should be',
  RELEASE_FAILED: 'the student handout could not be packed',
  USAGE: 'the command line is not understood',
} as const;

export type GraderErrorCode = keyof typeof GRADER_ERRORS;

/** A fault of the author, the instructor's input, the machine or of osgrade itself. Never a student's. */
export class GraderError extends Error {
  override readonly name = 'GraderError';
  readonly code: GraderErrorCode;

  /** @param says  what is wrong, what was expected, what to do: whole sentences for a person */
  constructor(code: GraderErrorCode, says: string, cause?: unknown) {
    super(says, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
