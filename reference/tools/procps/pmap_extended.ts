/** pmap -X and -XX: a column for each line of smaps. */
import type { Files } from '../../include/tool.ts';
import { right } from '../printf.ts';
import { linesOf, readText } from '../proc_files.ts';

/** What pmap was asked for. */
export interface PmapSettings {
  format: 'plain' | 'x' | 'X' | 'XX' | 'd';
  quiet: boolean;
  path: boolean;
  low: number;
  high: number;
}

/** Left out with one X. */
const UNIMPORTANT: readonly string[] = [
  ...['AnonHugePages', 'KernelPageSize', 'MMUPageSize', 'Shared_Dirty', 'Private_Dirty', 'Shared_Clean'],
  ...['Private_Clean', 'VmFlags'],
];
const TITLES = ['Address', 'Perm', 'Offset', 'Device', 'Inode'] as const;

/** Columns go on from one process to the next: their widths, and, as in pmap, their sums. */
export class WidthsSoFar {
  readonly widths = new Map<string, number>();
  readonly totals = new Map<string, number>();
}

interface Row {
  /** start, permissions, offset, device, inode. */
  readonly head: readonly string[];
  readonly name: string;
  readonly values: Map<string, string>;
  vmFlags: string;
}

function readRows(text: string): Row[] {
  const rows: Row[] = [];
  for (const line of linesOf(text)) {
    const [, key, value] = /^([A-Z]\w*): *(.*)$/.exec(line) ?? [];
    if (key === undefined) {
      const [, start, perms, offset, device, inode, name] =
        /^(\S+)-\S+ (\S+) (\S+) (\S+) (\d+) *(.*)$/.exec(line) ?? [];
      rows.push({ head: [start, perms, offset, device, inode], name, values: new Map(), vmFlags: '' });
    } else if (key === 'VmFlags') {
      rows[rows.length - 1].vmFlags = value.replace(/ $/, '');
    } else {
      rows[rows.length - 1].values.set(key, value.replace(/ kB$/, ''));
    }
  }
  return rows;
}

export function extendedMaps(files: Files, settings: PmapSettings, pid: string, before: WidthsSoFar): string {
  const { format, quiet, path } = settings;
  const rows = readRows(readText(files, `/proc/${pid}/smaps`));
  if (rows.length === 0) return '';
  const shown = [...rows[0].values.keys()].filter((key) => format === 'XX' || !UNIMPORTANT.includes(key));
  measure(rows, shown, before, quiet);
  const widthOf = (texts: readonly string[]): number => Math.max(...texts.map((text) => text.length));
  const headWidths = TITLES.map((title, i) => widthOf([...(quiet ? [] : [title]), ...rows.map(({ head }) => head[i])]));
  const widths = shown.map((key) => before.widths.get(key) ?? 0);
  const withFlags = format === 'XX' && rows.some(({ vmFlags }) => vmFlags !== '');
  const flagsWidth = withFlags ? widthOf([...(quiet ? [] : ['VmFlags']), ...rows.map(({ vmFlags }) => vmFlags)]) : 0;
  const line = (head: readonly string[], values: readonly string[], flags: string, name: string): string => {
    const cells = [...head.map((text, i) => right(text, headWidths[i])), ...values.map((v, i) => right(v, widths[i]))];
    return `${[...cells, ...(withFlags ? [right(flags, flagsWidth)] : []), name].join(' ')}\n`;
  };
  const header = quiet ? '' : line(TITLES, shown, 'VmFlags', 'Mapping');
  const body = rows.map(({ head, name, values, vmFlags }) => {
    const shownName = path ? name : name.slice(name.lastIndexOf('/') + 1);
    return line(
      head,
      shown.map((key) => values.get(key) ?? ''),
      vmFlags,
      shownName,
    );
  });
  return header + body.join('') + (quiet ? '' : footer(shown, widths, headWidths, before));
}

function measure(
  rows: readonly Row[],
  shown: readonly string[],
  { widths, totals }: WidthsSoFar,
  quiet: boolean,
): void {
  for (const key of shown) {
    const values = rows.map((row) => row.values.get(key) ?? '');
    const total = values.reduce((sum, value) => sum + Number(value), totals.get(key) ?? 0);
    totals.set(key, total);
    const wide = quiet ? values.map((value) => value.length) : [key.length, String(total).length];
    widths.set(key, Math.max(widths.get(key) ?? 0, ...wide));
  }
}

function footer(
  shown: readonly string[],
  widths: readonly number[],
  headWidths: readonly number[],
  { totals }: WidthsSoFar,
): string {
  const gap = ' '.repeat(headWidths.reduce((sum, width) => sum + width + 1, 0));
  const rules = widths.map((width) => `${'='.repeat(width)} `).join('');
  const sums = shown.map((key, i) => `${right(totals.get(key) ?? 0, widths[i])} `).join('');
  return `${gap}${rules}\n${gap}${sums}KB \n`;
}
