/**
 * New rights for the pages of a mapping: mprotect. Linux: mm/mprotect.c, change_protection().
 *
 * Private pages get no write bit back unless this entry alone holds them; pages of a file none unless they are dirty:
 * the others fault once more, so that the copy, or the file system, is not forgotten.
 */
import { VM_SHARED, VM_WRITE } from '../include/mm_types.ts';
import { PG_anon, PG_anon_exclusive } from '../include/page_flags.ts';
import { PAGE_SHIFT } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';
import { changeHugePmd } from './huge_pmd.ts';
import type { MemorySystem } from './memory_system.ts';
import { type HugeVisit, type PteVisit, walkPageRange } from './pagewalk.ts';
import {
  PTE_DIRTY,
  PTE_RW,
  PTE_SPECIAL,
  protHigh,
  protLow,
  pteModifyHigh,
  pteModifyLow,
  ptePfn,
  ptePresent,
} from './pte.ts';
import type { VmArea } from './vma.ts';

/** @param vma  with its new flags */
export function changeProtection(system: MemorySystem, vma: VmArea, start: UserAddr, end: UserAddr): void {
  const mm = vma.vmMm;
  const notify = wantsWriteNotify(system, vma);
  const low = protLow(vma.vmFlags, notify);
  const high = protHigh(vma.vmFlags);
  const mayUpgrade = (vma.vmFlags & VM_WRITE) !== 0 && (!(vma.vmFlags & VM_SHARED) || notify);
  let any = false;
  const change: PteVisit = (words, i) => {
    if (!ptePresent(words[i])) return;
    const changed = pteModifyLow(words[i], low);
    const writable = mayUpgrade && !(changed & PTE_RW) && canChangePteWritable(system, vma, changed, words[i + 1]);
    words[i] = writable ? changed | PTE_RW : changed;
    words[i + 1] = pteModifyHigh(words[i + 1], high);
    any = true;
  };
  // Huge pages lie in the range as a whole: where it begins or ends, mappings were cut, and huge pages with them.
  const changeHuge: HugeVisit = (_pmd, _i, addr) => {
    changeHugePmd(system, vma, addr);
    any = true;
  };
  walkPageRange(mm, start, end, change, changeHuge);
  if (any) system.flush.flushTlbMmRange(mm.context, { start, end, strideShift: PAGE_SHIFT, freedTables: false });
}

/** Whether the file system wants to know of the first store to a page. Linux: vma_wants_writenotify(). */
export function wantsWriteNotify(system: MemorySystem, { vmFile }: VmArea): boolean {
  if (vmFile?.mapping === undefined) return false;
  return system.pageCache.mappings.byId(vmFile.mapping).ops !== null;
}

/** Linux: can_change_pte_writable(). */
function canChangePteWritable({ memMap }: MemorySystem, vma: VmArea, low: number, high: number): boolean {
  if (vma.vmFlags & VM_SHARED) return (low & PTE_DIRTY) !== 0;
  if (low & PTE_SPECIAL) return false;
  return (memMap.flags[ptePfn(low, high)] & (PG_anon | PG_anon_exclusive)) === (PG_anon | PG_anon_exclusive);
}
