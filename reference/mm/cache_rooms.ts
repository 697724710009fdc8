/** The rooms below the page cache and swap; the kernel hands them over at boot. */
import type { VirtualClock } from '../arch/clock.ts';
import type { PhysicalMemory } from '../arch/memory.ts';
import type { MappedBy } from '../include/fs_types.ts';
import type { Pfn } from '../include/types.ts';
import type { PageAllocator } from './alloc_pages.ts';
import type { Lruvecs } from './lruvec.ts';
import type { MemMap } from './mem_map.ts';
import type { Folios } from './swap.ts';
import type { VmStat } from './vm_stat.ts';

export interface CacheRooms {
  readonly clock: VirtualClock;
  readonly memory: PhysicalMemory;
  readonly memMap: MemMap;
  readonly vmstat: VmStat;
  readonly pages: PageAllocator;
  readonly lru: Lruvecs;
  readonly folios: Folios;
  /** null: nothing is ever mapped. */
  mappedBy: MappedBy | null;
  /** Whoever looks at what reclaimed pages left behind: workingset.ts. null, none: nobody. */
  refaults?: PageRefaults | null;
}

export interface PageRefaults {
  /** A page is wanted again. @param shadow  what it left. Linux: workingset_refault() */
  refault(pfn: Pfn, shadow: number): void;
}
