/**
 * Boots memory management: the rooms, each above those it stands on. Linux: init/main.c, mm_core_init().
 *
 *     memory, clock -> frames -> page allocator -> slabs, LRU -> page cache, swap -> CPUs, page tables -> reclaim
 */
import { VirtualClock } from '../arch/clock.ts';
import { CpuMmu } from '../arch/cpu_mmu.ts';
import { PhysicalMemory } from '../arch/memory.ts';
import { PAGING_4_LEVEL, PAGING_PAE, type Paging } from '../arch/page_walk.ts';
import { GFP_KERNEL } from '../include/gfp.ts';
import type { MachineDescription } from '../include/kernel.ts';
import type { MemoryDescription } from '../include/machine.ts';
import { PG_reserved } from '../include/page_flags.ts';
import { HPAGE_PMD_NR } from '../include/param.ts';
import { DEFAULT_SLAB_CONFIG } from '../include/slab.ts';
import type { Pfn } from '../include/types.ts';
import type { MemorySizes } from '../kernel/vm_policy.ts';
import { panic } from '../lib/panic.ts';
import { Mappings } from '../mm/address_space.ts';
import { PageAllocator } from '../mm/alloc_pages.ts';
import { DirtyThrottle } from '../mm/balance_dirty_pages.ts';
import type { CacheRooms } from '../mm/cache_rooms.ts';
import { PageCache } from '../mm/filemap.ts';
import { Filemap } from '../mm/filemap_fault.ts';
import { HugeRooms } from '../mm/huge_rooms.ts';
import { Kmalloc } from '../mm/kmalloc.ts';
import { Lruvecs } from '../mm/lruvec.ts';
import { MemMap } from '../mm/mem_map.ts';
import type { MemorySystem } from '../mm/memory_system.ts';
import { MlockBatch } from '../mm/mlock_batch.ts';
import { SwapIo } from '../mm/page_io.ts';
import { Writeback } from '../mm/page_writeback.ts';
import { ReverseMap } from '../mm/rmap.ts';
import { FileMappedBy } from '../mm/rmap_file.ts';
import { Shmem } from '../mm/shmem.ts';
import { Slub } from '../mm/slub.ts';
import { Folios } from '../mm/swap.ts';
import { SwapFaultPath } from '../mm/swap_fault.ts';
import { SwapCache } from '../mm/swap_state.ts';
import { SwapSpace } from '../mm/swapfile.ts';
import { TlbContexts } from '../mm/tlb.ts';
import { VmStat } from '../mm/vm_stat.ts';
import { type BootedReclaim, bootReclaim } from './reclaim.ts';

export interface BootedMemory extends BootedReclaim {
  readonly clock: VirtualClock;
  readonly pages: PageAllocator;
  readonly slub: Slub;
  readonly kmalloc: Kmalloc;
  readonly system: MemorySystem;
  readonly swapCache: SwapCache;
  readonly swapFaults: SwapFaultPath;
  readonly writeback: Writeback;
  readonly throttle: DirtyThrottle;
  /** By CPU. */
  readonly mmus: readonly CpuMmu[];
  readonly tlb: TlbContexts;
  /** How the CPUs walk. */
  readonly paging: Paging;
  /** As they are now. */
  readonly sizes: MemorySizes;
}

/** Frames up to the last one that exists. */
function lastFrame({ nodes }: MemoryDescription): number {
  const ends = nodes.flatMap(({ zones }) => zones.map(({ startPfn, spannedPages }) => startPfn + spannedPages));
  return Math.max(...ends);
}

/** A frame of zeroes that is never given back. */
function reservedFrame({ memory, memMap, pages }: CacheRooms): Pfn {
  const pfn = pages.allocPages(GFP_KERNEL, 0) ?? panic('memory: too little memory to boot');
  memory.clearFrame(pfn);
  memMap.set(pfn, PG_reserved);
  return pfn;
}

function bootFrames(description: MemoryDescription): CacheRooms {
  const nrFrames = lastFrame(description);
  const memMap = new MemMap(nrFrames);
  const vmstat = new VmStat(description.nodes.length);
  const pages = new PageAllocator(description, memMap, vmstat);
  const lru = new Lruvecs(memMap, vmstat, (pfn) => pages.zoneOf(pfn));
  const memory = new PhysicalMemory(nrFrames);
  const folios = new Folios(lru, pages);
  return { clock: new VirtualClock(), memory, memMap, vmstat, pages, lru, folios, mappedBy: null, refaults: null };
}

export function bootMemory(description: MachineDescription): BootedMemory {
  const below = bootFrames(description.memory);
  const { clock, memory, pages } = below;
  const slabConfig = { ...DEFAULT_SLAB_CONFIG, seed: description.seed };
  const slub = new Slub(memory, pages, slabConfig);
  const kmalloc = new Kmalloc(slub, slabConfig);
  const pageCache = new PageCache(below, new Mappings());
  const shmem = new Shmem(pageCache);
  const writeback = new Writeback(pageCache);
  const throttle = new DirtyThrottle(writeback);
  const swapSpace = new SwapSpace(pages);
  const swapCache = new SwapCache(below, swapSpace, new SwapIo(below, swapSpace));
  const initPgd = reservedFrame(below);
  const paging = description.paging === 'PAE' ? PAGING_PAE : PAGING_4_LEVEL;
  const nrCpus = description.memory.nodes.reduce((sum, { cpus }) => sum + cpus.length, 0);
  const mmus = Array.from({ length: nrCpus }, () => new CpuMmu(memory, paging, { pgd: initPgd, pcid: 0 }));
  const tlb = new TlbContexts(mmus, initPgd);
  const system: MemorySystem = {
    ...below,
    ...(description.paging === undefined ? {} : { paging: description.paging }),
    flush: tlb,
    mlockBatch: new MlockBatch(below.lru, below.folios),
    pageCache,
    shmem,
    files: new Filemap({ cache: pageCache, writeback, throttle }, shmem),
    rmap: new ReverseMap(),
    huge: new HugeRooms(below),
    zeroPage: reservedFrame(below),
    swap: swapCache,
    swapFaults: null,
    reclaim: null,
  };
  const swapFaults = new SwapFaultPath(system, swapCache);
  system.swapFaults = swapFaults;
  below.mappedBy = new FileMappedBy(system);
  const reclaim = bootReclaim(below, system, swapCache, writeback);
  const sizes = {
    totalramPages: pages.totalPages,
    get hugetlbPages() {
      return system.huge.hugetlb.nr * HPAGE_PMD_NR;
    },
    get totalSwapPages() {
      return swapSpace.totalSwapPages;
    },
  };
  return {
    sizes,
    clock,
    pages,
    slub,
    kmalloc,
    system,
    swapCache,
    swapFaults,
    writeback,
    throttle,
    mmus,
    tlb,
    paging,
    ...reclaim,
  };
}
