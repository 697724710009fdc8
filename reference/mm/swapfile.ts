/**
 * All swap of the machine: areas with priorities, slots, and how many refer to each. Linux: mm/swapfile.c.
 *
 *     prio 5   [area 1] -> [area 2]     equals take turns
 *     prio -2  [area 0]                 used when those above are full
 *
 * A slot is in use while its page is in the swap cache, or while entries of page tables or pages of shmem refer to it.
 */

import { EBUSY, EEXIST, EINVAL, ENOENT, ENOMEM, EPERM } from '../include/errno.ts';
import type { FaultInjector } from '../include/fault_inject.ts';
import { GFP_ATOMIC } from '../include/gfp.ts';
import type { Pfn, SwpEntry } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { PageAllocator } from './alloc_pages.ts';
import { COUNT_CONTINUED, SWAP_HAS_CACHE, SWAP_MAP_BAD, SWAP_MAP_MAX, SwapArea, type SwapFile } from './swap_area.ts';
import { MAX_SWAPFILES, NO_SWP_ENTRY, swpEntry, swpOffset, swpType } from './swapops.ts';

/** Where continuations live. */
type Frames = Pick<PageAllocator, 'allocPages' | 'putPages'>;

/** A line of /proc/swaps, in pages. */
export interface SwapUse {
  readonly name: string;
  readonly size: number;
  readonly used: number;
  readonly prio: number;
}

/** Slots that one frame holds continuations of: a byte each. */
const SLOTS_PER_CONTINUATION = 4096;
/** What one step in a continuation is worth. */
const CARRY = SWAP_MAP_MAX + 1;
const MAX_PRIO = 32767;
/** The count in swap_map; SWAP_MAP_BAD fills it. */
const COUNT = SWAP_MAP_BAD;

export class SwapSpace {
  /** Asked before each slot. */
  failNext: FaultInjector | null = null;
  readonly #frames: Frames;
  /** By type; null: not in use. */
  readonly #areas: (SwapArea | null)[] = [];
  /** All that slots come from, the next one first. Linux: swap_active_head. */
  #active: SwapArea[] = [];
  /** The next area without a wish gets one less. */
  #leastPriority = -1;
  #nrSwapPages = 0;
  #totalSwapPages = 0;
  /** By entry: steps carried out of swap_map. */
  readonly #carries = new Map<SwpEntry, number>();
  /** By the entry of the first slot: the frame that holds the carries of SLOTS_PER_CONTINUATION slots. */
  readonly #continuations = new Map<SwpEntry, Pfn>();

  /** @param frames  the page allocator */
  constructor(frames: Frames) {
    this.#frames = frames;
  }

  /** Free slots in areas that are switched on. Linux: get_nr_swap_pages(). */
  get nrSwapPages(): number {
    return this.#nrSwapPages;
  }

  /** Slots in areas that are switched on. */
  get totalSwapPages(): number {
    return this.#totalSwapPages;
  }

  /** More than half of swap is used: slots are given up as soon as their pages are back. Linux: vm_swap_full(). */
  get vmSwapFull(): boolean {
    return this.#nrSwapPages * 2 < this.#totalSwapPages;
  }

  /** Areas in use, by type. */
  get areas(): readonly SwapArea[] {
    return this.#areas.filter((area) => area !== null);
  }

  /** The area of an entry. Panics when there is none. Linux: swap_entry_to_info(). */
  area(entry: SwpEntry): SwapArea {
    const area = this.#areas[swpType(entry)] ?? null;
    if (area === null) panic(`swapfile: entry ${entry} is in no area`);
    return area;
  }

  /**
   * Switches an area on.
   * @param prio  0 .. 32767, larger first; null: after all others that are switched on
   * @returns its type; -EINVAL: too small or no priority; -EBUSY: in use; -EPERM: no type is left
   */
  swapon(file: SwapFile, prio: number | null): number {
    if (file.pages < 2 || (prio !== null && !(Number.isInteger(prio) && prio >= 0 && prio <= MAX_PRIO))) return -EINVAL;
    if (this.areas.some((area) => area.file.device === file.device)) return -EBUSY;
    const unused = this.#areas.indexOf(null);
    const type = unused >= 0 ? unused : this.#areas.length;
    if (type >= MAX_SWAPFILES) return -EPERM;
    const area = new SwapArea(type, file, prio ?? --this.#leastPriority);
    this.#areas[type] = area;
    this.enable(area);
    return type;
  }

  /** Slots of this area are handed out from now on. Linux: enable_swap_info(), reinsert_swap_info(). */
  enable(area: SwapArea): void {
    area.writeOk = true;
    this.#totalSwapPages += area.pages;
    this.#nrSwapPages += area.pages - area.inusePages;
    this.#insert(area);
  }

  /**
   * Slots of this area are no longer handed out; those in use stay. Areas behind it without a wish move up by one.
   * Linux: the first half of swapoff().
   */
  disable(area: SwapArea): void {
    if (area.prio < 0) {
      for (const behind of this.#active.slice(this.#active.indexOf(area) + 1)) behind.prio++;
      this.#leastPriority++;
    }
    area.writeOk = false;
    this.#totalSwapPages -= area.pages;
    this.#nrSwapPages -= area.pages - area.inusePages;
    this.#active = this.#active.filter((each) => each !== area);
  }

  /** Forgets an area that is switched off and empty. Linux: the second half of swapoff(). */
  remove(area: SwapArea): void {
    if (area.writeOk || area.inusePages > 0) panic(`swapfile: area ${area.type} removed while in use`);
    for (const [entry, frame] of this.#continuations) {
      if (swpType(entry) !== area.type) continue;
      this.#continuations.delete(entry);
      this.#frames.putPages(frame, 0);
    }
    this.#areas[area.type] = null;
  }

  /**
   * Takes a slot for a page that goes to the swap cache: SWAP_HAS_CACHE is set, nobody else refers to it.
   * Areas of the same priority take turns. Linux: get_swap_pages(), folio_alloc_swap().
   * @returns NO_SWP_ENTRY when all areas are full
   */
  getSwapPage(): SwpEntry {
    if (this.#nrSwapPages === 0 || this.failNext?.shouldFail('swap')) return NO_SWP_ENTRY;
    const area = this.#active.find((each) => each.inusePages < each.pages);
    if (area === undefined) panic(`swapfile: ${this.#nrSwapPages} slots counted as free, but every area is full`);
    this.#active = this.#active.filter((each) => each !== area);
    this.#insert(area);
    this.#nrSwapPages--;
    return swpEntry(area.type, area.allocSlot());
  }

  /**
   * One more refers to an entry. Linux: swap_duplicate(), add_swap_count_continuation().
   * @returns 0, or -ENOMEM: no frame for the continuation
   */
  swapDuplicate(entry: SwpEntry): number {
    const { map } = this.area(entry);
    const slot = swpOffset(entry);
    if (map[slot] === 0) panic(`swapfile: entry ${entry} duplicated, but it is free`);
    if ((map[slot] & COUNT) < SWAP_MAP_MAX) {
      map[slot]++;
      return 0;
    }
    if (!this.#hasContinuation(entry)) return -ENOMEM;
    this.#carries.set(entry, (this.#carries.get(entry) ?? 0) + 1);
    map[slot] = (map[slot] & SWAP_HAS_CACHE) | COUNT_CONTINUED;
    return 0;
  }

  /** One less refers to an entry; with the last one the slot is free, unless its page is cached. Linux: swap_free(). */
  swapFree(entry: SwpEntry): void {
    const area = this.area(entry);
    const slot = swpOffset(entry);
    if ((area.map[slot] & COUNT) > 0) area.map[slot]--;
    else this.#borrow(entry, area);
    this.#freeIfUnused(area, slot);
  }

  /**
   * Claims a slot for a page that is about to be read into the swap cache. Linux: swapcache_prepare().
   * @returns 0; -EEXIST: its page is there; -ENOENT: the slot is free
   */
  swapcachePrepare(entry: SwpEntry): number {
    const { map } = this.area(entry);
    const slot = swpOffset(entry);
    if (map[slot] & SWAP_HAS_CACHE) return -EEXIST;
    if (map[slot] === 0) return -ENOENT;
    map[slot] |= SWAP_HAS_CACHE;
    return 0;
  }

  /** The page of a slot has left the swap cache. Linux: put_swap_folio(). */
  swapcacheFree(entry: SwpEntry): void {
    const area = this.area(entry);
    const slot = swpOffset(entry);
    if (!(area.map[slot] & SWAP_HAS_CACHE)) panic(`swapfile: entry ${entry} is not in the swap cache`);
    area.map[slot] &= ~SWAP_HAS_CACHE;
    this.#freeIfUnused(area, slot);
  }

  /** How many page tables and pages of shmem refer to an entry; the swap cache does not count. Linux: swp_swapcount(). */
  swapCount(entry: SwpEntry): number {
    return (this.area(entry).map[swpOffset(entry)] & COUNT) + (this.#carries.get(entry) ?? 0) * CARRY;
  }

  /** What /proc/swaps shows, by type. Linux: swap_show(). */
  procSwaps(): SwapUse[] {
    return this.areas.map(({ file, pages, inusePages, prio }) => ({
      name: file.name,
      size: pages,
      used: inusePages,
      prio,
    }));
  }

  /**
   * SwapTotal and SwapFree of /proc/meminfo, in pages: slots in use of an area that is being switched off count in the
   * total still. Linux: si_swapinfo().
   */
  siSwapinfo(): { readonly total: number; readonly free: number } {
    const leaving = this.areas.filter((area) => !area.writeOk).reduce((sum, area) => sum + area.inusePages, 0);
    return { total: this.#totalSwapPages + leaving, free: this.#nrSwapPages };
  }

  /** Behind all of the same or a larger priority. Linux: plist_add(). */
  #insert(area: SwapArea): void {
    const behind = this.#active.findIndex((each) => each.prio < area.prio);
    this.#active.splice(behind < 0 ? this.#active.length : behind, 0, area);
  }

  #freeIfUnused(area: SwapArea, slot: number): void {
    if (area.map[slot] !== 0) return;
    area.freeSlot(slot);
    if (area.writeOk) this.#nrSwapPages++;
  }

  /** Sees to it that carries of this entry have a frame. @returns false when there is none */
  #hasContinuation(entry: SwpEntry): boolean {
    const first = entry - (entry % SLOTS_PER_CONTINUATION);
    if (this.#continuations.has(first)) return true;
    const frame = this.#frames.allocPages(GFP_ATOMIC, 0);
    if (frame === null) return false;
    this.#continuations.set(first, frame);
    return true;
  }

  /** Takes one from a count whose part in swap_map is 0. */
  #borrow(entry: SwpEntry, area: SwapArea): void {
    const carries = this.#carries.get(entry) ?? 0;
    if (carries === 0) panic(`swapfile: entry ${entry} freed, but nobody refers to it`);
    if (carries === 1) this.#carries.delete(entry);
    else this.#carries.set(entry, carries - 1);
    const slot = swpOffset(entry);
    const continued = carries === 1 ? 0 : COUNT_CONTINUED;
    area.map[slot] = (area.map[slot] & SWAP_HAS_CACHE) | continued | SWAP_MAP_MAX;
  }

  /** Panics unless each area is right, and the sums are. */
  validate(): void {
    let total = 0;
    let free = 0;
    for (const area of this.areas) {
      area.validate();
      if (!area.writeOk) continue;
      if (!this.#active.includes(area)) panic(`swapfile: area ${area.type} is on, but no slots are taken from it`);
      total += area.pages;
      free += area.pages - area.inusePages;
    }
    if (total !== this.#totalSwapPages || free !== this.#nrSwapPages) {
      panic(`swapfile: ${free} of ${total} slots free, counted ${this.#nrSwapPages} of ${this.#totalSwapPages}`);
    }
    for (const [i, area] of this.#active.entries()) {
      if (i > 0 && this.#active[i - 1].prio < area.prio)
        panic(`swapfile: area ${area.type} is behind a smaller priority`);
    }
    for (const entry of this.#carries.keys()) {
      if (this.area(entry).map[swpOffset(entry)] & COUNT_CONTINUED) continue;
      panic(`swapfile: entry ${entry} has a continuation that swap_map does not know`);
    }
  }
}
