/** What the pool and a worker process say to each other. */
import type { Job, Observation, Repertoire } from '../model/observation.ts';

export type Ask =
  | {
      /** To play jobs, one after the other, asking for each. */
      readonly ask: 'play';
      readonly repertoire: Repertoire;
      /** Seed for the order of the tests; null for the order they stand in. */
      readonly order: number | null;
    }
  /** What was asked for with `next`; null: there is nothing more to play. */
  | { readonly ask: 'job'; readonly job: Job | null };

export type Tell =
  /** Warm, and waiting to be asked. */
  | { readonly tell: 'ready' }
  | { readonly tell: 'next' }
  /** A test of this job begins. */
  | { readonly tell: 'test'; readonly key: string }
  | { readonly tell: 'done'; readonly key: string; readonly observation: Observation }
  /** Nothing more is played: there was nothing more, there was no more room, or it cannot be, for a reason of ours. */
  | { readonly tell: 'end'; readonly fault: string | null; readonly rssMiB: number };

/** Told of each job once, as it is done, in any order. */
export type Seen = (key: string, observation: Observation) => void;
