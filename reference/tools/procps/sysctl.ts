/** sysctl(8) of procps: numbers of the kernel, by name. The files below /proc/sys. */

import { EACCES, ENOENT, EPERM } from '../../include/errno.ts';
import type { Tool, ToolContext } from '../../include/tool.ts';
import { strerror } from '../../lib/strerror.ts';
import { flags, getopt, withValue } from '../getopt.ts';
import { EXIT_FAILURE, fail, misused, procpsUsage } from '../program.ts';

const USAGE = procpsUsage('sysctl', '[options] [variable[=value] ...]', [
  ['-a, --all', 'all of them; also -A and -X'],
  ['-b, --binary', 'the value alone, no line end'],
  ['-e, --ignore', 'unknown names are no error'],
  ['-N, --names', 'names alone'],
  ['-n, --values', 'values alone'],
  ['-p, --load[=<file>]', 'sets what stands in a file; /etc/sysctl.conf if none is given'],
  ['    --system', 'the same as -p'],
  ['-r, --pattern <expression>', 'those whose names match'],
  ['-q, --quiet', 'says nothing when it sets'],
  ['-w, --write', 'sets'],
  ['-h, --help', 'this text'],
]);

const LONG = {
  ...flags({ all: 'a', binary: 'b', ignore: 'e', names: 'N', values: 'n', quiet: 'q', write: 'w', system: 'system' }),
  ...flags({ help: 'h', version: 'V', deprecated: 'o', 'dry-run': 'dry' }),
  ...withValue('optional', { load: 'p' }),
  ...withValue('required', { pattern: 'r' }),
};

const ROOT = '/proc/sys/';
const DEFAULT_FILE = '/etc/sysctl.conf';
const OWNER_READ = 0o400;
const OWNER_WRITE = 0o200;

interface Settings {
  show: 'both' | 'name' | 'value' | 'bare value';
  ignore: boolean;
  quiet: boolean;
  write: boolean;
  dryRun: boolean;
  all: boolean;
  pattern: RegExp | null;
  /** null: no file. */
  file: string | null;
}

export const sysctl: Tool = (context) => {
  const { options, operands } = getopt(context.args, 'bneNwfp::qoxaAXr:VdhX', LONG);
  const settings: Settings = {
    ...{
      show: 'both',
      ignore: false,
      quiet: false,
      write: false,
      dryRun: false,
      all: false,
      pattern: null,
      file: null,
    },
  };
  for (const { name, value } of options) {
    // A wrong one is answered as if help had been asked for.
    if (name === '?') fail(context, value);
    if (name === 'h' || name === 'd' || name === 'V' || name === '?') {
      context.out(name === 'V' ? 'sysctl from procps-ng 4.0.2\n' : USAGE);
      return 0;
    }
    set(settings, name, value);
  }
  if (settings.all) return listAll(context, settings);
  if (settings.file !== null) return load(context, settings, operands.length > 0 ? operands : [settings.file]);
  if (operands.length === 0) return misused(context, '', USAGE);
  let status = 0;
  for (const word of operands) status |= handle(context, settings, word);
  return status;
};

function set(settings: Settings, name: string, value: string): void {
  if (name === 'a' || name === 'A' || name === 'X') settings.all = true;
  else if (name === 'n') settings.show = 'value';
  else if (name === 'N') settings.show = 'name';
  else if (name === 'b') settings.show = 'bare value';
  else if (name === 'e') settings.ignore = true;
  else if (name === 'q') settings.quiet = true;
  else if (name === 'w') settings.write = true;
  else if (name === 'dry') settings.dryRun = true;
  else if (name === 'r') settings.pattern = new RegExp(value);
  else if (name === 'p' || name === 'f' || name === 'system') settings.file = value === '' ? DEFAULT_FILE : value;
}

/** Whichever of `.` and `/` comes first separates; the other one belongs to the name. */
function pathOf(name: string): string {
  const isPath = /[./]/.exec(name)?.[0] === '/';
  const path = isPath ? name : name.replace(/[./]/g, (mark) => (mark === '.' ? '/' : '.'));
  // SIMPLIFIED: one at the end is left out; procps shows every name with two.
  return ROOT + path.replace(/^\/proc\/sys\//, '').replace(/\/+$/, '');
}

const nameOf = (path: string): string => path.slice(ROOT.length).replace(/[./]/g, (mark) => (mark === '/' ? '.' : '/'));

/** One word of the command line. @returns the exit status */
function handle(context: ToolContext, settings: Settings, word: string): number {
  const equals = word.indexOf('=');
  if (equals >= 0) return write(context, settings, word.slice(0, equals), word.slice(equals + 1));
  if (settings.write) return fail(context, 'command line(0): invalid syntax, continuing...');
  return read(context, settings, pathOf(word));
}

/** A name, or all below it. */
function read(context: ToolContext, settings: Settings, path: string): number {
  const { files, out } = context;
  const stat = files.stat(path);
  if (typeof stat === 'number') {
    if (settings.ignore && stat === -ENOENT) return 0;
    return fail(context, `cannot stat ${path}: ${strerror(stat)}`);
  }
  if (stat.kind === 'dir') {
    const names = files.list(path);
    let status = 0;
    for (const name of typeof names === 'number' ? [] : names) {
      status |= read(context, settings, `${path.replace(/\/$/, '')}/${name}`);
    }
    return status;
  }
  const name = nameOf(path);
  if ((stat.mode & OWNER_READ) === 0 || !(settings.pattern?.test(name) ?? true)) return 0;
  if (settings.show === 'name') {
    out(`${name}\n`);
    return 0;
  }
  const text = files.read(path);
  if (typeof text === 'number') {
    if (settings.all) return 0;
    if (text === -EACCES) return fail(context, `permission denied on key '${name}'`);
    return fail(context, `reading key "${name}": ${strerror(text)}`);
  }
  out(shown(settings, name, text));
  return 0;
}

function shown({ show }: Settings, name: string, text: string): string {
  if (show === 'bare value') return text.replace(/\n$/, '');
  const prefix = show === 'both' ? `${name} = ` : '';
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `${prefix}${line}\n`)
    .join('');
}

function listAll(context: ToolContext, settings: Settings): number {
  read(context, settings, ROOT);
  return 0;
}

function write(context: ToolContext, settings: Settings, key: string, value: string): number {
  const { files, out } = context;
  const path = pathOf(key.trim());
  const name = nameOf(path);
  const refused = (error: number): number => fail(context, `setting key "${name}": ${strerror(error)}`);
  const stat = files.stat(path);
  if (path === ROOT) return fail(context, `Path is not under ${ROOT}: ${ROOT}`);
  if (typeof stat === 'number') {
    if (settings.ignore && stat === -ENOENT) return 0;
    return fail(context, `cannot stat ${path}: ${strerror(stat)}`);
  }
  if ((stat.mode & OWNER_WRITE) === 0 && stat.kind === 'file') return refused(-EPERM);
  const error = settings.dryRun ? 0 : files.write(path, `${value}\n`, 'truncate');
  if (error === -EACCES) return fail(context, `permission denied on key '${name}'`);
  if (error < 0) return refused(error);
  if (!settings.quiet) out(settings.show === 'name' ? `${name}\n` : shown(settings, name, value));
  return 0;
}

/** `name = value`, a line each; `#` and `;` begin a comment, `-` in front: if it cannot be set, no matter. */
function load(context: ToolContext, settings: Settings, paths: readonly string[]): number {
  let status = 0;
  for (const path of paths) {
    const text = path === '-' ? context.stdin : context.files.read(path);
    if (typeof text === 'number') {
      if (path === DEFAULT_FILE && settings.file === DEFAULT_FILE && text === -ENOENT) continue;
      status = fail(context, `cannot open "${path}": ${strerror(text)}`);
      continue;
    }
    for (const [i, raw] of text.split('\n').entries()) {
      const line = raw.trim();
      if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
      const equals = line.indexOf('=');
      if (equals < 0) {
        fail(context, `${path}(${i + 1}): invalid syntax, continuing...`);
        continue;
      }
      const mayFail = line.startsWith('-');
      const key = line.slice(mayFail ? 1 : 0, equals).trim();
      const failed = write(context, settings, key, line.slice(equals + 1).trim());
      if (failed !== 0 && !mayFail) status = EXIT_FAILURE;
    }
  }
  return status;
}
