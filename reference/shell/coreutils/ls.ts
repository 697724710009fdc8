/** ls(1). SIMPLIFIED: everything belongs to root and was made at boot. */
import { PAGE_SIZE } from '../../include/param.ts';
import type { FileStat } from '../../include/tool.ts';
import { strerror } from '../../lib/strerror.ts';
import { flags } from '../../tools/getopt.ts';
import type { ShellContext, ShellTool } from '../context.ts';
import { fail, optionsOf } from './input.ts';

const MADE = 'Jan  1 00:00';
const WIDTH = 80;
const TROUBLE = 2;

export const ls: ShellTool = (context) => {
  const parsed = optionsOf(context, 'alh1drRFAtSis', flags({ all: 'a', directory: 'd', human: 'h' }), TROUBLE);
  if (typeof parsed === 'number') return parsed;
  const has = (letter: string): boolean => parsed.options.some(({ name }) => name === letter);
  const { files, out } = context;
  const paths = parsed.operands.length === 0 ? ['.'] : parsed.operands;
  let status = 0;
  const singles: [string, FileStat][] = [];
  const folders: string[] = [];
  for (const path of paths) {
    const stat = files.stat(path);
    if (typeof stat === 'number') status = fail(context, `cannot access '${path}': ${strerror(stat)}`, TROUBLE);
    else if (stat.kind === 'dir' && !has('d')) folders.push(path);
    else singles.push([path, stat]);
  }
  const show = (entries: readonly (readonly [string, FileStat])[]): string =>
    has('l') ? long(entries, has('h')) : has('1') ? entries.map(([name]) => `${name}\n`).join('') : columns(entries);
  out(show(singles));
  for (const [i, folder] of folders.entries()) {
    if (paths.length > 1) out(`${i + singles.length > 0 ? '\n' : ''}${folder}:\n`);
    const entries = entriesOf(context, folder, has('a') || has('A'));
    if (has('l')) out(`total ${blocks(entries)}\n`);
    out(show(has('r') ? entries.reverse() : entries));
  }
  return status;
};

function entriesOf({ files }: ShellContext, folder: string, all: boolean): [string, FileStat][] {
  const list = files.list(folder);
  if (typeof list === 'number') return [];
  return list.flatMap((name): [string, FileStat][] => {
    const stat = files.stat(`${folder}/${name}`);
    return typeof stat === 'number' || (name.startsWith('.') && !all) ? [] : [[name, stat]];
  });
}

/** In KiB, in whole pages. */
const blocks = (entries: readonly (readonly [string, FileStat])[]): number =>
  entries.reduce((sum, [, { size }]) => sum + Math.ceil(size / PAGE_SIZE) * (PAGE_SIZE / 1024), 0);

/** `rw-r--r--`. */
function rights({ kind, mode }: FileStat): string {
  const letters = [...'rwxrwxrwx'].map((letter, i) => (mode & (0o400 >> i) ? letter : '-'));
  return (kind === 'dir' ? 'd' : '-') + letters.join('');
}

function long(entries: readonly (readonly [string, FileStat])[], human: boolean): string {
  const sizes = entries.map(([, { size }]) => (human ? humanSize(size) : String(size)));
  const width = Math.max(0, ...sizes.map((size) => size.length));
  return entries
    .map(([name, stat], i) => `${rights(stat)} 1 root root ${sizes[i].padStart(width)} ${MADE} ${name}\n`)
    .join('');
}

/** `4.0K`, `1.0M`: always rounded up. */
export function humanSize(bytes: number): string {
  const units = ['', 'K', 'M', 'G', 'T'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  if (unit === 0) return String(bytes);
  return (value < 10 ? (Math.ceil(value * 10) / 10).toFixed(1) : String(Math.ceil(value))) + units[unit];
}

/** As on a terminal of 80 columns: as many columns as fit, filled downwards. */
function columns(entries: readonly (readonly [string, FileStat])[]): string {
  const names = entries.map(([name]) => name);
  for (let rows = 1; rows <= names.length; rows++) {
    const count = Math.ceil(names.length / rows);
    const widths = Array.from({ length: count }, (_, c) =>
      Math.max(...names.slice(c * rows, (c + 1) * rows).map((name) => name.length)),
    );
    if (rows < names.length && widths.reduce((sum, width) => sum + width + 2, -2) > WIDTH) continue;
    return Array.from({ length: rows }, (_, r) => {
      const line = widths.map((width, c) => (names[c * rows + r] ?? '').padEnd(width));
      return `${line.join('  ').trimEnd()}\n`;
    }).join('');
  }
  return '';
}
