/**
 * What a page fault means for the address space: whether it is allowed, whether a stack grows, and who will own the
 * page. Linux: arch/x86/mm/fault.c, mm/vma.c (expand_downwards()); how the page is had: memory.ts.
 */
import { EFAULT, ENOMEM, EPERM } from '../include/errno.ts';
import { VM_FAULT_ERROR, VM_FAULT_OOM, VM_FAULT_SIGBUS } from '../include/fault_types.ts';
import { VM_GROWSDOWN, VM_LOCKED, VM_WRITE } from '../include/mm_types.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';
import { handleMmFault } from './memory.ts';
import type { MmStruct } from './mm_struct.ts';
import { anonVmaPrepare } from './rmap.ts';
import { type VmArea, vmaIsAccessible } from './vma.ts';
import { charge, mayExpandVm, mlockFutureOk } from './vma_map.ts';

/** What the process sees when it touches an address: it goes on, or a signal with its code; OOM: no memory. */
export type TouchResult = 'ok' | 'SEGV_MAPERR' | 'SEGV_ACCERR' | 'BUS_ADRERR' | 'OOM';

/** A process reads or writes a byte. Linux: do_user_addr_fault(). */
export function doUserAddrFault(mm: MmStruct, addr: UserAddr, write: boolean): TouchResult {
  const vma = findVmaForFault(mm, addr);
  if (vma === null) return 'SEGV_MAPERR';
  if (write ? !(vma.vmFlags & VM_WRITE) : !vmaIsAccessible(vma)) return 'SEGV_ACCERR';
  const result = handleMmFault(mm, vma, addr - (addr % PAGE_SIZE), write);
  if (!(result & VM_FAULT_ERROR)) return 'ok';
  if (result & VM_FAULT_OOM) return 'OOM';
  return result & VM_FAULT_SIGBUS ? 'BUS_ADRERR' : 'SEGV_MAPERR';
}

/** The mapping at addr; a stack above it grows down to it. Linux: lock_mm_and_find_vma(). */
function findVmaForFault(mm: MmStruct, addr: UserAddr): VmArea | null {
  const vma = mm.vmas.find(addr);
  if (vma === null || vma.vmStart <= addr) return vma;
  return expandDownwards(mm, vma, addr - (addr % PAGE_SIZE)) === 0 ? vma : null;
}

/**
 * Lets a stack grow.
 * @param addr  the page that becomes its first
 * @returns 0; -EFAULT: not a stack; -EPERM: too low; -ENOMEM: too near to the mapping below, or beyond a limit
 */
export function expandDownwards(mm: MmStruct, vma: VmArea, addr: UserAddr): number {
  const { machine, rlimits } = mm.owner;
  if (!(vma.vmFlags & VM_GROWSDOWN)) return -EFAULT;
  if (addr < machine.mmapMinAddr) return -EPERM;
  const prev = mm.vmas.findPrev(vma.vmStart);
  if (prev !== null && !(prev.vmFlags & VM_GROWSDOWN) && vmaIsAccessible(prev)) {
    if (addr - prev.vmEnd < machine.stackGuardGap) return -ENOMEM;
  }
  anonVmaPrepare(mm.owner.system.rmap, mm.vmas, vma);
  const grow = (vma.vmStart - addr) / PAGE_SIZE;
  if (grow > vma.vmPgoff || !mayExpandVm(mm, vma.vmFlags, grow) || vma.vmEnd - addr > rlimits.stack) return -ENOMEM;
  if (!mlockFutureOk(mm, vma.vmFlags, grow * PAGE_SIZE) || charge(mm, grow) !== 0) return -ENOMEM;
  if (vma.vmFlags & VM_LOCKED) mm.lockedVm += grow;
  mm.vmStatAccount(vma.vmFlags, grow);
  vma.vmPgoff -= grow;
  mm.vmas.resize(vma, addr, vma.vmEnd);
  return 0;
}
