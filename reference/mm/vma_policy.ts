/**
 * Where the pages of a mapping are wanted: mbind(2). Linux: mm/mempolicy.c, the part about mappings.
 *
 *     page of     a mapping with a policy  --> that policy       interleave: by the page's place in its file or memory
 *                 a mapping without        --> that of whoever faults
 *
 * SIMPLIFIED: the policy is the mapping's, also for shared memory, whose pages then follow whoever faults (Linux keeps one
 * with the memory itself).
 */
import { EFAULT, EIO } from '../include/errno.ts';
import { GFP_HIGHUSER_MOVABLE } from '../include/gfp.ts';
import { PG_anon, PG_head, PG_hugetlb, PG_lru } from '../include/page_flags.ts';
import type { Pfn, UserAddr } from '../include/types.ts';
import type { MemorySystem } from './memory_system.ts';
import type { Mempolicy } from './mempolicy.ts';
import { migrateFolio } from './migrate.ts';
import type { MmStruct } from './mm_struct.ts';
import { walkPageRange } from './pagewalk.ts';
import { PTE_SPECIAL, ptePfn, ptePresent } from './pte.ts';
import { type VmArea, vmaPgoffOf } from './vma.ts';
import { vmaModifyPolicy } from './vma_split.ts';

/** Flags of mbind(2): it fails if a page lies elsewhere; pages of this process alone move; all pages move. */
export const MPOL_MF_STRICT = 1;
export const MPOL_MF_MOVE = 2;
export const MPOL_MF_MOVE_ALL = 4;
const MF_MOVES = MPOL_MF_MOVE | MPOL_MF_MOVE_ALL;

/** A page that lies where the new policy does not want it. */
interface Misplaced {
  readonly pfn: Pfn;
  readonly vma: VmArea;
  readonly addr: UserAddr;
}

/**
 * Gives all mappings of start..end a policy; what lies elsewhere may move.
 * @param policy  null: none, whoever faults decides
 * @param nodes  of the policy, bit n for node n
 * @param flags  MPOL_MF_ bits
 * @returns 0; -EFAULT: a hole, nothing has changed; -EIO: a page lies elsewhere, and was not to move (nothing has
 *   changed) or could not; -ENOMEM: too many mappings. Linux: do_mbind()
 */
export function doMbind(
  mm: MmStruct,
  range: { readonly start: UserAddr; readonly end: UserAddr },
  { policy, nodes }: { readonly policy: Mempolicy | null; readonly nodes: number },
  flags: number,
): number {
  const { system } = mm.owner;
  const vmas = mappingsOf(mm, range.start, range.end);
  if (vmas === null) return -EFAULT;
  // Pages that wait in a batch are held by it, and could not move. Linux: lru_cache_disable().
  system.mlockBatch.drain();
  const misplaced: Misplaced[] = [];
  if (flags !== 0) for (const vma of vmas) findMisplaced(system, vma, range, nodes, misplaced);
  if (flags === MPOL_MF_STRICT && misplaced.length > 0) return -EIO;
  for (const vma of vmas) {
    const part = { start: Math.max(range.start, vma.vmStart), end: Math.min(range.end, vma.vmEnd) };
    const bound = vmaModifyPolicy(mm, mm.vmaLookup(part.start) ?? vma, part, policy);
    if (typeof bound === 'number') return bound;
  }
  let failed = 0;
  for (const page of misplaced) if (!(flags & MF_MOVES) || !move(mm, page, policy, flags)) failed++;
  return failed > 0 && flags & MPOL_MF_STRICT ? -EIO : 0;
}

/** null: there is a hole. */
function mappingsOf(mm: MmStruct, start: UserAddr, end: UserAddr): VmArea[] | null {
  const vmas: VmArea[] = [];
  for (let at = start; at < end; ) {
    const vma = mm.vmaLookup(at);
    if (vma === null) return null;
    vmas.push(vma);
    at = vma.vmEnd;
  }
  return vmas;
}

/** Linux: queue_pages_range(). */
function findMisplaced(
  { memMap, lru }: MemorySystem,
  vma: VmArea,
  { start, end }: { readonly start: UserAddr; readonly end: UserAddr },
  nodes: number,
  misplaced: Misplaced[],
): void {
  const first = Math.max(start, vma.vmStart);
  const look = (words: Uint32Array, i: number, addr: UserAddr): void => {
    if (!ptePresent(words[i]) || words[i] & PTE_SPECIAL) return;
    const pfn = memMap.compoundHead(ptePfn(words[i], words[i + 1]));
    if (!memMap.test(pfn, PG_lru) || nodes & (1 << lru.zoneOf(pfn).nid)) return;
    misplaced.push({ pfn, vma, addr });
  };
  walkPageRange(vma.vmMm, first, Math.min(end, vma.vmEnd), look, look);
}

/**
 * Moves a page to where the policy wants it. SIMPLIFIED: single anonymous pages only.
 * @returns whether it has moved
 */
function move(mm: MmStruct, { pfn, addr }: Misplaced, policy: Mempolicy | null, flags: number): boolean {
  const { system } = mm.owner;
  const { memMap } = system;
  const vma = mm.vmaLookup(addr);
  const isOwn = memMap.mapcount[pfn] === 1 || (flags & MPOL_MF_MOVE_ALL) !== 0;
  if (vma === null || !isOwn || !memMap.test(pfn, PG_anon) || memMap.test(pfn, PG_head | PG_hugetlb)) return false;
  const { pages } = system;
  const from = policy === null ? {} : { policy, index: vmaPgoffOf(vma, addr) };
  return migrateFolio(system, pfn, () => pages.allocPages(GFP_HIGHUSER_MOVABLE, 0, from));
}
