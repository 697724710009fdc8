/** What is played. */
export interface Playbill {
  /** How many jobs there is room for. */
  readonly places: number;
  /** Paths of the suites. */
  readonly suites: readonly string[];
}

/** The global of the test environment that holds it. */
export const PLAYBILL = Symbol.for('osgrade.playbill');
