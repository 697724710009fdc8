/**
 * A PMD entry comes to hold a huge page of anonymous memory, or no longer does. Linux: mm/rmap.c, folio_add_anon_rmap_pmd()
 * and its neighbours. What all frames of the page are (PG_anon, whose, where) each of them says; its state (on which list,
 * dirty, locked) only the first. The counterpart for single pages: rmap_folio.ts.
 */
import { PG_anon, PG_anon_exclusive, PG_swapbacked, PG_uptodate } from '../include/page_flags.ts';
import { HPAGE_PMD_NR } from '../include/param.ts';
import type { Pfn, UserAddr } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { LargeFolio } from './huge_folio.ts';
import type { MemorySystem } from './memory_system.ts';
import type { MmPages } from './mm_pages.ts';
import { isLocked } from './rmap_folio.ts';
import { type VmArea, vmaPgoffOf } from './vma.ts';

/** A new huge page, held by one entry. The mapping has an anon_vma. @param addr  multiple of 2 MiB */
export function folioAddNewAnonRmapPmd(system: MemorySystem, head: Pfn, vma: VmArea, addr: UserAddr): void {
  const { memMap } = system;
  const owner = vma.anonVma ?? panic(`rmap: no anon_vma for a huge page at ${addr}`);
  const index = vmaPgoffOf(vma, addr);
  for (let i = 0; i < HPAGE_PMD_NR; i++) {
    memMap.flags[head + i] |= PG_swapbacked | PG_anon | PG_anon_exclusive | PG_uptodate;
    memMap.mapping[head + i] = owner.id;
    memMap.index[head + i] = index + i;
  }
  countEntire(system, head, system.huge.folios.addMapcount(head, 1, vma.vmMm.context.ctxId));
}

/** Linux: folio_try_dup_anon_rmap_pmd(). */
export function folioDupRmapPmd(system: MemorySystem, head: Pfn, child: MmPages): void {
  system.huge.folios.addMapcount(head, 1, child.context.ctxId).entire++;
  clearExclusive(system, head);
}

/** Linux: folio_remove_rmap_pmd(). */
export function folioRemoveRmapPmd(system: MemorySystem, head: Pfn, vma: VmArea): void {
  const { huge, vmstat, pages } = system;
  const folio = huge.folios.subMapcount(head, 1, vma.vmMm.context.ctxId);
  if (--folio.entire < 0) panic(`rmap: huge page ${head} is unmapped once too often`);
  if (folio.entire === 0) {
    const node = vmstat.nodes[pages.nidOf(head)];
    node.nr_anon_transparent_hugepages--;
    node.nr_anon_pages -= HPAGE_PMD_NR - folio.nrPagesMapped;
  }
  huge.folios.settle(head);
  if (isLocked(vma)) system.mlockBatch.munlock(head);
}

/** One entry for the whole becomes one for each frame. Linux: folio_add_anon_rmap_ptes(), as __split_huge_pmd_locked() does. */
export function folioSplitRmapPmd(system: MemorySystem, head: Pfn, vma: VmArea): void {
  const { memMap } = system;
  const folio = system.huge.folios.addMapcount(head, HPAGE_PMD_NR, vma.vmMm.context.ctxId);
  for (let pfn = head; pfn < head + HPAGE_PMD_NR; pfn++) if (memMap.mapcount[pfn]++ === 0) folio.nrPagesMapped++;
  memMap.refcount[head] += HPAGE_PMD_NR - 1;
  folioRemoveRmapPmd(system, head, vma);
}

/** A huge page that one entry alone holds is this mapping's own from now on. Linux: folio_move_anon_rmap(). */
export function folioMoveAnonRmapPmd(system: MemorySystem, head: Pfn, vma: VmArea): void {
  const { memMap } = system;
  for (let pfn = head; pfn < head + HPAGE_PMD_NR; pfn++) {
    if (vma.anonVma !== null) memMap.mapping[pfn] = vma.anonVma.id;
    memMap.set(pfn, PG_anon_exclusive);
  }
}

function countEntire({ vmstat, pages }: MemorySystem, head: Pfn, folio: LargeFolio): void {
  folio.entire++;
  const node = vmstat.nodes[pages.nidOf(head)];
  node.nr_anon_pages += HPAGE_PMD_NR;
  node.nr_anon_transparent_hugepages++;
}

function clearExclusive({ memMap }: MemorySystem, head: Pfn): void {
  for (let pfn = head; pfn < head + HPAGE_PMD_NR; pfn++) memMap.clear(pfn, PG_anon_exclusive);
}
