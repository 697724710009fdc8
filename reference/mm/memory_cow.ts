/**
 * A write to a page that is there but read-only. Linux: mm/memory.c, do_wp_page(). Textbook: copy on write.
 *
 *     parent --.                        write by the child          parent ---> [p]   its next write: nobody else
 *               >--> [p] read-only      ------------------->                          holds p, so p is reused
 *     child  --'                                                    child  ---> [copy of p]
 *
 * A page is reused only if this entry alone holds it: PG_anon_exclusive says so, or its count of references does.
 */
import { VM_FAULT_OOM, VM_FAULT_SIGBUS } from '../include/fault_types.ts';
import { VM_MAYSHARE, VM_SHARED, VM_WRITE } from '../include/mm_types.ts';
import { PG_anon, PG_anon_exclusive, PG_lru, PG_swapcache, PG_uptodate } from '../include/page_flags.ts';
import type { Pfn, UserAddr } from '../include/types.ts';
import { folioMarkDirty } from './folio_file.ts';
import type { MemorySystem } from './memory_system.ts';
import type { MmStruct } from './mm_struct.ts';
import {
  PTE_ACCESSED,
  PTE_DIRTY,
  PTE_RW,
  PTE_SPECIAL,
  pfnHigh,
  pfnLow,
  protHigh,
  protLow,
  pteIndex,
  ptePfn,
} from './pte.ts';
import { anonVmaPrepare } from './rmap.ts';
import {
  folioAddLruVma,
  folioAddNewAnonRmap,
  folioMoveAnonRmap,
  folioRemoveRmap,
  mmCounter,
  PG_LARGE,
} from './rmap_folio.ts';
import type { VmArea } from './vma.ts';
import { vmaAllocFolio } from './vma_alloc.ts';

/** @param words  the PTE table, whose entry for addr is present @returns VM_FAULT_ bits */
export function doWpPage(mm: MmStruct, vma: VmArea, addr: UserAddr, words: Uint32Array): number {
  const { system } = mm.owner;
  const i = pteIndex(addr);
  const low = words[i];
  const pfn = ptePfn(low, words[i + 1]);
  if (vma.vmFlags & (VM_SHARED | VM_MAYSHARE)) return wpPageShared(mm, vma, addr, words);
  if (!(low & PTE_SPECIAL) && system.memMap.test(pfn, PG_anon) && canReuse(system, pfn)) {
    if (system.memMap.test(pfn, PG_LARGE)) system.memMap.set(pfn, PG_anon_exclusive);
    else if (!system.memMap.test(pfn, PG_anon_exclusive)) folioMoveAnonRmap(system, pfn, vma);
    reuse(mm, vma, addr, words);
    return 0;
  }
  return wpPageCopy(mm, vma, addr, words);
}

/** The entry's own, that of the swap cache, that of a batch. With more, draining batches cannot help. */
const MOST_REFERENCES = 3;

/** Linux: wp_can_reuse_anon_folio(). */
function canReuse(system: MemorySystem, pfn: Pfn): boolean {
  const { memMap, swap, mlockBatch } = system;
  if (memMap.test(pfn, PG_anon_exclusive)) return true;
  if (memMap.test(pfn, PG_LARGE)) return canReusePart(system, memMap.compoundHead(pfn));
  const isNew = mlockBatch.isNew(pfn);
  if (memMap.refcount[pfn] + (isNew ? 1 : 0) > MOST_REFERENCES) return false;
  if (isNew || !memMap.test(pfn, PG_lru)) mlockBatch.drain();
  if (memMap.refcount[pfn] > (memMap.test(pfn, PG_swapcache) ? 2 : 1)) return false;
  if (memMap.test(pfn, PG_swapcache)) swap?.folioFreeSwap(pfn);
  return memMap.refcount[pfn] === 1;
}

/**
 * A part of a huge page: only if this address space alone maps the folio, and nobody else holds it. The last part is
 * rather copied: then the rest is free. Linux: __wp_can_reuse_large_anon_folio().
 */
function canReusePart({ memMap, huge }: MemorySystem, head: Pfn): boolean {
  const { mapcount, mappedShared } = huge.folios.of(head);
  return mapcount > 1 && !mappedShared && memMap.refcount[head] === mapcount;
}

/** Linux: wp_page_reuse(). */
function reuse(mm: MmStruct, vma: VmArea, addr: UserAddr, words: Uint32Array): void {
  words[pteIndex(addr)] |= PTE_ACCESSED | PTE_DIRTY | (vma.vmFlags & VM_WRITE ? PTE_RW : 0);
  const { flush, vmstat } = mm.owner.system;
  flush.flushTlbPage(mm.pages.context, addr);
  vmstat.events.pgreuse++;
}

/** A page of a file, to be written for all to see. Linux: wp_page_shared(). */
function wpPageShared(mm: MmStruct, vma: VmArea, addr: UserAddr, words: Uint32Array): number {
  const { system } = mm.owner;
  const i = pteIndex(addr);
  const pfn = ptePfn(words[i], words[i + 1]);
  system.folios.get(pfn);
  const refused = system.pageCache.mappingOf(pfn).ops === null ? 0 : system.files.pageMkwrite(pfn);
  if (refused === 0) {
    reuse(mm, vma, addr, words);
    folioMarkDirty(system, pfn);
  }
  system.folios.put(pfn);
  return refused === 0 ? 0 : VM_FAULT_SIGBUS;
}

/** Linux: wp_page_copy(). */
function wpPageCopy(mm: MmStruct, vma: VmArea, addr: UserAddr, words: Uint32Array): number {
  const { owner, pages } = mm;
  const { system } = owner;
  const i = pteIndex(addr);
  const low = words[i];
  const high = words[i + 1];
  const isZero = (low & PTE_SPECIAL) !== 0;
  const old = ptePfn(low, high);
  anonVmaPrepare(system.rmap, mm.vmas, vma);
  if (!isZero) system.folios.get(old);
  const fresh = vmaAllocFolio(system, vma, addr);
  // Getting memory may have cost this very page: then the fault comes again.
  if (fresh === null || words[i] !== low || words[i + 1] !== high) {
    if (!isZero) system.folios.put(old);
    if (fresh !== null) system.folios.put(fresh);
    return fresh === null ? VM_FAULT_OOM : 0;
  }
  if (isZero) system.memory.clearFrame(fresh);
  else system.memory.copyFrame(fresh, old);
  system.memMap.flags[fresh] |= PG_uptodate;
  if (!isZero) pages.rss[mmCounter(system, old)]--;
  pages.rss.anon++;
  // No CPU may write to the old page while another reads the new one: first nothing, then the new entry.
  words[i] = 0;
  words[i + 1] = 0;
  system.flush.flushTlbPage(pages.context, addr);
  folioAddNewAnonRmap(system, fresh, vma, addr);
  folioAddLruVma(system, fresh, vma);
  words[i] = pfnLow(fresh) | protLow(vma.vmFlags, false) | PTE_DIRTY | (vma.vmFlags & VM_WRITE ? PTE_RW : 0);
  words[i + 1] = pfnHigh(fresh) | protHigh(vma.vmFlags);
  if (isZero) return 0;
  folioRemoveRmap(system, old, vma);
  system.folios.put(old);
  if (system.memMap.test(old, PG_swapcache)) system.swap?.freeSwapCache(old);
  system.folios.put(old);
  return 0;
}
