/** Swap on a small machine without processes: whoever holds a page here stands for its page tables. */
import { BlockDevice } from '../../arch/block_device.ts';
import { VirtualClock } from '../../arch/clock.ts';
import { PhysicalMemory } from '../../arch/memory.ts';
import type { FaultInjector } from '../../include/fault_inject.ts';
import { GFP_HIGHUSER_MOVABLE } from '../../include/gfp.ts';
import { smallMachine } from '../../include/machine.ts';
import { PG_dirty, PG_locked, PG_swapbacked, PG_swapcache, PG_uptodate } from '../../include/page_flags.ts';
import type { Pfn, SwpEntry } from '../../include/types.ts';
import { PageAllocator } from '../alloc_pages.ts';
import { Lruvecs } from '../lruvec.ts';
import { MemMap } from '../mem_map.ts';
import { SwapIo } from '../page_io.ts';
import { Folios } from '../swap.ts';
import { SwapCache } from '../swap_state.ts';
import { SwapSpace } from '../swapfile.ts';
import { VmStat } from '../vm_stat.ts';

/** Fails the n-th attempt at one kind of thing. */
export class FailNth implements FaultInjector {
  readonly #kind: string;
  #left: number;

  /** @param n  from 1; 0: none fails */
  constructor(kind: 'page' | 'slab' | 'swap' | 'read' | 'write', n: number) {
    this.#kind = kind;
    this.#left = n;
  }

  shouldFail(what: string): boolean {
    return what === this.#kind && this.#left > 0 && --this.#left === 0;
  }
}

export class SwapRoom {
  readonly clock = new VirtualClock();
  readonly memMap: MemMap;
  readonly memory: PhysicalMemory;
  readonly vmstat = new VmStat(1);
  readonly pages: PageAllocator;
  readonly lru: Lruvecs;
  readonly folios: Folios;
  readonly swap: SwapSpace;
  readonly cache: SwapCache;
  /** Shadows of pages that were read again. */
  readonly refaulted: number[] = [];

  constructor(frames = 256) {
    this.memMap = new MemMap(frames);
    this.memory = new PhysicalMemory(frames);
    this.pages = new PageAllocator(smallMachine(frames), this.memMap, this.vmstat);
    this.lru = new Lruvecs(this.memMap, this.vmstat, (pfn) => this.pages.zoneOf(pfn));
    this.folios = new Folios(this.lru, this.pages);
    this.swap = new SwapSpace(this.pages);
    const { clock, memory, memMap, vmstat, pages, lru, folios } = this;
    const refaults = { refault: (_: Pfn, shadow: number) => this.refaulted.push(shadow) };
    const rooms = { clock, memory, memMap, vmstat, pages, lru, folios, mappedBy: null, refaults };
    this.cache = new SwapCache(rooms, this.swap, new SwapIo(rooms, this.swap));
  }

  device(blocks: number): BlockDevice {
    return new BlockDevice(this.clock, this.memory, { blocks, latencyNs: 1000, nsPerBlock: 100 }, this.vmstat.events);
  }

  /** Switches on an area of this many pages, header included. @returns what swapon returns */
  swapon(pages: number, prio: number | null = null, kind: 'disk' | 'ssd' = 'disk'): number {
    const file = { name: `/swap${pages}`, device: this.device(pages), pages, rotational: kind === 'disk' };
    return this.swap.swapon(file, prio);
  }

  /** A page that holds this word; null: no memory. */
  page(word: number): Pfn | null {
    const pfn = this.pages.allocPages(GFP_HIGHUSER_MOVABLE, 0);
    if (pfn === null) return null;
    this.memory.clearFrame(pfn);
    this.memory.frameWords(pfn)[5] = word;
    this.memMap.set(pfn, PG_uptodate | PG_swapbacked | PG_dirty);
    this.lru.addFolio(pfn);
    return pfn;
  }

  /** What a page holds. */
  word(pfn: Pfn): number {
    return this.memory.frameWords(pfn)[5];
  }

  /**
   * Puts a page where one entry refers to it, as reclaim does: slot, unmapped, written if it is dirty.
   * @returns the entry; null: no slot, the page is as it was
   */
  pageOut(pfn: Pfn): SwpEntry | null {
    const { cache, memMap } = this;
    if (!memMap.test(pfn, PG_swapcache) && !cache.addToSwap(pfn)) return null;
    const entry: SwpEntry = memMap.private[pfn];
    if (this.swap.swapDuplicate(entry) !== 0) return null;
    if (memMap.test(pfn, PG_dirty)) {
      memMap.set(pfn, PG_locked);
      cache.writePage(pfn);
    }
    this.folios.put(pfn);
    return entry;
  }

  /** Drops a clean page from the swap cache, as reclaim does. */
  evict(entry: SwpEntry): void {
    const pfn = this.cache.find(entry);
    if (pfn !== null && !this.memMap.test(pfn, PG_dirty)) this.cache.removeFolio(pfn, null);
  }

  /**
   * The page of an entry comes back, and the entry is given up; the slot stays with the page while it is cached.
   * @returns the page, held; null: no memory, or it could not be read: the entry is as it was
   */
  pageIn(entry: SwpEntry): Pfn | null {
    const { cache, folios, memMap } = this;
    const known = cache.find(entry);
    if (known !== null) folios.get(known);
    const pfn = known ?? cache.clusterReadahead(entry);
    if (pfn === null) return null;
    cache.waitRead(pfn);
    if (!memMap.test(pfn, PG_uptodate)) {
      folios.put(pfn);
      return null;
    }
    this.swap.swapFree(entry);
    return pfn;
  }

  /** Whoever held a page lets go of it. */
  drop(pfn: Pfn): void {
    this.cache.freeSwapCache(pfn);
    this.folios.put(pfn);
  }

  /** All I/O ends. */
  settle(): void {
    this.clock.advance(1e9);
  }

  validate(): void {
    this.pages.validate();
    this.lru.validate();
    this.folios.validate();
    this.cache.validate();
  }
}
