import fc from 'fast-check';
import { SubjectStopped } from '../subject/fault.ts';
import { stage } from './stage.ts';

/** The seed of every random choice in this run: the assignment's own when grading. */
export function seed(): number {
  return stage()?.seed ?? 1;
}

/**
 * Holds a property for many random values and, when it fails, for the smallest value that still fails. Throws what the
 * property threw for that smallest value: usually a `Wrong`.
 * @param holds  throws if the property does not hold
 * @param runs  how many values are tried
 */
export function forAll<T>(values: fc.Arbitrary<T>, holds: (value: T) => void, runs = 100): void {
  let stopped: unknown;
  // A subject that was stopped has nothing more to say in this test: a smaller value is not looked for.
  const tried = (value: T): void => {
    if (stopped !== undefined) return;
    try {
      holds(value);
    } catch (error) {
      if (error instanceof SubjectStopped) stopped = error;
      throw error;
    }
  };
  const report = fc.check(fc.property(values, tried), { seed: seed(), numRuns: runs });
  if (stopped !== undefined) throw stopped;
  if (report.failed) throw report.errorInstance;
}
