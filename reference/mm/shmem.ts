/**
 * Files that live in memory and, when it is short, in swap: memfd and shared anonymous memory. Linux: mm/shmem.c.
 *
 *     index    0     1     2
 *     pages   [p7]   .     .
 *     swapped  .    [e]    .          2 is a hole: zeroes
 */
import { EINVAL, ENOMEM } from '../include/errno.ts';
import type { FileRaState, MappingId } from '../include/fs_types.ts';
import { GFP_HIGHUSER_MOVABLE } from '../include/gfp.ts';
import type { VmFile } from '../include/mm_types.ts';
import { PG_dirty, PG_swapbacked, PG_uptodate } from '../include/page_flags.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { Pfn } from '../include/types.ts';
import type { AddressSpace, Host } from './address_space.ts';
import type { PageCache } from './filemap.ts';

/** Swap, as shmem uses it. */
export interface ShmemSwap {
  /**
   * Reads a page back into a frame that no cache holds any more; the entry is the caller's to free.
   * @returns the frame, uptodate, dirty, with one reference; or -ENOMEM, -EIO
   */
  swapin(entry: number): SwappedIn | number;
  /** Gives up one reference to an entry. */
  freeEntry(entry: number): void;
}
export interface SwappedIn {
  readonly pfn: Pfn;
  /** It had to be read from disk. */
  readonly major: boolean;
}

/** Who opens and maps a file of memory is counted by those who do (util.ts): its inode needs no count. */
class ShmemInode implements Host {
  size: number;

  constructor(size: number) {
    this.size = size;
  }

  get(): void {}
  put(): void {}
  emptied(): void {}
}

/** A file of memory, as a process opens it. */
export class ShmemFile implements VmFile {
  readonly name: string;
  readonly readable = true;
  readonly writable = true;
  readonly thpAligned = false;
  readonly inode: Host;
  readonly mapping: MappingId;
  declare readonly ra?: FileRaState;

  constructor(name: string, inode: Host, mapping: MappingId) {
    this.name = name;
    this.inode = inode;
    this.mapping = mapping;
  }

  get sizePages(): number {
    return Math.ceil(this.inode.size / PAGE_SIZE);
  }
}

export class Shmem {
  readonly #cache: PageCache;
  /** null: there is no swap. */
  swap: ShmemSwap | null = null;

  constructor(cache: PageCache) {
    this.#cache = cache;
  }

  /** A new file full of holes. Linux: shmem_file_setup(). */
  create(name: string, sizePages: number): ShmemFile {
    const inode = new ShmemInode(sizePages * PAGE_SIZE);
    return new ShmemFile(name, inode, this.#cache.mappings.create(inode, null).id);
  }

  /**
   * The page at an index. Linux: shmem_get_folio_gfp().
   * @param sgp  read: a hole gives null, use zeroes; cache: a hole gets a page of zeroes; write: the page will be dirty too
   * @returns the page, with a reference for the caller; null; -EINVAL: beyond the end; -ENOMEM; -EIO
   */
  getFolio(mapping: AddressSpace, index: number, sgp: 'read' | 'cache' | 'write'): SwappedIn | null | number {
    const { folios, memMap } = this.#cache.rooms;
    if (index * PAGE_SIZE >= mapping.host.size) return -EINVAL;
    const known = this.#cache.find(mapping, index);
    if (known === null && sgp === 'read' && !mapping.swapped.has(index)) return null;
    if (known !== null) folios.get(known);
    const got = known === null ? this.#bringIn(mapping, index) : { pfn: known, major: false };
    if (typeof got !== 'number' && sgp === 'write') memMap.set(got.pfn, PG_dirty);
    return got;
  }

  /** Pages first .. end-1 that are in swap are holes from now on. Those in memory are the business of truncate.ts. */
  forget(mapping: AddressSpace, first: number, end: number): void {
    for (const [index, entry] of [...mapping.swapped]) {
      if (index < first || index >= end) continue;
      mapping.swapped.delete(index);
      this.swap?.freeEntry(entry);
    }
  }

  /**
   * A page has got a place in swap, and leaves for it: only the swap cache holds it from now on.
   * Linux: shmem_writepage(), shmem_delete_from_page_cache().
   * @param entry  with a reference for this file
   */
  moveToSwap(pfn: Pfn, entry: number): void {
    const { memMap, folios } = this.#cache.rooms;
    const mapping = this.#cache.mappingOf(pfn);
    const index = memMap.index[pfn];
    this.#cache.deleteFolio(pfn, null);
    mapping.swapped.set(index, entry);
    folios.put(pfn);
  }

  #bringIn(mapping: AddressSpace, index: number): SwappedIn | number {
    const entry = mapping.swapped.get(index);
    const got = entry === undefined ? this.#fresh() : (this.swap?.swapin(entry) ?? -ENOMEM);
    if (typeof got === 'number') return got;
    if (entry !== undefined) {
      mapping.swapped.delete(index);
      this.swap?.freeEntry(entry);
    }
    this.#cache.addFolio(mapping, index, got.pfn, 'read');
    return got;
  }

  #fresh(): SwappedIn | number {
    const { pages, memory, memMap } = this.#cache.rooms;
    const pfn = pages.allocPages(GFP_HIGHUSER_MOVABLE, 0);
    if (pfn === null) return -ENOMEM;
    memory.clearFrame(pfn);
    memMap.set(pfn, PG_uptodate | PG_swapbacked);
    return { pfn, major: false };
  }
}
