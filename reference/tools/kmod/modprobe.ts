/** modprobe(8), rmmod(8) and lsmod(8) of kmod: init_module(2), delete_module(2), /proc/modules. */
import { EEXIST, ENOENT } from '../../include/errno.ts';
import type { Tool, ToolContext } from '../../include/tool.ts';
import type { Kernel } from '../../init/kernel.ts';
import { strerror } from '../../lib/strerror.ts';
import { flags, getopt } from '../getopt.ts';
import { linesOf, readText, wordsOf } from '../proc_files.ts';
import { fail } from '../program.ts';

const NAME_COLUMNS = 19;
const SIZE_COLUMNS = 8;

/** The kernel's name of a module. */
const underscored = (name: string): string => name.replaceAll('-', '_');

export const modprobe: Tool<Kernel> = (context) => {
  const { options, operands } = getopt(context.args, 'rvq', flags({ remove: 'r', verbose: 'v', quiet: 'q' }));
  const wrong = options.find(({ name }) => name === '?');
  if (wrong !== undefined) return fail(context, wrong.value);
  if (operands.length === 0) return fail(context, 'ERROR: missing parameters. See -h.');
  const removes = options.some(({ name }) => name === 'r');
  const failed = operands.map((name) => (removes ? unloaded(context, name) : loaded(context, name)));
  return Math.max(...failed);
};

/** One that is loaded already is no fault. @returns the exit status */
function loaded(context: ToolContext<Kernel>, name: string): number {
  const { kernel, pid, files } = context;
  const error = kernel.syscall(pid, 'init_module', underscored(name));
  if (error === 0 || error === -EEXIST) return 0;
  if (error !== -ENOENT) return fail(context, `ERROR: could not insert '${underscored(name)}': ${strerror(error)}`);
  const release = readText(files, '/proc/sys/kernel/osrelease').trim();
  return fail(context, `FATAL: Module ${name} not found in directory /lib/modules/${release}`);
}

function unloaded(context: ToolContext<Kernel>, name: string): number {
  const error = context.kernel.syscall(context.pid, 'delete_module', underscored(name));
  if (error === 0) return 0;
  if (error === -ENOENT) return fail(context, `FATAL: Module ${name} is not in kernel.`);
  return fail(context, `ERROR: could not remove '${underscored(name)}': ${strerror(error)}`);
}

export const rmmod: Tool<Kernel> = (context) => {
  const { kernel, pid, args } = context;
  if (args.length === 0) return fail(context, 'ERROR: missing module name.');
  let status = 0;
  for (const name of args) {
    const error = kernel.syscall(pid, 'delete_module', underscored(name));
    if (error === -ENOENT) status = fail(context, `ERROR: Module ${underscored(name)} is not currently loaded`);
    else if (error !== 0) status = fail(context, `ERROR: could not remove module ${name}: ${strerror(error)}`);
  }
  return status;
};

export const lsmod: Tool = ({ files, out }) => {
  out('Module                  Size  Used by\n');
  for (const [name, size, users] of linesOf(readText(files, '/proc/modules')).map(wordsOf)) {
    out(`${name.padEnd(NAME_COLUMNS)} ${size.padStart(SIZE_COLUMNS)}  ${users}\n`);
  }
  return 0;
};
