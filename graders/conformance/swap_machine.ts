/**
 * The swap of the recorded machine, and what its recorder did to memory: wait, and take out what can go.
 *
 * It had one swap file, of priority -2, on a virtual disk that says it turns: readahead goes by slots there. The processes
 * lived in a memory cgroup of their own, which reclaim_all empties (memory.force_empty); what other programs had in the
 * page cache was not in it.
 */
import type { Recorder } from './fault_processes.ts';
import { ext4File, type Machine } from './memory.ts';
import type { Mm } from './system_calls.ts';

type ReclaimRooms = import('../../reference/mm/vmscan_rooms.ts').ReclaimRooms;
type SwapCache = import('../../reference/mm/swap_state.ts').SwapCache;
type Vmscan = import('../../reference/mm/vmscan.ts').Vmscan;
type Workingset = import('../../reference/mm/workingset.ts').Workingset;

const MIB = 2 ** 20;
const PAGE = 4096;
const MSEC = 1e6;
/** So fast that what is written has been written when it is looked at next. */
const DISK = { latencyNs: 0, nsPerBlock: 0 };
/** What others had in the page cache, in pages: more than the recorded processes ever had in swap. */
const OTHERS = 4096;

export class SwapMachine implements Recorder {
  readonly #machine: Machine;
  readonly #cache: SwapCache;
  readonly #vmscan: Vmscan;
  /** Ages between which pages were evicted by reclaimAll: begin and end in turn. */
  readonly #emptied: number[] = [];

  /** @param mib  size of the swap file */
  constructor(machine: Machine, mib: number) {
    const { kernel, system } = machine;
    const below = system.pageCache.rooms;
    const { clock, memory, vmstat, pages } = below;
    const swap = new kernel['mm/swapfile'].SwapSpace(pages);
    const cache = new kernel['mm/swap_state'].SwapCache(below, swap, new kernel['mm/page_io'].SwapIo(below, swap));
    const shmem = new kernel['mm/shmem_swap'].ShmemSwapPath(system.shmem, system.pageCache, cache);
    const workingset = new kernel['mm/workingset'].Workingset(system.lru, swap);
    this.#machine = machine;
    this.#cache = cache;
    this.#vmscan = new kernel['mm/vmscan'].Vmscan({ ...reclaimRooms(machine, workingset), swap: cache, shmem });
    below.refaults = { refault: (pfn, shadow) => this.#refault(workingset, pfn, shadow) };
    system.shmem.swap = shmem;
    system.swap = cache;
    system.swapFaults = new kernel['mm/swap_fault'].SwapFaultPath(system, cache);
    system.reclaim = this.#vmscan;
    const blocks = (mib * MIB) / PAGE;
    const device = new kernel['arch/block_device'].BlockDevice(clock, memory, { ...DISK, blocks }, vmstat.events);
    swap.swapon({ name: 'swapfile', device, pages: blocks, rotational: true }, null);
    ext4File(machine, 'others', OTHERS);
  }

  settle(ms: number): void {
    this.#machine.system.pageCache.rooms.clock.advance(ms * MSEC);
  }

  reclaimAll(): void {
    const [lruvec] = this.#machine.system.lru.nodes;
    if (lruvec === undefined) return;
    this.#emptied.push(lruvec.nonresidentAge);
    this.#withoutOthers(() => this.#vmscan.forceEmpty());
    this.#emptied.push(lruvec.nonresidentAge);
  }

  /** Reclaims until this many anonymous pages are left in memory at most. Linux: memory.limit_in_bytes. */
  limit(mostPages: number): void {
    const { vmstat } = this.#machine.system;
    const { GFP_KERNEL } = this.#machine.kernel['include/gfp'];
    this.#withoutOthers(() => {
      for (let freed = 1; freed > 0 && vmstat.globalNode('nr_anon_pages') > mostPages; ) {
        freed = this.#vmscan.tryToFreePages(0, 0, GFP_KERNEL);
      }
    });
  }

  /** Panics unless swap is right, and counts what these address spaces have there. */
  validate(mms: readonly Mm[]): void {
    this.#machine.kernel['mm/validate_swap'].validateSwap(this.#machine.system, this.#cache, mms);
  }

  /**
   * A page that was paged out at a process's own request had the whole machine's memory to compete with. One that went
   * when the cgroup was emptied had the cgroup's: what was left of that, hardly anything, is what it is compared with.
   */
  #refault(workingset: Workingset, pfn: number, shadow: number): void {
    const { age } = this.#machine.kernel['mm/workingset'].unpackShadow(shadow);
    const begun = this.#emptied.filter((edge) => edge <= age).length;
    if (begun % 2 === 0) workingset.refault(pfn, shadow);
  }

  /** Pages of files are of no concern: they belong to others. */
  #withoutOthers(reclaim: () => void): void {
    const { lru, folios } = this.#machine.system;
    const { LRU_INACTIVE_FILE, LRU_ACTIVE_FILE } = this.#machine.kernel['mm/lruvec'];
    const others = [...lru.list(0, LRU_INACTIVE_FILE), ...lru.list(0, LRU_ACTIVE_FILE)];
    for (const pfn of others) lru.isolate(pfn);
    reclaim();
    for (const pfn of others) {
      lru.linkTail(pfn);
      folios.put(pfn);
    }
  }
}

function reclaimRooms({ kernel, system }: Machine, workingset: Workingset): Omit<ReclaimRooms, 'swap' | 'shmem'> {
  const { clock, pages, vmstat } = system.pageCache.rooms;
  return {
    ...{ clock, pages, workingset, lru: system.lru, folios: system.folios },
    lruAddDrain: () => system.mlockBatch.drain(),
    shrinkers: new kernel['mm/shrinker'].Shrinkers(vmstat.events),
    rmap: {
      folioReferenced: (pfn) => kernel['mm/rmap_walk'].folioReferenced(system, pfn),
      tryToUnmap: (pfn) => void kernel['mm/try_to_unmap'].tryToUnmap(system, pfn),
      splitFolio: (pfn) => kernel['mm/split_folio'].splitFolio(system, pfn, 1),
    },
    files: {
      writePage: () => 'activate',
      removeFolio: (pfn) => system.pageCache.removeFolio(pfn),
      wakeupFlushers: () => undefined,
    },
    sysctls: kernel['mm/vmscan_rooms'].DEFAULT_RECLAIM_SYSCTLS,
    pgdats: system.lru.nodes.map((lruvec) => new kernel['mm/pgdat'].PgData(lruvec, pages.zones.all)),
  };
}
