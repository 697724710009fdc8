/** The machine of the recordings with its memory: rooms of the kernel, one CPU, and files that are cached already. */
import type { Kernel } from './kernel.ts';

type AddressSpaceOps = import('../../reference/mm/address_space.ts').AddressSpaceOps;
type CpuMmu = import('../../reference/arch/cpu_mmu.ts').CpuMmu;
type CacheRooms = import('../../reference/mm/cache_rooms.ts').CacheRooms;
type PageAllocator = import('../../reference/mm/alloc_pages.ts').PageAllocator;
type MmStruct = import('../../reference/mm/mm_struct.ts').MmStruct;
type TlbContexts = import('../../reference/mm/tlb.ts').TlbContexts;
type TouchResult = import('../../reference/mm/fault.ts').TouchResult;
type Writeback = import('../../reference/mm/page_writeback.ts').Writeback;
type VmFile = import('../../starter/include/mm_types.ts').VmFile;
export type MemorySystem = import('../../reference/mm/memory_system.ts').MemorySystem;

const PAGE = 4096;
/** 128 MiB: more than any recording needs. */
const FRAMES = 32768;

export interface Machine {
  readonly kernel: Kernel;
  readonly system: MemorySystem;
  readonly tlb: TlbContexts;
  readonly mmu: CpuMmu;
  readonly writeback: Writeback;
  /** By frame: how often it has been allocated. */
  readonly births: Readonly<Uint32Array>;
}

function must<T>(value: T | null): T {
  if (value === null) throw new Error('the machine of the recordings is too small');
  return value;
}

export function bootMachine(kernel: Kernel): Machine {
  const { GFP_KERNEL } = kernel['include/gfp'];
  const memory = new kernel['arch/memory'].PhysicalMemory(FRAMES);
  const memMap = new kernel['mm/mem_map'].MemMap(FRAMES);
  const vmstat = new kernel['mm/vm_stat'].VmStat(1);
  const births = new Uint32Array(FRAMES);
  class CountingAllocator extends kernel['mm/alloc_pages'].PageAllocator {
    override allocPages(...request: Parameters<PageAllocator['allocPages']>): number | null {
      const pfn = super.allocPages(...request);
      const frames = pfn === null ? 0 : 2 ** request[1];
      for (let at = 0; pfn !== null && at < frames; at++) births[pfn + at] = (births[pfn + at] ?? 0) + 1;
      return pfn;
    }
  }
  const pages = new CountingAllocator(kernel['include/machine'].smallMachine(FRAMES), memMap, vmstat);
  const lru = new kernel['mm/lruvec'].Lruvecs(memMap, vmstat, (pfn) => pages.zoneOf(pfn));
  const folios = new kernel['mm/swap'].Folios(lru, pages);
  const clock = new kernel['arch/clock'].VirtualClock();
  const cacheRooms: CacheRooms = { clock, memory, memMap, vmstat, pages, lru, folios, mappedBy: null };
  const pageCache = new kernel['mm/filemap'].PageCache(cacheRooms, new kernel['mm/address_space'].Mappings());
  const initPgd = must(pages.allocPages(GFP_KERNEL, 0));
  memory.clearFrame(initPgd);
  const mmu = new kernel['arch/cpu_mmu'].CpuMmu(memory, kernel['arch/page_walk'].PAGING_4_LEVEL, {
    pgd: initPgd,
    pcid: 0,
  });
  const tlb = new kernel['mm/tlb'].TlbContexts([mmu], initPgd);
  const zeroPage = must(pages.allocPages(GFP_KERNEL, 0));
  memory.clearFrame(zeroPage);
  const rooms = { memory, memMap, vmstat, pages, flush: tlb, lru, folios, pageCache, zeroPage };
  const shmem = new kernel['mm/shmem'].Shmem(pageCache);
  const writeback = new kernel['mm/page_writeback'].Writeback(pageCache);
  const throttle = new kernel['mm/balance_dirty_pages'].DirtyThrottle(writeback);
  const files = new kernel['mm/filemap_fault'].Filemap({ cache: pageCache, writeback, throttle }, shmem);
  const rmap = new kernel['mm/rmap'].ReverseMap();
  const system: MemorySystem = {
    ...rooms,
    mlockBatch: new kernel['mm/mlock_batch'].MlockBatch(lru, folios),
    shmem,
    rmap,
    huge: new kernel['mm/huge_rooms'].HugeRooms(cacheRooms),
    files,
    swap: null,
    swapFaults: null,
    reclaim: null,
  };
  cacheRooms.mappedBy = new kernel['mm/rmap_file'].FileMappedBy(system);
  return { kernel, system, tlb, mmu, writeback, births };
}

/** What the recorder wrote: not 0, for a page of zeroes would never go to swap. */
const WRITTEN = 1;

/** A process reads or writes a byte: until it has done so, or gets a signal. */
export function touch({ kernel, system, tlb, mmu }: Machine, mm: MmStruct, addr: number, write: boolean): TouchResult {
  const { X86_PF_USER, X86_PF_WRITE } = kernel['include/pgtable_types'];
  tlb.switchMm(0, mm.pages.context);
  const access = X86_PF_USER | (write ? X86_PF_WRITE : 0);
  const vpn = Math.floor(addr / PAGE);
  let pfn = mmu.translate(vpn, access);
  for (; pfn < 0; pfn = mmu.translate(vpn, access)) {
    const result = kernel['mm/fault'].doUserAddrFault(mm, addr, write);
    if (result !== 'ok') return result;
  }
  if (write) system.memory.writeByte(pfn * PAGE + (addr % PAGE), WRITTEN);
  return 'ok';
}

/** What stands for a disk: what is cached can be used, what is written is on it at once. */
function disk(writeback: Writeback): AddressSpaceOps {
  return {
    readahead: () => undefined,
    writePages(_mapping, _first, pfns) {
      for (const pfn of pfns) writeback.endWriteback(pfn, 0);
    },
    reserve: () => 0,
    release: () => undefined,
    writeInode: () => 0,
  };
}

/** An empty file in memory. */
export function memfd({ system }: Machine, name: string, sizePages: number): VmFile {
  return system.shmem.create(name, sizePages);
}

/** A file on the disk, written at one blow and then to the disk: one folio, cached and clean. */
export function ext4File({ kernel, system, writeback }: Machine, name: string, sizePages: number): VmFile {
  const { pageCache, pages, memory, memMap, folios } = system;
  const mapping = pageCache.mappings.create(
    { size: sizePages * PAGE, get() {}, put() {}, emptied() {} },
    disk(writeback),
  );
  mapping.folioOrders.set(0, Math.floor(Math.log2(sizePages)));
  for (let index = 0; index < sizePages; index++) {
    const pfn = must(pages.allocPages(kernel['include/gfp'].GFP_HIGHUSER_MOVABLE, 0));
    memory.clearFrame(pfn);
    memMap.set(pfn, kernel['include/page_flags'].PG_uptodate);
    pageCache.addFolio(mapping, index, pfn, 'read');
    folios.put(pfn);
  }
  return { name, sizePages, readable: true, writable: true, thpAligned: true, mapping: mapping.id };
}
