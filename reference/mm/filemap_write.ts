/**
 * Writing a file through the cache: the disk hears of it later. Linux: mm/filemap.c, generic_perform_write().
 *
 *     for each page:  room on disk?  ->  in the cache, or a new one  ->  copy  ->  dirty  ->  pause if too much is dirty
 */
import { ENOMEM } from '../include/errno.ts';
import { GFP_HIGHUSER_MOVABLE } from '../include/gfp.ts';
import { PG_uptodate } from '../include/page_flags.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { Pfn } from '../include/types.ts';
import type { AddressSpace } from './address_space.ts';
import type { DirtyThrottle } from './balance_dirty_pages.ts';
import type { PageCache } from './filemap.ts';
import { frameBytes, readMappingPage } from './filemap_read.ts';
import type { Writeback } from './page_writeback.ts';

/** The rooms that a write goes through. */
export interface WriteRooms {
  readonly cache: PageCache;
  readonly writeback: Writeback;
  readonly throttle: DirtyThrottle;
}

/**
 * Puts bytes into a file, from `pos` on; it grows if need be.
 * @returns how many: fewer where a later page could not be had; else -ENOSPC, -ENOMEM, -EIO
 */
export function genericPerformWrite(rooms: WriteRooms, mapping: AddressSpace, pos: number, bytes: Uint8Array): number {
  const { cache, writeback, throttle } = rooms;
  let done = 0;
  while (done < bytes.length) {
    const at = pos + done;
    const offset = at % PAGE_SIZE;
    const length = Math.min(PAGE_SIZE - offset, bytes.length - done);
    const pfn = writeBegin(cache, mapping, at, length);
    if (pfn < 0) return done === 0 ? pfn : done;
    frameBytes(cache, pfn).set(bytes.subarray(done, done + length), offset);
    cache.rooms.memMap.set(pfn, PG_uptodate);
    mapping.host.size = Math.max(mapping.host.size, at + length);
    writeback.markDirty(pfn);
    cache.rooms.folios.put(pfn);
    done += length;
    throttle.pageDirtied();
  }
  return done;
}

/**
 * The page that bytes go into: what will not be overwritten has been read, or is zero.
 * Linux: write_begin().
 * @returns the page with a reference for the caller, or an error
 */
function writeBegin(cache: PageCache, mapping: AddressSpace, at: number, length: number): Pfn | number {
  const index = Math.floor(at / PAGE_SIZE);
  const refused = cache.opsOf(mapping).reserve(mapping, index);
  if (refused !== 0) return refused;
  const { memMap, folios } = cache.rooms;
  const known = cache.find(mapping, index);
  if (known !== null) {
    folios.get(known);
    cache.waitLocked(known);
    if (memMap.test(known, PG_uptodate)) return known;
    folios.put(known);
  }
  const isWhole = at % PAGE_SIZE === 0 && (length === PAGE_SIZE || at + length >= mapping.host.size);
  const isBeyondEnd = index * PAGE_SIZE >= mapping.host.size;
  if (known !== null || !(isWhole || isBeyondEnd)) return readMappingPage(cache, mapping, index);
  return newPage(cache, mapping, index);
}

/** A page of zeroes. */
function newPage(cache: PageCache, mapping: AddressSpace, index: number): Pfn | number {
  const { pages, memory } = cache.rooms;
  const pfn = pages.allocPages(GFP_HIGHUSER_MOVABLE, 0);
  if (pfn === null) return -ENOMEM;
  memory.clearFrame(pfn);
  cache.addFolio(mapping, index, pfn, 'write');
  return pfn;
}
