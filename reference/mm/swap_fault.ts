/**
 * A page is touched that is in swap. Linux: mm/memory.c, do_swap_page(); mm/swap_state.c, swapin_readahead().
 *
 *     in the swap cache    mapped as it is: a minor fault
 *     not there            read, and those around it: a major fault
 *
 * The page keeps its slot, so that it need not be written if it goes out again clean; unless swap is getting full, the
 * mapping is locked, or this is a write by the only one who has the page.
 *
 * SIMPLIFIED: a mapping that was split or forked starts its readahead anew.
 */
import { VM_FAULT_MAJOR, VM_FAULT_OOM, VM_FAULT_SIGBUS } from '../include/fault_types.ts';
import { VM_LOCKED, VM_WRITE } from '../include/mm_types.ts';
import { PG_mlocked, PG_swapcache, PG_uptodate } from '../include/page_flags.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { Pfn, SwpEntry, UserAddr } from '../include/types.ts';
import type { MemorySystem, SwapFaults } from './memory_system.ts';
import type { MmPages } from './mm_pages.ts';
import { PTE_DIRTY, PTE_RW, pfnHigh, pfnLow, protHigh, protLow, pteIndex, pteIsSwap } from './pte.ts';
import { folioAddAnonRmap } from './rmap_folio.ts';
import { FIRST_SWAP_WINDOW, nextVmaWindow, type SwapWindow, vmaWindowRange } from './swap_readahead.ts';
import type { SwapCache } from './swap_state.ts';
import { pteToSwpEntry, SWP_EXCLUSIVE } from './swapops.ts';
import type { VmArea } from './vma.ts';

/** A page for an entry, held; or why there is none. */
interface BroughtIn {
  readonly pfn: Pfn;
  /** The disk was needed, or waited for. */
  readonly major: boolean;
}

export class SwapFaultPath implements SwapFaults {
  readonly #system: MemorySystem;
  readonly #cache: SwapCache;
  /** What readahead by addresses remembers. Linux: vma->swap_readahead_info. */
  readonly #windows = new WeakMap<VmArea, SwapWindow>();

  constructor(system: MemorySystem, cache: SwapCache) {
    this.#system = system;
    this.#cache = cache;
  }

  /**
   * Maps the page of an entry that is in swap. A write may find it read-only still: then others have it too, and it must be
   * copied.
   * @returns VM_FAULT_ bits; with VM_FAULT_OOM or VM_FAULT_SIGBUS (it could not be read) the entry is as it was
   */
  doSwapPage(mm: MmPages, vma: VmArea, addr: UserAddr, write: boolean): number {
    const words = mm.pteTable(addr);
    const i = pteIndex(addr);
    if (words === null || !pteIsSwap(words[i], words[i + 1])) return 0;
    const low = words[i];
    const entry = pteToSwpEntry(low, words[i + 1]);
    const got = this.swapin(entry, mm, vma, addr);
    if (typeof got === 'number') return got;
    const { pfn, major } = got;
    const { memMap } = this.#system;
    this.#cache.swap.swapFree(entry);
    if (this.#shouldTryToFreeSwap(pfn, vma, write)) this.#cache.folioFreeSwap(pfn);
    const exclusive = (low & SWP_EXCLUSIVE) !== 0 || memMap.refcount[pfn] === 1;
    let fresh = pfnLow(pfn) | protLow(vma.vmFlags, false);
    if (exclusive && vma.vmFlags & VM_WRITE) fresh |= write ? PTE_RW | PTE_DIRTY : PTE_RW;
    mapAnonPage(this.#system, { mm, vma, addr, pfn, exclusive });
    words[i] = fresh;
    words[i + 1] = pfnHigh(pfn) | protHigh(vma.vmFlags);
    return major ? VM_FAULT_MAJOR : 0;
  }

  /**
   * The page of an entry, from the cache or from its slot.
   * @returns it, uptodate, with a reference for the caller; or VM_FAULT_OOM, VM_FAULT_SIGBUS
   */
  swapin(entry: SwpEntry, mm: MmPages, vma: VmArea, addr: UserAddr): BroughtIn | number {
    const { folios, memMap, vmstat } = this.#system;
    const cached = this.#cache.find(entry);
    if (cached !== null) {
      folios.get(cached);
      this.#windows.set(vma, this.#cache.noteUse(cached, this.#windows.get(vma) ?? FIRST_SWAP_WINDOW));
    }
    const pfn = cached ?? this.#readahead(entry, mm, vma, addr);
    if (pfn === null) return VM_FAULT_OOM;
    if (cached === null) vmstat.events.pgmajfault++;
    const waited = this.#cache.waitRead(pfn);
    if (!memMap.test(pfn, PG_uptodate)) {
      folios.put(pfn);
      return VM_FAULT_SIGBUS;
    }
    return { pfn, major: waited || cached === null };
  }

  #readahead(entry: SwpEntry, mm: MmPages, vma: VmArea, addr: UserAddr): Pfn | null {
    if (!this.#cache.usesVmaReadahead) return this.#cache.clusterReadahead(entry);
    const last = this.#windows.get(vma) ?? FIRST_SWAP_WINDOW;
    const window = nextVmaWindow(last, addr, this.#cache.pageCluster);
    this.#windows.set(vma, window);
    const { start, end } = vmaWindowRange(last, window, { start: vma.vmStart, end: vma.vmEnd });
    return this.#cache.readahead(entry, entriesIn(mm, start, end));
  }

  /** Linux: should_try_to_free_swap(). */
  #shouldTryToFreeSwap(pfn: Pfn, vma: VmArea, write: boolean): boolean {
    const { memMap } = this.#system;
    if (!memMap.test(pfn, PG_swapcache)) return false;
    if (this.#cache.swap.vmSwapFull || vma.vmFlags & VM_LOCKED || memMap.test(pfn, PG_mlocked)) return true;
    return write && memMap.refcount[pfn] === 2;
  }
}

/** Entries in a range of one table that are in swap. */
function entriesIn(mm: MmPages, start: UserAddr, end: UserAddr): SwpEntry[] {
  const words = mm.pteTable(start);
  const entries: SwpEntry[] = [];
  for (let addr = start; words !== null && addr < end; addr += PAGE_SIZE) {
    const i = pteIndex(addr);
    if (pteIsSwap(words[i], words[i + 1])) entries.push(pteToSwpEntry(words[i], words[i + 1]));
  }
  return entries;
}

/** Where an anonymous page comes to. */
interface AnonPlace {
  readonly mm: MmPages;
  readonly vma: VmArea;
  readonly addr: UserAddr;
  readonly pfn: Pfn;
  /** This entry alone holds it. */
  readonly exclusive: boolean;
}

/** Counts a page that comes back from swap; the caller's reference is the entry's from now on. */
export function mapAnonPage(system: MemorySystem, { mm, vma, addr, pfn, exclusive }: AnonPlace): void {
  mm.rss.anon++;
  mm.rss.swapents--;
  folioAddAnonRmap(system, pfn, vma, addr, exclusive);
}
