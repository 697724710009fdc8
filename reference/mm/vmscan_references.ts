/** Whether a page at the tail of an inactive list has been used since it came there. Linux: mm/vmscan.c. */
import { VM_EXEC, VM_LOCKED } from '../include/mm_types.ts';
import { PG_head, PG_referenced, PG_swapbacked } from '../include/page_flags.ts';
import type { Pfn } from '../include/types.ts';
import type { ReclaimRooms } from './vmscan_rooms.ts';

/**
 * - activate: used more than once, or a program that runs, or found in a locked mapping
 * - keep: used once through a page table; a second chance, at the head of the inactive list
 * - reclaim: not used; `reclaimClean`: used once by read(): only if that costs no write
 */
export type FolioRef = 'activate' | 'keep' | 'reclaim' | 'reclaimClean';

/**
 * Asks, and forgets: page-table entries are old then, and PG_referenced is set only if an entry was not.
 * Linux: folio_check_references().
 */
export function folioCheckReferences(rooms: ReclaimRooms, pfn: Pfn): FolioRef {
  const { memMap } = rooms.lru;
  // Who maps a huge page, its first frame does not say.
  const mapped = memMap.mapcount[pfn] > 0 || memMap.test(pfn, PG_head);
  const { referenced, vmFlags } = mapped ? rooms.rmap.folioReferenced(pfn) : { referenced: 0, vmFlags: 0 };
  const before = memMap.testAndClear(pfn, PG_referenced);
  const file = !memMap.test(pfn, PG_swapbacked);
  if (vmFlags & VM_LOCKED) return 'activate';
  if (referenced === 0) return before && file ? 'reclaimClean' : 'reclaim';
  memMap.set(pfn, PG_referenced);
  if (before || referenced > 1) return 'activate';
  return file && vmFlags & VM_EXEC ? 'activate' : 'keep';
}
