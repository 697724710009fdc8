/**
 * From paths to files. Linux: fs/namei.c. SIMPLIFIED: absolute paths, no links, no rights, no mounts.
 *
 *     /data/f1    root --lookup--> data --lookup--> f1       names that are known first, then the folder on disk
 */
import { EEXIST, EINVAL, EISDIR, ENOENT, ENOMEM, ENOTDIR, ENOTEMPTY } from '../include/errno.ts';
import { O_CREAT, O_EXCL } from '../include/fcntl.ts';
import type { Dcache, Dentry } from './dcache.ts';
import type { DiskInode } from './disk.ts';
import type { Inode, InodeCache } from './inode.ts';

/** A folder, held, and a name in it, held, that may lead nowhere. */
interface Place {
  readonly parent: Dentry;
  readonly dir: Inode;
  readonly dentry: Dentry;
}

export class Namei {
  readonly #dcache: Dcache;
  readonly #inodes: InodeCache;
  readonly #root: Dentry;

  /** @param root  held for ever */
  constructor(dcache: Dcache, inodes: InodeCache, root: Dentry) {
    this.#dcache = dcache;
    this.#inodes = inodes;
    this.#root = root;
  }

  /**
   * The name a path leads to, held; with O_CREAT a file is made there. Linux: path_openat().
   * @returns it; -ENOENT, -ENOTDIR, -EEXIST (O_EXCL), -EINVAL (not a path), -ENOMEM
   */
  open(path: string, flags: number): Dentry | number {
    if (path === '/') {
      this.#root.count++;
      return this.#root;
    }
    const place = this.#place(path);
    if (typeof place === 'number') return place;
    const { dentry } = place;
    const error = this.#openAt(place, flags);
    this.#dcache.put(place.parent);
    if (error === 0) return dentry;
    this.#dcache.put(dentry);
    return error;
  }

  /** @returns 0; -EEXIST; or like open() */
  mkdir(path: string): number {
    return this.#at(path, (place) => (place.dentry.inode === null ? this.#create(place, 'dir') : -EEXIST));
  }

  /** A file loses its name; it is gone when nobody has it open or mapped. @returns 0; -EISDIR; or like open() */
  unlink(path: string): number {
    return this.#at(path, (place) => this.#remove(place, 'file'));
  }

  /** @returns 0; -ENOTDIR; -ENOTEMPTY; or like open() */
  rmdir(path: string): number {
    return this.#at(path, (place) => this.#remove(place, 'dir'));
  }

  /** Gives a file another name; a file that has that name loses it. @returns 0; -EINVAL: a folder into itself; or like open() */
  rename(from: string, to: string): number {
    if (`${to}/`.startsWith(`${from}/`)) return from === to ? 0 : -EINVAL;
    return this.#at(from, (source) => this.#at(to, (target) => this.#rename(source, target)));
  }

  #openAt(place: Place, flags: number): number {
    if (place.dentry.inode === null) return flags & O_CREAT ? this.#create(place, 'file') : -ENOENT;
    return flags & O_CREAT && flags & O_EXCL ? -EEXIST : 0;
  }

  #create({ dir, dentry }: Place, kind: 'file' | 'dir'): number {
    const disk = this.#inodes.disk.newInode(kind);
    const inode = this.#inodes.iget(disk.ino);
    if (typeof inode === 'number') {
      this.#inodes.disk.inodes.delete(disk.ino);
      return inode;
    }
    dir.disk.entries.set(dentry.name, disk.ino);
    dentry.inode = inode;
    return 0;
  }

  #remove({ dir, dentry }: Place, kind: 'file' | 'dir'): number {
    const { inode } = dentry;
    if (inode === null) return -ENOENT;
    if (inode.disk.kind !== kind) return kind === 'file' ? -EISDIR : -ENOTDIR;
    if (inode.disk.entries.size > 0) return -ENOTEMPTY;
    dir.disk.entries.delete(dentry.name);
    inode.disk.nlink--;
    this.#dcache.delete(dentry);
    return 0;
  }

  #rename(source: Place, target: Place): number {
    const { inode } = source.dentry;
    if (inode === null) return -ENOENT;
    const old = target.dentry.inode;
    if (old !== null) {
      if (old.disk.kind === 'dir' && inode.disk.kind === 'file') return -EISDIR;
      const error = this.#remove(target, inode.disk.kind);
      if (error !== 0) return error;
    }
    source.dir.disk.entries.delete(source.dentry.name);
    target.dir.disk.entries.set(target.dentry.name, inode.disk.ino);
    this.#dcache.move(source.dentry, target.parent, target.dentry.name);
    return 0;
  }

  /** Does something with a path's place, and lets go of it. */
  #at(path: string, run: (place: Place) => number): number {
    const place = this.#place(path);
    if (typeof place === 'number') return place;
    const result = run(place);
    this.#dcache.put(place.dentry);
    this.#dcache.put(place.parent);
    return result;
  }

  /** Linux: link_path_walk(). */
  #place(path: string): Place | number {
    const names = path.split('/').slice(1);
    const last = names.pop();
    if (!path.startsWith('/') || last === undefined || [...names, last].includes('')) return -EINVAL;
    let parent = this.#root;
    parent.count++;
    for (const name of names) {
      const next = this.#step(parent, name);
      this.#dcache.put(parent);
      if (typeof next === 'number') return next;
      parent = next;
    }
    const dentry = this.#step(parent, last);
    const dir = parent.inode;
    if (typeof dentry !== 'number' && dir !== null) return { parent, dir, dentry };
    this.#dcache.put(parent);
    return typeof dentry === 'number' ? dentry : -ENOENT;
  }

  /** A name in a folder, held. Linux: walk_component(). @returns it; -ENOENT: the folder is none; -ENOTDIR; -ENOMEM */
  #step(parent: Dentry, name: string): Dentry | number {
    const dir: DiskInode | undefined = parent.inode?.disk;
    if (dir === undefined) return -ENOENT;
    if (dir.kind !== 'dir') return -ENOTDIR;
    const known = this.#dcache.lookup(parent, name);
    if (known !== null) return known;
    const ino = dir.entries.get(name);
    const inode = ino === undefined ? null : this.#inodes.iget(ino);
    if (typeof inode === 'number') return inode;
    const dentry = this.#dcache.add(parent, name, inode);
    if (dentry !== null) return dentry;
    inode?.put();
    return -ENOMEM;
  }
}
