/** What is played: the keys of the jobs, and the suites' paths. */
export interface Playbill {
  readonly jobs: readonly string[];
  readonly suites: readonly string[];
}

/** The global of the test environment that holds it. */
export const PLAYBILL = Symbol.for('osgrade.playbill');
