/**
 * Guard markers: pages that fault when touched, inside a mapping and without splitting it (MADV_GUARD_INSTALL).
 * Linux: PTE_MARKER_GUARD in the page tables, mm/madvise.c.
 */
import { ENOMEM } from '../include/errno.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';
import type { MemorySystem } from './memory_system.ts';
import { walkPageRange } from './pagewalk.ts';
import { GUARD_HIGH, GUARD_LOW, pteIndex, pteIsGuard } from './pte.ts';
import type { VmArea } from './vma.ts';
import { zapPageRange } from './zap.ts';

/** Puts markers into every entry of a range, instead of what is there. @returns 0, or -ENOMEM: some are there, some not */
export function guardInstall(system: MemorySystem, vma: VmArea, start: UserAddr, end: UserAddr): number {
  const mm = vma.vmMm;
  zapPageRange(system, vma, start, end, 'pages');
  for (let at = start; at < end; ) {
    const stop = mm.tableEnd(at, end);
    const words = mm.pteAlloc(at);
    if (words === null) return -ENOMEM;
    const last = pteIndex(at) + ((stop - at) / PAGE_SIZE) * 2;
    for (let i = pteIndex(at); i < last; i += 2) {
      words[i] = GUARD_LOW;
      words[i + 1] = GUARD_HIGH;
    }
    at = stop;
  }
  return 0;
}

/** Takes the markers of a range away; pages stay. */
export function guardRemove(vma: VmArea, start: UserAddr, end: UserAddr): void {
  walkPageRange(
    vma.vmMm,
    start,
    end,
    (words, i) => {
      if (!pteIsGuard(words[i], words[i + 1])) return;
      words[i] = 0;
      words[i + 1] = 0;
    },
    null,
  );
}
