/**
 * Reading ahead: a file that is read in order is in memory before it is asked for. Linux: mm/readahead.c (6.12).
 *
 *     |<---------- size ----------->|
 *     [ asked for |#                ]      # : the mark, PG_readahead
 *     start       |<-- asyncSize -->|
 *
 * Whoever touches the mark starts the next window, which begins where this one ends: windows of 4, 8, 16, 32, 32 pages.
 * SIMPLIFIED: single pages, no large folios; a request is no larger than the window (io_pages = ra_pages).
 */
import type { FileRaState } from '../include/fs_types.ts';
import { __GFP_NORETRY, __GFP_NOWARN, GFP_HIGHUSER_MOVABLE } from '../include/gfp.ts';
import { PG_locked, PG_readahead, PG_writeback } from '../include/page_flags.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { Pfn } from '../include/types.ts';
import type { AddressSpace } from './address_space.ts';
import type { PageCache } from './filemap.ts';

/** Pages of the largest window: 128 KiB. Linux: VM_READAHEAD_PAGES. */
export const VM_READAHEAD_PAGES = (128 * 1024) / PAGE_SIZE;
/** Pages read at a time when more than a window is forced: 2 MiB. */
const FORCED_CHUNK = (2 * 1024 * 1024) / PAGE_SIZE;
const GFP_READAHEAD = GFP_HIGHUSER_MOVABLE | __GFP_NORETRY | __GFP_NOWARN;

/** A file of pages, and how it is being read. */
export interface ReadFile {
  readonly mapping: AddressSpace;
  readonly ra: FileRaState;
}

/** Linux: file_ra_state_init(). */
export function newRaState(): FileRaState {
  return { start: 0, size: 0, asyncSize: 0, raPages: VM_READAHEAD_PAGES, mmapMiss: 0, prevPos: -1, random: false };
}

/** Pages of the first window. Linux: get_init_ra_size(). @param req  pages asked for, above 0 */
export function getInitRaSize(req: number, max: number): number {
  const size = 2 ** Math.ceil(Math.log2(req));
  if (size <= max / 32) return size * 4;
  return size <= max / 4 ? size * 2 : max;
}

/** Pages of the window after one of `cur`. Linux: get_next_ra_size(). */
export function getNextRaSize(cur: number, max: number): number {
  if (cur < Math.floor(max / 16)) return cur * 4;
  return cur <= Math.floor(max / 2) ? cur * 2 : max;
}

/**
 * A page is wanted that is not in the cache: reads it, and a window if it looks as if the file is read in order.
 * Linux: page_cache_sync_ra().
 * @param req  pages that are wanted from `index` on
 */
export function pageCacheSyncRa(cache: PageCache, { mapping, ra }: ReadFile, index: number, req: number): void {
  const max = ra.raPages;
  if (max === 0 || ra.random) {
    forcePageCacheRa(cache, mapping, index, max === 0 ? 1 : req);
    return;
  }
  const prev = Math.floor(ra.prevPos / PAGE_SIZE);
  const isNext = ra.prevPos >= 0 && index >= prev && index - prev <= 1;
  if (index === 0 || req > max || isNext) {
    const size = getInitRaSize(req, max);
    setWindow(ra, index, size, size > req ? size - req : size >> 1);
  } else {
    const miss = prevMiss(mapping, index - 1, max);
    const cached = index - 1 - miss;
    if (cached <= req) {
      doPageCacheRa(cache, mapping, index, req, 0);
      return;
    }
    // Cached from the first page on: the whole file is being read.
    setWindow(ra, index, Math.min((miss < 0 ? cached * 2 : cached) + req, max), 1);
  }
  doPageCacheRa(cache, mapping, ra.start, ra.size, ra.asyncSize);
}

/**
 * The mark was touched: the next window. Linux: page_cache_async_ra().
 * @param pfn  the page with PG_readahead
 * @param req  pages that are wanted from it on
 */
export function pageCacheAsyncRa(cache: PageCache, { mapping, ra }: ReadFile, pfn: Pfn, req: number): void {
  const { memMap } = cache.rooms;
  const max = ra.raPages;
  if (max === 0 || memMap.test(pfn, PG_writeback)) return;
  memMap.clear(pfn, PG_readahead);
  const index = memMap.index[pfn];
  if (index === ra.start + ra.size - ra.asyncSize) {
    const size = Math.max(ra.size, getNextRaSize(ra.size, max));
    setWindow(ra, ra.start + ra.size, size, size);
  } else {
    // A mark of another reader's window, or of one that was left: look where its pages end.
    const start = nextMiss(mapping, index + 1, max);
    if (start - index > max) return;
    const size = getNextRaSize(start - index + req, max);
    setWindow(ra, start, size, size);
  }
  doPageCacheRa(cache, mapping, ra.start, ra.size, ra.asyncSize);
}

/**
 * Starts to read those of a range's pages that are not in the cache, up to the end of the file. Neighbours go to the file
 * system together. Without memory it reads less. Linux: do_page_cache_ra(), page_cache_ra_unbounded().
 * @param lookahead  so many pages before the end of the range the mark is set; 0: nowhere
 */
export function doPageCacheRa(
  cache: PageCache,
  mapping: AddressSpace,
  index: number,
  nr: number,
  lookahead: number,
): void {
  const pagesOfFile = Math.ceil(mapping.host.size / PAGE_SIZE);
  const end = Math.min(index + nr, pagesOfFile);
  const mark = lookahead > 0 ? end - lookahead : -1;
  let run: Pfn[] = [];
  let at = index;
  for (; at < end; at++) {
    if (mapping.pages.has(at)) {
      readPages(cache, mapping, at, run);
      run = [];
      continue;
    }
    const pfn = addLocked(cache, mapping, at, GFP_READAHEAD);
    if (pfn === null) break;
    if (at === mark) cache.rooms.memMap.set(pfn, PG_readahead);
    run.push(pfn);
  }
  readPages(cache, mapping, at, run);
}

/** A new page in the cache, locked, that the cache alone holds. @returns null: no memory, or somebody was faster */
export function addLocked(cache: PageCache, mapping: AddressSpace, index: number, gfp: number): Pfn | null {
  const { pages, memMap, folios } = cache.rooms;
  const pfn = pages.allocPages(gfp, 0);
  if (pfn === null) return null;
  memMap.set(pfn, PG_locked);
  const added = cache.addFolio(mapping, index, pfn, 'read');
  if (added !== 0) memMap.clear(pfn, PG_locked);
  folios.put(pfn);
  return added === 0 ? pfn : null;
}

/** Linux: force_page_cache_ra(). */
function forcePageCacheRa(cache: PageCache, mapping: AddressSpace, index: number, req: number): void {
  const end = index + Math.min(req, VM_READAHEAD_PAGES);
  for (let at = index; at < end; at += FORCED_CHUNK) {
    doPageCacheRa(cache, mapping, at, Math.min(FORCED_CHUNK, end - at), 0);
  }
}

function setWindow(ra: FileRaState, start: number, size: number, asyncSize: number): void {
  ra.start = start;
  ra.size = size;
  ra.asyncSize = asyncSize;
}

/** @param end  past the last page of the run */
function readPages(cache: PageCache, mapping: AddressSpace, end: number, run: readonly Pfn[]): void {
  if (run.length > 0) cache.opsOf(mapping).readahead(mapping, end - run.length, run);
}

/** The nearest index at or below `index` that is not in the cache, at most `max` looked at. Linux: page_cache_prev_miss(). */
function prevMiss(mapping: AddressSpace, index: number, max: number): number {
  let at = index;
  while (at >= 0 && index - at < max && mapping.pages.has(at)) at--;
  return at;
}

/** The same, upwards. Linux: page_cache_next_miss(). */
function nextMiss(mapping: AddressSpace, index: number, max: number): number {
  let at = index;
  while (at - index < max && mapping.pages.has(at)) at++;
  return at;
}
