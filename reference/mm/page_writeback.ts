/**
 * Dirty pages: which they are, how many, and on their way to disk. Linux: mm/page-writeback.c.
 *
 *     clean --- markDirty ---> dirty --- clearDirtyForIo, startWriteback ---> writeback --- endWriteback ---> clean
 *                                ^------------------ markDirty ------------------'
 *
 * A page may be dirty and under writeback at once: written to again, and to be written again.
 */
import type { VirtualClock } from '../arch/clock.ts';
import { EIO } from '../include/errno.ts';
import { PG_anon, PG_dirty, PG_reclaim, PG_swapbacked, PG_writeback } from '../include/page_flags.ts';
import type { Pfn, Ticks } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { AddressSpace } from './address_space.ts';
import type { PageCache } from './filemap.ts';

/** Pages of one request. Linux: BIO_MAX_VECS. */
const BIO_MAX_PAGES = 256;

/** Whoever writes dirty pages in the background: fs_writeback.ts. */
export interface Flusher {
  /** Something is dirty that was not. */
  wakeupDelayed(): void;
  /** Too much is dirty: write at once. */
  startBackground(): void;
}

export class Writeback {
  readonly cache: PageCache;
  /** Files with dirty pages, and since when; the oldest first. Linux: b_dirty, dirtied_when. */
  readonly dirtyMappings = new Map<AddressSpace, Ticks>();
  /** null: nobody writes unless asked. */
  flusher: Flusher | null = null;

  constructor(cache: PageCache) {
    this.cache = cache;
  }

  get clock(): VirtualClock {
    return this.cache.rooms.clock;
  }

  /** A page was written to. Anonymous and shmem pages are dirty without being counted. Linux: folio_mark_dirty(). @returns whether it was clean */
  markDirty(pfn: Pfn): boolean {
    const { memMap } = this.cache.rooms;
    memMap.clear(pfn, PG_reclaim);
    if (memMap.test(pfn, PG_dirty)) return false;
    memMap.set(pfn, PG_dirty);
    if (memMap.test(pfn, PG_anon | PG_swapbacked) || memMap.mapping[pfn] === 0) return true;
    const mapping = this.cache.mappingOf(pfn);
    mapping.dirty.add(memMap.index[pfn]);
    this.#count(pfn, 1, 0);
    this.#node(pfn).nr_dirtied++;
    if (!this.dirtyMappings.has(mapping)) {
      this.dirtyMappings.set(mapping, this.clock.now);
      this.flusher?.wakeupDelayed();
    }
    return true;
  }

  /**
   * A page is about to be written: later stores are to be noticed. What page tables know is asked first.
   * Linux: folio_clear_dirty_for_io().
   * @returns whether it was dirty
   */
  clearDirtyForIo(pfn: Pfn): boolean {
    const { memMap, mappedBy } = this.cache.rooms;
    if (memMap.mapcount[pfn] > 0 && mappedBy !== null && mappedBy.folioMkclean(pfn) > 0) this.markDirty(pfn);
    return this.cancelDirty(pfn);
  }

  /** A page of a file is clean: it goes, or its content is on its way. Linux: folio_cancel_dirty(). @returns whether it was dirty */
  cancelDirty(pfn: Pfn): boolean {
    const { memMap } = this.cache.rooms;
    if (!memMap.testAndClear(pfn, PG_dirty)) return false;
    if (memMap.test(pfn, PG_swapbacked)) return true;
    const mapping = this.cache.mappingOf(pfn);
    mapping.dirty.delete(memMap.index[pfn]);
    if (mapping.dirty.size === 0) this.dirtyMappings.delete(mapping);
    this.#count(pfn, -1, 0);
    return true;
  }

  /** The write of a page is over. @param error  0, or a negative errno: its file remembers. Linux: folio_end_writeback() */
  endWriteback(pfn: Pfn, error: number): void {
    const { memMap, folios } = this.cache.rooms;
    if (!memMap.testAndClear(pfn, PG_writeback)) panic(`page_writeback: pfn ${pfn} is not being written`);
    const mapping = this.cache.mappingOf(pfn);
    mapping.writeback.delete(memMap.index[pfn]);
    if (error !== 0) mapping.error = -EIO;
    this.#count(pfn, 0, -1);
    this.#node(pfn).nr_written++;
    if (memMap.testAndClear(pfn, PG_reclaim)) folios.rotateReclaimable(pfn);
  }

  /**
   * Starts to write dirty pages of a range; neighbours go together. Linux: write_cache_pages().
   * @param end  past the last; may be Infinity
   * @param mode  sync: also those that are just being written, once that is over; none: without ever waiting
   * @param most  pages; may be Infinity
   * @returns pages that were started
   */
  writePages(mapping: AddressSpace, first: number, end: number, mode: 'sync' | 'none', most = Infinity): number {
    const { memMap, clock } = this.cache.rooms;
    const dirty = [...mapping.dirty].filter((index) => index >= first && index < end).sort((a, b) => a - b);
    let run: Pfn[] = [];
    let started = 0;
    const submit = (): void => {
      if (run.length > 0) this.cache.opsOf(mapping).writePages(mapping, memMap.index[run[0]], run);
      run = [];
    };
    for (const index of dirty) {
      if (started >= most) break;
      const last = run.length === 0 ? index - 1 : memMap.index[run[run.length - 1]];
      if (index !== last + 1 || run.length === BIO_MAX_PAGES) submit();
      const pfn = this.cache.find(mapping, index);
      if (pfn === null) continue;
      if (memMap.test(pfn, PG_writeback)) {
        submit();
        if (mode === 'none') continue;
        clock.waitUntil(() => !mapping.writeback.has(index));
      }
      if (this.cache.find(mapping, index) !== pfn || !this.clearDirtyForIo(pfn)) continue;
      this.#startWriteback(mapping, pfn);
      run.push(pfn);
      started++;
    }
    submit();
    return started;
  }

  /** Waits until nothing of a range is being written. Linux: filemap_fdatawait_range(). */
  waitWriteback(mapping: AddressSpace, first: number, end: number): void {
    const { writeback } = mapping;
    for (const index of [...writeback]) {
      if (index >= first && index < end) this.clock.waitUntil(() => !writeback.has(index));
    }
  }

  /**
   * Writes a range, and what the file system knows of the file, and waits. Linux: vfs_fsync_range().
   * @param end  past the last page; may be Infinity
   * @returns 0; -EIO: a write failed since the last time
   */
  fsyncRange(mapping: AddressSpace, first: number, end: number): number {
    if (mapping.ops === null) return 0;
    this.writePages(mapping, first, end, 'sync');
    this.waitWriteback(mapping, first, end);
    const error = mapping.error;
    mapping.error = 0;
    return this.cache.opsOf(mapping).writeInode(mapping) || error;
  }

  /** Counters and marks are what the flags of all pages say. Panics else. Cost: all cached pages. */
  validate(): void {
    const { memMap, vmstat } = this.cache.rooms;
    let dirty = 0;
    let writeback = 0;
    for (const mapping of this.cache.mappings) {
      if (mapping.ops === null) continue;
      if (mapping.dirty.size > 0 !== this.dirtyMappings.has(mapping)) {
        panic(`page_writeback: mapping ${mapping.id} has ${mapping.dirty.size} dirty pages, and is listed wrongly`);
      }
      for (const [index, pfn] of mapping.pages) {
        if (memMap.test(pfn, PG_dirty) !== mapping.dirty.has(index))
          panic(`page_writeback: pfn ${pfn} is marked wrongly`);
        if (memMap.test(pfn, PG_writeback) !== mapping.writeback.has(index)) {
          panic(`page_writeback: pfn ${pfn} is marked wrongly`);
        }
      }
      dirty += mapping.dirty.size;
      writeback += mapping.writeback.size;
    }
    const counted = vmstat.globalNode('nr_dirty');
    if (counted !== dirty) panic(`page_writeback: nr_dirty is ${counted}, but ${dirty} pages are dirty`);
    const written = vmstat.globalNode('nr_writeback');
    if (written < writeback)
      panic(`page_writeback: nr_writeback is ${written}, but ${writeback} pages are being written`);
  }

  #startWriteback(mapping: AddressSpace, pfn: Pfn): void {
    const { memMap } = this.cache.rooms;
    memMap.set(pfn, PG_writeback);
    mapping.writeback.add(memMap.index[pfn]);
    this.#count(pfn, 0, 1);
  }

  #node(pfn: Pfn) {
    const { vmstat, pages } = this.cache.rooms;
    return vmstat.nodes[pages.nidOf(pfn)];
  }

  #count(pfn: Pfn, dirty: number, writeback: number): void {
    const node = this.#node(pfn);
    node.nr_dirty += dirty;
    node.nr_writeback += writeback;
    this.cache.rooms.pages.zoneOf(pfn).stat.nr_zone_write_pending += dirty + writeback;
  }
}
