/** The rooms of memory management on a small machine, for tests; with one CPU, and files that are in memory already. */
import { VirtualClock } from '../../arch/clock.ts';
import { CpuMmu } from '../../arch/cpu_mmu.ts';
import { PhysicalMemory } from '../../arch/memory.ts';
import { PAGING_4_LEVEL } from '../../arch/page_walk.ts';
import { GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from '../../include/gfp.ts';
import { smallMachine } from '../../include/machine.ts';
import type { VmFile } from '../../include/mm_types.ts';
import { PG_reserved, PG_uptodate } from '../../include/page_flags.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import { X86_PF_USER, X86_PF_WRITE } from '../../include/pgtable_types.ts';
import type { PhysAddr, UserAddr } from '../../include/types.ts';
import { panic } from '../../lib/panic.ts';
import { type AddressSpaceOps, Mappings } from '../address_space.ts';
import { PageAllocator } from '../alloc_pages.ts';
import { DirtyThrottle } from '../balance_dirty_pages.ts';
import type { CacheRooms } from '../cache_rooms.ts';
import { doUserAddrFault, type TouchResult } from '../fault.ts';
import { PageCache } from '../filemap.ts';
import { Filemap } from '../filemap_fault.ts';
import { HugeRooms } from '../huge_rooms.ts';
import { Lruvecs } from '../lruvec.ts';
import { MemMap } from '../mem_map.ts';
import type { MemorySystem } from '../memory_system.ts';
import { MlockBatch } from '../mlock_batch.ts';
import type { MmStruct } from '../mm_struct.ts';
import { Writeback } from '../page_writeback.ts';
import { ReverseMap } from '../rmap.ts';
import { FileMappedBy } from '../rmap_file.ts';
import { Shmem } from '../shmem.ts';
import { Folios } from '../swap.ts';
import { TlbContexts } from '../tlb.ts';
import { VmStat } from '../vm_stat.ts';

export interface Rooms {
  readonly system: MemorySystem;
  readonly tlb: TlbContexts;
  readonly allocator: PageAllocator;
  readonly mmu: CpuMmu;
  readonly writeback: Writeback;
}

function must<T>(value: T | null): T {
  if (value === null) throw new Error('the machine of the test is too small');
  return value;
}

export function makeRooms(frames = 4096): Rooms {
  const memory = new PhysicalMemory(frames);
  const memMap = new MemMap(frames);
  const vmstat = new VmStat(1);
  const pages = new PageAllocator(smallMachine(frames), memMap, vmstat);
  const lru = new Lruvecs(memMap, vmstat, (pfn) => pages.zoneOf(pfn));
  const folios = new Folios(lru, pages);
  const mlockBatch = new MlockBatch(lru, folios);
  const clock = new VirtualClock();
  const cacheRooms: CacheRooms = { clock, memory, memMap, vmstat, pages, lru, folios, mappedBy: null };
  const pageCache = new PageCache(cacheRooms, new Mappings());
  const initPgd = must(pages.allocPages(GFP_KERNEL, 0));
  memory.clearFrame(initPgd);
  const mmu = new CpuMmu(memory, PAGING_4_LEVEL, { pgd: initPgd, pcid: 0 });
  const flush = new TlbContexts([mmu], initPgd);
  const zeroPage = must(pages.allocPages(GFP_KERNEL, 0));
  memory.clearFrame(zeroPage);
  memMap.set(zeroPage, PG_reserved);
  const writeback = new Writeback(pageCache);
  const shmem = new Shmem(pageCache);
  const files = new Filemap({ cache: pageCache, writeback, throttle: new DirtyThrottle(writeback) }, shmem);
  const shared = { memory, memMap, vmstat, pages, flush, lru, folios, mlockBatch, pageCache, files, zeroPage };
  const rest = {
    shmem,
    rmap: new ReverseMap(),
    huge: new HugeRooms(cacheRooms),
    swap: null,
    swapFaults: null,
    reclaim: null,
  };
  const system: MemorySystem = { ...shared, ...rest };
  cacheRooms.mappedBy = new FileMappedBy(system);
  return { system, tlb: flush, allocator: pages, mmu, writeback };
}

/** A process reads or writes a byte, through its CPU: until it has done so, or gets a signal. */
export function touch({ tlb, mmu }: Rooms, mm: MmStruct, addr: UserAddr, write: boolean): TouchResult {
  tlb.switchMm(0, mm.pages.context);
  const access = X86_PF_USER | (write ? X86_PF_WRITE : 0);
  const vpn = Math.floor(addr / PAGE_SIZE);
  while (mmu.translate(vpn, access) < 0) {
    const result = doUserAddrFault(mm, addr, write);
    if (result !== 'ok') return result;
  }
  return 'ok';
}

/** On a disk in name only: what is cached can be used, what is written is on it at once. */
function disk(writeback: Writeback): AddressSpaceOps {
  return {
    readahead: () => panic('rooms: everything is cached'),
    writePages(_mapping, _first, pfns) {
      for (const pfn of pfns) writeback.endWriteback(pfn, 0);
    },
    reserve: () => 0,
    release: () => undefined,
    writeInode: () => 0,
  };
}

/** A file on a disk whose pages are all cached and clean, each filled with its number. */
export function cachedFile({ system, writeback }: Rooms, name: string, sizePages: number): VmFile {
  const { pageCache, pages, memory, memMap, folios } = system;
  const mapping = pageCache.mappings.create(
    { size: sizePages * PAGE_SIZE, get() {}, put() {}, emptied() {} },
    disk(writeback),
  );
  for (let index = 0; index < sizePages; index++) {
    const pfn = must(pages.allocPages(GFP_HIGHUSER_MOVABLE, 0));
    memory.frameWords(pfn).fill(index);
    memMap.set(pfn, PG_uptodate);
    pageCache.addFolio(mapping, index, pfn, 'read');
    folios.put(pfn);
  }
  return { name, sizePages, readable: true, writable: true, thpAligned: true, mapping: mapping.id };
}

/** Where a byte lies that the process can read. */
export function physicalAddress({ tlb, mmu }: Rooms, mm: MmStruct, addr: UserAddr): PhysAddr {
  tlb.switchMm(0, mm.pages.context);
  return mmu.translate(Math.floor(addr / PAGE_SIZE), X86_PF_USER) * PAGE_SIZE + (addr % PAGE_SIZE);
}
