/**
 * The second stage: finds the files of the assignment in a submission, reads them, and says what a student should know
 * about them before they run. Types and forbidden constructs cost no points: what counts is what the code does.
 */
import { fileURLToPath } from 'node:url';
import { capped, joined } from '../check/inspection.ts';
import { place } from '../check/place.ts';
import { decode } from '../check/text.ts';
import { createInspectorThread } from '../check/thread.ts';
import type { AssignmentFile } from '../model/assignment.ts';
import type { Finding } from '../model/result.ts';
import type { Submission } from '../model/submission.ts';
import { sourceTree } from '../tree.ts';

export interface Checked {
  readonly submission: Submission;
  /** The files that are graded, by path, to be laid over starter/. Never a given file. */
  readonly overlay: ReadonlyMap<string, string>;
  readonly findings: readonly Finding[];
  readonly gradable: boolean;
  /** Why it is not gradable, in sentences; empty when it is. */
  readonly reasons: readonly string[];
}

export interface Checker {
  check(assignment: Pick<AssignmentFile, 'holes' | 'allowed'>, submission: Submission): Promise<Checked>;
  /** Ends the checker's thread. */
  close(): Promise<void>;
}

const TSCONFIG = fileURLToPath(new URL('../../.config/tsconfig.kernel.json', import.meta.url));

/**
 * A checker that stays warm over many submissions.
 * @param starterFolder  absolute path of starter/
 * @throws GraderError CHECK_FAILED, from `check`, when the type checker cannot be started
 */
export function createChecker(starterFolder: string): Checker {
  const starter = sourceTree(starterFolder);
  const thread = createInspectorThread({ starter, tsconfig: TSCONFIG });
  return {
    async check({ holes, allowed }, submission) {
      const placed = place(submission.files, { holes, allowed, starter });
      const decoded = [...placed.files].map(([path, file]) => ({ path, ...decode(file, path) }));
      const overlay = new Map(decoded.flatMap(({ path, text }) => (text === null ? [] : [[path, text] as const])));
      const before = joined([placed, ...decoded]);
      const inspected = overlay.size === 0 ? [] : [await thread.inspect({ overlay, holes })];
      const { findings, reasons } = joined([before, ...inspected]);
      return {
        submission,
        overlay,
        findings: capped(findings),
        gradable: reasons.length === 0,
        reasons: reasons.length === 0 ? [] : [...submission.problems.map(({ says }) => says), ...reasons],
      };
    },
    close: () => thread.close(),
  };
}
