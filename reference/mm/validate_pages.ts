/**
 * Whether page tables and the map of frames tell the same story. Not in Linux: there CONFIG_DEBUG_VM checks parts of it.
 */
import { VM_HUGETLB, VM_SHARED } from '../include/mm_types.ts';
import { PG_anon, PG_anon_exclusive, PG_hugetlb, PG_table } from '../include/page_flags.ts';
import { HPAGE_PMD_NR, PAGE_SIZE, PMD_SIZE, TASK_SIZE } from '../include/param.ts';
import type { Pfn } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { MemorySystem } from './memory_system.ts';
import type { RssCounts } from './mm_pages.ts';
import type { MmStruct } from './mm_struct.ts';
import { type HugeVisit, type PteVisit, walkPageRange } from './pagewalk.ts';
import { PTE_RW, PTE_SPECIAL, pteIsSwap, ptePfn, ptePresent } from './pte.ts';
import { mmCounter } from './rmap_folio.ts';
import { rmapWalk } from './rmap_walk.ts';
import type { VmArea } from './vma.ts';

/**
 * Panics unless each frame is mapped as often as it says, by the entries that the reverse map finds; counts are right;
 * whatever is private and writable is exclusive; and nothing is mapped outside of mappings.
 * @param mms  all address spaces
 * Cost: all entries, and all frames.
 */
export function validatePages(system: MemorySystem, mms: readonly MmStruct[]): void {
  const mapped = new Int32Array(system.memMap.nrFrames);
  const entire = new Map<Pfn, number>();
  let tables = 0;
  for (const mm of mms) {
    validateMm(system, mm, mapped, entire);
    tables += mm.pages.pgtablesBytes / PAGE_SIZE + 1;
  }
  validateHuge(system, entire);
  const { mapcount, flags } = system.memMap;
  let marked = 0;
  for (let pfn = 0; pfn < mapped.length; pfn++) {
    if (flags[pfn] & PG_table) marked++;
    if (mapcount[pfn] !== mapped[pfn]) panic(`rmap: pfn ${pfn} is in ${mapped[pfn]} entries, counted ${mapcount[pfn]}`);
    if (mapped[pfn] === 0) continue;
    validateHeld(system, pfn, mapped[pfn]);
    if (flags[pfn] & PG_hugetlb) continue;
    let found = 0;
    rmapWalk(system, pfn, () => {
      found++;
      return true;
    });
    if (found !== mapped[pfn]) panic(`rmap: a walk finds ${found} of ${mapped[pfn]} entries of pfn ${pfn}`);
  }
  if (marked !== tables) panic(`mm_pages: ${marked} frames are tables, ${tables} are counted`);
}

function validateHeld({ memMap, huge }: MemorySystem, pfn: Pfn, mapped: number): void {
  const held = memMap.refcount[memMap.compoundHead(pfn)];
  if (held < mapped) panic(`rmap: pfn ${pfn} is mapped ${mapped} times, held ${held}`);
  const all = memMap.test(pfn, PG_hugetlb) ? mapped : huge.folios.pageMapcount(pfn);
  if (memMap.test(pfn, PG_anon_exclusive) && all > 1) panic(`rmap: pfn ${pfn} is exclusive ${all} times`);
}

/** @param entire  by first frame of a huge page: entries that map the whole */
function validateHuge({ memMap, huge, vmstat }: MemorySystem, entire: ReadonlyMap<Pfn, number>): void {
  for (const [head, folio] of huge.folios.mapped) {
    if (folio.entire !== (entire.get(head) ?? 0))
      panic(`rmap: huge page ${head} is in ${entire.get(head)} PMD entries, counted ${folio.entire}`);
    let parts = 0;
    let entries = folio.entire;
    for (let pfn = head; pfn < head + HPAGE_PMD_NR; pfn++) {
      if (memMap.mapcount[pfn] > 0) parts++;
      entries += memMap.mapcount[pfn];
    }
    if (parts !== folio.nrPagesMapped)
      panic(`rmap: ${parts} parts of huge page ${head} are mapped, counted ${folio.nrPagesMapped}`);
    if (entries !== folio.mapcount)
      panic(`rmap: huge page ${head} is in ${entries} entries, counted ${folio.mapcount}`);
    if (memMap.refcount[head] < entries)
      panic(`rmap: huge page ${head} is mapped ${entries} times, held ${memMap.refcount[head]}`);
  }
  for (const head of entire.keys()) huge.folios.of(head);
  for (const head of huge.folios.deferred)
    if (!huge.folios.of(head).partiallyMapped) panic(`huge_folio: ${head} waits to be split in vain`);
  const counted = vmstat.globalNode('nr_anon_transparent_hugepages');
  if (counted !== entire.size) panic(`vmstat: ${entire.size} huge pages are mapped, counted ${counted}`);
}

function validateMm(system: MemorySystem, mm: MmStruct, mapped: Int32Array, entire: Map<Pfn, number>): void {
  const counts: RssCounts = { anon: 0, file: 0, shmem: 0, swapents: 0 };
  const { pages } = mm;
  const count: PteVisit = (words, i, addr) => {
    const vma = mm.vmaLookup(addr);
    if (vma === null) panic(`mm_pages: an entry at ${addr}, where nothing is mapped`);
    countEntry(system, vma, words[i], words[i + 1], counts, mapped);
  };
  let deposits = 0;
  const countHuge: HugeVisit = (pmd, i, addr) => {
    const vma = mm.vmaLookup(addr);
    if (vma === null || addr + PMD_SIZE > vma.vmEnd)
      panic(`mm_pages: a huge page at ${addr}, where no mapping has room for it`);
    const head = ptePfn(pmd[i], pmd[i + 1]);
    if (vma.vmFlags & VM_HUGETLB) {
      hugetlb += HPAGE_PMD_NR;
      mapped[head]++;
      return;
    }
    deposits++;
    if (pmd[i] & PTE_SPECIAL) return;
    counts.anon += HPAGE_PMD_NR;
    entire.set(head, (entire.get(head) ?? 0) + 1);
    if (pmd[i] & PTE_RW && !system.memMap.test(head, PG_anon_exclusive))
      panic(`memory: huge page ${head} is writable, but not exclusive`);
  };
  let hugetlb = 0;
  walkPageRange(pages, 0, TASK_SIZE, count, countHuge);
  if (deposits !== pages.nrDeposited) panic(`mm_pages: ${deposits} huge pages, ${pages.nrDeposited} tables put aside`);
  if (hugetlb !== pages.hugetlbPages) panic(`mm_pages: ${hugetlb} pages of hugetlb, counted ${pages.hugetlbPages}`);
  for (const kind of ['anon', 'file', 'shmem', 'swapents'] as const) {
    if (counts[kind] !== pages.rss[kind]) panic(`mm_pages: ${counts[kind]} ${kind} pages, counted ${pages.rss[kind]}`);
  }
}

function countEntry(
  system: MemorySystem,
  vma: VmArea,
  low: number,
  high: number,
  counts: RssCounts,
  mapped: Int32Array,
): void {
  if (!ptePresent(low)) {
    if (pteIsSwap(low, high)) counts.swapents++;
    return;
  }
  if (low & PTE_SPECIAL) {
    if (low & PTE_RW) panic('memory: the page of zeroes is writable');
    return;
  }
  const pfn = ptePfn(low, high);
  counts[mmCounter(system, pfn)]++;
  mapped[pfn]++;
  const isOwn = (system.memMap.flags[pfn] & (PG_anon | PG_anon_exclusive)) === (PG_anon | PG_anon_exclusive);
  if (low & PTE_RW && !(vma.vmFlags & VM_SHARED) && !isOwn) panic(`memory: pfn ${pfn} is writable, but not exclusive`);
}
