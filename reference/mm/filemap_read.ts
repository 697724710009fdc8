/**
 * Reading a file through the cache. Linux: mm/filemap.c, filemap_read(), filemap_get_pages().
 *
 *     page in the cache?  no --> sync readahead --> still not? read it alone
 *                        yes --> marked? async readahead --> wait until it is there
 */
import { EIO, ENOMEM } from '../include/errno.ts';
import { GFP_HIGHUSER_MOVABLE } from '../include/gfp.ts';
import { PG_locked, PG_readahead, PG_uptodate } from '../include/page_flags.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { Pfn } from '../include/types.ts';
import type { AddressSpace } from './address_space.ts';
import type { PageCache } from './filemap.ts';
import { addLocked, pageCacheAsyncRa, pageCacheSyncRa, type ReadFile } from './readahead.ts';

/** The bytes of a frame. */
export function frameBytes(cache: PageCache, pfn: Pfn): Uint8Array {
  const words = cache.rooms.memory.frameWords(pfn);
  return new Uint8Array(words.buffer, words.byteOffset, PAGE_SIZE);
}

/**
 * Bytes of a file, from `pos` on.
 * @returns them, fewer at the end of the file or where a later page could not be had; else -ENOMEM, -EIO
 */
export function filemapRead(cache: PageCache, file: ReadFile, pos: number, len: number): Uint8Array | number {
  const { mapping, ra } = file;
  const end = Math.min(pos + len, mapping.host.size);
  if (pos >= end) return new Uint8Array(0);
  const bytes = new Uint8Array(end - pos);
  for (let at = pos; at < end; ) {
    const index = Math.floor(at / PAGE_SIZE);
    const pfn = getPage(cache, file, index, Math.ceil(end / PAGE_SIZE) - index);
    if (pfn < 0) return at === pos ? pfn : bytes.slice(0, at - pos);
    const offset = at % PAGE_SIZE;
    const upTo = Math.min(offset + end - at, PAGE_SIZE);
    bytes.set(frameBytes(cache, pfn).subarray(offset, upTo), at - pos);
    // Many small reads of one page are one use.
    if (Math.floor((ra.prevPos - 1) / PAGE_SIZE) !== index) cache.rooms.folios.markAccessed(pfn);
    cache.rooms.folios.put(pfn);
    at += upTo - offset;
    ra.prevPos = at;
  }
  return bytes;
}

/** @param req  pages wanted from `index` on @returns the page, uptodate, with a reference for the caller; -ENOMEM; -EIO */
function getPage(cache: PageCache, file: ReadFile, index: number, req: number): Pfn | number {
  const { mapping } = file;
  const { memMap, folios } = cache.rooms;
  if (cache.find(mapping, index) === null) pageCacheSyncRa(cache, file, index, req);
  const pfn = cache.find(mapping, index) ?? readAlone(cache, mapping, index);
  if (pfn < 0) return pfn;
  folios.get(pfn);
  if (memMap.test(pfn, PG_readahead)) pageCacheAsyncRa(cache, file, pfn, req);
  return updateFolio(cache, mapping, index, pfn);
}

/** Starts to read a page that readahead had no memory for. @returns it, or -ENOMEM */
function readAlone(cache: PageCache, mapping: AddressSpace, index: number): Pfn | number {
  const pfn = addLocked(cache, mapping, index, GFP_HIGHUSER_MOVABLE);
  if (pfn === null) return -ENOMEM;
  cache.opsOf(mapping).readahead(mapping, index, [pfn]);
  return pfn;
}

/**
 * Waits until a page's content is there; what readahead failed to read is read once more.
 * Linux: filemap_update_page(), filemap_read_folio().
 * @param pfn  the caller holds a reference; it is dropped if there is an error
 * @returns the page or -EIO
 */
export function updateFolio(cache: PageCache, mapping: AddressSpace, index: number, pfn: Pfn): Pfn | number {
  const { memMap, folios } = cache.rooms;
  cache.waitLocked(pfn);
  if (!memMap.test(pfn, PG_uptodate) && cache.find(mapping, index) === pfn) {
    memMap.set(pfn, PG_locked);
    cache.opsOf(mapping).readahead(mapping, index, [pfn]);
    cache.waitLocked(pfn);
  }
  if (memMap.test(pfn, PG_uptodate)) return pfn;
  folios.put(pfn);
  return -EIO;
}

/** A page for somebody who does not read in order: no window. @returns like getPage() */
export function readMappingPage(cache: PageCache, mapping: AddressSpace, index: number): Pfn | number {
  const pfn = cache.find(mapping, index) ?? readAlone(cache, mapping, index);
  if (pfn < 0) return pfn;
  cache.rooms.folios.get(pfn);
  return updateFolio(cache, mapping, index, pfn);
}
