/** Every entry of a range of addresses. Linux: mm/pagewalk.c, walk_page_range(). */
import { PAGE_SIZE, PMD_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';
import type { MmPages } from './mm_pages.ts';
import { pmdIndex, pteIndex } from './pte.ts';

/** An entry that is not empty; words[i] is its low half. It may be changed. */
export type PteVisit = (words: Uint32Array, i: number, addr: UserAddr) => void;

/** An entry of a PMD table that maps a huge page. @param addr  of the page, a multiple of 2 MiB */
export type HugeVisit = (pmd: Uint32Array, i: number, addr: UserAddr) => void;

/**
 * Calls for each entry that is not empty, ascending. Cost: 512 for each PTE table there is, at most.
 * @param huge  for huge pages that lie in the range, if only in part
 */
export function walkPageRange(
  mm: MmPages,
  start: UserAddr,
  end: UserAddr,
  visit: PteVisit,
  huge: HugeVisit | null,
): void {
  for (let at = mm.nextTable(start, end); at >= 0; ) {
    const stop = mm.tableEnd(at, end);
    const pmd = huge === null ? null : mm.hugePmd(at);
    if (pmd !== null) huge?.(pmd, pmdIndex(at), at - (at % PMD_SIZE));
    const words = mm.pteTable(at);
    for (let addr = at; words !== null && addr < stop; addr += PAGE_SIZE) {
      const i = pteIndex(addr);
      if ((words[i] | words[i + 1]) !== 0) visit(words, i, addr);
    }
    at = mm.nextTable(stop, end);
  }
}
