/** getconf(1) of the C library: what the machine is made of. */
import { PAGE_SIZE } from '../include/param.ts';
import type { Files, Tool } from '../include/tool.ts';
import { readMeminfo, readStat } from './proc_files.ts';
import { fail } from './program.ts';

const USAGE = 'Usage: getconf [-v specification] variable_name [pathname]\n       getconf -a [pathname]\n';
const EXIT_USAGE = 2;

const pages = (files: Files, label: string): number => readMeminfo(files).get(label) / (PAGE_SIZE / 1024);

const VARIABLES: Readonly<Record<string, (files: Files) => number>> = {
  ARG_MAX: () => 2097152,
  CHAR_BIT: () => 8,
  CLK_TCK: () => 100,
  INT_MAX: () => 2 ** 31 - 1,
  LONG_BIT: () => 64,
  PAGESIZE: () => PAGE_SIZE,
  PAGE_SIZE: () => PAGE_SIZE,
  WORD_BIT: () => 32,
  _AVPHYS_PAGES: (files) => pages(files, 'MemFree'),
  _NPROCESSORS_CONF: (files) => readStat(files).cpus.length,
  _NPROCESSORS_ONLN: (files) => readStat(files).cpus.length,
  _PHYS_PAGES: (files) => pages(files, 'MemTotal'),
};

export const getconf: Tool = (context) => {
  const { args, files, out, err } = context;
  const [name, path, ...more] = args;
  if (name === undefined || more.length > 0 || (name.startsWith('-') && name !== '-a')) {
    err(USAGE);
    return EXIT_USAGE;
  }
  if (name === '-a') {
    for (const [variable, value] of Object.entries(VARIABLES)) out(`${variable.padEnd(34)} ${value(files)}\n`);
    return 0;
  }
  if (!Object.hasOwn(VARIABLES, name) || path !== undefined)
    return fail(context, `Unrecognized variable \`${name}'`, EXIT_USAGE);
  out(`${VARIABLES[name](files)}\n`);
  return 0;
};
