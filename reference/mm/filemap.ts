/**
 * The page cache: for each page of each file one frame at most, found by (address space, index).
 * Linux: mm/filemap.c. Textbook: buffer cache, unified with memory.
 *
 *     file A   0  1  2  3  4               a frame in the cache holds one reference of the cache's own;
 *              |     |                     MemMap.mapping and .index lead back from the frame
 *     frames  p7    p3
 *
 * SIMPLIFIED: folios are single pages.
 */
import { EEXIST } from '../include/errno.ts';
import {
  PG_anon,
  PG_locked,
  PG_lru,
  PG_readahead,
  PG_swapbacked,
  PG_uptodate,
  PG_writeback,
} from '../include/page_flags.ts';
import type { Pfn } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { AddressSpace, AddressSpaceOps, Mappings } from './address_space.ts';
import type { CacheRooms } from './cache_rooms.ts';
import { folioWaitLocked } from './folio_wait.ts';

export class PageCache {
  readonly rooms: CacheRooms;
  readonly mappings: Mappings;

  constructor(rooms: CacheRooms, mappings: Mappings) {
    this.rooms = rooms;
    this.mappings = mappings;
  }

  /** The page at an index, or null. Takes no reference: it may go when memory is next asked for. Linux: filemap_get_entry(). */
  find(mapping: AddressSpace, index: number): Pfn | null {
    return mapping.pages.get(index) ?? null;
  }

  /** The address space that a page of the cache belongs to. */
  mappingOf(pfn: Pfn): AddressSpace {
    return this.mappings.byId(this.rooms.memMap.mapping[pfn]);
  }

  /** How a file's pages are read and written. Panics for memory. */
  opsOf(mapping: AddressSpace): AddressSpaceOps {
    return mapping.ops ?? panic(`filemap: mapping ${mapping.id} is memory, there is nothing to read or write`);
  }

  /**
   * Puts a page at an index, and on the LRU; the cache takes a reference of its own. If a page was reclaimed from there,
   * workingset.ts hears of it, unless all of it will be overwritten. Linux: filemap_add_folio().
   * @returns 0, or -EEXIST: there is one already
   */
  addFolio(mapping: AddressSpace, index: number, pfn: Pfn, wanted: 'read' | 'write'): number {
    const { memMap, vmstat, pages, folios, lru, refaults } = this.rooms;
    if (mapping.pages.has(index)) return -EEXIST;
    mapping.pages.set(index, pfn);
    memMap.mapping[pfn] = mapping.id;
    memMap.index[pfn] = index;
    folios.get(pfn);
    const node = vmstat.nodes[pages.nidOf(pfn)];
    node.nr_file_pages++;
    if (memMap.test(pfn, PG_swapbacked)) node.nr_shmem++;
    const shadow = mapping.shadows.get(index);
    if (shadow !== undefined) {
      mapping.shadows.delete(index);
      if (wanted === 'read') refaults?.refault(pfn, shadow);
    }
    if (!memMap.test(pfn, PG_lru)) lru.addFolio(pfn);
    return 0;
  }

  /**
   * Takes a page out; the cache's reference passes to the caller. Nobody may want its content any more.
   * Linux: __filemap_remove_folio().
   * @param shadow  what workingset.ts leaves in its place; null: nothing
   */
  deleteFolio(pfn: Pfn, shadow: number | null): void {
    const { memMap, vmstat, pages } = this.rooms;
    const mapping = this.mappingOf(pfn);
    const index = memMap.index[pfn];
    if (mapping.pages.get(index) !== pfn || memMap.test(pfn, PG_anon)) {
      panic(`filemap: pfn ${pfn} is not page ${index} of mapping ${mapping.id}`);
    }
    if (memMap.mapcount[pfn] > 0) panic(`filemap: pfn ${pfn} leaves the cache, but is mapped`);
    if (memMap.test(pfn, PG_writeback)) panic(`filemap: pfn ${pfn} leaves the cache, but is being written`);
    if (mapping.dirty.has(index)) panic(`filemap: pfn ${pfn} leaves the cache, but is dirty`);
    mapping.pages.delete(index);
    if (shadow !== null) mapping.shadows.set(index, shadow);
    memMap.mapping[pfn] = 0;
    memMap.clear(pfn, PG_readahead);
    const node = vmstat.nodes[pages.nidOf(pfn)];
    node.nr_file_pages--;
    if (memMap.test(pfn, PG_swapbacked)) node.nr_shmem--;
    if (mapping.pages.size === 0) mapping.host.emptied();
  }

  /** Takes a page out and drops the cache's reference. Linux: filemap_remove_folio(). */
  removeFolio(pfn: Pfn): void {
    this.deleteFolio(pfn, null);
    this.rooms.folios.put(pfn);
  }

  /** Waits until a page is neither read nor looked at. Linux: folio_wait_locked(). */
  waitLocked(pfn: Pfn): void {
    folioWaitLocked(this.rooms.clock, this.rooms.memMap, pfn);
  }

  /** A page that a page table may hold at once: its content is there, nobody works on it. Linux: next_uptodate_folio(). */
  findMappable(mapping: AddressSpace, index: number): Pfn | null {
    const pfn = mapping.pages.get(index);
    if (pfn === undefined) return null;
    const { memMap } = this.rooms;
    return memMap.test(pfn, PG_uptodate) && !memMap.test(pfn, PG_locked | PG_readahead) ? pfn : null;
  }

  /**
   * A frame is at one index of one file, which it knows; nothing else is remembered there; counters agree. Panics else.
   * Cost: all cached pages.
   */
  validate(): void {
    const { memMap, vmstat } = this.rooms;
    const seen = new Set<Pfn>();
    let shmem = 0;
    for (const { id, pages, shadows, swapped } of this.mappings) {
      for (const [index, pfn] of pages) {
        if (memMap.mapping[pfn] !== id || memMap.index[pfn] !== index || memMap.test(pfn, PG_anon)) {
          panic(`filemap: pfn ${pfn} does not know that it is page ${index} of mapping ${id}`);
        }
        if (seen.has(pfn)) panic(`filemap: pfn ${pfn} is in two places`);
        if (memMap.refcount[pfn] < 1) panic(`filemap: pfn ${pfn} is in the cache, but free`);
        if (shadows.has(index) || swapped.has(index))
          panic(`filemap: page ${index} of mapping ${id} is there, and is not`);
        seen.add(pfn);
        shmem += Number(memMap.test(pfn, PG_swapbacked));
      }
    }
    const files = vmstat.globalNode('nr_file_pages') - vmstat.globalNode('nr_swapcached');
    if (files !== seen.size) panic(`filemap: ${files} pages are counted, but ${seen.size} are cached`);
    const counted = vmstat.globalNode('nr_shmem');
    if (counted !== shmem) panic(`filemap: nr_shmem is ${counted}, but there are ${shmem}`);
  }
}
