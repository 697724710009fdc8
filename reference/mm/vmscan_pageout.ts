/** How a page leaves: its content to where it belongs, then the page out of its cache. Linux: mm/vmscan.c. */
import {
  PG_anon,
  PG_dirty,
  PG_locked,
  PG_reclaim,
  PG_swapbacked,
  PG_swapcache,
  PG_writeback,
} from '../include/page_flags.ts';
import type { Pfn } from '../include/types.ts';
import type { ReclaimRooms } from './vmscan_rooms.ts';

/** References to a page that can go: its cache's, and that of whoever has isolated it. */
const FREEABLE_REFCOUNT = 2;

/**
 * - keep: somebody else holds it, or it belongs to no cache
 * - activate: its cache does not write single pages, or has no place for it
 * - started: it is being written, or was, or could not be; see its flags. It is not locked any more
 */
export type PageoutResult = 'keep' | 'activate' | 'started';

/** Has a locked, dirty page written, to go as soon as that is done (PG_reclaim). Linux: pageout(). */
export function pageout(rooms: ReclaimRooms, pfn: Pfn): PageoutResult {
  const { memMap, vmstat } = rooms.lru;
  if (memMap.refcount[pfn] !== FREEABLE_REFCOUNT || !hasCache(rooms, pfn)) return 'keep';
  memMap.set(pfn, PG_reclaim);
  if (storeOf(rooms, pfn).writePage(pfn) === 'activate') {
    memMap.clear(pfn, PG_reclaim);
    return 'activate';
  }
  if (!memMap.test(pfn, PG_writeback)) memMap.clear(pfn, PG_reclaim);
  vmstat.nodes[rooms.lru.zoneOf(pfn).nid].nr_vmscan_write += rooms.lru.nrPages(pfn);
  return 'started';
}

/**
 * Takes a locked, unmapped page out of its cache, and leaves a shadow if it may come back there. Linux: __remove_mapping().
 * @returns whether it is out: nobody else holds it, and it is clean
 */
export function removeMapping(rooms: ReclaimRooms, pfn: Pfn): boolean {
  const { memMap } = rooms.lru;
  if (memMap.refcount[pfn] !== FREEABLE_REFCOUNT || !hasCache(rooms, pfn) || memMap.test(pfn, PG_dirty)) return false;
  if (memMap.test(pfn, PG_swapcache)) rooms.swap.removeFolio(pfn, rooms.workingset.eviction(pfn));
  else if (memMap.test(pfn, PG_swapbacked)) rooms.files.removeFolio(pfn, null);
  else rooms.files.removeFolio(pfn, rooms.workingset.eviction(pfn));
  return true;
}

/** Whether nobody but whoever has isolated it holds an anonymous page that may be dropped. */
export function canDropLazyfree(rooms: ReclaimRooms, pfn: Pfn): boolean {
  return rooms.lru.memMap.refcount[pfn] === FREEABLE_REFCOUNT - 1;
}

/** Whether a page is in the swap cache or belongs to a file. Linux: folio_mapping() is not NULL. */
function hasCache(rooms: ReclaimRooms, pfn: Pfn): boolean {
  const { memMap } = rooms.lru;
  return memMap.test(pfn, PG_swapcache) || (!memMap.test(pfn, PG_anon) && memMap.mapping[pfn] !== 0);
}

function storeOf(rooms: ReclaimRooms, pfn: Pfn): { writePage(pfn: Pfn): 'started' | 'activate' } {
  const { memMap } = rooms.lru;
  if (memMap.test(pfn, PG_swapcache)) return rooms.swap;
  return memMap.test(pfn, PG_swapbacked) ? rooms.shmem : rooms.files;
}

/** Locks a page. @returns false: somebody else has it. Linux: folio_trylock() */
export function trylock(rooms: ReclaimRooms, pfn: Pfn): boolean {
  const { memMap } = rooms.lru;
  if (memMap.test(pfn, PG_locked)) return false;
  memMap.set(pfn, PG_locked);
  return true;
}
