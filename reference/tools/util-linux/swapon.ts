/**
 * swapon(8), swapoff(8) and mkswap(8) of util-linux: swap areas. swapon(2), swapoff(2), /proc/swaps, /etc/fstab.
 * SIMPLIFIED: areas have no labels; which paths can be swap areas the machine says.
 */

import { EINVAL, ENOENT, ENOMEM } from '../../include/errno.ts';
import type { Files, Tool, ToolContext } from '../../include/tool.ts';
import type { Kernel } from '../../init/kernel.ts';
import { strerror } from '../../lib/strerror.ts';
import { flags, getopt, withValue } from '../getopt.ts';
import { linesOf, readText, wordsOf } from '../proc_files.ts';
import { fail } from '../program.ts';
import { humanSize, textTable } from './table.ts';
import { badUsage, commonOption, helpText } from './util_linux.ts';

const SWAPON_HELP = helpText('swapon', ['[options] [<spec>]'], 'Switches swap areas on, or shows them.', [
  ['-a, --all', 'all of /etc/fstab'],
  ['-p, --priority <prio>', '0 to 32767, larger first'],
  ['-s, --summary', '/proc/swaps as it is'],
  ['    --show[=<columns>]', 'a table; NAME TYPE SIZE USED PRIO'],
  ['    --noheadings', 'without titles'],
  ['    --raw', 'one blank between columns'],
  ['    --bytes', 'sizes in bytes'],
  ['-v, --verbose', 'says what it does'],
  ['-h, --help', 'this text'],
]);

const SWAPON_LONG = {
  ...flags({ all: 'a', summary: 's', noheadings: 'noheadings', raw: 'raw', bytes: 'bytes', verbose: 'v' }),
  ...flags({ ifexists: 'e', fixpgsz: 'f', help: 'help', version: 'version' }),
  ...withValue('required', { priority: 'p' }),
  ...withValue('optional', { show: 'show', discard: 'd' }),
};

const COLUMNS = ['NAME', 'TYPE', 'SIZE', 'USED', 'PRIO', 'UUID', 'LABEL'] as const;
type Column = (typeof COLUMNS)[number];
const SHOWN: readonly Column[] = ['NAME', 'TYPE', 'SIZE', 'USED', 'PRIO'];
const ON_THE_RIGHT: readonly Column[] = ['SIZE', 'USED', 'PRIO'];

const EXIT_OPEN = 255;
const EXIT_SWAPOFF = { nomem: 2, failure: 4, usage: 16 } as const;
const PRIO_MAX = 32767;

interface TableAsked {
  columns: readonly Column[];
  titles: boolean;
  raw: boolean;
  bytes: boolean;
}

export const swapon: Tool<Kernel> = (context) => {
  const { options, operands } = getopt(context.args, 'ad::efp:svhV', { ...SWAPON_LONG });
  const table: TableAsked = { columns: SHOWN, titles: true, raw: false, bytes: false };
  const asked = { all: false, priority: null as number | null, verbose: false, show: operands.length === 0 };
  for (const option of options) {
    const { name, value } = option;
    const letters = { h: 'help', V: 'version' }[name] ?? name;
    const common = commonOption(context, { name: letters, value }, SWAPON_HELP);
    if (common !== null) return common;
    if (name === 's') {
      context.out(
        linesOf(readText(context.files, '/proc/swaps')).length > 1 ? readText(context.files, '/proc/swaps') : '',
      );
      return 0;
    }
    if (name === 'show') {
      const columns = columnsOf(value);
      if (typeof columns === 'string') return fail(context, `unknown column: ${columns}`);
      Object.assign(table, { columns });
      asked.show = true;
    } else if (name === 'p') {
      const why = priorityError(value);
      if (why !== null) return fail(context, `failed to parse priority: '${value}'${why}`);
      asked.priority = Number(value);
    } else if (name === 'a') Object.assign(asked, { all: true, show: false });
    else if (name === 'v') asked.verbose = true;
    else if (name === 'noheadings') table.titles = false;
    else if (name === 'raw') table.raw = true;
    else if (name === 'bytes') table.bytes = true;
  }
  if (asked.show) {
    context.out(swapTable(context.files, table));
    return 0;
  }
  const paths = asked.all ? areasOfFstab(context.files) : operands;
  let status = 0;
  for (const path of paths) status = switchOn(context, path, asked.priority, asked.verbose) || status;
  return status;
};

/** @returns the columns, or the name of one that there is not */
function columnsOf(list: string): readonly Column[] | string {
  if (list === '') return SHOWN;
  const names = list.split(',');
  const known = (name: string): name is Column => COLUMNS.some((column) => column === name.toUpperCase());
  const unknown = names.find((name) => !known(name));
  return unknown ?? names.flatMap((name) => COLUMNS.find((column) => column === name.toUpperCase()) ?? []);
}

function priorityError(text: string): string | null {
  if (!/^[-+]?\d+$/.test(text)) return '';
  return Math.abs(Number(text)) > PRIO_MAX ? ': Numerical result out of range' : null;
}

/** /proc/swaps, line by line. */
function swapRows(files: Files): readonly (readonly string[])[] {
  return linesOf(readText(files, '/proc/swaps')).slice(1).map(wordsOf);
}

function swapTable(files: Files, { columns, titles, raw, bytes }: TableAsked): string {
  const size = (kb: string): string => (bytes ? String(Number(kb) * 1024) : humanSize(Number(kb) * 1024));
  const rows = swapRows(files).map(([name, type, kb, used, prio]) => {
    const cells: Readonly<Record<Column, string>> = {
      ...{ NAME: name, TYPE: type, SIZE: size(kb), USED: size(used), PRIO: prio, UUID: '', LABEL: '' },
    };
    return columns.map((column) => cells[column]);
  });
  if (rows.length === 0) return '';
  if (raw) return [...(titles ? [columns] : []), ...rows].map((cells) => `${cells.join(' ')}\n`).join('');
  const isRight = columns.map((column) => ON_THE_RIGHT.includes(column));
  return textTable({ titles: columns, hidesTitles: !titles, rows, isRight });
}

/** Those of type swap that are not on yet. */
function areasOfFstab(files: Files): string[] {
  const lines = linesOf(readText(files, '/etc/fstab')).filter((line) => !line.startsWith('#'));
  const areas = lines.map(wordsOf).filter(([, , type]) => type === 'swap');
  const on = swapRows(files).map(([name]) => name);
  return areas.map(([path]) => path).filter((path) => !on.includes(path));
}

function switchOn(context: ToolContext<Kernel>, path: string, priority: number | null, verbose: boolean): number {
  if (verbose) context.out(`swapon ${path}\n`);
  const error = context.kernel.syscall(context.pid, 'swapon', path, priority);
  if (error === 0) return 0;
  if (error === -EINVAL) return fail(context, `${path}: read swap header failed`, EXIT_OPEN);
  const why = error === -ENOENT ? `cannot open ${path}` : `${path}: swapon failed`;
  return fail(context, `${why}: ${strerror(error)}`, EXIT_OPEN);
}

const SWAPOFF_HELP = helpText('swapoff', ['[options] [<spec>]'], 'Switches swap areas off.', [
  ['-a, --all', 'all of /proc/swaps'],
  ['-v, --verbose', 'says what it does'],
  ['-h, --help', 'this text'],
]);

export const swapoff: Tool<Kernel> = (context) => {
  const { files, kernel, pid, out } = context;
  const long = flags({ all: 'a', verbose: 'v', help: 'h', version: 'V' });
  const { options, operands } = getopt(context.args, 'ahvV', long);
  let isAll = false;
  let isVerbose = false;
  for (const { name, value } of options) {
    const common = commonOption(context, { name: { h: 'help', V: 'version' }[name] ?? name, value }, SWAPOFF_HELP, 16);
    if (common !== null) return common;
    isAll ||= name === 'a';
    isVerbose ||= name === 'v';
  }
  if (!isAll && operands.length === 0) return badUsage(context, '', EXIT_SWAPOFF.usage);
  let status = 0;
  for (const path of isAll ? swapRows(files).map(([name]) => name) : operands) {
    if (isVerbose) out(`swapoff ${path}\n`);
    const error = kernel.syscall(pid, 'swapoff', path);
    if (error === 0) continue;
    fail(context, `${path}: swapoff failed: ${strerror(error)}`);
    status |= error === -ENOMEM ? EXIT_SWAPOFF.nomem : EXIT_SWAPOFF.failure;
  }
  return status;
};
