/**
 * Batches of pages between the LRU lists and whoever looks at them. Linux: mm/vmscan.c, isolate_lru_folios(),
 * move_folios_to_lru().
 *
 *     list    head ............ a b c d tail
 *     taken                     d is looked at first; each is held, and in no LRU list
 */
import { PG_active, PG_head, PG_mlocked } from '../include/page_flags.ts';
import { PageList } from '../lib/list.ts';
import { LRU_INACTIVE_FILE, type LruList } from './lruvec.ts';
import type { PgData } from './pgdat.ts';
import type { ScanControl } from './scan_control.ts';
import type { ReclaimRooms } from './vmscan_rooms.ts';

const PGSKIP_ITEMS = ['pgskip_dma', 'pgskip_dma32', 'pgskip_normal', 'pgskip_movable'] as const;

/** A batch that was taken off an LRU list. */
export interface Batch {
  /** The oldest at the tail. */
  readonly list: PageList;
  /** Pages that were looked at, those of too high a zone too. */
  readonly scanned: number;
  /** Pages that were taken. */
  readonly taken: number;
}

/**
 * Takes up to so many pages off the tail of a list. Those of zones that are not asked for stay, at the head; and so do
 * mapped ones where they must not be unmapped. Linux: isolate_lru_folios().
 * Cost: as many steps, and the pages of too high zones among them.
 */
export function isolateLruFolios(
  rooms: ReclaimRooms,
  sc: ScanControl,
  pgdat: PgData,
  lru: LruList,
  nrToScan: number,
): Batch {
  const { memMap, vmstat } = rooms.lru;
  const from = pgdat.lruvec.lists[lru];
  const list = new PageList(memMap);
  const skipped = new PageList(memMap);
  let scanned = 0;
  let counted = 0;
  let taken = 0;
  while (counted < nrToScan && from.last !== null) {
    const pfn = from.last;
    const pages = rooms.lru.nrPages(pfn);
    scanned += pages;
    const zone = rooms.lru.zoneOf(pfn).index;
    if (zone > sc.reclaimIdx) {
      from.remove(pfn);
      skipped.addHead(pfn);
      vmstat.events[PGSKIP_ITEMS[zone]] += pages;
      continue;
    }
    counted += pages;
    if (!sc.mayUnmap && (memMap.mapcount[pfn] > 0 || memMap.test(pfn, PG_head))) {
      from.remove(pfn);
      from.addHead(pfn);
      continue;
    }
    rooms.lru.isolate(pfn);
    list.addHead(pfn);
    taken += pages;
  }
  for (let pfn = skipped.last; pfn !== null; pfn = skipped.last) {
    skipped.remove(pfn);
    from.addHead(pfn);
  }
  return { list, scanned, taken };
}

/**
 * Puts pages back where their flags say now, the tail first; frees those that nobody else holds any more.
 * Linux: move_folios_to_lru().
 * @returns pages that are in an evictable list again
 */
export function moveFoliosToLru(rooms: ReclaimRooms, pgdat: PgData, list: PageList): number {
  const { memMap } = rooms.lru;
  let moved = 0;
  for (let pfn = list.last; pfn !== null; pfn = list.last) {
    list.remove(pfn);
    if (memMap.refcount[pfn] > 1) {
      const pages = rooms.lru.nrPages(pfn);
      rooms.lru.addFolio(pfn);
      if (!memMap.test(pfn, PG_mlocked)) moved += pages;
      if (memMap.test(pfn, PG_active)) pgdat.lruvec.nonresidentAge += pages;
    }
    rooms.folios.put(pfn);
  }
  return moved;
}

/** Counts pages that are on their way. @param pages  negative: they are back */
export function countIsolated(rooms: ReclaimRooms, pgdat: PgData, lru: LruList, pages: number): void {
  rooms.lru.vmstat.nodes[pgdat.nid][lru < LRU_INACTIVE_FILE ? 'nr_isolated_anon' : 'nr_isolated_file'] += pages;
}
