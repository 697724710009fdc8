/** What the run stage saw, before anyone judges it. Plain data: it crosses process boundaries as JSON. */
import type { Counterexample, Thrown } from './verdict.ts';

/** One submission to play: its program, and what the assignment says about how. */
export interface Job {
  readonly key: string;
  readonly program: { readonly code: string; readonly map: string; readonly own: readonly string[] };
}

/** What is the same for all jobs of an assignment. */
export interface Repertoire {
  /** Absolute paths of the suites: public tests, hidden tests, budgets. */
  readonly suites: readonly string[];
  readonly seed: number;
  readonly limits: { readonly work: number; readonly heapBytes: number };
  /** Sizes of each budget, by criterion. */
  readonly sizes: Readonly<Record<string, readonly number[]>>;
}

export type Outcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly counterexample: Counterexample | null; readonly says: string }
  | { readonly kind: 'crashed'; readonly thrown: Thrown }
  | { readonly kind: 'timedOut'; readonly limit: 'work' | 'wall' };

export interface TestSeen {
  readonly criterion: string;
  readonly title: string;
  /** Calls and jumps of the subject, to the tick. */
  readonly work: number;
  readonly outcome: Outcome;
}

/** A budget's count at one size. */
export interface CountSeen {
  readonly criterion: string;
  readonly size: number;
  readonly count: number;
}

export type Observation =
  | { readonly kind: 'played'; readonly tests: readonly TestSeen[]; readonly counts: readonly CountSeen[] }
  /** It hung, twice, where work is not counted: the wall clock stopped it. */
  | { readonly kind: 'stopped'; readonly limit: 'wall' }
  /** Our fault: the suite or a worker failed, not the submission. */
  | { readonly kind: 'broken'; readonly code: string; readonly says: string };
