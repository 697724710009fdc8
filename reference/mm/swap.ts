/**
 * Life and death of a page in use: who holds it, who has used it. Linux: mm/swap.c (not about swap, in spite of its name).
 *
 *     allocPages -> refcount 1 -> get, get, ... put, put -> 0: off the LRU, back to the allocator
 */
import {
  PG_active,
  PG_anon,
  PG_dirty,
  PG_hugetlb,
  PG_locked,
  PG_lru,
  PG_reclaim,
  PG_referenced,
  PG_swapbacked,
  PG_swapcache,
  PG_unevictable,
  PG_writeback,
} from '../include/page_flags.ts';
import type { Order, Pfn } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { Lruvecs } from './lruvec.ts';
import type { MemMap } from './mem_map.ts';

/** Where pages go when nobody holds them; it panics if one is still used, and forgets what it was. */
export interface FreedPages {
  freePages(pfn: Pfn, order: Order): void;
}

export class Folios {
  readonly #memMap: MemMap;
  readonly #lru: Lruvecs;
  readonly #allocator: FreedPages;
  /** Takes pages of hugetlb back; null: there are none. Linux: free_huge_folio() */
  freeHugetlb: ((pfn: Pfn) => void) | null = null;

  constructor(lru: Lruvecs, allocator: FreedPages) {
    this.#memMap = lru.memMap;
    this.#lru = lru;
    this.#allocator = allocator;
  }

  /** Holds a page, that somebody holds already. Linux: folio_get(). @param pfn  any frame of its block */
  get(pfn: Pfn): void {
    const head = this.#memMap.compoundHead(pfn);
    if (this.#memMap.refcount[head] <= 0) panic(`swap: pfn ${head} is held, but free`);
    this.#memMap.refcount[head]++;
  }

  /** Lets go of a page; the last one frees it. Linux: folio_put(). @param pfn  any frame of its block */
  put(pfn: Pfn): void {
    const head = this.#memMap.compoundHead(pfn);
    const left = --this.#memMap.refcount[head];
    if (left < 0) panic(`swap: pfn ${head} is put once too often`);
    if (left === 0) this.#free(head);
  }

  /**
   * A page was used, other than through a page table: by read(), write(), or its last mapping.
   *
   *     inactive  ->  inactive, referenced  ->  active  ->  active, referenced
   *
   * Linux: folio_mark_accessed().
   */
  markAccessed(pfn: Pfn): void {
    const memMap = this.#memMap;
    const head = memMap.compoundHead(pfn);
    const flags = memMap.flags[head];
    if (!(flags & PG_referenced)) {
      memMap.set(head, PG_referenced);
    } else if (!(flags & (PG_unevictable | PG_active))) {
      if (flags & PG_lru) this.#lru.activate(head);
      else memMap.set(head, PG_active);
      memMap.clear(head, PG_referenced);
      this.#lru.lruvecOf(head).nonresidentAge += this.#lru.nrPages(head);
    }
  }

  /**
   * A page of a file that was to be dropped and could not be: it goes soon. One that is dirty or being written goes when
   * it has been written. Linux: deactivate_file_folio().
   */
  deactivateFile(pfn: Pfn): void {
    const memMap = this.#memMap;
    const flags = memMap.flags[pfn];
    if (!(flags & PG_lru) || flags & PG_unevictable || memMap.mapcount[pfn] > 0) return;
    const { events } = this.#lru.vmstat;
    const pages = this.#lru.nrPages(pfn);
    this.#lru.delFolio(pfn);
    memMap.clear(pfn, PG_active | PG_referenced);
    if (flags & (PG_dirty | PG_writeback)) {
      memMap.set(pfn, PG_reclaim);
      this.#lru.link(pfn);
    } else {
      this.#lru.linkTail(pfn);
      events.pgrotated += pages;
    }
    if (flags & PG_active) events.pgdeactivate += pages;
  }

  /** An anonymous page whose content is not needed: it is dropped like a clean one of a file. Linux: folio_mark_lazyfree(). */
  markLazyfree(pfn: Pfn): void {
    const memMap = this.#memMap;
    const wanted = PG_lru | PG_anon | PG_swapbacked;
    if ((memMap.flags[pfn] & (wanted | PG_swapcache | PG_unevictable)) !== wanted) return;
    this.#lru.delFolio(pfn);
    memMap.clear(pfn, PG_active | PG_referenced | PG_swapbacked);
    this.#lru.link(pfn);
    this.#lru.vmstat.events.pglazyfree += this.#lru.nrPages(pfn);
  }

  /** A written page that was to go as soon as it is clean goes next. Linux: folio_rotate_reclaimable(). */
  rotateReclaimable(pfn: Pfn): void {
    if (!this.#memMap.test(pfn, PG_locked | PG_dirty)) this.#lru.rotate(pfn);
  }

  /** No page is mapped, or in a list, that nobody holds. Panics else. Cost: all frames. */
  validate(): void {
    const { refcount, mapcount, nrFrames } = this.#memMap;
    for (let pfn = 0; pfn < nrFrames; pfn++) {
      if (refcount[pfn] < 0) panic(`swap: pfn ${pfn} has refcount ${refcount[pfn]}`);
      if (mapcount[pfn] < 0) panic(`swap: pfn ${pfn} has mapcount ${mapcount[pfn]}`);
      if (mapcount[pfn] > refcount[this.#memMap.compoundHead(pfn)]) {
        panic(`swap: pfn ${pfn} is mapped ${mapcount[pfn]} times, but held ${refcount[pfn]} times`);
      }
    }
  }

  /** Linux: __folio_put(), __page_cache_release(). */
  #free(pfn: Pfn): void {
    if (this.#memMap.test(pfn, PG_hugetlb)) {
      this.freeHugetlb?.(pfn);
      return;
    }
    if (this.#memMap.test(pfn, PG_lru)) this.#lru.delFolio(pfn);
    this.#memMap.clear(pfn, PG_active | PG_unevictable);
    this.#allocator.freePages(pfn, this.#memMap.compoundOrder(pfn));
  }
}
