/** A page for a mapping, from where it is wanted. Linux: mm/mempolicy.c, vma_alloc_folio(). */
import { GFP_HIGHUSER_MOVABLE } from '../include/gfp.ts';
import { HPAGE_PMD_NR, HPAGE_PMD_ORDER } from '../include/param.ts';
import type { Pfn, UserAddr } from '../include/types.ts';
import type { MemorySystem } from './memory_system.ts';
import { type VmArea, vmaPgoffOf } from './vma.ts';

/**
 * A new page for an address of a mapping: by the mapping's policy, else by that of whoever faults. Interleave goes by the
 * page's place in its file or memory, so that neighbours lie on different nodes whoever touches them first.
 * @returns null: no memory
 */
export function vmaAllocFolio({ pages }: MemorySystem, vma: VmArea, addr: UserAddr): Pfn | null {
  const policy = vma.vmPolicy ?? pages.current.policy;
  if (policy === undefined) return pages.allocPages(GFP_HIGHUSER_MOVABLE, 0);
  return pages.allocPages(GFP_HIGHUSER_MOVABLE, 0, { ...pages.current, policy, index: vmaPgoffOf(vma, addr) });
}

/** The same for a huge page. @param gfp  how hard to try. Linux: vma_alloc_anon_folio_pmd() */
export function vmaAllocHuge({ pages }: MemorySystem, vma: VmArea, addr: UserAddr, gfp: number): Pfn | null {
  const policy = vma.vmPolicy ?? pages.current.policy;
  if (policy === undefined) return pages.allocPages(gfp, HPAGE_PMD_ORDER);
  const index = Math.floor(vmaPgoffOf(vma, addr) / HPAGE_PMD_NR);
  return pages.allocPages(gfp, HPAGE_PMD_ORDER, { ...pages.current, policy, index });
}
