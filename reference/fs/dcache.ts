/**
 * Names that are known in memory: a tree of directory entries, each leading to an inode, or known to lead nowhere.
 * Linux: fs/dcache.c.
 *
 *     /  --- data --- f1   -> inode 12          each holds its parent, and its inode
 *        \-- tmp  --- nothing -> (negative)
 */
import type { PhysAddr } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { Inode, ObjectCache } from './inode.ts';

export class Dentry {
  name: string;
  /** null: the root. */
  parent: Dentry | null;
  /** null: there is no such file. */
  inode: Inode | null;
  readonly children = new Map<string, Dentry>();
  /** Where it lies in memory. */
  readonly object: PhysAddr;
  /** Children, open files, and walks that refer to it. */
  count = 1;
  /** Used since the shrinker last looked. */
  referenced = false;
  /** It can be found by name. */
  hashed = true;

  constructor(name: string, parent: Dentry | null, inode: Inode | null, object: PhysAddr) {
    this.name = name;
    this.parent = parent;
    this.inode = inode;
    this.object = object;
  }
}

export class Dcache {
  readonly #objects: ObjectCache;
  /** Not in use when last seen, the oldest first. */
  readonly #lru = new Set<Dentry>();
  /** All there are. */
  nrDentry = 0;

  constructor(objects: ObjectCache) {
    this.#objects = objects;
  }

  /** Linux: nr_dentry_unused. */
  get unused(): number {
    return this.#lru.size;
  }

  /** A name in a folder, held once more. Linux: d_lookup(). @returns null: nothing is known of it */
  lookup(parent: Dentry, name: string): Dentry | null {
    const known = parent.children.get(name) ?? null;
    if (known !== null) known.count++;
    return known;
  }

  /** A new name, held once. It takes over the caller's hold on the inode. Linux: d_alloc(), d_add(). @returns null: no memory */
  add(parent: Dentry | null, name: string, inode: Inode | null): Dentry | null {
    const object = this.#objects.alloc();
    if (object === null) return null;
    const dentry = new Dentry(name, parent, inode, object);
    if (parent !== null) {
      parent.count++;
      parent.children.set(name, dentry);
    }
    this.nrDentry++;
    return dentry;
  }

  /** One user less; it stays in memory as long as nobody wants that. Linux: dput(). */
  put(dentry: Dentry): void {
    if (dentry.count <= 0) panic(`dcache: ${dentry.name} is put once too often`);
    if (--dentry.count > 0) return;
    if (!dentry.hashed) this.#kill(dentry);
    else if (this.#lru.has(dentry)) dentry.referenced = true;
    else this.#lru.add(dentry);
  }

  /** Its file has lost this name: known not to be there, or, while others use it, not to be found. Linux: d_delete(). */
  delete(dentry: Dentry): void {
    if (dentry.count === 1) {
      dentry.inode?.put();
      dentry.inode = null;
    } else {
      this.#unhash(dentry);
    }
  }

  /** Takes another place in the tree; what is known of that place is forgotten. Linux: d_move(). */
  move(dentry: Dentry, parent: Dentry, name: string): void {
    const there = parent.children.get(name);
    if (there !== undefined) this.#drop(there);
    const old = dentry.parent;
    this.#unhash(dentry);
    parent.count++;
    dentry.parent = parent;
    dentry.name = name;
    dentry.hashed = true;
    parent.children.set(name, dentry);
    if (old !== null) this.put(old);
  }

  /** Looks at so many that are not in use, the oldest first. Linux: prune_dcache_sb(). @returns how many it forgot */
  prune(nr: number): number {
    let freed = 0;
    let left = Math.min(nr, this.#lru.size);
    for (const dentry of this.#lru) {
      if (left-- === 0) break;
      this.#lru.delete(dentry);
      if (dentry.count > 0) continue;
      if (dentry.referenced) {
        dentry.referenced = false;
        this.#lru.add(dentry);
        continue;
      }
      this.#kill(dentry);
      freed++;
    }
    return freed;
  }

  /** Every name is where its parent says, and held by its children at least. Panics else. */
  validate(root: Dentry): void {
    let seen = 0;
    const visit = (dentry: Dentry): void => {
      seen++;
      if (dentry.count < dentry.children.size) panic(`dcache: ${dentry.name} has more children than holds`);
      if (dentry.count === 0 && !this.#lru.has(dentry)) panic(`dcache: ${dentry.name} is unused, but in no list`);
      for (const [name, child] of dentry.children) {
        if (child.name !== name || child.parent !== dentry || !child.hashed) panic(`dcache: ${name} is misplaced`);
        visit(child);
      }
    };
    visit(root);
    if (seen > this.nrDentry) panic(`dcache: ${seen} names in the tree, but ${this.nrDentry} in all`);
  }

  #unhash(dentry: Dentry): void {
    dentry.parent?.children.delete(dentry.name);
    dentry.hashed = false;
  }

  #drop(dentry: Dentry): void {
    this.#unhash(dentry);
    if (dentry.count === 0) this.#kill(dentry);
  }

  /** Linux: __dentry_kill(). */
  #kill(dentry: Dentry): void {
    this.#lru.delete(dentry);
    if (dentry.hashed) this.#unhash(dentry);
    dentry.inode?.put();
    dentry.inode = null;
    this.nrDentry--;
    this.#objects.free(dentry.object);
    if (dentry.parent !== null) this.put(dentry.parent);
  }
}
