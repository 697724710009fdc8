/**
 * The LRU lists: where every page that could be reclaimed stands, in the order in which it would be.
 * Linux: struct lruvec (include/linux/mmzone.h), include/linux/mm_inline.h. Textbook: the two lists of the clock.
 *
 *                 head                     tail
 *     active      p p p p p p p p p p p p p p   -> shrinkActiveList: to the head of inactive
 *     inactive    p p p p p p p p p             -> shrinkInactiveList: out of memory
 *     unevictable p p p                            locked by mlock: never looked at
 *
 * Each node has the first two twice, for anonymous pages and for those of files. Which list a page is in, its flags say:
 * PG_swapbacked, PG_active, PG_unevictable; with PG_lru it is in that list, without it is on its way (isolated).
 *
 * SIMPLIFIED: no memory cgroups; no per-CPU batches (folio_batch): a page is in its list at once.
 */
import type { ZoneIndex } from '../include/mmzone.ts';
import { PG_active, PG_lru, PG_mlocked, PG_referenced, PG_swapbacked, PG_unevictable } from '../include/page_flags.ts';
import type { Pfn } from '../include/types.ts';
import type { ZoneStat } from '../include/vm_items.ts';
import { PageList } from '../lib/list.ts';
import { panic } from '../lib/panic.ts';
import type { MemMap } from './mem_map.ts';
import type { VmStat } from './vm_stat.ts';

export const LRU_INACTIVE_ANON = 0;
export const LRU_ACTIVE_ANON = 1;
export const LRU_INACTIVE_FILE = 2;
export const LRU_ACTIVE_FILE = 3;
export const LRU_UNEVICTABLE = 4;
export type LruList = 0 | 1 | 2 | 3 | 4;

const NODE_ITEMS = [
  'nr_inactive_anon',
  'nr_active_anon',
  'nr_inactive_file',
  'nr_active_file',
  'nr_unevictable',
] as const;
const ZONE_ITEMS = [
  'nr_zone_inactive_anon',
  'nr_zone_active_anon',
  'nr_zone_inactive_file',
  'nr_zone_active_file',
  'nr_zone_unevictable',
] as const;

/** What the lists must know of the zone of a page. */
export interface LruZone {
  readonly nid: number;
  readonly index: ZoneIndex;
  readonly stat: ZoneStat;
}

/** The list that a page with these flags belongs to. Linux: folio_lru_list(). */
export function lruOf(flags: number): LruList {
  if (flags & PG_unevictable) return LRU_UNEVICTABLE;
  if (flags & PG_swapbacked) return flags & PG_active ? LRU_ACTIVE_ANON : LRU_INACTIVE_ANON;
  return flags & PG_active ? LRU_ACTIVE_FILE : LRU_INACTIVE_FILE;
}

/** The lists of one node, and what reclaim remembers of it. */
export class Lruvec {
  readonly nid: number;
  /** By LruList. */
  readonly lists: readonly PageList[];
  /** Evictions and activations so far: the clock of workingset.ts, in pages. */
  nonresidentAge = 0;
  /** What it has cost lately to reclaim the wrong pages; see noteCost(). */
  anonCost = 0;
  fileCost = 0;
  /** workingset_activate_anon and _file when reclaim last ended. Linux: refaults. */
  readonly refaults: [anon: number, file: number] = [0, 0];

  constructor(nid: number, memMap: MemMap) {
    this.nid = nid;
    this.lists = NODE_ITEMS.map(() => new PageList(memMap));
  }

  /**
   * Reclaim took pages that were needed: by pages written out or read in again, and pages looked at in vain. Old costs
   * fade as new ones come: beyond a quarter of the lists both are halved. Linux: lru_note_cost().
   */
  noteCost(side: 'anon' | 'file', nrIo: number, nrRotated: number): void {
    const cost = nrIo * 32 + nrRotated;
    if (side === 'file') this.fileCost += cost;
    else this.anonCost += cost;
    let pages = 0;
    for (let lru = LRU_INACTIVE_ANON; lru <= LRU_ACTIVE_FILE; lru++) pages += this.lists[lru].size;
    if (this.fileCost + this.anonCost > Math.floor(pages / 4)) {
      this.fileCost = Math.floor(this.fileCost / 2);
      this.anonCost = Math.floor(this.anonCost / 2);
    }
  }
}

export class Lruvecs {
  readonly memMap: MemMap;
  readonly vmstat: VmStat;
  /** By node. */
  readonly nodes: readonly Lruvec[];
  /** Of pages in the unevictable lists: by how many locked mappings; see mlock_folio.ts. */
  readonly mlockCount = new Map<Pfn, number>();
  readonly #zoneOf: (pfn: Pfn) => LruZone;

  constructor(memMap: MemMap, vmstat: VmStat, zoneOf: (pfn: Pfn) => LruZone) {
    this.memMap = memMap;
    this.vmstat = vmstat;
    this.nodes = vmstat.nodes.map((_, nid) => new Lruvec(nid, memMap));
    this.#zoneOf = zoneOf;
  }

  list(nid: number, lru: LruList): PageList {
    return this.nodes[nid].lists[lru];
  }

  zoneOf(pfn: Pfn): LruZone {
    return this.#zoneOf(pfn);
  }

  /** The lists of a page's node. Linux: folio_lruvec(). */
  lruvecOf(pfn: Pfn): Lruvec {
    return this.nodes[this.#zoneOf(pfn).nid];
  }

  /** Pages of a folio. */
  nrPages(pfn: Pfn): number {
    return 1 << this.memMap.compoundOrder(pfn);
  }

  /**
   * Puts a page at the head of its list: a new one is inactive, one that comes back is where its flags say, a locked one
   * is unevictable. Linux: folio_add_lru(), lru_add().
   */
  addFolio(pfn: Pfn): void {
    const { memMap } = this;
    if (memMap.test(pfn, PG_lru)) panic(`lruvec: pfn ${pfn} is added, but is in a list`);
    const wasUnevictable = memMap.testAndClear(pfn, PG_unevictable);
    if (memMap.test(pfn, PG_mlocked)) {
      memMap.clear(pfn, PG_active);
      memMap.set(pfn, PG_unevictable);
      this.mlockCount.set(pfn, 1);
      if (!wasUnevictable) this.vmstat.events.unevictable_pgs_culled += this.nrPages(pfn);
    } else if (wasUnevictable) {
      this.vmstat.events.unevictable_pgs_rescued += this.nrPages(pfn);
    }
    this.link(pfn);
  }

  /**
   * Takes a page out of its list, for somebody who holds a reference to it; addFolio() brings it back. Linux: folio_isolate_lru().
   * @returns whether it was in a list
   */
  isolate(pfn: Pfn): boolean {
    if (!this.memMap.test(pfn, PG_lru)) return false;
    this.memMap.refcount[pfn]++;
    this.delFolio(pfn);
    return true;
  }

  /** A page was used once more: to the head of the active list. Linux: folio_activate(). */
  activate(pfn: Pfn): void {
    if (!this.#isEvictable(pfn) || this.memMap.test(pfn, PG_active)) return;
    this.delFolio(pfn);
    this.memMap.set(pfn, PG_active);
    this.link(pfn);
    this.vmstat.events.pgactivate += this.nrPages(pfn);
  }

  /** To the head of the inactive list, as if it had not been used: MADV_COLD. Linux: folio_deactivate(). */
  deactivate(pfn: Pfn): void {
    if (!this.#isEvictable(pfn) || !this.memMap.test(pfn, PG_active)) return;
    this.delFolio(pfn);
    this.memMap.clear(pfn, PG_active | PG_referenced);
    this.link(pfn);
    this.vmstat.events.pgdeactivate += this.nrPages(pfn);
  }

  /** To the tail of the inactive list: it goes next. Linux: folio_rotate_reclaimable(), lru_move_tail(). */
  rotate(pfn: Pfn): void {
    if (!this.#isEvictable(pfn)) return;
    this.delFolio(pfn);
    this.memMap.clear(pfn, PG_active);
    this.linkTail(pfn);
    this.vmstat.events.pgrotated += this.nrPages(pfn);
  }

  /** Head of the list that the flags say. The page must be in none. Linux: lruvec_add_folio(). */
  link(pfn: Pfn): void {
    this.memMap.set(pfn, PG_lru);
    const lru = this.#count(pfn, 1);
    this.lruvecOf(pfn).lists[lru].addHead(pfn);
  }

  /** Tail of that list. Linux: lruvec_add_folio_tail(). */
  linkTail(pfn: Pfn): void {
    this.memMap.set(pfn, PG_lru);
    const lru = this.#count(pfn, 1);
    this.lruvecOf(pfn).lists[lru].addTail(pfn);
  }

  /** Takes a page out of its list; PG_active and PG_unevictable still say which. Linux: lruvec_del_folio(). */
  delFolio(pfn: Pfn): void {
    if (!this.memMap.test(pfn, PG_lru)) panic(`lruvec: pfn ${pfn} is taken out, but is in no list`);
    const lru = this.#count(pfn, -1);
    this.lruvecOf(pfn).lists[lru].remove(pfn);
    this.memMap.clear(pfn, PG_lru);
    if (lru === LRU_UNEVICTABLE) this.mlockCount.delete(pfn);
  }

  /** Pages of a list in a zone and those below. Linux: lruvec_lru_size(). */
  size(nid: number, lru: LruList, highestZone: ZoneIndex): number {
    let pages = 0;
    for (let zone = 0; zone <= highestZone; zone++) pages += this.vmstat.zones[nid][zone][ZONE_ITEMS[lru]];
    return pages;
  }

  /** Pages of a list of a node. */
  nodeSize(nid: number, lru: LruList): number {
    return this.vmstat.nodes[nid][NODE_ITEMS[lru]];
  }

  /**
   * Every page with PG_lru is in the one list that its flags say, no other page is, and all is counted. Panics else.
   * Cost: all frames.
   */
  validate(): void {
    const { memMap, vmstat } = this;
    let listed = 0;
    for (const { nid, lists } of this.nodes) {
      lists.forEach((list, lru) => {
        let pages = 0;
        for (const pfn of list) {
          this.#validatePage(pfn, nid, lru);
          pages += this.nrPages(pfn);
          listed++;
        }
        const counted = vmstat.nodes[nid][NODE_ITEMS[lru]];
        const inZones = vmstat.zones[nid].reduce((sum, zone) => sum + zone[ZONE_ITEMS[lru]], 0);
        if (counted !== pages) panic(`lruvec: ${NODE_ITEMS[lru]} of node ${nid} is ${counted}, not ${pages}`);
        if (inZones !== pages) panic(`lruvec: ${ZONE_ITEMS[lru]} of node ${nid} is ${inZones}, not ${pages}`);
      });
    }
    let flagged = 0;
    for (let pfn = 0; pfn < memMap.nrFrames; pfn++) if (memMap.flags[pfn] & PG_lru) flagged++;
    if (flagged !== listed) panic(`lruvec: ${flagged} pages have PG_lru, ${listed} are in lists`);
  }

  #validatePage(pfn: Pfn, nid: number, lru: number): void {
    const flags = this.memMap.flags[pfn];
    if (!(flags & PG_lru)) panic(`lruvec: pfn ${pfn} is in a list without PG_lru`);
    if (lruOf(flags) !== lru) panic(`lruvec: pfn ${pfn} is in ${NODE_ITEMS[lru]}, not ${NODE_ITEMS[lruOf(flags)]}`);
    if (flags & PG_active && flags & PG_unevictable) panic(`lruvec: pfn ${pfn} is active and unevictable`);
    if (this.#zoneOf(pfn).nid !== nid) panic(`lruvec: pfn ${pfn} is in a list of node ${nid}`);
    if (this.memMap.refcount[pfn] <= 0) panic(`lruvec: pfn ${pfn} is in a list, but free`);
  }

  #isEvictable(pfn: Pfn): boolean {
    return (this.memMap.flags[pfn] & (PG_lru | PG_unevictable)) === PG_lru;
  }

  /** @returns its list */
  #count(pfn: Pfn, sign: 1 | -1): LruList {
    const lru = lruOf(this.memMap.flags[pfn]);
    const zone = this.#zoneOf(pfn);
    const pages = sign * this.nrPages(pfn);
    this.vmstat.nodes[zone.nid][NODE_ITEMS[lru]] += pages;
    zone.stat[ZONE_ITEMS[lru]] += pages;
    return lru;
  }
}
