/**
 * The judgement of a batch of pages: which go now, which later, which stay. Linux: mm/vmscan.c, shrink_folio_list().
 *
 *     locked by others ------------------------------------> keep
 *     mlocked, or used twice, or being written ------------> activate
 *     used once -------------------------------------------> keep
 *     anonymous, huge -------------------------------------> its parts, one by one
 *     anonymous: to the swap cache --- swap is full -------> activate
 *     out of all page tables --------- it will not go -----> activate
 *     dirty page of a file --------------------------------> activate; it goes when the flusher has written it
 *     dirty, anonymous: written to swap -------------------> keep; it goes when it is written
 *     clean: out of its cache, free
 */
import { __GFP_FS, __GFP_IO } from '../include/gfp.ts';
import {
  PG_active,
  PG_anon,
  PG_dirty,
  PG_head,
  PG_locked,
  PG_mlocked,
  PG_reclaim,
  PG_swapbacked,
  PG_swapcache,
  PG_writeback,
} from '../include/page_flags.ts';
import type { Pfn } from '../include/types.ts';
import type { PageList } from '../lib/list.ts';
import type { PgData } from './pgdat.ts';
import type { ScanControl } from './scan_control.ts';
import { canDropLazyfree, pageout, removeMapping, trylock } from './vmscan_pageout.ts';
import { type FolioRef, folioCheckReferences } from './vmscan_references.ts';
import type { ReclaimRooms } from './vmscan_rooms.ts';

/** References that make it likely that a device holds a page. Linux: GUP_PIN_COUNTING_BIAS. */
const GUP_PIN_COUNTING_BIAS = 1024;

/** What was seen in a batch, in pages. Linux: struct reclaim_stat. */
export interface ReclaimStat {
  dirty: number;
  /** Dirty, and nobody is writing it. */
  unqueuedDirty: number;
  /** Came round again before it was written. */
  congested: number;
  /** Being written, met for the first time. */
  writeback: number;
  /** Being written, and kswapd should wait. */
  immediate: number;
  /** Handed to the disk. */
  pageout: number;
}

/** One batch. */
interface Shrink {
  readonly rooms: ReclaimRooms;
  readonly sc: ScanControl;
  readonly pgdat: PgData;
  readonly stat: ReclaimStat;
  /** Used or not, it goes: MADV_PAGEOUT. */
  readonly ignoreReferences: boolean;
}

/** `free`: out of its cache. `keepUnlocked`: as keep, but the page is not locked by us (any more). `split`: too large for swap. */
type Fate = 'free' | 'keep' | 'keepUnlocked' | 'activate' | 'split';

export function emptyStat(): ReclaimStat {
  return { dirty: 0, unqueuedDirty: 0, congested: 0, writeback: 0, immediate: 0, pageout: 0 };
}

/**
 * Frees what can go of a batch of isolated pages, the tail first; the rest stays in it, to be put back.
 * @param stat  what is seen is added
 * @returns pages that were freed
 */
export function shrinkFolioList(
  rooms: ReclaimRooms,
  sc: ScanControl,
  pgdat: PgData,
  list: PageList,
  stat: ReclaimStat,
  references: 'checked' | 'ignored',
): number {
  const shrink: Shrink = { rooms, sc, pgdat, stat, ignoreReferences: references === 'ignored' };
  let reclaimed = 0;
  // The newest that stays is at the head again when all have been looked at.
  for (let left = list.size; left > 0 && list.last !== null; left--) {
    const pfn = list.last;
    list.remove(pfn);
    const pages = rooms.lru.nrPages(pfn);
    const fate = shrinkFolio(shrink, pfn);
    if (fate === 'split') left += splitTo(shrink, pfn, list);
    else if (fate === 'free') reclaimed += pages;
    else list.addHead(pfn);
  }
  return reclaimed;
}

/**
 * A huge page becomes small ones, which are next. Linux tries to swap it out in one piece first.
 * @returns how many there are more to look at
 */
function splitTo({ rooms }: Shrink, pfn: Pfn, list: PageList): number {
  const parts = rooms.rmap.splitFolio(pfn);
  if (parts === null) {
    activateLocked(rooms, pfn);
    list.addHead(pfn);
    return 0;
  }
  rooms.lru.vmstat.events.thp_swpout_fallback++;
  for (const part of parts) list.addTail(part);
  return parts.length;
}

function shrinkFolio(shrink: Shrink, pfn: Pfn): Fate {
  const { rooms, sc } = shrink;
  const { memMap } = rooms.lru;
  if (!trylock(rooms, pfn)) return 'keepUnlocked';
  sc.nrScanned += rooms.lru.nrPages(pfn);
  const fate = fateOf(shrink, pfn);
  if (fate === 'keepUnlocked') return fate;
  if (fate === 'activate') activateLocked(rooms, pfn);
  memMap.clear(pfn, PG_locked);
  if (fate === 'free') rooms.folios.put(pfn);
  return fate;
}

/** @param pfn  locked */
function fateOf(shrink: Shrink, pfn: Pfn): Fate {
  const { rooms, sc } = shrink;
  const { memMap } = rooms.lru;
  if (memMap.test(pfn, PG_mlocked)) return 'activate';
  if (!sc.mayUnmap && (memMap.mapcount[pfn] > 0 || memMap.test(pfn, PG_head))) return 'keep';
  noteDirty(shrink, pfn);
  if (memMap.test(pfn, PG_writeback)) return meetWriteback(shrink, pfn);
  const reference: FolioRef = shrink.ignoreReferences ? 'reclaim' : folioCheckReferences(rooms, pfn);
  if (reference === 'activate' || reference === 'keep') return reference;
  const stuck = bringToSwapCache(shrink, pfn);
  if (stuck !== null) return stuck;
  if (memMap.mapcount[pfn] > 0) rooms.rmap.tryToUnmap(pfn);
  if (memMap.mapcount[pfn] > 0 || memMap.refcount[pfn] >= GUP_PIN_COUNTING_BIAS) return 'activate';
  if (memMap.test(pfn, PG_dirty)) {
    const written = writeDirty(shrink, pfn, reference);
    if (written !== null) return written;
  }
  return dropClean(rooms, pfn);
}

function noteDirty({ rooms, stat }: Shrink, pfn: Pfn): void {
  const { memMap } = rooms.lru;
  const pages = rooms.lru.nrPages(pfn);
  // Anonymous pages do not count: they are always dirty, and nobody but reclaim writes them. Linux: folio_check_dirty_writeback()
  const flags = memMap.test(pfn, PG_swapbacked | PG_anon) ? 0 : memMap.flags[pfn];
  if (flags & (PG_dirty | PG_writeback)) stat.dirty += pages;
  if ((flags & (PG_dirty | PG_writeback)) === PG_dirty) stat.unqueuedDirty += pages;
  if (flags & PG_writeback && flags & PG_reclaim) stat.congested += pages;
}

/** It goes when it is written. One that comes round again shows kswapd that it is too fast. */
function meetWriteback({ rooms, sc, pgdat, stat }: Shrink, pfn: Pfn): Fate {
  const { memMap } = rooms.lru;
  const again = memMap.test(pfn, PG_reclaim);
  memMap.set(pfn, PG_reclaim);
  if (sc.who === 'kswapd' && again && pgdat.writeback) stat.immediate += rooms.lru.nrPages(pfn);
  else stat.writeback += rooms.lru.nrPages(pfn);
  return 'activate';
}

/** An anonymous page needs a place in swap first. @returns null: it can go on */
function bringToSwapCache({ rooms, sc }: Shrink, pfn: Pfn): Fate | null {
  const { memMap } = rooms.lru;
  const wanted = PG_anon | PG_swapbacked;
  if ((memMap.flags[pfn] & (wanted | PG_swapcache)) !== wanted) return null;
  if (!(sc.gfp & __GFP_IO) || memMap.refcount[pfn] >= GUP_PIN_COUNTING_BIAS) return 'keep';
  if (memMap.test(pfn, PG_head)) return 'split';
  return rooms.swap.addToSwap(pfn) ? null : 'activate';
}

/** @returns null: it is clean now, and locked */
function writeDirty({ rooms, sc, pgdat, stat }: Shrink, pfn: Pfn, reference: FolioRef): Fate | null {
  const { memMap, vmstat } = rooms.lru;
  const pages = rooms.lru.nrPages(pfn);
  const ours = sc.who === 'kswapd' && memMap.test(pfn, PG_reclaim) && pgdat.dirty;
  if (!memMap.test(pfn, PG_swapbacked) && !ours) {
    vmstat.nodes[pgdat.nid].nr_vmscan_immediate_reclaim += pages;
    memMap.set(pfn, PG_reclaim);
    return 'activate';
  }
  if (reference === 'reclaimClean' || !mayEnterFs(rooms, sc, pfn) || !sc.mayWritepage) return 'keep';
  const result = pageout(rooms, pfn);
  if (result !== 'started') return result;
  stat.pageout += pages;
  // It was written at once, or not at all.
  if (memMap.test(pfn, PG_writeback | PG_dirty) || !trylock(rooms, pfn)) return 'keepUnlocked';
  return null;
}

/** Writing to swap needs no file system. Linux: may_enter_fs(). */
function mayEnterFs(rooms: ReclaimRooms, sc: ScanControl, pfn: Pfn): boolean {
  if (sc.gfp & __GFP_FS) return true;
  return rooms.lru.memMap.test(pfn, PG_swapcache) && (sc.gfp & __GFP_IO) !== 0;
}

function dropClean(rooms: ReclaimRooms, pfn: Pfn): Fate {
  const { memMap, vmstat } = rooms.lru;
  if ((memMap.flags[pfn] & (PG_anon | PG_swapbacked)) !== PG_anon) return removeMapping(rooms, pfn) ? 'free' : 'keep';
  if (!canDropLazyfree(rooms, pfn)) return 'keep';
  vmstat.events.pglazyfreed += rooms.lru.nrPages(pfn);
  return 'free';
}

/** It goes to the active list. Its slot is better given to another, when swap is short. */
function activateLocked(rooms: ReclaimRooms, pfn: Pfn): void {
  const { memMap, vmstat } = rooms.lru;
  const mlocked = memMap.test(pfn, PG_mlocked);
  if (memMap.test(pfn, PG_swapcache) && (rooms.swap.vmSwapFull || mlocked)) rooms.swap.folioFreeSwap(pfn);
  if (mlocked) return;
  memMap.set(pfn, PG_active);
  vmstat.events.pgactivate += rooms.lru.nrPages(pfn);
}
