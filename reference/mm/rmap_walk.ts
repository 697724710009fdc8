/**
 * From a page to every page-table entry that holds it. Linux: mm/rmap.c, rmap_walk(), page_vma_mapped_walk().
 *
 *     page --> anon_vma or file --> mappings --> the one place in each where the page would be --> is it there?
 */
import { VM_LOCKED, VM_MAYSHARE } from '../include/mm_types.ts';
import { PG_anon, PG_head } from '../include/page_flags.ts';
import { HPAGE_PMD_NR, PAGE_SIZE, PMD_SIZE } from '../include/param.ts';
import type { Pfn, UserAddr } from '../include/types.ts';
import type { MemorySystem } from './memory_system.ts';
import { PTE_ACCESSED, PTE_DIRTY, PTE_RW, PTE_SPECIAL, pmdIndex, pteIndex, ptePfn, ptePresent } from './pte.ts';
import { type VmArea, vmaPages } from './vma.ts';

/** An entry that holds the page; words[i] is its low half. @returns whether to go on */
export type RmapVisit = (vma: VmArea, addr: UserAddr, words: Uint32Array, i: number) => boolean;

/** Calls for every entry of a PTE table that holds a page. Cost: the mappings of its anon_vma or file. */
export function rmapWalk(system: MemorySystem, pfn: Pfn, visit: RmapVisit): void {
  const { memMap } = system;
  if (memMap.mapcount[pfn] === 0) return;
  const index = memMap.index[pfn];
  for (const vma of mappingsOf(system, pfn)) {
    const inVma = index - vma.vmPgoff;
    if (inVma < 0 || inVma >= vmaPages(vma)) continue;
    const addr = vma.vmStart + inVma * PAGE_SIZE;
    const words = vma.vmMm.pteTable(addr);
    if (words === null) continue;
    const i = pteIndex(addr);
    if (!ptePresent(words[i]) || ptePfn(words[i], words[i + 1]) !== pfn) continue;
    if (!visit(vma, addr, words, i)) return;
  }
}

/**
 * Calls for every entry that holds a folio, or a part of it: of a huge page those of PMD tables first.
 * @param pfn  its first frame
 */
export function rmapWalkFolio(system: MemorySystem, pfn: Pfn, visit: RmapVisit): void {
  if (!system.memMap.test(pfn, PG_head)) {
    rmapWalk(system, pfn, visit);
    return;
  }
  let goOn = true;
  const visitNext: RmapVisit = (...entry) => {
    goOn = visit(...entry);
    return goOn;
  };
  rmapWalkHuge(system, pfn, visitNext);
  for (let part = pfn; goOn && part < pfn + HPAGE_PMD_NR; part++) rmapWalk(system, part, visitNext);
}

/** Calls for every entry of a PMD table that holds a huge page. @param head  its first frame */
export function rmapWalkHuge(system: MemorySystem, head: Pfn, visit: RmapVisit): void {
  const { memMap } = system;
  for (const vma of mappingsOf(system, head)) {
    const addr = vma.vmStart + (memMap.index[head] - vma.vmPgoff) * PAGE_SIZE;
    if (addr < vma.vmStart || addr >= vma.vmEnd || addr % PMD_SIZE !== 0) continue;
    const pmd = vma.vmMm.hugePmd(addr);
    const i = pmdIndex(addr);
    if (pmd === null || pmd[i] & PTE_SPECIAL || ptePfn(pmd[i], pmd[i + 1]) !== head) continue;
    if (!visit(vma, addr, pmd, i)) return;
  }
}

const NONE: ReadonlySet<VmArea> = new Set();

function mappingsOf({ memMap, rmap }: MemorySystem, pfn: Pfn): ReadonlySet<VmArea> {
  const id = memMap.mapping[pfn];
  const found = memMap.test(pfn, PG_anon) ? rmap.anonVmas.get(id)?.vmas : rmap.files.get(id);
  return found ?? NONE;
}

/** How a page was used since it was last asked: entries with A, which is cleared; and whether a locked mapping holds it. */
export interface FolioReferences {
  readonly referenced: number;
  /** Flags of the mappings that used it, joined; VM_LOCKED if one is locked. */
  readonly vmFlags: number;
}

/** Linux: folio_referenced(). */
export function folioReferenced(system: MemorySystem, pfn: Pfn): FolioReferences {
  let referenced = 0;
  let vmFlags = 0;
  rmapWalkFolio(system, pfn, (vma, _addr, words, i) => {
    if (vma.vmFlags & VM_LOCKED) {
      system.mlockBatch.mlock(pfn);
      vmFlags |= VM_LOCKED;
      return false;
    }
    if (words[i] & PTE_ACCESSED) {
      words[i] &= ~PTE_ACCESSED;
      referenced++;
      vmFlags |= vma.vmFlags;
    }
    return true;
  });
  return { referenced, vmFlags };
}

/**
 * Makes all shared entries of a page of a file clean and read-only, so that the next store is noticed.
 * @returns how many were dirty or writable. Linux: folio_mkclean()
 */
export function folioMkclean(system: MemorySystem, pfn: Pfn): number {
  let cleaned = 0;
  rmapWalk(system, pfn, (vma, addr, words, i) => {
    if (!(vma.vmFlags & VM_MAYSHARE) || !(words[i] & (PTE_DIRTY | PTE_RW))) return true;
    words[i] &= ~(PTE_DIRTY | PTE_RW);
    system.flush.flushTlbPage(vma.vmMm.context, addr);
    cleaned++;
    return true;
  });
  return cleaned;
}
