/**
 * Whether page tables and the map of frames tell the same story. Not in Linux: there CONFIG_DEBUG_VM checks parts of it.
 */
import { VM_SHARED } from '../include/mm_types.ts';
import { PG_anon, PG_anon_exclusive, PG_table } from '../include/page_flags.ts';
import { PAGE_SIZE, TASK_SIZE } from '../include/param.ts';
import { panic } from '../lib/panic.ts';
import type { MemorySystem } from './memory_system.ts';
import type { RssCounts } from './mm_pages.ts';
import type { MmStruct } from './mm_struct.ts';
import { walkPageRange } from './pagewalk.ts';
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
  let tables = 0;
  for (const mm of mms) {
    validateMm(system, mm, mapped);
    tables += mm.pages.pgtablesBytes / PAGE_SIZE + 1;
  }
  const { mapcount, refcount, flags } = system.memMap;
  let marked = 0;
  for (let pfn = 0; pfn < mapped.length; pfn++) {
    if (flags[pfn] & PG_table) marked++;
    if (mapcount[pfn] !== mapped[pfn]) panic(`rmap: pfn ${pfn} is in ${mapped[pfn]} entries, counted ${mapcount[pfn]}`);
    if (mapped[pfn] === 0) continue;
    if (refcount[pfn] < mapped[pfn]) panic(`rmap: pfn ${pfn} is mapped ${mapped[pfn]} times, held ${refcount[pfn]}`);
    if (flags[pfn] & PG_anon_exclusive && mapped[pfn] > 1) panic(`rmap: pfn ${pfn} is exclusive ${mapped[pfn]} times`);
    let found = 0;
    rmapWalk(system, pfn, () => {
      found++;
      return true;
    });
    if (found !== mapped[pfn]) panic(`rmap: a walk finds ${found} of ${mapped[pfn]} entries of pfn ${pfn}`);
  }
  if (marked !== tables) panic(`mm_pages: ${marked} frames are tables, ${tables} are counted`);
}

function validateMm(system: MemorySystem, mm: MmStruct, mapped: Int32Array): void {
  const counts: RssCounts = { anon: 0, file: 0, shmem: 0, swapents: 0 };
  const { pages } = mm;
  walkPageRange(pages, 0, TASK_SIZE, (words, i, addr) => {
    const vma = mm.vmaLookup(addr);
    if (vma === null) panic(`mm_pages: an entry at ${addr}, where nothing is mapped`);
    countEntry(system, vma, words[i], words[i + 1], counts, mapped);
  });
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
