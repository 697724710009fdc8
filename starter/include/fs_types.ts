/** What the page cache and file systems say to each other and to the rooms above. Linux: include/linux/fs.h. */
import type { Pfn } from './types.ts';

/** Number of an address space: what MemMap.mapping holds for a page of a file. 0: none. */
export type MappingId = number;

/** How an open file is being read, and what will be read ahead. In pages. Linux: struct file_ra_state. */
export interface FileRaState {
  /** First page of the current window. */
  start: number;
  /** Pages in the window; 0: there is none yet. */
  size: number;
  /** How many pages before its end the next window is started. */
  asyncSize: number;
  /** The largest window; 0: nothing is read ahead. Linux: ra_pages. */
  raPages: number;
  /** Page faults that missed the cache, less those that hit it. */
  mmapMiss: number;
  /** Where the last read ended, in bytes; -1: nothing has been read. */
  prevPos: number;
  /** Only what is asked for is read: POSIX_FADV_RANDOM. Linux: FMODE_RANDOM. */
  random: boolean;
}

/** Who knows the page tables that map a file; the room of faults. It also keeps which VMAs map which file (i_mmap). */
export interface MappedBy {
  /**
   * Takes pages of a file out of all page tables.
   * @param nr  pages; Infinity: to the end
   * @param evenCows  private copies go too: the file has become shorter
   */
  unmapMappingRange(mapping: MappingId, first: number, nr: number, evenCows: boolean): void;
  /**
   * Makes all page-table entries of a page clean and read-only, so that the next store is noticed.
   * @returns how many were dirty
   */
  folioMkclean(pfn: Pfn): number;
}
