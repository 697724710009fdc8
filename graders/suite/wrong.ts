import type { Counterexample } from '../model/verdict.ts';

/**
 * Thrown by a property when the subject's answer is wrong: what was done, what should have come, what came.
 * It is shown to the student, so everything in it is computed from the failing run: no literal of the test.
 */
export class Wrong extends Error {
  override readonly name = 'Wrong';
  readonly counterexample: Counterexample;

  constructor(counterexample: Counterexample) {
    super(
      [
        ...counterexample.steps.map((step, i) => `${i + 1}. ${step}`),
        `expected ${counterexample.expected}`,
        `but got  ${counterexample.actual}`,
      ].join('\n'),
    );
    this.counterexample = counterexample;
  }
}
