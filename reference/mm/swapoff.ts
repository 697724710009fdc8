/**
 * Switching a swap area off: all that is in it comes back. Linux: mm/swapfile.c, swapoff(), try_to_unuse().
 *
 *     no new slots  ->  memory files  ->  page tables of all processes  ->  what only the cache has  ->  empty: forgotten
 *                           `---- no memory, or it cannot be read: switched on again, what has come back stays
 *
 * SIMPLIFIED: whether memory will suffice is not asked in advance; Linux maps a page that cannot be read as poisoned.
 */

import type { VirtualClock } from '../arch/clock.ts';
import { EINVAL, EIO, ENOMEM } from '../include/errno.ts';
import { VM_FAULT_OOM } from '../include/fault_types.ts';
import { PG_writeback } from '../include/page_flags.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { SwpEntry, UserAddr } from '../include/types.ts';
import type { MemorySystem } from './memory_system.ts';
import type { MmStruct } from './mm_struct.ts';
import { withMm } from './mmget.ts';
import { PTE_ACCESSED, pfnHigh, pfnLow, protHigh, protLow, pteIndex, pteIsSwap } from './pte.ts';
import type { SwapArea } from './swap_area.ts';
import { mapAnonPage, type SwapFaultPath } from './swap_fault.ts';
import type { SwapCache } from './swap_state.ts';
import { pteToSwpEntry, SWP_EXCLUSIVE, swpType } from './swapops.ts';
import type { VmArea } from './vma.ts';

/** All that may refer to slots. */
export interface SwapUsers {
  readonly system: MemorySystem;
  readonly clock: VirtualClock;
  readonly cache: SwapCache;
  readonly faults: SwapFaultPath;
  /** All address spaces. */
  readonly mms: Iterable<MmStruct>;
}

/**
 * @param name  as swapon was given it
 * @returns 0; -EINVAL: no such area; -ENOMEM, -EIO: not all could be brought back, it stays on
 */
export function swapoff(users: SwapUsers, name: string): number {
  const { swap } = users.cache;
  const area = swap.areas.find(({ file, writeOk }) => writeOk && file.name === name);
  if (area === undefined) return -EINVAL;
  swap.disable(area);
  const error = tryToUnuse(users, area);
  if (error === 0) swap.remove(area);
  else swap.enable(area);
  return error;
}

function tryToUnuse(users: SwapUsers, area: SwapArea): number {
  let error = unuseShmem(users, area);
  for (const mm of users.mms) if (error === 0) error = withMm(mm, () => unuseMm(users, mm, area));
  if (error === 0) freeCached(users, area);
  return error;
}

/** Linux: shmem_unuse(). */
function unuseShmem({ system }: SwapUsers, area: SwapArea): number {
  for (const mapping of system.pageCache.mappings) {
    const indexes = [...mapping.swapped].filter(([, entry]) => swpType(entry) === area.type).map(([index]) => index);
    for (const index of indexes) {
      const got = system.shmem.getFolio(mapping, index, 'cache');
      if (typeof got === 'number') return got;
      if (got !== null) system.folios.put(got.pfn);
    }
  }
  return 0;
}

function unuseMm(users: SwapUsers, mm: MmStruct, area: SwapArea): number {
  let error = 0;
  for (const vma of mm.vmas) if (error === 0 && vma.anonVma !== null) error = unuseVma(users, vma, area);
  return error;
}

/** Linux: unuse_mm(), unuse_pte_range(). */
function unuseVma(users: SwapUsers, vma: VmArea, area: SwapArea): number {
  const mm = vma.vmMm;
  for (let at = mm.nextTable(vma.vmStart, vma.vmEnd); at >= 0; ) {
    const stop = mm.tableEnd(at, vma.vmEnd);
    const words = mm.pteTable(at);
    for (let addr = at; words !== null && addr < stop; addr += PAGE_SIZE) {
      const i = pteIndex(addr);
      if (!pteIsSwap(words[i], words[i + 1])) continue;
      const entry = pteToSwpEntry(words[i], words[i + 1]);
      if (swpType(entry) !== area.type) continue;
      const error = unusePte(users, vma, addr, words, entry);
      if (error !== 0) return error;
    }
    at = mm.nextTable(stop, vma.vmEnd);
  }
  return 0;
}

/** Linux: unuse_pte(). The page is mapped read-only and as not used; whoever writes to it has one more fault. */
function unusePte(users: SwapUsers, vma: VmArea, addr: UserAddr, words: Uint32Array, entry: SwpEntry): number {
  const { cache, clock, faults, system } = users;
  const { folios, memMap } = system;
  const got = faults.swapin(entry, vma.vmMm, vma, addr);
  if (typeof got === 'number') return got & VM_FAULT_OOM ? -ENOMEM : -EIO;
  const { pfn } = got;
  clock.waitUntil(() => !memMap.test(pfn, PG_writeback));
  const i = pteIndex(addr);
  const exclusive = (words[i] & SWP_EXCLUSIVE) !== 0;
  folios.get(pfn);
  mapAnonPage(system, { mm: vma.vmMm, vma, addr, pfn, exclusive });
  words[i] = pfnLow(pfn) | (protLow(vma.vmFlags, false) & ~PTE_ACCESSED);
  words[i + 1] = pfnHigh(pfn) | protHigh(vma.vmFlags);
  cache.swap.swapFree(entry);
  cache.folioFreeSwap(pfn);
  folios.put(pfn);
  return 0;
}

/** Slots that only the cache has. */
function freeCached({ cache, clock, system }: SwapUsers, area: SwapArea): void {
  const { folios, memMap } = system;
  for (const pfn of cache.cachedIn(area)) {
    folios.get(pfn);
    cache.waitRead(pfn);
    clock.waitUntil(() => !memMap.test(pfn, PG_writeback));
    cache.folioFreeSwap(pfn);
    folios.put(pfn);
  }
}
