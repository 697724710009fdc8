/** Whether the pool of huge pages, the files in it and the promises made for them tell the same story. Not in Linux. */
import { PG_hugetlb } from '../include/page_flags.ts';
import { panic } from '../lib/panic.ts';
import { hugeIndex } from './hugetlb_resv.ts';
import type { MemorySystem } from './memory_system.ts';

/** Panics unless all that was promised is promised to somebody, and all that is in use is in a file or mapped. Cost: all frames. */
export function validateHugetlb({ huge, memMap }: MemorySystem): void {
  const { hugetlb, inodes } = huge;
  hugetlb.validate();
  inodes.validate();
  let promised = 0;
  for (const { pages, reserved, vmas } of inodes) {
    promised += reserved.size - pages.size;
    for (const vma of vmas) {
      if (vma.hugetlbUsed === null) continue;
      const end = hugeIndex(vma, vma.vmEnd);
      for (let index = hugeIndex(vma, vma.vmStart); index < end; index++) if (!vma.hugetlbUsed.has(index)) promised++;
    }
  }
  const counted = hugetlb.resv + hugetlb.owed;
  if (promised !== counted) panic(`hugetlb: ${promised} pages are promised, counted ${counted}`);
  let used = 0;
  for (let pfn = 0; pfn < memMap.nrFrames; pfn++) if (memMap.test(pfn, PG_hugetlb) && memMap.refcount[pfn] > 0) used++;
  if (used + hugetlb.free !== hugetlb.nr) panic(`hugetlb: ${used} in use and ${hugetlb.free} free of ${hugetlb.nr}`);
}
