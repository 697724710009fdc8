/**
 * Files that are known in memory. Linux: fs/inode.c.
 *
 *     in use (count > 0)  <--->  unused, in the LRU  --- shrinker --->  forgotten; still on disk
 *
 * An unused inode with pages in the cache is in no list: it is not forgotten before its pages.
 */
import { ENOMEM } from '../include/errno.ts';
import type { MappingId } from '../include/fs_types.ts';
import type { PhysAddr } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { AddressSpace, AddressSpaceOps, Host } from '../mm/address_space.ts';
import type { Writeback } from '../mm/page_writeback.ts';
import { truncateInodePages } from '../mm/truncate.ts';
import type { Disk, DiskInode } from './disk.ts';

/** Memory for the kernel's objects of one kind: a slab cache. */
export interface ObjectCache {
  /** @returns null: no memory */
  alloc(): PhysAddr | null;
  free(object: PhysAddr): void;
}

export class Inode implements Host {
  readonly disk: DiskInode;
  /** Where it lies in memory. */
  readonly object: PhysAddr;
  readonly mapping: AddressSpace;
  /** By page: blocks it has, or that are promised to pages that were written to. */
  readonly blocks: Map<number, number>;
  size: number;
  /** Names, open files and mappings that refer to it. Linux: i_count. */
  count = 1;
  /** Used since the shrinker last looked. */
  referenced = false;
  readonly #cache: InodeCache;

  constructor(disk: DiskInode, object: PhysAddr, cache: InodeCache) {
    this.disk = disk;
    this.object = object;
    this.#cache = cache;
    this.size = disk.size;
    this.blocks = new Map(disk.blocks);
    this.mapping = cache.newMapping(this);
  }

  get(): void {
    this.count++;
  }

  put(): void {
    this.#cache.iput(this);
  }

  emptied(): void {
    this.#cache.lruAdd(this);
  }
}

export class InodeCache {
  readonly disk: Disk;
  readonly #writeback: Writeback;
  readonly #objects: ObjectCache;
  readonly #byIno = new Map<number, Inode>();
  readonly #byMapping = new Map<MappingId, Inode>();
  /** Unused, the longest first. */
  readonly #lru = new Set<Inode>();
  /** How pages are read and written; set at mount. */
  ops: AddressSpaceOps | null = null;

  constructor(disk: Disk, writeback: Writeback, objects: ObjectCache) {
    this.disk = disk;
    this.#writeback = writeback;
    this.#objects = objects;
  }

  /** Unused inodes. Linux: list_lru_shrink_count(). */
  get unused(): number {
    return this.#lru.size;
  }

  /** All that are in memory. */
  get all(): Iterable<Inode> {
    return this.#byIno.values();
  }

  /** Panics unless it is the mapping of an inode of this file system. */
  ofMapping(mapping: AddressSpace): Inode {
    return this.#byMapping.get(mapping.id) ?? panic(`inode: mapping ${mapping.id} has none`);
  }

  newMapping(inode: Inode): AddressSpace {
    const mapping = this.#writeback.cache.mappings.create(inode, this.ops);
    this.#byMapping.set(mapping.id, inode);
    return mapping;
  }

  /** An inode by number, held once more. Linux: iget_locked(). @returns it or -ENOMEM */
  iget(ino: number): Inode | number {
    const known = this.#byIno.get(ino);
    if (known !== undefined) {
      known.count++;
      return known;
    }
    const object = this.#objects.alloc();
    if (object === null) return -ENOMEM;
    const inode = new Inode(this.disk.inode(ino), object, this);
    this.#byIno.set(ino, inode);
    return inode;
  }

  /** One user less. With the last one a file without names goes from disk too. */
  iput(inode: Inode): void {
    if (inode.count <= 0) panic(`inode: ${inode.disk.ino} is put once too often`);
    if (--inode.count > 0) return;
    if (inode.disk.nlink > 0) {
      this.lruAdd(inode);
      return;
    }
    truncateInodePages(this.#writeback, inode.mapping, { first: 0, end: Infinity, why: 'end' });
    this.#writeback.cache.opsOf(inode.mapping).release(inode.mapping, 0, Infinity);
    this.disk.inodes.delete(inode.disk.ino);
    this.#forget(inode);
  }

  /** Linux: inode_add_lru(). */
  lruAdd(inode: Inode): void {
    if (inode.count > 0 || inode.disk.nlink === 0 || inode.mapping.pages.size > 0) return;
    if (this.#lru.has(inode)) inode.referenced = true;
    else this.#lru.add(inode);
  }

  /** Looks at so many unused inodes, the longest unused first. Linux: prune_icache_sb(). @returns how many it forgot */
  prune(nr: number): number {
    let freed = 0;
    let left = Math.min(nr, this.#lru.size);
    for (const inode of this.#lru) {
      if (left-- === 0) break;
      this.#lru.delete(inode);
      if (inode.count > 0 || inode.mapping.pages.size > 0) continue;
      if (inode.referenced) {
        inode.referenced = false;
        this.#lru.add(inode);
        continue;
      }
      this.#writeback.cache.opsOf(inode.mapping).writeInode(inode.mapping);
      this.#forget(inode);
      freed++;
    }
    return freed;
  }

  /** Linux: evict(). */
  #forget(inode: Inode): void {
    this.#lru.delete(inode);
    this.#byIno.delete(inode.disk.ino);
    this.#byMapping.delete(inode.mapping.id);
    this.#writeback.cache.mappings.destroy(inode.mapping);
    this.#objects.free(inode.object);
  }
}
