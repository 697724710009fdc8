/**
 * What the surrounding run lends to a suite, through one global of the test environment. Absent when an author runs the
 * suite by hand: then `subject` is the reference, in-process.
 */
import type { Realm } from '../subject/realm.ts';

export interface Stage {
  /** The realm of the submission under test; opened anew when the last one was stopped. */
  realm(): Realm;
  readonly seed: number;
  /** Sizes of the budget with that id. */
  sizes(budget: string): readonly number[];
  /** Takes the count of one budget at one size. */
  counted(budget: string, size: number, count: number): void;
}

export const STAGE = Symbol.for('osgrade.stage');

export function stage(): Stage | undefined {
  return (globalThis as { [STAGE]?: Stage })[STAGE];
}
