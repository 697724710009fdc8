/** pmap(1) of procps: the mappings of a process. From /proc/PID/maps and smaps. */
import type { Files, Tool, ToolContext } from '../../include/tool.ts';
import { flags, getopt, withValue } from '../getopt.ts';
import { right } from '../printf.ts';
import { linesOf, readText } from '../proc_files.ts';
import { fail, misused, procpsUsage } from '../program.ts';
import { extendedMaps, type PmapSettings, WidthsSoFar } from './pmap_extended.ts';

const USAGE = procpsUsage('pmap', '[options] PID [PID ...]', [
  ['-x, --extended', 'what is in memory, and what is dirty'],
  ['-X', 'most of what smaps says'],
  ['-XX', 'all of what smaps says'],
  ['-d, --device', 'offsets and devices'],
  ['-q, --quiet', 'no header, no sums'],
  ['-p, --show-path', 'whole paths'],
  ['-A, --range=<low>[,<high>]', 'only what lies there'],
  ['-h, --help', 'this text'],
]);

const LONG = {
  ...flags({ extended: 'x', device: 'd', quiet: 'q', help: 'h', version: 'V', 'show-path': 'p' }),
  ...withValue('required', { range: 'A' }),
};

/** Some process was not there. */
const EXIT_MISSING = 42;

export const pmap: Tool = (context) => {
  if (context.args.length === 0) return misused(context, '', USAGE);
  const { options, operands } = getopt(context.args, 'xXrdqA:hVp', LONG);
  const settings: PmapSettings = { format: 'plain', quiet: false, path: false, low: 0, high: 2 ** 64 };
  for (const { name, value } of options) {
    if (name === 'h' || name === 'V') {
      context.out(name === 'h' ? USAGE : 'pmap from procps-ng 4.0.2\n');
      return 0;
    }
    if (name === '?') return misused(context, value, USAGE);
    if (name === 'x' || name === 'd' || name === 'X') {
      const format = name === 'X' && settings.format === 'X' ? 'XX' : name;
      const isOther = settings.format !== 'plain' && settings.format[0] !== format[0];
      if (isOther) return fail(context, 'options -c, -C, -d, -n, -N, -x, -X are mutually exclusive');
      settings.format = format;
    } else if (name === 'A') {
      const [, low, , high] = /^([\da-f]*)(,([\da-f]*))?$/i.exec(value) ?? [];
      if (low === undefined) return fail(context, `failed to parse argument: '${value}'`);
      if (low !== '') settings.low = Number.parseInt(low, 16);
      if ((high ?? low) !== '') settings.high = Number.parseInt(high ?? low, 16);
    } else {
      if (name === 'r') fail(context, 'option -r is ignored as SunOS compatibility');
      settings.quiet ||= name === 'q';
      settings.path ||= name === 'p';
    }
  }
  if (operands.length === 0) return fail(context, 'argument missing');
  return showAll(context, settings, operands);
};

function showAll(context: ToolContext, settings: PmapSettings, operands: readonly string[]): number {
  const pids = operands.map((word) => word.replace(/^\/proc\//, ''));
  if (pids.some((pid) => !/^\d+$/.test(pid) || Number(pid) < 1)) return misused(context, '', USAGE);
  let status = 0;
  const widths = new WidthsSoFar();
  for (const pid of pids) {
    if (typeof context.files.stat(`/proc/${pid}`) === 'number') status |= EXIT_MISSING;
    else context.out(showOne(context.files, settings, pid, widths));
  }
  return status;
}

/** What the process is called; those of the kernel stand in brackets. */
function commandOf(files: Files, pid: string): string {
  const line = readText(files, `/proc/${pid}/cmdline`).replace(/\0+$/, '').replaceAll('\0', ' ');
  return line === '' ? `[${readText(files, `/proc/${pid}/comm`).trimEnd()}]` : line;
}

function showOne(files: Files, settings: PmapSettings, pid: string, widths: WidthsSoFar): string {
  const title = `${pid}:   ${commandOf(files, pid)}\n`;
  const { format, quiet } = settings;
  if (format === 'X' || format === 'XX') return title + extendedMaps(files, settings, pid, widths);
  const stack = Number(
    readText(files, `/proc/${pid}/stat`)
      .replace(/^.*\) /, '')
      .split(' ')[25],
  );
  const maps = mappings(readText(files, `/proc/${pid}/${format === 'x' ? 'smaps' : 'maps'}`), settings, stack);
  const body = maps.map((map) => lineOf(map, format)).join('');
  return quiet ? title + body : title + HEADERS[format] + body + footer(maps, format);
}

const HEADERS = {
  plain: '',
  x: 'Address           Kbytes     RSS   Dirty Mode  Mapping\n',
  d: 'Address           Kbytes Mode  Offset           Device    Mapping\n',
} as const;

interface Mapping {
  readonly start: string;
  readonly kbytes: number;
  readonly mode: string;
  readonly offset: string;
  readonly device: string;
  readonly name: string;
  rss: number;
  dirty: number;
}

/** @param text  maps or smaps. @param stack  where the stack begins */
function mappings(text: string, settings: PmapSettings, stack: number): Mapping[] {
  const maps: Mapping[] = [];
  let isInside = false;
  for (const line of linesOf(text)) {
    const [, key, kb] = /^([A-Z]\w*): +(\d+)/.exec(line) ?? [];
    if (key === undefined) {
      const map = mapping(line, settings, stack);
      isInside = map !== null;
      if (map !== null) maps.push(map);
    } else if (isInside) {
      const last = maps[maps.length - 1];
      if (key === 'Rss') last.rss = Number(kb);
      if (key === 'Shared_Dirty' || key === 'Private_Dirty') last.dirty += Number(kb);
    }
  }
  return maps;
}

const MAP_LINE = /^([\da-f]+)-([\da-f]+) (\S+) ([\da-f]+) ([\da-f]+):([\da-f]+) (\d+)/;

/** @returns null: outside of the range, or no mapping */
function mapping(line: string, { low, high, path }: PmapSettings, stack: number): Mapping | null {
  const match = MAP_LINE.exec(line);
  if (match === null) return null;
  const [, from, to, perms, offset, major, minor] = match;
  const [start, end] = [Number.parseInt(from, 16), Number.parseInt(to, 16)];
  if (end - 1 < low || start > high) return null;
  return {
    start: from.padStart(16, '0'),
    kbytes: (end - start) / 1024,
    mode: `${perms.slice(0, 3)}${perms[3] === 'p' ? '-' : perms[3]}-`,
    offset: offset.padStart(16, '0'),
    device: `${String(Number.parseInt(major, 16)).padStart(3, '0')}:${minor.padStart(5, '0')}`,
    name: nameOf(line, stack >= start && stack <= end, path),
    rss: 0,
    dirty: 0,
  };
}

function nameOf(line: string, isStack: boolean, path: boolean): string {
  const slash = line.lastIndexOf('/');
  if (slash < 0) return isStack ? '  [ stack ]' : '  [ anon ]';
  if (path) return line.slice(line.indexOf('/'));
  return line.slice(slash + 1) === '' ? '/' : line.slice(slash + 1);
}

function lineOf(
  { start, kbytes, mode, offset, device, name, rss, dirty }: Mapping,
  format: 'plain' | 'x' | 'd',
): string {
  if (format === 'plain') return `${start} ${right(kbytes, 6)}K ${mode} ${name}\n`;
  const columns = format === 'x' ? `${right(rss, 7)} ${right(dirty, 7)} ${mode}` : `${mode} ${offset} ${device}`;
  return `${start} ${right(kbytes, 7)} ${columns} ${name}\n`;
}

function footer(maps: readonly Mapping[], format: 'plain' | 'x' | 'd'): string {
  const sum = (of: (map: Mapping) => number): number => maps.reduce((total, map) => total + of(map), 0);
  const total = sum(({ kbytes }) => kbytes);
  if (format === 'plain') return ` total ${right(total, 16)}K\n`;
  if (format === 'x') {
    const numbers = [total, sum(({ rss }) => rss), sum(({ dirty }) => dirty)].map((kb) => right(kb, 7));
    return `---------------- ------- ------- ------- \ntotal kB         ${numbers.join(' ')}\n`;
  }
  const shared = sum(({ mode, kbytes }) => (mode[3] === 's' ? kbytes : 0));
  const writable = sum(({ mode, kbytes }) => (mode[3] === '-' && mode[1] === 'w' ? kbytes : 0));
  return `mapped: ${total}K    writeable/private: ${writable}K    shared: ${shared}K\n`;
}
