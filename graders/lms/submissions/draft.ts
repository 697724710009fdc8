/** What a reader of one system makes of the names alone: who handed in which entries. No byte is read yet. */
import type { IntakeProblem, Origin } from '../../model/submission.ts';
import type { SourceEntry } from '../archive/entry.ts';

/** One file of a draft: the entry, and the path that it has inside the submission. */
export interface Part {
  readonly path: string;
  readonly entry: SourceEntry;
}

export interface Draft {
  /** The name to show. */
  readonly who: string;
  /** What the key is made from: a name, and the id that keeps namesakes apart (empty when the system has none). */
  readonly keyName: string;
  readonly keyId: string;
  readonly origin: Origin;
  readonly late: boolean;
  readonly parts: readonly Part[];
  readonly problems: readonly IntakeProblem[];
}

export interface Drafts {
  readonly drafts: readonly Draft[];
  /** Entries that belong to nobody. */
  readonly unmatched: readonly IntakeProblem[];
}
