/** The text files of a machine, read as a law reads them: numbers by name. */

/** A machine whose files are read as root. */
export interface TextMachine {
  /** A file of /proc or /sys. */
  read(path: string): string;
  /** Processes that have not ended. */
  pids(): readonly number[];
  /** Entries of /proc/PID/pagemap, with frames. @param page  number of the first page, address / 4096 */
  pagemap(pid: number, page: number, pages: number): Iterable<bigint>;
  /** Whether a frame is one of zeroes, which count nowhere. */
  isZero(pfn: number): boolean;
  /** Slots of swap that no page table needs to name: of cached pages, and of memory files. As in pagemap, bits 0 .. 54. */
  slotsElsewhere(): readonly number[];
}

/** Numbers by name. */
export type Values = ReadonlyMap<string, number>;

export const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');
export const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

/** `Name:   12 kB`, `name 12` or `Node 0 Name:  12`. */
export function valuesOf(text: string): Values {
  const rows = linesOf(text).map((line) => /^(?:Node \d+ )?([\w()]+):?\s+(\d+)/.exec(line));
  return new Map(rows.flatMap((row) => (row === null ? [] : [[row[1] ?? '', Number(row[2])] as const])));
}

/** One mapping in smaps. */
export interface Mapping {
  readonly head: string;
  /** Bytes. */
  readonly start: number;
  readonly kb: Values;
  readonly flags: readonly string[];
}

export function mappingsOf(smaps: string): Mapping[] {
  return smaps
    .split(/^(?=[\da-f]{8,}-)/m)
    .filter((text) => text !== '')
    .map((text) => {
      const head = text.slice(0, text.indexOf('\n'));
      const flags = (/^VmFlags: (.*)$/m.exec(text)?.[1] ?? '').trim().split(' ');
      return { head, start: Number.parseInt(head, 16), kb: valuesOf(text), flags };
    });
}
