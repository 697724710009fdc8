/**
 * A page is touched that the tables do not give: find out why, and bring it. Linux: mm/memory.c, handle_mm_fault().
 *
 *     entry is           what is done
 *     nothing            anonymous: the page of zeroes (read), a new page (write); file: memory_file.ts
 *     in swap            bring it back
 *     a guard            SIGSEGV
 *     there, read-only   and this is a write: memory_cow.ts
 *     there              only A and D were missing, or the CPU remembered less than the table says
 *
 * Where there is not even a table, a huge page may fit: huge_memory.ts. Mappings of hugetlb: hugetlb_fault.ts.
 */
import {
  VM_FAULT_ERROR,
  VM_FAULT_FALLBACK,
  VM_FAULT_MAJOR,
  VM_FAULT_OOM,
  VM_FAULT_SIGBUS,
  VM_FAULT_SIGSEGV,
} from '../include/fault_types.ts';
import { VM_HUGETLB, VM_SHARED, VM_WRITE } from '../include/mm_types.ts';
import { PG_uptodate } from '../include/page_flags.ts';
import type { UserAddr } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import { doHugeFault } from './huge_memory.ts';
import { hugetlbFault } from './hugetlb_fault.ts';
import { doWpPage } from './memory_cow.ts';
import { doFault } from './memory_file.ts';
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
  pteIsGuard,
  ptePresent,
} from './pte.ts';
import { anonVmaPrepare } from './rmap.ts';
import { folioAddLruVma, folioAddNewAnonRmap } from './rmap_folio.ts';
import { type VmArea, vmaIsAnonymous } from './vma.ts';
import { vmaAllocFolio } from './vma_alloc.ts';

/**
 * A permitted access to a page of a mapping; counted as a fault of the process.
 * @param addr  of the page
 * @returns VM_FAULT_ bits
 */
export function handleMmFault(mm: MmStruct, vma: VmArea, addr: UserAddr, write: boolean): number {
  const fault = vma.vmFlags & VM_HUGETLB ? hugetlbFault(mm, vma, addr, write) : handlePteFault(mm, vma, addr, write);
  mm.owner.system.vmstat.events.pgfault++;
  if (fault & VM_FAULT_ERROR) return fault;
  if (fault & VM_FAULT_MAJOR) mm.pages.majFlt++;
  else mm.pages.minFlt++;
  return fault;
}

function handlePteFault(mm: MmStruct, vma: VmArea, addr: UserAddr, write: boolean): number {
  const words = mm.pages.pteTable(addr);
  if (words === null) {
    if (!vmaIsAnonymous(vma)) return doFault(mm, vma, addr, write);
    const huge = doHugeFault(mm, vma, addr, write);
    if (huge !== VM_FAULT_FALLBACK) return huge;
    const table = mm.pages.pteTable(addr);
    return table === null ? doAnonymousPage(mm, vma, addr, write) : handlePteFault(mm, vma, addr, write);
  }
  const i = pteIndex(addr);
  const low = words[i];
  const high = words[i + 1];
  if ((low | high) === 0) {
    return vmaIsAnonymous(vma) ? doAnonymousPage(mm, vma, addr, write) : doFault(mm, vma, addr, write);
  }
  if (!ptePresent(low)) {
    if (pteIsGuard(low, high)) return VM_FAULT_SIGSEGV;
    return fromSwap(mm, vma, addr, write);
  }
  if (write && !(low & PTE_RW)) return doWpPage(mm, vma, addr, words);
  words[i] = low | PTE_ACCESSED | (write ? PTE_DIRTY : 0);
  if (write) mm.pages.rooms.flush.flushTlbPage(mm.pages.context, addr);
  return 0;
}

/** A page that comes back and that others have too is copied at once, if this is a write. */
function fromSwap(mm: MmStruct, vma: VmArea, addr: UserAddr, write: boolean): number {
  const { swapFaults } = mm.owner.system;
  if (swapFaults === null) panic('memory: a page is in swap, but there is none');
  const fault = swapFaults.doSwapPage(mm.pages, vma, addr, write);
  const words = mm.pages.pteTable(addr);
  const isDone = !write || (fault & VM_FAULT_ERROR) !== 0 || words === null || (words[pteIndex(addr)] & PTE_RW) !== 0;
  return isDone ? fault : fault | doWpPage(mm, vma, addr, words);
}

/** Linux: do_anonymous_page(). */
function doAnonymousPage(mm: MmStruct, vma: VmArea, addr: UserAddr, write: boolean): number {
  const { system } = mm.owner;
  if (vma.vmFlags & VM_SHARED) return VM_FAULT_SIGBUS;
  const words = mm.pages.pteAlloc(addr);
  if (words === null) return VM_FAULT_OOM;
  const i = pteIndex(addr);
  const prot = protLow(vma.vmFlags, false);
  if (!write) {
    words[i] = pfnLow(system.zeroPage) | PTE_SPECIAL | prot;
    words[i + 1] = pfnHigh(system.zeroPage) | protHigh(vma.vmFlags);
    return 0;
  }
  anonVmaPrepare(system.rmap, mm.vmas, vma);
  const pfn = vmaAllocFolio(system, vma, addr);
  if (pfn === null) return VM_FAULT_OOM;
  system.memory.clearFrame(pfn);
  system.memMap.flags[pfn] |= PG_uptodate;
  mm.pages.rss.anon++;
  folioAddNewAnonRmap(system, pfn, vma, addr);
  folioAddLruVma(system, pfn, vma);
  words[i] = pfnLow(pfn) | prot | PTE_DIRTY | (vma.vmFlags & VM_WRITE ? PTE_RW : 0);
  words[i + 1] = pfnHigh(pfn) | protHigh(vma.vmFlags);
  return 0;
}
