/**
 * The swap cache: pages that have a slot and are in memory too. Linux: mm/swap_state.c.
 *
 *     on its way out   add_to_swap -> unmapped -> written -> reclaimed, or used again before that (a minor fault)
 *     on its way in    read -> mapped; it keeps its slot while it is clean: to evict it again, nothing is written
 *
 *     entry  e1    e2    e3
 *     pages [p5]  [p9]   .        PG_swapcache; MemMap.private is the entry; the cache holds a reference
 */
import { GFP_HIGHUSER_MOVABLE } from '../include/gfp.ts';
import {
  PG_dirty,
  PG_locked,
  PG_readahead,
  PG_swapbacked,
  PG_swapcache,
  PG_uptodate,
  PG_writeback,
} from '../include/page_flags.ts';
import type { Pfn, SwpEntry } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { CacheRooms } from './cache_rooms.ts';
import { folioWaitLocked } from './folio_wait.ts';
import type { SwapIo } from './page_io.ts';
import { SWAP_HAS_CACHE, type SwapArea } from './swap_area.ts';
import { FIRST_SWAP_WINDOW, nextClusterWindow, type SwapWindow, windowWithHit } from './swap_readahead.ts';
import type { SwapSpace } from './swapfile.ts';
import { NO_SWP_ENTRY, swpEntry, swpOffset, swpType } from './swapops.ts';

export class SwapCache {
  readonly swap: SwapSpace;
  readonly io: SwapIo;
  /** vm.page_cluster: log2 of the pages that are read together, at most. */
  pageCluster = 3;
  /** /sys/kernel/mm/swap/vma_ra_enabled. */
  vmaRaEnabled = true;
  readonly #rooms: CacheRooms;
  readonly #pages = new Map<SwpEntry, Pfn>();
  /** Of readahead by slots, all areas together. */
  #window: SwapWindow = FIRST_SWAP_WINDOW;

  constructor(rooms: CacheRooms, swap: SwapSpace, io: SwapIo) {
    this.#rooms = rooms;
    this.swap = swap;
    this.io = io;
  }

  /** The page of an entry, or null. Takes no reference. */
  find(entry: SwpEntry): Pfn | null {
    return this.#pages.get(entry) ?? null;
  }

  /** Free slots. */
  get nrSwapPages(): number {
    return this.swap.nrSwapPages;
  }

  get totalSwapPages(): number {
    return this.swap.totalSwapPages;
  }

  /** More than half of swap is used. */
  get vmSwapFull(): boolean {
    return this.swap.vmSwapFull;
  }

  /** Pages of the cache whose slot is in an area, by slot. */
  cachedIn({ type }: SwapArea): Pfn[] {
    const entries = [...this.#pages].filter(([entry]) => swpType(entry) === type);
    return entries.sort(([a], [b]) => a - b).map(([, pfn]) => pfn);
  }

  /** Readahead goes by addresses, not by slots. Linux: swap_use_vma_readahead(). */
  get usesVmaReadahead(): boolean {
    return this.vmaRaEnabled && !this.swap.areas.some(({ file }) => file.rotational);
  }

  /**
   * Finds a slot for a page; it is dirty from then on. Linux: add_to_swap(), folio_alloc_swap().
   * @param pfn  locked, uptodate, not in the swap cache
   * @returns false: all areas are full
   */
  addToSwap(pfn: Pfn): boolean {
    const entry = this.swap.getSwapPage();
    if (entry === NO_SWP_ENTRY) return false;
    this.#add(entry, pfn);
    this.#rooms.memMap.set(pfn, PG_dirty);
    return true;
  }

  /**
   * Takes a page out, and drops the cache's reference. Linux: delete_from_swap_cache().
   * @param shadow  what workingset.ts wants to know when it comes back; null: nothing
   */
  removeFolio(pfn: Pfn, shadow: number | null): void {
    const { folios, memMap } = this.#rooms;
    const entry: SwpEntry = memMap.private[pfn];
    if (this.#pages.get(entry) !== pfn) panic(`swap_state: pfn ${pfn} is not in the swap cache`);
    if (memMap.test(pfn, PG_writeback)) panic(`swap_state: pfn ${pfn} leaves the swap cache, but is being written`);
    this.#pages.delete(entry);
    memMap.clear(pfn, PG_swapcache);
    memMap.private[pfn] = 0;
    this.#count(pfn, -1);
    if (shadow !== null) this.swap.area(entry).shadows.set(swpOffset(entry), shadow);
    this.swap.swapcacheFree(entry);
    folios.put(pfn);
  }

  /**
   * Gives up the slot of a page if nobody else refers to it; the page is dirty then. The caller holds the page.
   * Linux: folio_free_swap().
   * @returns whether it has no slot any more
   */
  folioFreeSwap(pfn: Pfn): boolean {
    const { memMap } = this.#rooms;
    if (!memMap.test(pfn, PG_swapcache) || memMap.test(pfn, PG_writeback)) return false;
    if (this.swap.swapCount(memMap.private[pfn]) > 0) return false;
    memMap.set(pfn, PG_dirty);
    this.removeFolio(pfn, null);
    return true;
  }

  /** A page has lost a mapping: the last one takes the slot along. The caller holds the page. Linux: free_swap_cache(). */
  freeSwapCache(pfn: Pfn): void {
    const { memMap } = this.#rooms;
    if (memMap.mapcount[pfn] === 0 && !memMap.test(pfn, PG_locked)) this.folioFreeSwap(pfn);
  }

  /**
   * A page table no longer refers to an entry; the page goes too if nobody wants it. Linux: free_swap_and_cache(),
   * __try_to_reclaim_swap().
   */
  freeSwapAndCache(entry: SwpEntry): void {
    const pfn = this.find(entry);
    this.swap.swapFree(entry);
    if (pfn === null) return;
    const { folios, memMap } = this.#rooms;
    if (memMap.test(pfn, PG_locked) || (memMap.mapcount[pfn] > 0 && !this.swap.vmSwapFull)) return;
    folios.get(pfn);
    this.folioFreeSwap(pfn);
    folios.put(pfn);
  }

  /**
   * Has a page written; one whose slot nobody refers to gives it up instead, and stays dirty. Linux: swap_writeout().
   * @param pfn  locked; unlocked then
   * @returns started: it is clean, with PG_writeback until it is written; or dirty, with no slot
   */
  writePage(pfn: Pfn): 'started' {
    if (this.folioFreeSwap(pfn)) this.#rooms.memMap.clear(pfn, PG_locked);
    else this.io.writePage(pfn);
    return 'started';
  }

  /**
   * A page of the cache is wanted: if it was read ahead, that was right. Linux: swap_update_readahead().
   * @param window  of the mapping, by addresses
   * @returns the mapping's window from now on
   */
  noteUse(pfn: Pfn, window: SwapWindow): SwapWindow {
    const { memMap, vmstat } = this.#rooms;
    if (!memMap.testAndClear(pfn, PG_readahead)) return window;
    vmstat.events.swap_ra_hit++;
    if (this.usesVmaReadahead) return windowWithHit(window);
    this.#window = windowWithHit(this.#window);
    return window;
  }

  /**
   * Starts to read the page of an entry that is not cached, and those around its slot. Linux: swap_cluster_readahead().
   * @returns the page, with a reference for the caller, perhaps locked until it is there; null: no memory
   */
  clusterReadahead(entry: SwpEntry): Pfn | null {
    const slot = swpOffset(entry);
    this.#window = nextClusterWindow(this.#window, slot, this.pageCluster);
    const pages = this.pageCluster === 0 ? 1 : this.#window.pages;
    const first = slot - (slot % pages);
    const last = Math.min(first + pages, this.swap.area(entry).file.pages) - 1;
    const around: SwpEntry[] = [];
    for (let each = Math.max(first, 1); each <= last; each++) around.push(swpEntry(swpType(entry), each));
    return this.readahead(entry, around);
  }

  /**
   * Starts to read the page of an entry, and others. Linux: swap_vma_readahead().
   * @param around  entries, those that are cached or free among them; with or without the wanted one
   * @returns as clusterReadahead()
   */
  readahead(entry: SwpEntry, around: readonly SwpEntry[]): Pfn | null {
    const { folios, memMap, vmstat } = this.#rooms;
    const batch: Pfn[] = [];
    for (const each of around) {
      const pfn = this.#newPage(each);
      if (pfn === null) continue;
      batch.push(pfn);
      if (each === entry) continue;
      memMap.set(pfn, PG_readahead);
      vmstat.events.swap_ra++;
    }
    let wanted = this.find(entry);
    if (wanted === null) {
      wanted = this.#newPage(entry);
      if (wanted !== null) batch.push(wanted);
    }
    if (wanted !== null) folios.get(wanted);
    this.io.readPages(batch);
    for (const pfn of batch) folios.put(pfn);
    return wanted;
  }

  /** Waits until a page has been read. @returns whether that took time; see PG_uptodate for how it ended */
  waitRead(pfn: Pfn): boolean {
    const { clock, memMap } = this.#rooms;
    if (!memMap.test(pfn, PG_locked)) return false;
    folioWaitLocked(clock, memMap, pfn);
    return true;
  }

  /**
   * A fresh page in the cache for an entry, locked and without content. Linux: __read_swap_cache_async().
   * @returns it, with a reference for the caller; null: the entry is cached or free, or there is no memory
   */
  #newPage(entry: SwpEntry): Pfn | null {
    const { folios, lru, memMap, pages, refaults } = this.#rooms;
    const area = this.swap.area(entry);
    const slot = swpOffset(entry);
    if (area.map[slot] === 0 || this.#pages.has(entry)) return null;
    const pfn = pages.allocPages(GFP_HIGHUSER_MOVABLE, 0);
    if (pfn === null) return null;
    if (this.swap.swapcachePrepare(entry) !== 0) {
      folios.put(pfn);
      return null;
    }
    memMap.set(pfn, PG_locked | PG_swapbacked);
    this.#add(entry, pfn);
    const shadow = area.shadows.get(slot);
    if (shadow !== undefined) {
      area.shadows.delete(slot);
      refaults?.refault(pfn, shadow);
    }
    lru.addFolio(pfn);
    return pfn;
  }

  #add(entry: SwpEntry, pfn: Pfn): void {
    const { folios, memMap } = this.#rooms;
    if (memMap.test(pfn, PG_swapcache)) panic(`swap_state: pfn ${pfn} is in the swap cache already`);
    this.#pages.set(entry, pfn);
    memMap.set(pfn, PG_swapcache);
    memMap.private[pfn] = entry;
    folios.get(pfn);
    this.#count(pfn, 1);
  }

  #count(pfn: Pfn, sign: 1 | -1): void {
    const { pages, vmstat } = this.#rooms;
    const node = vmstat.nodes[pages.nidOf(pfn)];
    node.nr_swapcached += sign;
    node.nr_file_pages += sign;
  }

  /** Panics unless cache, pages, slots and counters agree. Cost: all frames and all slots. */
  validate(): void {
    const { memMap, vmstat } = this.#rooms;
    this.swap.validate();
    for (const [entry, pfn] of this.#pages) {
      const at = `swap_state: entry ${entry}, pfn ${pfn}`;
      if (!memMap.test(pfn, PG_swapcache) || memMap.private[pfn] !== entry) panic(`${at}: the page does not know`);
      if (memMap.refcount[pfn] <= 0) panic(`${at}: the page is free`);
      if (!(this.swap.area(entry).map[swpOffset(entry)] & SWAP_HAS_CACHE)) panic(`${at}: the slot does not know`);
      if (!memMap.test(pfn, PG_uptodate | PG_locked) && memMap.mapcount[pfn] > 0) panic(`${at}: mapped, but not read`);
    }
    let flagged = 0;
    for (let pfn = 0; pfn < memMap.nrFrames; pfn++) if (memMap.flags[pfn] & PG_swapcache) flagged++;
    const slots = this.swap.areas.reduce((sum, area) => sum + area.cachedSlots, 0);
    const counted = vmstat.globalNode('nr_swapcached');
    if (flagged !== this.#pages.size || slots !== flagged || counted !== flagged) {
      panic(`swap_state: ${this.#pages.size} pages, ${flagged} flagged, ${slots} slots, counted ${counted}`);
    }
  }
}
