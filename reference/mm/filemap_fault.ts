/**
 * Files as page faults see them. Linux: mm/filemap.c, filemap_fault().
 *
 *     miss at 40:   24 ........ 40 ........ 55          the window around it: half before, half behind
 *                   |<--------- 32 -------->|
 *
 * A reader that misses all the time gets single pages; MADV_SEQUENTIAL reads ahead, MADV_RANDOM never.
 */
import { EFAULT } from '../include/errno.ts';
import type { FileRaState } from '../include/fs_types.ts';
import { VM_RAND_READ, VM_SEQ_READ, type VmFile } from '../include/mm_types.ts';
import { PG_locked, PG_readahead } from '../include/page_flags.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { Pfn } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { AddressSpace } from './address_space.ts';
import { readMappingPage } from './filemap_read.ts';
import type { WriteRooms } from './filemap_write.ts';
import { doPageCacheRa, newRaState, pageCacheAsyncRa, pageCacheSyncRa, type ReadFile } from './readahead.ts';
import type { Shmem, SwappedIn } from './shmem.ts';
import { truncateInodePages } from './truncate.ts';

/** So many misses more than hits: reading around is given up. Linux: MMAP_LOTSAMISS. */
const MMAP_LOTSAMISS = 100;

/** MappedFiles of memory_system.ts. */
export class Filemap {
  readonly #rooms: WriteRooms;
  readonly #shmem: Shmem;

  constructor(rooms: WriteRooms, shmem: Shmem) {
    this.#rooms = rooms;
    this.#shmem = shmem;
  }

  /**
   * The page of a file on disk, read if it must be. A fault is major if it had to wait, or was tried once more because it
   * started to read ahead; only a page that was not there counts in pgmajfault. Linux: filemap_fault().
   * @param vmFlags  of the mapping: VM_RAND_READ, VM_SEQ_READ
   * @returns the page, uptodate, with a reference for the caller; -EFAULT: beyond the end; -ENOMEM; -EIO
   */
  fault(file: VmFile, index: number, vmFlags = 0): SwappedIn | number {
    const { cache } = this.#rooms;
    const mapping = this.#mappingOf(file);
    if (index * PAGE_SIZE >= mapping.host.size) return -EFAULT;
    const read: ReadFile = { mapping, ra: file.ra ?? newRaState() };
    const known = cache.find(mapping, index);
    const major = known === null || cache.rooms.memMap.test(known, PG_locked | PG_readahead);
    if (known === null) {
      cache.rooms.vmstat.events.pgmajfault++;
      this.#syncReadahead(read, index, vmFlags);
    } else {
      this.#asyncReadahead(read, known, vmFlags);
    }
    const pfn = readMappingPage(cache, mapping, index);
    return pfn < 0 ? pfn : { pfn, major };
  }

  /** A page is about to be written through a page table. @returns 0, -ENOSPC. Linux: page_mkwrite() */
  pageMkwrite(pfn: Pfn): number {
    const { cache, throttle } = this.#rooms;
    const mapping = cache.mappingOf(pfn);
    const refused = cache.opsOf(mapping).reserve(mapping, cache.rooms.memMap.index[pfn]);
    if (refused !== 0) return refused;
    this.markDirty(pfn);
    throttle.pageDirtied();
    return 0;
  }

  /** Linux: folio_mark_dirty(). */
  markDirty(pfn: Pfn): void {
    this.#rooms.writeback.markDirty(pfn);
  }

  /** @param end  past the last page; may be Infinity @returns 0 or -EIO. Linux: vfs_fsync_range() */
  fsyncRange(file: VmFile, first: number, end: number): number {
    return this.#rooms.writeback.fsyncRange(this.#mappingOf(file), first, end);
  }

  /** Pages first .. end-1 become a hole. @returns 0. Linux: vfs_fallocate() with FALLOC_FL_PUNCH_HOLE */
  punchHole(file: VmFile, first: number, end: number): number {
    const mapping = this.#mappingOf(file);
    truncateInodePages(this.#rooms.writeback, mapping, { first, end, why: 'hole' });
    if (mapping.ops === null) this.#shmem.forget(mapping, first, end);
    else mapping.ops.release(mapping, first, end);
    return 0;
  }

  /** A file of memory that nobody refers to any more. Linux: shmem_evict_inode(). */
  evict(file: VmFile): void {
    const mapping = this.#mappingOf(file);
    if (mapping.ops !== null) return;
    this.punchHole(file, 0, Infinity);
    this.#rooms.cache.mappings.destroy(mapping);
  }

  #mappingOf(file: VmFile): AddressSpace {
    if (file.mapping === undefined) panic(`filemap: ${file.name} has no pages`);
    return this.#rooms.cache.mappings.byId(file.mapping);
  }

  /** Linux: do_sync_mmap_readahead(). */
  #syncReadahead(read: ReadFile, index: number, vmFlags: number): void {
    const { cache } = this.#rooms;
    const { mapping, ra } = read;
    if (vmFlags & VM_RAND_READ || ra.raPages === 0) return;
    if (vmFlags & VM_SEQ_READ) {
      pageCacheSyncRa(cache, read, index, ra.raPages);
      return;
    }
    if (ra.mmapMiss < MMAP_LOTSAMISS * 10) ra.mmapMiss++;
    if (ra.mmapMiss > MMAP_LOTSAMISS) return;
    ra.start = Math.max(0, index - Math.floor(ra.raPages / 2));
    ra.size = ra.raPages;
    ra.asyncSize = Math.floor(ra.raPages / 4);
    doPageCacheRa(cache, mapping, ra.start, ra.size, ra.asyncSize);
  }

  /** Linux: do_async_mmap_readahead(). */
  #asyncReadahead(read: ReadFile, pfn: Pfn, vmFlags: number): void {
    const { cache } = this.#rooms;
    const { ra } = read;
    if (vmFlags & VM_RAND_READ || ra.raPages === 0) return;
    noteHits(ra, 1);
    if (cache.rooms.memMap.test(pfn, PG_readahead)) pageCacheAsyncRa(cache, read, pfn, ra.raPages);
  }
}

/** Faults that found their page in the cache, or pages that fault-around mapped. Linux: mmap_miss in filemap_map_pages(). */
export function noteHits(ra: FileRaState, hits: number): void {
  ra.mmapMiss = Math.max(0, ra.mmapMiss - hits);
}
