/** An overlay, bundled to one script for the realm. */
export interface Program {
  /** A script that leaves `subject`: the exports of each module by its path without ending. */
  readonly code: string;
  /** Its source map, version 3, as JSON text. */
  readonly map: string;
  /** Files of the overlay, by path: only places in them are shown to a student. */
  readonly own: readonly string[];
}
