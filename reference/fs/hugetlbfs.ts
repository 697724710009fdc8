/**
 * The file system whose files are huge pages. Linux: fs/hugetlbfs/inode.c.
 *
 *     /mnt/huge/pool --> file --> pages of the pool          it is mapped, and read; write(2) is not for it
 *
 * SIMPLIFIED: no folders in it.
 */
import { EBUSY, EEXIST, EISDIR, ENOENT, ENOTDIR, EPERM } from '../include/errno.ts';
import { O_CREAT, O_EXCL } from '../include/fcntl.ts';
import type { HugetlbInode, HugetlbInodes } from '../mm/hugetlb_inode.ts';

/** Where something is mounted. */
export interface MountedAt {
  readonly dir: string;
  readonly type: string;
}

/** A name in one mounted tree; '': the tree itself. */
export interface HugetlbPlace {
  readonly names: Map<string, HugetlbInode>;
  readonly name: string;
}

export class Hugetlbfs {
  readonly #inodes: HugetlbInodes;
  /** By mount: its files. */
  readonly #trees = new Map<MountedAt, Map<string, HugetlbInode>>();

  constructor(inodes: HugetlbInodes) {
    this.#inodes = inodes;
  }

  /** @param mounted  oldest first @returns null: the path leads to another file system */
  locate(path: string, mounted: readonly MountedAt[]): HugetlbPlace | null {
    const mount = mounted.findLast(({ dir }) => path === dir || path.startsWith(dir === '/' ? dir : `${dir}/`));
    if (mount === undefined || mount.type !== 'hugetlbfs') return null;
    const names = this.#trees.get(mount) ?? new Map<string, HugetlbInode>();
    this.#trees.set(mount, names);
    return { names, name: path.slice(mount.dir.length + 1) };
  }

  /** The caller holds it. @param flags  O_ bits @returns it; -ENOENT, -EEXIST, -EISDIR */
  open({ names, name }: HugetlbPlace, flags: number): HugetlbInode | number {
    if (name === '') return -EISDIR;
    const known = names.get(name);
    if (known === undefined && !(flags & O_CREAT)) return -ENOENT;
    if (known !== undefined && (flags & (O_CREAT | O_EXCL)) === (O_CREAT | O_EXCL)) return -EEXIST;
    const inode = known ?? this.#inodes.create(0, 1);
    names.set(name, inode);
    inode.holders++;
    return inode;
  }

  /** @returns 0; -ENOENT, -EISDIR */
  unlink({ names, name }: HugetlbPlace): number {
    if (name === '') return -EISDIR;
    const inode = names.get(name);
    if (inode === undefined) return -ENOENT;
    names.delete(name);
    inode.nlink = 0;
    this.put(inode);
    return 0;
  }

  /** @returns -EEXIST, -EPERM: no folders can be made */
  mkdir({ names, name }: HugetlbPlace): number {
    return name === '' || names.has(name) ? -EEXIST : -EPERM;
  }

  /** @returns -ENOENT, -ENOTDIR; -EBUSY: it is mounted */
  rmdir({ names, name }: HugetlbPlace): number {
    if (name === '') return -EBUSY;
    return names.has(name) ? -ENOTDIR : -ENOENT;
  }

  /** Whoever held it no longer does. */
  put(inode: HugetlbInode): void {
    inode.holders--;
    this.#inodes.putIfUnused(inode);
  }

  /** Trees that are mounted no longer go with their files. */
  prune(mounted: readonly MountedAt[]): void {
    for (const [mount, names] of [...this.#trees]) {
      if (mounted.includes(mount)) continue;
      this.#trees.delete(mount);
      for (const name of [...names.keys()]) this.unlink({ names, name });
    }
  }
}
