/**
 * A page-table entry comes to hold a page, or no longer does: what the page must know of it.
 * Linux: mm/rmap.c, folio_add_new_anon_rmap() and its neighbours.
 *
 * PG_anon_exclusive says that one entry alone may hold an anonymous page, so that it may be written without a copy.
 */
import { VM_LOCKED, VM_SPECIAL } from '../include/mm_types.ts';
import { PG_anon, PG_anon_exclusive, PG_head, PG_swapbacked, PG_tail } from '../include/page_flags.ts';
import type { Pfn, UserAddr } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { MemorySystem } from './memory_system.ts';
import type { MmPages, RssCounts } from './mm_pages.ts';
import { type AnonVma, type VmArea, vmaPgoffOf } from './vma.ts';

/** A frame of a block that is used as one. */
export const PG_LARGE = PG_head | PG_tail;

export const isLocked = (vma: VmArea): boolean => (vma.vmFlags & (VM_LOCKED | VM_SPECIAL)) === VM_LOCKED;

/** A new anonymous page, held by one entry. The mapping has an anon_vma. Linux: folio_add_new_anon_rmap(). */
export function folioAddNewAnonRmap(system: MemorySystem, pfn: Pfn, vma: VmArea, addr: UserAddr): void {
  const { memMap, vmstat, pages } = system;
  memMap.flags[pfn] |= PG_swapbacked | PG_anon | PG_anon_exclusive;
  memMap.mapcount[pfn] = 1;
  memMap.mapping[pfn] = vma.anonVma === null ? panic(`rmap: no anon_vma for a page at ${addr}`) : vma.anonVma.id;
  memMap.index[pfn] = vmaPgoffOf(vma, addr);
  vmstat.nodes[pages.nidOf(pfn)].nr_anon_pages++;
}

/** The same for one that comes back from swap, perhaps held by other entries already. Linux: folio_add_anon_rmap_ptes(). */
export function folioAddAnonRmap(
  system: MemorySystem,
  pfn: Pfn,
  vma: VmArea,
  addr: UserAddr,
  exclusive: boolean,
): void {
  const { memMap, vmstat, pages } = system;
  if (memMap.mapcount[pfn]++ === 0) vmstat.nodes[pages.nidOf(pfn)].nr_anon_pages++;
  if (!memMap.test(pfn, PG_anon)) {
    memMap.set(pfn, PG_anon);
    const own = vma.anonVma ?? panic(`rmap: no anon_vma for a page at ${addr}`);
    // Others that have it too may be older: all of them have the oldest in their chains.
    memMap.mapping[pfn] = exclusive ? own.id : oldestOf(own).id;
    memMap.index[pfn] = vmaPgoffOf(vma, addr);
  }
  if (exclusive) memMap.set(pfn, PG_anon_exclusive);
  if (isLocked(vma)) system.mlockBatch.mlock(pfn);
}

/** Linux: anon_vma->root. */
function oldestOf(anonVma: AnonVma): AnonVma {
  let oldest = anonVma;
  while (oldest.parent !== null) oldest = oldest.parent;
  return oldest;
}

/** A page of a file. Linux: folio_add_file_rmap_pte(). */
export function folioAddFileRmap(system: MemorySystem, pfn: Pfn, vma: VmArea): void {
  const { memMap, vmstat, pages } = system;
  if (memMap.mapcount[pfn]++ === 0) vmstat.nodes[pages.nidOf(pfn)].nr_mapped++;
  if (isLocked(vma)) system.mlockBatch.mlock(pfn);
}

/** A child's entry beside its parent's; neither holds the page alone now. Linux: folio_try_dup_anon_rmap_pte(). */
export function folioDupRmap(system: MemorySystem, pfn: Pfn, child: MmPages): void {
  const { memMap } = system;
  memMap.mapcount[pfn]++;
  memMap.clear(pfn, PG_anon_exclusive);
  if (memMap.flags[pfn] & PG_LARGE) system.huge.folios.addMapcount(memMap.compoundHead(pfn), 1, child.context.ctxId);
}

/**
 * Linux: folio_remove_rmap_ptes().
 * @param parts  huge pages of which more entries are going to be removed: the caller settles them then. None: at once
 */
export function folioRemoveRmap(system: MemorySystem, pfn: Pfn, vma: VmArea, parts?: Set<Pfn>): void {
  const { memMap, vmstat, pages } = system;
  const left = --memMap.mapcount[pfn];
  if (left < 0) panic(`rmap: pfn ${pfn} is unmapped once too often`);
  if (memMap.flags[pfn] & PG_LARGE) {
    removeRmapOfPart(system, memMap.compoundHead(pfn), vma, left === 0, parts);
  } else if (left === 0) {
    const node = vmstat.nodes[pages.nidOf(pfn)];
    if (memMap.test(pfn, PG_anon)) node.nr_anon_pages--;
    else node.nr_mapped--;
  }
  if (isLocked(vma)) system.mlockBatch.munlock(memMap.compoundHead(pfn));
}

/** @param last  no PTE maps the frame any more */
function removeRmapOfPart(system: MemorySystem, head: Pfn, vma: VmArea, last: boolean, parts?: Set<Pfn>): void {
  const { huge, vmstat, pages } = system;
  const folio = huge.folios.subMapcount(head, 1, vma.vmMm.context.ctxId);
  if (last) folio.nrPagesMapped--;
  if (last && folio.entire === 0) vmstat.nodes[pages.nidOf(head)].nr_anon_pages--;
  if (parts === undefined) huge.folios.settle(head);
  else parts.add(head);
}

/** An anonymous page, that one entry alone holds, is this mapping's own from now on. Linux: folio_move_anon_rmap(). */
export function folioMoveAnonRmap(system: MemorySystem, pfn: Pfn, vma: VmArea): void {
  if (vma.anonVma !== null) system.memMap.mapping[pfn] = vma.anonVma.id;
  system.memMap.set(pfn, PG_anon_exclusive);
}

/** A new anonymous page goes to the LRU. Linux: folio_add_lru_vma(). */
export function folioAddLruVma(system: MemorySystem, pfn: Pfn, vma: VmArea): void {
  if (isLocked(vma)) system.mlockBatch.mlockNew(pfn);
  else system.mlockBatch.addFolio(pfn);
}

/** Which counter of an address space a page falls into. Linux: mm_counter(). */
export function mmCounter(system: MemorySystem, pfn: Pfn): keyof RssCounts {
  const flags = system.memMap.flags[pfn];
  if (flags & PG_anon) return 'anon';
  return flags & PG_swapbacked ? 'shmem' : 'file';
}
