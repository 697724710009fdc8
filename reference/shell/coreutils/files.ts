/** mkdir(1), rmdir(1), rm(1), touch(1), cp(1), mv(1), sync(1). */
import { EEXIST, EISDIR, ENOENT, ENOTDIR, EPERM, EXDEV } from '../../include/errno.ts';
import { strerror } from '../../lib/strerror.ts';
import { flags } from '../../tools/getopt.ts';
import type { ShellContext, ShellTool } from '../context.ts';
import { fail, optionsOf } from './input.ts';

/** Options by letter, and operands of which there must be some. */
function parsed(context: ShellContext, short: string, long: Record<string, string>, least = 1) {
  const found = optionsOf(context, short, flags(long));
  if (typeof found === 'number') return found;
  const { options, operands } = found;
  const has = (letter: string): boolean => options.some(({ name }) => name === letter);
  if (operands.length < least && !has('f')) {
    fail(
      context,
      operands.length === 0 ? 'missing operand' : `missing destination file operand after '${operands[0]}'`,
    );
    context.err(`Try '${context.name} --help' for more information.\n`);
    return 1;
  }
  return { has, operands };
}

export const mkdir: ShellTool = (context) => {
  const found = parsed(context, 'pvm:', { parents: 'p', verbose: 'v' });
  if (typeof found === 'number') return found;
  const { files } = context;
  let status = 0;
  for (const path of found.operands) {
    const names = path.replace(/\/+$/, '').split('/');
    const paths = found.has('p')
      ? names.map((_, i) => names.slice(0, i + 1).join('/')).filter((each) => each !== '')
      : [path];
    for (const each of paths) {
      const stat = files.stat(each);
      const isThere = found.has('p') && typeof stat !== 'number' && stat.kind === 'dir';
      const error = isThere ? 0 : typeof stat === 'number' ? files.mkdir(each) : -EEXIST;
      if (error === 0) continue;
      status = fail(context, `cannot create directory '${path}': ${strerror(error)}`);
      break;
    }
  }
  return status;
};

export const rmdir: ShellTool = (context) => {
  const found = parsed(context, 'pv', {});
  if (typeof found === 'number') return found;
  let status = 0;
  for (const path of found.operands) {
    const error = context.files.rmdir(path);
    if (error !== 0) status = fail(context, `failed to remove '${path}': ${strerror(error)}`);
  }
  return status;
};

export const rm: ShellTool = (context) => {
  const found = parsed(context, 'rRfvid', { recursive: 'r', force: 'f', verbose: 'v' });
  if (typeof found === 'number') return found;
  const { has, operands } = found;
  let status = 0;
  for (const path of operands) {
    const says = removed(context, path, has('r') || has('R'));
    if (says === null || (has('f') && says === strerror(ENOENT))) continue;
    status = fail(context, `cannot remove '${path}': ${says}`);
  }
  return status;
};

/** @returns what is wrong; null: nothing */
function removed(context: ShellContext, path: string, recursive: boolean): string | null {
  const { files } = context;
  const stat = files.stat(path);
  if (typeof stat === 'number') return strerror(stat);
  if (stat.kind === 'dir') {
    if (!recursive) return strerror(EISDIR);
    const list = files.list(path);
    for (const name of typeof list === 'number' ? [] : list) {
      const says = removed(context, `${path.replace(/\/$/, '')}/${name}`, true);
      if (says !== null) return says;
    }
  }
  const error = stat.kind === 'dir' ? files.rmdir(path) : files.unlink(path);
  return error === 0 ? null : strerror(error);
}

export const touch: ShellTool = (context) => {
  const found = parsed(context, 'acm', {});
  if (typeof found === 'number') return found;
  let status = 0;
  for (const path of found.operands) {
    if (typeof context.files.stat(path) !== 'number') continue;
    const error = context.files.create(path, 'append');
    if (error !== 0) status = fail(context, `cannot touch '${path}': ${strerror(error)}`);
  }
  return status;
};

/** Bytes copied at a time. */
const CHUNK = 2 ** 17;

/** Where a file goes: into a folder, or to a name. */
function targetOf({ files }: ShellContext, source: string, to: string): string {
  const stat = files.stat(to);
  if (typeof stat === 'number' || stat.kind !== 'dir') return to;
  return `${to.replace(/\/$/, '')}/${source.slice(source.lastIndexOf('/') + 1)}`;
}

export const cp: ShellTool = function* (context) {
  const found = parsed(context, 'rRfpvia', {}, 2);
  if (typeof found === 'number') return found;
  const { files } = context;
  const sources = [...found.operands];
  const to = sources.pop() ?? '';
  let status = 0;
  for (const source of sources) {
    const stat = files.stat(source);
    if (typeof stat === 'number') {
      status = fail(context, `cannot stat '${source}': ${strerror(stat)}`);
      continue;
    }
    if (stat.kind === 'dir') {
      status = fail(context, `-r not specified; omitting directory '${source}'`);
      continue;
    }
    const target = targetOf(context, source, to);
    let error = files.create(target, 'truncate');
    for (let at = 0; error === 0; at += CHUNK) {
      const bytes = files.readAt(source, at, CHUNK);
      if (typeof bytes === 'number') error = bytes;
      else if (bytes.length === 0) break;
      else error = files.writeAt(target, at, bytes);
      yield 0;
    }
    if (error !== 0) status = fail(context, `error writing '${target}': ${strerror(error)}`);
  }
  return status;
};

export const mv: ShellTool = (context) => {
  const found = parsed(context, 'fivn', {}, 2);
  if (typeof found === 'number') return found;
  const sources = [...found.operands];
  const to = sources.pop() ?? '';
  let status = 0;
  for (const source of sources) {
    const target = targetOf(context, source, to);
    const renamed = context.files.rename(source, target);
    // SIMPLIFIED: from one file system to another mv copies.
    const error = renamed === -EXDEV ? -EPERM : renamed;
    if (error === 0) continue;
    const what =
      error === -ENOTDIR || error === -ENOENT ? `cannot stat '${source}'` : `cannot move '${source}' to '${to}'`;
    status = fail(context, `${what}: ${strerror(error)}`);
  }
  return status;
};

export const sync: ShellTool = ({ kernel, pid }) => {
  kernel.syscall(pid, 'sync');
  return 0;
};
