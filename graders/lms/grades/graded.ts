/** What the last stage knows of each submission, and what it makes of it. */
import type { Submission } from '../../model/submission.ts';

export interface Points {
  /** Thousandths of a point: those earned, and those of the assignment. */
  readonly milli: number;
  readonly maxMilli: number;
}

export interface Graded {
  readonly submission: Pick<Submission, 'key' | 'who' | 'origin'>;
  /** Null when our own machinery failed: such a result is never given out, neither as a grade nor as feedback. */
  readonly points: Points | null;
  /** Plain text for the comment field of the LMS; lines are kept. Empty: none. */
  readonly comment: string;
  /** File name to text: `feedback.html`, `feedback.md`. */
  readonly feedback: ReadonlyMap<string, string>;
}

/** A file for the LMS, and what the instructor must know of it. */
export interface Filled {
  /** Null when there is nothing to upload. */
  readonly text: string | null;
  readonly notes: readonly string[];
}

/** The files of a zip with feedback, by path. */
export interface FeedbackFiles {
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  readonly notes: readonly string[];
}

/** @returns one note `says: this, that.`, or none when it is about nobody */
export function listed(says: string, about: readonly string[]): string[] {
  return about.length === 0 ? [] : [`${says}: ${about.join(', ')}.`];
}

/** `Ada Lovelace (ada-lovelace-12)` */
export function nameOf({ submission }: Graded): string {
  return `${submission.who} (${submission.key})`;
}

/** True of points that lie between none and all. */
export function inRange({ milli, maxMilli }: Points): boolean {
  return maxMilli > 0 && milli >= 0 && milli <= maxMilli;
}
