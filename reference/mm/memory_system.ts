/** The rooms of memory management, as faults and whatever stands above them know them; init boots them. */
import type { VmFile } from '../include/mm_types.ts';
import type { Pfn, UserAddr } from '../include/types.ts';
import type { PageCache } from './filemap.ts';
import type { HugeRooms } from './huge_rooms.ts';
import type { Lruvecs } from './lruvec.ts';
import type { MlockBatch } from './mlock_batch.ts';
import type { MmPages } from './mm_pages.ts';
import type { TableRooms } from './pgalloc.ts';
import type { ReverseMap } from './rmap.ts';
import type { Shmem, SwappedIn } from './shmem.ts';
import type { Folios } from './swap.ts';
import type { SwapCache } from './swap_state.ts';
import type { VmArea } from './vma.ts';

/** Files, as faults and msync use them: the page cache above filemap.ts. */
export interface MappedFiles {
  /**
   * A page of a file on a disk, read if it must be. Linux: filemap_fault().
   * @param vmFlags  of the mapping: how it will be read
   * @returns the page, uptodate, with a reference for the caller; -EFAULT: beyond the end; -ENOMEM; -EIO
   */
  fault(file: VmFile, index: number, vmFlags: number): SwappedIn | number;
  /** A page is about to be written through a page table. @returns 0 or a negative errno. Linux: page_mkwrite() */
  pageMkwrite(pfn: Pfn): number;
  /** Linux: folio_mark_dirty(). */
  markDirty(pfn: Pfn): void;
  /** Writes a range back, and waits. @param end  past the last page @returns 0 or a negative errno. Linux: vfs_fsync_range() */
  fsyncRange(file: VmFile, first: number, end: number): number;
  /** Makes a hole. @returns 0 or a negative errno. Linux: vfs_fallocate() with FALLOC_FL_PUNCH_HOLE */
  punchHole(file: VmFile, first: number, end: number): number;
  /** Shared anonymous memory that nobody maps any more: its pages go. Linux: shmem_evict_inode() */
  evict(file: VmFile): void;
}

/** Pages that have to come from swap: swap_fault.ts. */
export interface SwapFaults {
  /** @returns VM_FAULT_ bits. Linux: do_swap_page() */
  doSwapPage(mm: MmPages, vma: VmArea, addr: UserAddr, write: boolean): number;
}

/** Whoever takes pages that are asked for out of memory: vmscan. */
export interface PageReclaim {
  /** Pages that were isolated from the LRU. @returns how many were freed. Linux: reclaim_pages() */
  reclaimPages(pfns: readonly Pfn[]): number;
}

export interface MemorySystem extends TableRooms {
  readonly lru: Lruvecs;
  readonly folios: Folios;
  readonly mlockBatch: MlockBatch;
  readonly pageCache: PageCache;
  readonly shmem: Shmem;
  readonly files: MappedFiles;
  readonly rmap: ReverseMap;
  readonly huge: HugeRooms;
  /** The page of zeroes that all read faults of anonymous memory share: PG_reserved. */
  readonly zeroPage: Pfn;
  /** null: there is no swap. */
  swap: SwapCache | null;
  swapFaults: SwapFaults | null;
  reclaim: PageReclaim | null;
}
