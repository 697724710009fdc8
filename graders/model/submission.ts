/** What was handed in: who, when, which attempt, which files, and where it must be given back to. */

/** One file of a submission. */
export interface SubmittedFile {
  /** Path inside the submission, with forward slashes, Unicode NFC, never absolute, never with `..`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Where a submission came from, with all that the same system needs to take grade and feedback back.
 * Ids are text: leading zeros count.
 */
export type Origin =
  | { readonly system: 'folder'; readonly folder: string }
  | {
      readonly system: 'moodle';
      /** `Participant <id>` of the grading worksheet; null for "Default group" of a team assignment. */
      readonly participant: string | null;
      /** The folder (or the prefix, in the flat layout) as downloaded: `Ada Lovelace_12_assignsubmission_file`. */
      readonly folder: string;
    }
  | {
      readonly system: 'canvas';
      /** Canvas user id, or the anonymous id. */
      readonly user: string;
      readonly anonymous: boolean;
      /** Every file as downloaded, in order: re-upload needs the exact names. */
      readonly entries: readonly string[];
    };

/** Why a submission, or a part of it, could not be read. Shown to student and instructor. */
export interface IntakeProblem {
  /** The entry or file it is about, as the source names it. */
  readonly entry: string;
  /** A sentence that says what is wrong and what to do. */
  readonly says: string;
}

export interface Submission {
  /** Unique in the class, safe as a folder name on every system, the same on every run: `lovelace-ada-12`. */
  readonly key: string;
  /** The name to show, as the source spells it. */
  readonly who: string;
  readonly origin: Origin;
  readonly late: boolean;
  /** The files, sorted by path. Empty when nothing could be read; `problems` then says why. */
  readonly files: readonly SubmittedFile[];
  readonly problems: readonly IntakeProblem[];
}

/** All that one source held. Nothing is dropped: what fits no submission is listed in `unmatched`. */
export interface Intake {
  readonly system: Origin['system'];
  /** Sorted by key. */
  readonly submissions: readonly Submission[];
  readonly unmatched: readonly IntakeProblem[];
}
