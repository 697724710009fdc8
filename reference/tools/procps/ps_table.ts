/** How ps(1) sets its columns: one that is too wide takes from the blanks in front of the next. */
import type { Files } from '../../include/tool.ts';
import { type ProcessInfo, pidWidth } from './processes.ts';
import { PS_COLUMNS, type PsColumn, PsMachine } from './ps_columns.ts';

/** A column as it was asked for. */
export interface Chosen {
  readonly column: PsColumn;
  /** Another title, as in `pid=NUMBER`. */
  readonly head: string;
  /** As wide as the title or `:20` want it. */
  readonly width: number;
}

export const chosen = (name: string): Chosen => {
  const column = PS_COLUMNS[name];
  return { column, head: column.head, width: column.width };
};

export interface SortKey {
  readonly name: string;
  readonly descending: boolean;
}

/** @param header  whether titles are shown */
export function psTable(
  files: Files,
  processes: readonly ProcessInfo[],
  columns: readonly Chosen[],
  header: boolean,
  sort: readonly SortKey[],
): string {
  const machine = new PsMachine(files);
  const pid = pidWidth(files);
  const widths = columns.map(({ column, width }) => (column.justify === 'pid' ? Math.max(pid, width) : width));
  const line = (texts: readonly string[]): string => setLine(columns, widths, texts);
  const isTitled = header && columns.some(({ head }) => head !== '');
  const titles = isTitled ? line(columns.map(({ head }) => head)) : '';
  const rows = sorted(processes, sort, machine).map((process) =>
    line(columns.map(({ column }) => column.show(process, machine))),
  );
  return titles + rows.join('');
}

function setLine(columns: readonly Chosen[], widths: readonly number[], texts: readonly string[]): string {
  let line = '';
  let correct = 0;
  for (const [i, { column }] of columns.entries()) {
    const width = widths[i];
    const isLast = i === columns.length - 1;
    const text = column.justify === 'unlimited' && !isLast ? texts[i].slice(0, width) : texts[i];
    const isRight = column.justify === 'right' || column.justify === 'pid';
    const pad = isRight ? Math.max(width - text.length, 0) : 0;
    const blanks = correct - line.length + pad;
    line += ' '.repeat(blanks > 0 ? blanks : i > 0 ? 1 : 0) + text;
    correct += width + 1;
  }
  return `${line}\n`;
}

function sorted(processes: readonly ProcessInfo[], keys: readonly SortKey[], machine: PsMachine): ProcessInfo[] {
  const compare = (a: ProcessInfo, b: ProcessInfo): number => {
    for (const { name, descending } of keys) {
      const { by, show } = PS_COLUMNS[name];
      const [one, other] = by ? [by(a, machine), by(b, machine)] : [show(a, machine), show(b, machine)];
      if (one !== other) return one < other === descending ? 1 : -1;
    }
    return 0;
  };
  return [...processes].sort(compare);
}
