/** Where submissions wait for what is seen of them, and for the reference's counts, before they are judged. */
import type { Assignment } from '../model/assignment.ts';
import type { CountSeen, Observation } from '../model/observation.ts';
import type { Finding, Result } from '../model/result.ts';
import type { Submission } from '../model/submission.ts';
import { judge, type Seen } from '../stages/judge.ts';

/** A submission that compiled, and all that is known of it before it runs. */
export interface Candidate {
  readonly submission: Submission;
  readonly findings: readonly Finding[];
}

/** By key: submissions with the very same files sit together. */
export class Bench {
  readonly #assignment: Assignment;
  readonly #judged: (submission: Submission, result: Result) => void;
  readonly #candidates = new Map<string, Candidate[]>();
  readonly #seen = new Map<string, Observation>();
  /** Budgets are held against the reference's own counts: until these are there, everybody waits. */
  #reference: ReadonlyMap<string, readonly CountSeen[]> | undefined;

  constructor(assignment: Assignment, judged: (submission: Submission, result: Result) => void) {
    this.#assignment = assignment;
    this.#judged = judged;
  }

  refuse(candidate: Candidate, reasons: readonly string[]): void {
    this.#judge(candidate, { kind: 'ungradable', reasons }, new Map());
  }

  seat(key: string, candidate: Candidate): void {
    this.#candidates.set(key, [candidate]);
  }

  /** Seats a candidate with an earlier one that has the same key, if there is one. */
  joins(key: string, candidate: Candidate): boolean {
    const same = this.#candidates.get(key);
    if (same === undefined) return false;
    const seen = this.#seen.get(key);
    if (seen !== undefined && this.#reference !== undefined) this.#judge(candidate, seen, this.#reference);
    else same.push(candidate);
    return true;
  }

  measure(reference: ReadonlyMap<string, readonly CountSeen[]>): void {
    this.#reference = reference;
    for (const [key, seen] of this.#seen) this.settle(key, seen);
  }

  settle(key: string, seen: Observation): void {
    this.#seen.set(key, seen);
    if (this.#reference === undefined) return;
    for (const candidate of this.#candidates.get(key)?.splice(0) ?? []) this.#judge(candidate, seen, this.#reference);
  }

  #judge({ submission, findings }: Candidate, seen: Seen, reference: ReadonlyMap<string, readonly CountSeen[]>): void {
    this.#judged(submission, judge(this.#assignment, submission, findings, seen, reference));
  }
}
