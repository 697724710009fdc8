/**
 * Whether a page that was reclaimed and is wanted again should not have been. Linux: mm/workingset.c. Textbook: refault
 * distance, a page's reuse distance as far as it can be seen.
 *
 *     age 100: A is evicted, its place in the file remembers 100 (a shadow)
 *     age 160: A is read again: since then 60 other pages were evicted or activated. With 60 pages more in the inactive
 *              list A would have stayed; if at least 60 are elsewhere (active, or of the other kind), it goes among them.
 *
 * The clock is a node's nonresidentAge. A shadow is a number, never 0:
 *
 *     age (36 bits) | node (10) | was in the workingset (1) | 1
 *
 * SIMPLIFIED: shadows take no memory and are never reclaimed themselves (workingset_nodes stays 0).
 */
import { PG_active, PG_swapbacked, PG_workingset } from '../include/page_flags.ts';
import type { Pfn } from '../include/types.ts';
import type { NodeStat } from '../include/vm_items.ts';
import { LRU_ACTIVE_ANON, LRU_ACTIVE_FILE, LRU_INACTIVE_ANON, LRU_INACTIVE_FILE, type Lruvecs } from './lruvec.ts';

/** What is left in the place of a reclaimed page. */
export type Shadow = number;

/** Ages are kept modulo this. */
const AGES = 2 ** 36;
const NODES = 2 ** 10;

/** What the workingset must know of swap. */
export interface FreeSwap {
  /** Free slots. Linux: get_nr_swap_pages(). */
  readonly nrSwapPages: number;
}

export function packShadow(age: number, nid: number, workingset: boolean): Shadow {
  return (((age % AGES) * NODES + nid) * 2 + Number(workingset)) * 2 + 1;
}

export function unpackShadow(shadow: Shadow): { age: number; nid: number; workingset: boolean } {
  const fields = (shadow - 1) / 2;
  const place = Math.floor(fields / 2);
  return { age: Math.floor(place / NODES), nid: place % NODES, workingset: fields % 2 === 1 };
}

export class Workingset {
  readonly #lru: Lruvecs;
  readonly #swap: FreeSwap;

  constructor(lru: Lruvecs, swap: FreeSwap) {
    this.#lru = lru;
    this.#swap = swap;
  }

  /** A page is being reclaimed. Linux: workingset_eviction(). @returns what is to be left in its place */
  eviction(pfn: Pfn): Shadow {
    const lruvec = this.#lru.lruvecOf(pfn);
    const age = lruvec.nonresidentAge;
    lruvec.nonresidentAge += this.#lru.nrPages(pfn);
    return packShadow(age, lruvec.nid, this.#lru.memMap.test(pfn, PG_workingset));
  }

  /**
   * A page is wanted again, in a new frame that is in no list yet: it will be active if it would have fitted in.
   * Linux: workingset_refault().
   * @param pfn  the new frame, with PG_swapbacked if anonymous
   */
  refault(pfn: Pfn, shadow: Shadow): void {
    const { memMap, vmstat } = this.#lru;
    const lruvec = this.#lru.lruvecOf(pfn);
    const side = memMap.test(pfn, PG_swapbacked) ? 'anon' : 'file';
    const pages = this.#lru.nrPages(pfn);
    const node: NodeStat = vmstat.nodes[lruvec.nid];
    node[`workingset_refault_${side}`] += pages;
    if (!this.testRecent(shadow, side)) return;
    memMap.set(pfn, PG_active);
    lruvec.nonresidentAge += pages;
    node[`workingset_activate_${side}`] += pages;
    if (!unpackShadow(shadow).workingset) return;
    memMap.set(pfn, PG_workingset);
    lruvec.noteCost(side, pages, 0);
    node[`workingset_restore_${side}`] += pages;
  }

  /** Whether the page would still be there, had it competed with all that is in memory. Linux: workingset_test_recent(). */
  testRecent(shadow: Shadow, side: 'anon' | 'file'): boolean {
    const { age, nid } = unpackShadow(shadow);
    const lruvec = this.#lru.nodes[nid];
    const distance = (lruvec.nonresidentAge - age + AGES) % AGES;
    return distance <= this.#workingsetSize(nid, side);
  }

  #workingsetSize(nid: number, side: 'anon' | 'file'): number {
    const lru = this.#lru;
    let pages = lru.nodeSize(nid, LRU_ACTIVE_FILE);
    if (side === 'anon') pages += lru.nodeSize(nid, LRU_INACTIVE_FILE);
    if (this.#swap.nrSwapPages > 0) {
      pages += lru.nodeSize(nid, LRU_ACTIVE_ANON);
      if (side === 'file') pages += lru.nodeSize(nid, LRU_INACTIVE_ANON);
    }
    return pages;
  }
}
