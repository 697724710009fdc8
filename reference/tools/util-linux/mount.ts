/** mount(8) and umount(8) of util-linux: /proc/mounts, mount(2), umount2(2). */

import { EBUSY, EINVAL, ENODEV, ENOENT, ENOTDIR, EPERM } from '../../include/errno.ts';
import type { Files, Tool, ToolContext } from '../../include/tool.ts';
import type { Kernel } from '../../init/kernel.ts';
import { strerror } from '../../lib/strerror.ts';
import { flags, getopt, withValue } from '../getopt.ts';
import { linesOf, readText, wordsOf } from '../proc_files.ts';
import { fail } from '../program.ts';
import { badUsage, commonOption, helpText } from './util_linux.ts';

const HELP = helpText(
  'mount',
  ['[-h|-V]', '-l [-t <type>]', '-a', '-t <type> <source> <directory>'],
  'Mounts a file system.',
  [
    ['-t, --types <list>', 'which kinds'],
    ['-o, --options <list>', 'not looked at'],
    ['-v, --verbose', 'says what it does'],
    ['-h, --help', 'this text'],
  ],
);
const LONG = {
  ...flags({ all: 'a', verbose: 'v', help: 'help', version: 'version', 'read-only': 'r' }),
  ...withValue('required', { types: 't', options: 'o' }),
};

const EXIT_USAGE = 1;
const EXIT_FAILED = 32;

export const mount: Tool<Kernel> = (context) => {
  const { options, operands } = getopt(context.args, 'alvrwt:o:hV', LONG);
  let type = '';
  let isVerbose = false;
  let isAll = false;
  for (const { name, value } of options) {
    const common = commonOption(context, { name: { h: 'help', V: 'version' }[name] ?? name, value }, HELP);
    if (common !== null) return common;
    if (name === 't') type = value;
    isVerbose ||= name === 'v';
    isAll ||= name === 'a';
  }
  const [device, dir, ...more] = operands;
  if (device === undefined) {
    if (!isAll) context.out(mountsShown(context.files, type));
    return 0;
  }
  if (more.length > 0) return badUsage(context, '', EXIT_USAGE);
  if (dir === undefined) return fail(context, `${device}: can't find in /etc/fstab.`);
  const error = context.kernel.syscall(context.pid, 'mount', device, dir, type === '' ? 'ext4' : type);
  if (error < 0) return refused(context, { device, dir, type }, error);
  if (isVerbose) context.out(`mount: ${device} mounted on ${dir}.\n`);
  return 0;
};

/** `proc on /proc type proc (rw,relatime)`. */
function mountsShown(files: Files, types: string): string {
  const wanted = types === '' ? null : types.split(',');
  const lines = linesOf(readText(files, '/proc/self/mounts')).map(wordsOf);
  const shown = lines.filter(([, , type]) => wanted?.includes(type) ?? true);
  return shown.map(([device, dir, type, options]) => `${device} on ${dir} type ${type} (${options})\n`).join('');
}

interface Wanted {
  readonly device: string;
  readonly dir: string;
  readonly type: string;
}

function refused(context: ToolContext, { device, dir, type }: Wanted, error: number): number {
  const why: Readonly<Record<number, string>> = {
    [-ENOENT]: 'mount point does not exist',
    [-ENOTDIR]: 'mount point is not a directory',
    [-ENODEV]: type === '' ? `special device ${device} does not exist` : `unknown filesystem type '${type}'`,
    [-EBUSY]: `${device} already mounted on ${dir}`,
    [-EPERM]: 'must be superuser to use mount',
  };
  fail(context, `${dir}: ${why[error] ?? strerror(error)}.`);
  context.err('       dmesg(1) may have more information after failed mount system call.\n');
  return EXIT_FAILED;
}

export const umount: Tool<Kernel> = (context) => {
  const { kernel, pid } = context;
  const { options, operands } = getopt(context.args, 'vlf');
  const wrong = options.find(({ name }) => name === '?');
  if (wrong !== undefined || operands.length === 0) return badUsage(context, wrong?.value ?? '', EXIT_USAGE);
  let status = 0;
  for (const dir of operands) {
    const error = kernel.syscall(pid, 'umount2', dir);
    if (error === 0) continue;
    const why: Readonly<Record<number, string>> = { [-EINVAL]: 'not mounted', [-EBUSY]: 'target is busy' };
    status = fail(context, `${dir}: ${why[error] ?? strerror(error)}.`, EXIT_FAILED);
  }
  return status;
};
