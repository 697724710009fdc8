/**
 * mkswap(8) of util-linux: makes a swap area.
 * SIMPLIFIED: areas of the machine are made already, so that nothing is written; the UUID comes from the path.
 */

import { ENOENT } from '../../include/errno.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import type { Tool, ToolContext } from '../../include/tool.ts';
import type { Kernel } from '../../init/kernel.ts';
import { crc32 } from '../../lib/crc32.ts';
import { strerror } from '../../lib/strerror.ts';
import { flags, getopt, withValue } from '../getopt.ts';
import { linesOf, readText, wordsOf } from '../proc_files.ts';
import { fail } from '../program.ts';
import { badUsage, commonOption, helpText } from './util_linux.ts';

const HELP = helpText('mkswap', ['[options] device [size]'], 'Makes a swap area.', [
  ['-f, --force', 'does it in any case'],
  ['-L, --label <label>', 'a name for it'],
  ['-U, --uuid <uuid>', 'its UUID'],
  ['-h, --help', 'this text'],
]);
const LONG = {
  ...flags({ force: 'f', check: 'c', help: 'help', version: 'version' }),
  ...withValue('required', { label: 'L', uuid: 'U', pagesize: 'p' }),
};
/** Linux wants ten pages at least. */
const MIN_PAGES = 10;

export const mkswap: Tool<Kernel> = (context) => {
  const { options, operands } = getopt(context.args, 'cfp:L:U:hV', LONG);
  let label = '';
  let uuid = '';
  for (const { name, value } of options) {
    const common = commonOption(context, { name: { h: 'help', V: 'version' }[name] ?? name, value }, HELP);
    if (common !== null) return common;
    if (name === 'L') label = value;
    if (name === 'U') uuid = value;
  }
  const [path] = operands;
  if (path === undefined) return badUsage(context, 'error: Nowhere to set up swap on?');
  const bytes = sizeOf(context, path);
  if (bytes === null) return fail(context, `cannot open ${path}: ${strerror(-ENOENT)}`);
  if (bytes < MIN_PAGES * PAGE_SIZE) {
    return fail(context, `error: swap area needs to be at least ${(MIN_PAGES * PAGE_SIZE) / 1024} KiB`);
  }
  const isOn = linesOf(readText(context.files, '/proc/swaps')).some((line) => wordsOf(line)[0] === path);
  if (isOn) return fail(context, `error: ${path} is mounted; will not make swapspace`);
  const usable = bytes - (bytes % PAGE_SIZE) - PAGE_SIZE;
  context.out(`Setting up swapspace version 1, size = ${binarySize(usable)} (${usable} bytes)\n`);
  context.out(`${label === '' ? 'no label,' : `LABEL=${label},`} UUID=${uuid === '' ? uuidOf(path) : uuid}\n`);
  return 0;
};

/** Bytes; null: there is no such thing. */
function sizeOf({ kernel, files }: ToolContext<Kernel>, path: string): number | null {
  const area = kernel.rooms.swapFiles.get(path);
  if (area !== undefined) return area.pages * PAGE_SIZE;
  const stat = files.stat(path);
  return typeof stat === 'number' ? null : stat.size;
}

/** `1020 KiB`, `2 GiB`. */
function binarySize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
  let power = 0;
  while (power < units.length - 1 && bytes >= 1024 ** (power + 1)) power++;
  const tenths = Math.round((bytes / 1024 ** power) * 10);
  return `${tenths % 10 === 0 ? tenths / 10 : (tenths / 10).toFixed(1)} ${units[power]}`;
}

function uuidOf(path: string): string {
  const part = (salt: string): string =>
    (crc32(Uint8Array.from(salt + path, (letter) => letter.charCodeAt(0))) >>> 0).toString(16).padStart(8, '0');
  const digits = ['a', 'b', 'c', 'd'].map(part).join('');
  const groups = [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`, `a${digits.slice(17, 20)}`];
  return [...groups, digits.slice(20)].join('-');
}
