/**
 * How many pages are read when one is wanted from swap. Linux: mm/swap_state.c (__swapin_nr_pages()).
 *
 * What was read ahead and then used (a hit) makes the next window larger, what was not makes it smaller:
 *
 *     hits             0, not next to the last one    0, next to it    1..2    3..6
 *     pages            1                              2                4       8        at most 2^page_cluster,
 *                                                                                       at least half of the last window
 */
import { PAGE_SHIFT, PAGE_SIZE, PMD_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';

/** Readahead around an address, at most. Linux: SWAP_RA_ORDER_CEILING. */
const SWAP_RA_ORDER_CEILING = 5;
/** Hits that are counted, at most. Linux: SWAP_RA_HITS_MAX. */
const SWAP_RA_HITS_MAX = 63;
/** A good start. */
const FIRST_HITS = 4;

/** What readahead has done last, and how well. */
export interface SwapWindow {
  /** Slot or page that was wanted. */
  readonly at: number;
  /** Pages that were read for it. */
  readonly pages: number;
  /** How many of those read ahead have been used since. */
  readonly hits: number;
}

/** Before anything was read. Linux: GET_SWAP_RA_VAL(), swapin_readahead_hits. */
export const FIRST_SWAP_WINDOW: SwapWindow = { at: 0, pages: 0, hits: FIRST_HITS };

/** Pages from `start` on, in bytes. */
export interface AddressRange {
  readonly start: UserAddr;
  readonly end: UserAddr;
}

/** Linux: __swapin_nr_pages(). @param at  slot or page that is wanted  @param maxPages  a power of two */
function swapinNrPages(last: SwapWindow, at: number, maxPages: number): number {
  if (maxPages <= 1) return 1;
  const wanted = last.hits === 0 ? (Math.abs(at - last.at) === 1 ? 2 : 1) : 2 ** Math.ceil(Math.log2(last.hits + 2));
  const pages = last.hits === 0 ? wanted : Math.max(4, wanted);
  return Math.max(Math.min(pages, maxPages), Math.floor(last.pages / 2));
}

/**
 * The next window by slots, for disks that turn. Linux: swapin_nr_pages().
 * @param pageCluster  vm.page_cluster: log2 of the largest window
 */
export function nextClusterWindow(last: SwapWindow, slot: number, pageCluster: number): SwapWindow {
  if (pageCluster === 0) return last;
  const pages = swapinNrPages(last, slot, 2 ** pageCluster);
  return { at: last.hits === 0 ? slot : last.at, pages, hits: 0 };
}

/** The next window by addresses. Linux: swap_vma_ra_win(). @param addr  of a page */
export function nextVmaWindow(last: SwapWindow, addr: UserAddr, pageCluster: number): SwapWindow {
  const at = addr / PAGE_SIZE;
  return { at, pages: swapinNrPages(last, at, 2 ** Math.min(pageCluster, SWAP_RA_ORDER_CEILING)), hits: 0 };
}

/**
 * The addresses of a window: onward if the last fault was the page before, backward if it was the one behind, else
 * around; inside the mapping and one table.
 * @param last  the window before
 */
export function vmaWindowRange(last: SwapWindow, { at, pages }: SwapWindow, bounds: AddressRange): AddressRange {
  const onward = at === last.at + 1;
  const backward = at === last.at - 1;
  const first = onward ? at : backward ? at - pages + 1 : at - Math.floor((pages - 1) / 2);
  const table = at - (at % 2 ** (Math.log2(PMD_SIZE) - PAGE_SHIFT));
  return {
    start: Math.max(first * PAGE_SIZE, bounds.start, table * PAGE_SIZE),
    end: Math.min((first + pages) * PAGE_SIZE, bounds.end, table * PAGE_SIZE + PMD_SIZE),
  };
}

/** A page that was read ahead is used. Linux: swap_update_readahead(). */
export function windowWithHit(window: SwapWindow): SwapWindow {
  return { ...window, hits: Math.min(window.hits + 1, SWAP_RA_HITS_MAX) };
}
