/**
 * Trees of files that are made when they are read: /proc and /sys. Linux: fs/proc/generic.c, fs/kernfs/, fs/seq_file.c.
 *
 *     directory   names, each found when asked for
 *     file        a text that is made when a reader begins; what is written to it takes effect at once
 *     link        another path, which may depend on who follows it
 */
import { EACCES, EEXIST, EINVAL, EISDIR, ELOOP, ENOENT, ENOTDIR } from '../../include/errno.ts';
import { O_ACCMODE, O_CREAT, O_EXCL, O_RDONLY, O_WRONLY } from '../../include/fcntl.ts';
import type { FileStat } from '../../include/tool.ts';
import { type FileOperations, openFolder } from '../../kernel/files.ts';
import type { MountedTree } from '../../kernel/mounted_tree.ts';
import type { Process } from '../../kernel/process.ts';
import { openPseudoFile, type PseudoContent } from './open_file.ts';

export interface PseudoFile extends PseudoContent {
  readonly kind: 'file';
  /** Rights, as in 0o644. */
  readonly mode: number;
  /** Whose rights the first digit is about. */
  readonly uid: number;
  /** Even root has only these rights: sysctls and attributes of sysfs. */
  readonly strict: boolean;
}

export interface PseudoDir {
  readonly kind: 'dir';
  /** Rights, root's. */
  readonly mode: number;
  /** Sorted as they are to be shown. */
  readonly names: () => readonly string[];
  readonly find: (name: string) => PseudoNode | null;
}

export interface PseudoLink {
  readonly kind: 'link';
  /** A path, from the folder that the link is in. */
  readonly target: (reader: Process) => string;
}

export type PseudoNode = PseudoFile | PseudoDir | PseudoLink;

const MAX_LINKS = 8;
const READ = 0o4;
const WRITE = 0o2;
const ENTER = 0o1;
/** Of a folder, unless something else is said. */
export const DIR_MODE = 0o555;

/** A directory of these. */
export function pseudoDir(nodes: Readonly<Record<string, PseudoNode>>, mode = DIR_MODE): PseudoDir {
  const byName = new Map(Object.entries(nodes));
  const names = [...byName.keys()];
  return { kind: 'dir', mode, names: () => names, find: (name) => byName.get(name) ?? null };
}

/** A file of /proc that everybody may read. @param refuses  what root gets when it writes: a negative errno */
export function textFile(read: (reader: Process) => string | number, refuses: number, mode = 0o444): PseudoFile {
  return { kind: 'file', mode, uid: 0, strict: false, read, write: () => refuses, bytes: null };
}

/** A number or a choice of sysfs or /proc/sys. @param write  null: it cannot be changed */
export function attribute(read: () => string, write: ((text: string) => number) | null = null): PseudoFile {
  const mode = write === null ? 0o444 : 0o644;
  return { kind: 'file', mode, uid: 0, strict: true, read, write: write ?? (() => -EACCES), bytes: null };
}

/** Whether somebody may read or write a file. Linux: generic_permission(), test_perm() of fs/proc/proc_sysctl.c. */
function isAllowed(
  { mode, uid, strict }: Pick<PseudoFile, 'mode' | 'uid' | 'strict'>,
  wanted: number,
  { owner }: Process,
): boolean {
  const asker = owner.credentials.uid;
  if (asker === 0 && !strict) return true;
  return ((asker === 0 || asker === uid ? mode >> 6 : mode) & 7 & wanted) !== 0;
}

const mayUse = ({ mode }: PseudoDir, wanted: number, asker: Process): boolean =>
  isAllowed({ mode, uid: 0, strict: false }, wanted, asker);

/** One mounted tree. Errors are negative: -ENOENT, -ENOTDIR, -EISDIR, -EACCES, and what the files say. */
export class PseudoFs implements MountedTree {
  readonly mount: string;
  /** What whoever wants to make a file gets to hear. Linux: /proc finds no such name, /sys has no create(). */
  protected readonly uncreated: number = -ENOENT;
  readonly #root: PseudoDir;

  /** @param mount  `/proc` */
  constructor(mount: string, root: PseudoDir) {
    this.mount = mount;
    this.#root = root;
  }

  /** @returns the whole text; -EINVAL: it is none, see readAt() */
  read(path: string, reader: Process): string | number {
    const file = this.#open(path, READ, reader);
    if (typeof file === 'number') return file;
    return file.bytes === null ? file.read(reader) : -EINVAL;
  }

  /** A part of a file. @returns bytes, fewer at the end */
  readAt(path: string, reader: Process, pos: number, len: number): Uint8Array | number {
    const file = this.open(path, O_RDONLY, reader);
    return typeof file === 'number' ? file : file.read(pos, len);
  }

  /** As one write(2) of the whole text, line end and all. @returns 0 or an error */
  write(path: string, text: string, writer: Process): number {
    const file = this.open(path, O_WRONLY, writer);
    if (typeof file === 'number') return file;
    const done = file.write(
      0,
      Uint8Array.from(text, (letter) => letter.charCodeAt(0)),
    );
    file.release();
    return Math.min(done, 0);
  }

  open(path: string, flags: number, opener: Process): FileOperations | number {
    const node = this.#walk(path, opener);
    if (node === -ENOENT && flags & O_CREAT) return this.#cannotCreate(path, opener);
    if (typeof node === 'number') return node;
    if (flags & O_CREAT && flags & O_EXCL) return -EEXIST;
    const access = flags & O_ACCMODE;
    if (node.kind === 'dir') {
      if (access !== O_RDONLY || flags & O_CREAT) return -EISDIR;
      return mayUse(node, READ, opener) ? openFolder(node.names) : -EACCES;
    }
    if (access !== O_WRONLY && !isAllowed(node, READ, opener)) return -EACCES;
    if (access !== O_RDONLY && !isAllowed(node, WRITE, opener)) return -EACCES;
    return openPseudoFile(node, opener, flags);
  }

  #cannotCreate(path: string, opener: Process): number {
    const folder = this.#walk(path.slice(0, path.lastIndexOf('/')), opener);
    return typeof folder === 'number' ? folder : this.uncreated;
  }

  /** Names in a folder; those of processes last. */
  list(path: string, reader: Process): readonly string[] | number {
    const node = this.#walk(path, reader);
    if (typeof node === 'number') return node;
    if (node.kind !== 'dir') return -ENOTDIR;
    return mayUse(node, READ, reader) ? node.names() : -EACCES;
  }

  /** What a path leads to, and its rights. Linux: stat(2). */
  stat(path: string, reader: Process): FileStat | number {
    const node = this.#walk(path, reader);
    if (typeof node === 'number') return node;
    return { kind: node.kind, mode: node.mode, size: 0 };
  }

  #open(path: string, wanted: number, asker: Process): PseudoFile | number {
    const node = this.#walk(path, asker);
    if (typeof node === 'number') return node;
    if (node.kind === 'dir') return -EISDIR;
    return isAllowed(node, wanted, asker) ? node : -EACCES;
  }

  /** @param path  with or without the mount point in front */
  #walk(path: string, reader: Process): PseudoFile | PseudoDir | number {
    const below = path === this.mount || path.startsWith(`${this.mount}/`) ? path.slice(this.mount.length) : path;
    const rest = below.split('/');
    let at: PseudoDir[] = [this.#root];
    let links = 0;
    for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
      if (name === '' || name === '.') continue;
      if (!mayUse(at[at.length - 1], ENTER, reader)) return -EACCES;
      if (name === '..') {
        at = at.length > 1 ? at.slice(0, -1) : at;
        continue;
      }
      const node = at[at.length - 1].find(name);
      if (node === null) return -ENOENT;
      if (node.kind === 'link') {
        if (++links > MAX_LINKS) return -ELOOP;
        rest.unshift(...node.target(reader).split('/'));
      } else if (node.kind === 'dir') {
        at = [...at, node];
      } else {
        return rest.length > 0 ? -ENOTDIR : node;
      }
    }
    return at[at.length - 1];
  }
}
