/** The rooms of memory management on a small machine, for tests; with one CPU, and files that are in memory already. */
import { VirtualClock } from '../../arch/clock.ts';
import { CpuMmu } from '../../arch/cpu_mmu.ts';
import { PhysicalMemory } from '../../arch/memory.ts';
import { PAGING_4_LEVEL } from '../../arch/page_walk.ts';
import { EFAULT, EINVAL } from '../../include/errno.ts';
import { GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from '../../include/gfp.ts';
import { smallMachine } from '../../include/machine.ts';
import type { VmFile } from '../../include/mm_types.ts';
import { PG_dirty, PG_reserved, PG_uptodate } from '../../include/page_flags.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import { X86_PF_USER, X86_PF_WRITE } from '../../include/pgtable_types.ts';
import type { Pfn, UserAddr } from '../../include/types.ts';
import { type AddressSpace, type AddressSpaceOps, Mappings } from '../address_space.ts';
import { PageAllocator } from '../alloc_pages.ts';
import { doUserAddrFault, type TouchResult } from '../fault.ts';
import { PageCache } from '../filemap.ts';
import { Lruvecs } from '../lruvec.ts';
import { MemMap } from '../mem_map.ts';
import type { MappedFiles, MemorySystem } from '../memory_system.ts';
import type { MmStruct } from '../mm_struct.ts';
import { ReverseMap } from '../rmap.ts';
import { FileMappedBy } from '../rmap_file.ts';
import { folioMkclean } from '../rmap_walk.ts';
import { Shmem, type SwappedIn } from '../shmem.ts';
import { Folios } from '../swap.ts';
import { TlbContexts } from '../tlb.ts';
import { VmStat } from '../vm_stat.ts';

export interface Rooms {
  readonly system: MemorySystem;
  readonly tlb: TlbContexts;
  readonly allocator: PageAllocator;
  readonly mmu: CpuMmu;
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
  const clock = new VirtualClock();
  const cacheRooms = { clock, memory, memMap, vmstat, pages, lru, folios, mappedBy: null, workingset: null };
  const pageCache = new PageCache(cacheRooms, new Mappings());
  const initPgd = must(pages.allocPages(GFP_KERNEL, 0));
  memory.clearFrame(initPgd);
  const mmu = new CpuMmu(memory, PAGING_4_LEVEL, { pgd: initPgd, pcid: 0 });
  const flush = new TlbContexts([mmu], initPgd);
  const zeroPage = must(pages.allocPages(GFP_KERNEL, 0));
  memory.clearFrame(zeroPage);
  memMap.set(zeroPage, PG_reserved);
  const files = new CachedFiles();
  const shared = { memory, memMap, vmstat, pages, flush, lru, folios, pageCache, files, zeroPage };
  const rest = { shmem: new Shmem(pageCache), rmap: new ReverseMap(), swap: null, swapFaults: null, reclaim: null };
  const system: MemorySystem = { ...shared, ...rest };
  files.system = system;
  return { system, tlb: flush, allocator: pages, mmu };
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

/** On a disk in name only: what is cached can be used, what is not is an error. */
const DISK: AddressSpaceOps = {
  readahead: () => undefined,
  writePages: () => undefined,
  reserve: () => 0,
  release: () => undefined,
  writeInode: () => 0,
};

/** A second implementation of MappedFiles, for files whose pages are all cached. */
class CachedFiles implements MappedFiles {
  system: MemorySystem | null = null;

  get #rooms(): MemorySystem {
    return must(this.system);
  }

  #mapping({ mapping = 0 }: VmFile): AddressSpace {
    return this.#rooms.pageCache.mappings.byId(mapping);
  }

  fault(file: VmFile, index: number): SwappedIn | number {
    const pfn = this.#rooms.pageCache.find(this.#mapping(file), index);
    if (pfn === null) return -EFAULT;
    this.#rooms.folios.get(pfn);
    return { pfn, major: false };
  }

  pageMkwrite(): number {
    return 0;
  }

  markDirty(pfn: Pfn): void {
    this.#rooms.memMap.set(pfn, PG_dirty);
  }

  fsyncRange(file: VmFile, first: number, end: number): number {
    for (const [index, pfn] of this.#mapping(file).pages) {
      if (index < first || index >= end || !this.#rooms.memMap.test(pfn, PG_dirty)) continue;
      folioMkclean(this.#rooms, pfn);
      this.#rooms.memMap.clear(pfn, PG_dirty);
    }
    return 0;
  }

  punchHole(file: VmFile, first: number, end: number): number {
    const mapping = this.#mapping(file);
    if (mapping.ops === DISK) return -EINVAL;
    new FileMappedBy(this.#rooms).unmapMappingRange(mapping.id, first, end - first, false);
    for (const [index, pfn] of mapping.pages) if (index >= first && index < end) this.#drop(pfn);
    return 0;
  }

  evict(file: VmFile): void {
    if (file.mapping !== undefined) for (const pfn of this.#mapping(file).pages.values()) this.#drop(pfn);
  }

  #drop(pfn: Pfn): void {
    this.#rooms.memMap.clear(pfn, PG_dirty);
    this.#rooms.pageCache.removeFolio(pfn);
  }
}

/** A file on a disk whose pages are all cached and clean, each filled with its number. */
export function cachedFile({ system }: Rooms, name: string, sizePages: number): VmFile {
  const { pageCache, pages, memory, memMap, lru, folios } = system;
  const mapping = pageCache.mappings.create({ size: sizePages * PAGE_SIZE }, DISK);
  for (let index = 0; index < sizePages; index++) {
    const pfn = must(pages.allocPages(GFP_HIGHUSER_MOVABLE, 0));
    memory.frameWords(pfn).fill(index);
    memMap.set(pfn, PG_uptodate);
    pageCache.addFolio(mapping, index, pfn, 'read');
    lru.addFolio(pfn);
    folios.put(pfn);
  }
  return { name, sizePages, readable: true, writable: true, thpAligned: true, mapping: mapping.id };
}
