/** What a machine has of huge pages, as the rooms below khugepaged know it. */
import type { PhysicalMemory } from '../arch/memory.ts';
import { LargeFolios } from './huge_folio.ts';
import { HugeZero } from './huge_zero.ts';
import { Hstate, type HugetlbRooms } from './hugetlb.ts';
import { HugetlbInodes } from './hugetlb_inode.ts';
import type { MmPages } from './mm_pages.ts';
import type { Folios } from './swap.ts';
import { ThpSettings } from './thp_settings.ts';

export interface HugeRoomsBelow extends HugetlbRooms {
  readonly memory: PhysicalMemory;
  readonly folios: Folios;
}

export class HugeRooms {
  readonly folios: LargeFolios;
  readonly zero: HugeZero;
  readonly thp = new ThpSettings();
  readonly hugetlb: Hstate;
  readonly inodes: HugetlbInodes;

  /** Has khugepaged look at address spaces; null: nobody does. */
  onEnter: (() => void) | null = null;

  constructor(below: HugeRoomsBelow) {
    const { folios, memMap, vmstat } = below;
    this.folios = new LargeFolios(memMap, vmstat.events);
    this.zero = new HugeZero(below);
    const hugetlb = new Hstate(below);
    this.hugetlb = hugetlb;
    this.inodes = new HugetlbInodes(hugetlb, (pfn) => folios.put(pfn));
    folios.freeHugetlb = (pfn) => hugetlb.freeHugeFolio(pfn);
  }

  /** An address space has a huge page, or wants one: khugepaged looks at it from now on. Linux: khugepaged_enter_vma() */
  enter(mm: MmPages): void {
    if (mm.khugepaged) return;
    mm.khugepaged = true;
    this.onEnter?.();
  }
}
