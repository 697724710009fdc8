/** Tables of util-linux: columns as wide as what stands in them, one blank between. util-linux: libsmartcols */

export interface TextTable {
  readonly titles: readonly string[];
  /** Columns are as wide as if they were. */
  readonly hidesTitles: boolean;
  readonly rows: readonly (readonly string[])[];
  /** By column: numbers stand on the right. */
  readonly isRight: readonly boolean[];
}

export function textTable({ titles, hidesTitles, rows, isRight }: TextTable): string {
  const widths = isRight.map((_, i) => Math.max(...[titles, ...rows].map((cells) => cells[i].length)));
  const lines = hidesTitles ? rows : [titles, ...rows];
  const last = isRight.length - 1;
  const cell = (text: string, i: number): string => {
    if (isRight[i]) return text.padStart(widths[i]);
    return i === last ? text : text.padEnd(widths[i]);
  };
  return lines.map((cells) => `${cells.map(cell).join(' ')}\n`).join('');
}

const SUFFIXES = 'BKMGTPE';

/** `195.3M`, `2G`, `0B`: one decimal, unless it is 0. util-linux: size_to_human_string() */
export function humanSize(bytes: number): string {
  let power = 0;
  while (bytes >= 1024 ** (power + 1) && power < SUFFIXES.length - 1) power++;
  const unit = 1024 ** power;
  let whole = Math.floor(bytes / unit);
  let tenth = power === 0 ? 0 : Math.floor((Math.floor((bytes % unit) / (unit / 1024)) + 50) / 100);
  if (tenth === 10) {
    whole++;
    tenth = 0;
  }
  return `${whole}${tenth > 0 ? `.${tenth}` : ''}${SUFFIXES[power]}`;
}
