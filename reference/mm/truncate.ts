/**
 * Pages that leave the cache before their time: the file becomes shorter, or somebody wants the memory.
 * Linux: mm/truncate.c.
 *
 *                     clean   dirty   mapped   being written
 *     truncate         goes    goes    goes     goes, after a wait
 *     invalidate       goes    stays   stays    stays
 */
import { PG_dirty, PG_locked, PG_writeback } from '../include/page_flags.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { Pfn } from '../include/types.ts';
import type { AddressSpace } from './address_space.ts';
import { frameBytes, readMappingPage } from './filemap_read.ts';
import type { Writeback } from './page_writeback.ts';

/** Pages that a file loses. */
export interface LostPages {
  readonly first: number;
  /** Past the last; may be Infinity. */
  readonly end: number;
  /** end: private copies go too. hole: they stay. */
  readonly why: 'end' | 'hole';
}

/** Removes pages whatever their state, from page tables too. Linux: truncate_pagecache(), truncate_pagecache_range(). */
export function truncateInodePages(writeback: Writeback, mapping: AddressSpace, { first, end, why }: LostPages): void {
  const { cache } = writeback;
  cache.rooms.mappedBy?.unmapMappingRange(mapping.id, first, end - first, why === 'end');
  for (const index of mapping.indexesIn(first, end)) {
    const pfn = cache.find(mapping, index);
    if (pfn !== null) truncateFolio(writeback, mapping, index, pfn);
  }
  for (const index of [...mapping.shadows.keys()]) if (index >= first && index < end) mapping.shadows.delete(index);
}

function truncateFolio(writeback: Writeback, mapping: AddressSpace, index: number, pfn: Pfn): void {
  const { cache } = writeback;
  const { folios } = cache.rooms;
  folios.get(pfn);
  cache.waitLocked(pfn);
  writeback.waitWriteback(mapping, index, index + 1);
  if (cache.find(mapping, index) === pfn) {
    writeback.cancelDirty(pfn);
    cache.removeFolio(pfn);
  }
  folios.put(pfn);
}

/**
 * A file gets a new size: pages beyond it go, and what the last one holds beyond it is zero, on disk too one day.
 * Linux: truncate_setsize(), block_truncate_page().
 * @param size  bytes
 * @returns 0; -ENOMEM or -EIO: the last page could not be read, nothing has changed
 */
export function truncateSetsize(writeback: Writeback, mapping: AddressSpace, size: number): number {
  const old = mapping.host.size;
  const error = zeroTail(writeback, mapping, Math.min(size, old));
  if (error !== 0) return error;
  mapping.host.size = size;
  if (size < old) {
    truncateInodePages(writeback, mapping, { first: Math.ceil(size / PAGE_SIZE), end: Infinity, why: 'end' });
  }
  return 0;
}

/** What lies behind the last byte, in its page. A hole is zero and stays one. */
function zeroTail(writeback: Writeback, mapping: AddressSpace, size: number): number {
  const offset = size % PAGE_SIZE;
  if (offset === 0) return 0;
  const { cache } = writeback;
  const pfn = readMappingPage(cache, mapping, Math.floor(size / PAGE_SIZE));
  if (pfn < 0) return pfn;
  const tail = frameBytes(cache, pfn).subarray(offset);
  if (tail.some((byte) => byte !== 0)) {
    tail.fill(0);
    writeback.markDirty(pfn);
  }
  cache.rooms.folios.put(pfn);
  return 0;
}

/**
 * Drops the pages that cost nothing to drop. Linux: invalidate_mapping_pages().
 * @returns how many pages and traces of pages went
 */
export function invalidateMappingPages(writeback: Writeback, mapping: AddressSpace): number {
  const { cache } = writeback;
  if (mapping.ops === null) return 0;
  let dropped = mapping.shadows.size;
  mapping.shadows.clear();
  for (const index of mapping.indexesIn(0, Infinity)) {
    const pfn = cache.find(mapping, index);
    if (pfn === null) continue;
    if (isDroppable(writeback, pfn)) {
      cache.removeFolio(pfn);
      dropped++;
    } else {
      cache.rooms.folios.deactivateFile(pfn);
    }
  }
  return dropped;
}

/** Clean, unmapped, and held by the cache alone. Linux: mapping_evict_folio(). */
function isDroppable({ cache }: Writeback, pfn: Pfn): boolean {
  const { memMap } = cache.rooms;
  if (memMap.test(pfn, PG_dirty | PG_writeback | PG_locked)) return false;
  return memMap.mapcount[pfn] === 0 && memMap.refcount[pfn] === 1;
}
