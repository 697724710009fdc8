/**
 * mremap: the pages of a range go to another, without being touched. Linux: mm/mremap.c, move_page_tables().
 *
 * Where both lie on 2 MiB and the whole of it moves, its PTE table or huge page moves; else entry by entry.
 */
import { ENOMEM } from '../include/errno.ts';
import { VM_HUGETLB } from '../include/mm_types.ts';
import { PAGE_SHIFT, PAGE_SIZE, PMD_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';
import { splitHugePmd } from './huge_pmd.ts';
import type { MemorySystem } from './memory_system.ts';
import { pteIndex } from './pte.ts';
import type { VmArea } from './vma.ts';

/**
 * @param vma  the mapping that the pages come from
 * @param to  where nothing is mapped
 * @returns the bytes that have moved: less than asked for when there was no memory for a table
 */
export function movePageTables(system: MemorySystem, vma: VmArea, from: UserAddr, end: UserAddr, to: UserAddr): number {
  const mm = vma.vmMm;
  let moved = end - from;
  for (let at = mm.nextTable(from, end); at >= 0; ) {
    const target = to + (at - from);
    const stop = Math.min(at + PMD_SIZE - (at % PMD_SIZE), at + PMD_SIZE - (target % PMD_SIZE), end);
    if (movePart(system, vma, at, stop, target) !== 0) {
      moved = at - from;
      break;
    }
    at = mm.nextTable(stop, end);
  }
  if (moved > 0) {
    const range = { start: from, end, strideShift: PAGE_SHIFT, freedTables: false };
    mm.rooms.flush.flushTlbMmRange(mm.context, range);
  }
  return moved;
}

/** A part that lies in one table on either side. @returns 0 or -ENOMEM */
function movePart(system: MemorySystem, vma: VmArea, from: UserAddr, end: UserAddr, to: UserAddr): number {
  const mm = vma.vmMm;
  if (end - from === PMD_SIZE && mm.movePteTable(from, to)) return 0;
  if (vma.vmFlags & VM_HUGETLB) return -ENOMEM;
  splitHugePmd(system, vma, from);
  const target = mm.pteAlloc(to);
  const source = mm.pteTable(from);
  if (target === null || source === null) return -ENOMEM;
  const into = pteIndex(to) - pteIndex(from);
  const stop = pteIndex(from) + ((end - from) / PAGE_SIZE) * 2;
  for (let i = pteIndex(from); i < stop; i++) {
    target[i + into] = source[i];
    source[i] = 0;
  }
  return 0;
}
