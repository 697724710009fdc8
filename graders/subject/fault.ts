/** Errors that the subject causes on the test's side of the membrane. A run tells them from the suite's own by name. */
import type { StopReason } from './wire.ts';

/** Something the subject threw: its own name and message, and where in the bundled program. */
export class SubjectError extends Error {
  override readonly name: string;
  readonly fromSubject = true;
  readonly subjectStack: string;

  constructor(name: string, message: string, subjectStack: string) {
    super(message);
    this.name = name;
    this.subjectStack = subjectStack;
  }
}

/** The subject ran into a limit; nothing more can be asked of it in this test. */
export class SubjectStopped extends Error {
  override readonly name = 'SubjectStopped';
  readonly reason: StopReason;

  constructor(reason: StopReason) {
    super(`the subject was stopped: ${reason}`);
    this.reason = reason;
  }
}

/** The subject gave a value that may not cross: too deep, too large, or in a circle. */
export class SubjectValueError extends Error {
  override readonly name = 'SubjectValueError';
  readonly fromSubject = true;
  readonly subjectStack = '';
}
