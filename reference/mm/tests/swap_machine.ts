/** Processes on a machine with swap: the rooms of rooms.ts, swap on disks, and reclaim of the pages that are asked for. */
import { BlockDevice } from '../../arch/block_device.ts';
import type { FaultInjector } from '../../include/fault_inject.ts';
import { GFP_KERNEL } from '../../include/gfp.ts';
import type { VmFile } from '../../include/mm_types.ts';
import { MADV_PAGEOUT } from '../../include/mman.ts';
import { ZONE_MOVABLE } from '../../include/mmzone.ts';
import { PG_active } from '../../include/page_flags.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import type { Pfn, UserAddr } from '../../include/types.ts';
import { PageList } from '../../lib/list.ts';
import { panic } from '../../lib/panic.ts';
import { exitMmap } from '../exit_mmap.ts';
import { dupMm } from '../fork.ts';
import { doMadvise } from '../madvise.ts';
import { MmStruct } from '../mm_struct.ts';
import { doMmap } from '../mmap.ts';
import { SwapIo } from '../page_io.ts';
import { PgData } from '../pgdat.ts';
import { folioReferenced } from '../rmap_walk.ts';
import { scanControl } from '../scan_control.ts';
import { ShmemSwapPath } from '../shmem_swap.ts';
import { Shrinkers } from '../shrinker.ts';
import { splitFolio } from '../split_folio.ts';
import { SwapFaultPath } from '../swap_fault.ts';
import { SwapCache } from '../swap_state.ts';
import { SwapSpace } from '../swapfile.ts';
import { swapoff } from '../swapoff.ts';
import { tryToUnmap } from '../try_to_unmap.ts';
import { CommitAccount } from '../util.ts';
import { validatePages } from '../validate_pages.ts';
import { validateSwap } from '../validate_swap.ts';
import { emptyStat, shrinkFolioList } from '../vmscan_folio_list.ts';
import { moveFoliosToLru } from '../vmscan_isolate.ts';
import { DEFAULT_RECLAIM_SYSCTLS, type ReclaimRooms } from '../vmscan_rooms.ts';
import { Workingset } from '../workingset.ts';
import { at, bytes, MACHINE, prot } from './process.ts';
import { makeRooms, type Rooms, touch } from './rooms.ts';

const SHARED = 0x1;
const PRIVATE = 0x2;
const FIXED_ANONYMOUS = 0x30;

export class SwapMachine {
  readonly rooms: Rooms;
  readonly cache: SwapCache;
  readonly faults: SwapFaultPath;
  readonly mms = new Set<MmStruct>();
  readonly #commit = new CommitAccount(MACHINE);
  readonly #reclaim: ReclaimRooms;

  constructor(frames = 1024) {
    this.rooms = makeRooms(frames);
    const { system, allocator } = this.rooms;
    const below = system.pageCache.rooms;
    const swap = new SwapSpace(allocator);
    this.cache = new SwapCache(below, swap, new SwapIo(below, swap));
    this.faults = new SwapFaultPath(system, this.cache);
    const shmem = new ShmemSwapPath(system.shmem, system.pageCache, this.cache);
    system.shmem.swap = shmem;
    system.swap = this.cache;
    system.swapFaults = this.faults;
    system.reclaim = { reclaimPages: (pfns) => this.#reclaimPages(pfns) };
    const pgdats = system.lru.nodes.map((lruvec) => new PgData(lruvec, allocator.zones.all));
    this.#reclaim = {
      ...{
        clock: below.clock,
        pages: allocator,
        lru: system.lru,
        folios: system.folios,
        lruAddDrain: () => system.mlockBatch.drain(),
        swap: this.cache,
        shmem,
        pgdats,
      },
      workingset: new Workingset(system.lru, swap),
      shrinkers: new Shrinkers(system.vmstat.events),
      rmap: {
        folioReferenced: (pfn) => folioReferenced(system, pfn),
        tryToUnmap: (pfn) => void tryToUnmap(system, pfn),
        splitFolio: (pfn) => splitFolio(system, pfn, 1),
      },
      files: {
        writePage: () => 'activate',
        removeFolio: (pfn) => system.pageCache.removeFolio(pfn),
        wakeupFlushers: () => undefined,
      },
      sysctls: DEFAULT_RECLAIM_SYSCTLS,
    };
  }

  swapon(pages: number, prio: number | null = null, kind: 'disk' | 'ssd' = 'disk'): number {
    const { clock, memory, vmstat } = this.rooms.system.pageCache.rooms;
    const device = new BlockDevice(clock, memory, { blocks: pages, latencyNs: 1000, nsPerBlock: 100 }, vmstat.events);
    return this.cache.swap.swapon({ name: `/swap${pages}`, device, pages, rotational: kind === 'disk' }, prio);
  }

  swapoff(name: string): number {
    const { cache, faults, mms } = this;
    const { system } = this.rooms;
    return swapoff({ system, clock: system.pageCache.rooms.clock, cache, faults, mms }, name);
  }

  failNext(fails: FaultInjector | null): void {
    this.rooms.allocator.failNext = fails;
    this.cache.swap.failNext = fails;
    for (const { file } of this.cache.swap.areas) file.device.failures = fails;
  }

  newMm(): MmStruct {
    const limits = { as: Infinity, data: Infinity, stack: Infinity, memlock: Infinity };
    const capable = { ipcLock: true, sysRawio: true, sysAdmin: true };
    const owner = { system: this.rooms.system, machine: MACHINE, commit: this.#commit, rlimits: limits, capable };
    const layout = { mmapBase: at(1_000_000), mmapLegacyBase: 2 ** 30, startBrk: at(1000) };
    const mm = MmStruct.create(owner, layout) ?? panic('swap_machine: too small for a process');
    this.mms.add(mm);
    return mm;
  }

  fork(mm: MmStruct): MmStruct | number {
    const child = dupMm(mm);
    if (typeof child !== 'number') this.mms.add(child);
    return child;
  }

  exit(mm: MmStruct): void {
    exitMmap(mm);
    this.mms.delete(mm);
  }

  /** Maps pages first..end of anonymous memory. */
  map(mm: MmStruct, first: number, end: number, perms: string, kind: 'private' | 'shared' = 'private'): void {
    const { shmem } = this.rooms.system;
    const newShmem = (sizePages: number): VmFile => shmem.create('shared', sizePages);
    const flags = FIXED_ANONYMOUS | (kind === 'private' ? PRIVATE : SHARED);
    const request = { addr: at(first), len: bytes(end - first), prot: prot(perms), flags, file: null, offset: 0 };
    doMmap(mm, request, newShmem);
  }

  /** @returns the byte, or what went wrong */
  read(mm: MmStruct, page: number): number | string {
    const result = touch(this.rooms, mm, at(page), false);
    return result === 'ok' ? this.rooms.system.memory.readByte(this.#physical(at(page))) : result;
  }

  write(mm: MmStruct, page: number, value: number): string {
    const result = touch(this.rooms, mm, at(page), true);
    if (result === 'ok') this.rooms.system.memory.writeByte(this.#physical(at(page)), value);
    return result;
  }

  /** All I/O ends. */
  settle(): void {
    this.rooms.system.pageCache.rooms.clock.advance(1e9);
  }

  /** All pages of memory that can go do so, out of the swap cache too. */
  reclaimAll(): void {
    const { lru } = this.rooms.system;
    for (let round = 0; round < 3; round++) {
      const pfns = lru.nodes.flatMap(({ lists }) => lists.slice(0, 4).flatMap((list) => [...list]));
      this.#reclaimPages(pfns.filter((pfn) => lru.isolate(pfn)));
      this.settle();
    }
  }

  freeFrames(): number {
    this.rooms.allocator.drainAllPages();
    return this.rooms.allocator.nrFreePages;
  }

  validate(): void {
    const { lru, folios } = this.rooms.system;
    this.rooms.allocator.validate();
    lru.validate();
    folios.validate();
    for (const mm of this.mms) mm.validate();
    validatePages(this.rooms.system, [...this.mms]);
    validateSwap(this.rooms.system, this.cache, this.mms);
  }

  #physical(addr: UserAddr): number {
    const { mmu } = this.rooms;
    const pfn = mmu.translate(Math.floor(addr / PAGE_SIZE), 4);
    return pfn * PAGE_SIZE + (addr % PAGE_SIZE);
  }

  /** Linux: reclaim_pages(). */
  #reclaimPages(pfns: readonly Pfn[]): number {
    const { memMap } = this.rooms.system;
    const [pgdat] = this.#reclaim.pgdats;
    const list = new PageList(memMap);
    for (const pfn of pfns) {
      memMap.clear(pfn, PG_active);
      list.addTail(pfn);
    }
    const sc = scanControl({
      who: 'direct',
      gfp: GFP_KERNEL,
      order: 0,
      reclaimIdx: ZONE_MOVABLE,
      nrToReclaim: pfns.length,
    });
    const freed = shrinkFolioList(this.#reclaim, sc, pgdat, list, emptyStat(), 'ignored');
    moveFoliosToLru(this.#reclaim, pgdat, list);
    return freed;
  }
}

export interface Started {
  readonly machine: SwapMachine;
  readonly mm: MmStruct;
}
/** A process with pages 0..pages-1 that hold 10, 11, ... */
export function start(pages: number, kind: 'disk' | 'ssd' = 'disk'): Started {
  const machine = new SwapMachine();
  machine.swapon(200, null, kind);
  const mm = machine.newMm();
  machine.map(mm, 0, pages, 'rw-');
  for (let page = 0; page < pages; page++) machine.write(mm, page, 10 + page);
  return { machine, mm };
}
/** Faults of a process while something runs. */
export function faults(mm: MmStruct, run: () => unknown): [minor: number, major: number] {
  const { minFlt, majFlt } = mm.pages;
  run();
  return [mm.pages.minFlt - minFlt, mm.pages.majFlt - majFlt];
}
/** MADV_PAGEOUT of pages first..end. */
export const pageout = (mm: MmStruct, first: number, end: number): number =>
  doMadvise(mm, at(first), bytes(end - first), MADV_PAGEOUT);
