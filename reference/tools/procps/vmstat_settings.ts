/** What vmstat(8) was asked for. */

/** Lines between two headers: those of a terminal of 24, less 3. */
export const PAGE_LINES = 21;

export interface VmstatSettings {
  active: boolean;
  wide: boolean;
  timestamp: boolean;
  skipFirst: boolean;
  oneHeader: boolean;
  unit: { letter: string; bytes: number };
  /** Seconds. */
  delay: number;
  /** Infinity: until somebody stops it. */
  updates: number;
}
