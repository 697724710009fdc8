/** What the pool and a worker process say to each other. */
import type { Job, Observation, Repertoire } from '../model/observation.ts';

export interface Ask {
  readonly jobs: readonly Job[];
  readonly repertoire: Repertoire;
  /** Seed for the order of the tests; null for the order they stand in. */
  readonly order: number | null;
}

export type Tell =
  /** Warm, and waiting for a first or a further ask. */
  | { readonly tell: 'ready' }
  /** A test of this job begins. */
  | { readonly tell: 'test'; readonly key: string }
  | { readonly tell: 'done'; readonly key: string; readonly observation: Observation }
  /** All jobs of the ask are played, or cannot be, for a reason of ours. */
  | { readonly tell: 'end'; readonly fault: string | null; readonly rssMiB: number };

/** Told of each job once, as it is done, in any order. */
export type Seen = (key: string, observation: Observation) => void;
