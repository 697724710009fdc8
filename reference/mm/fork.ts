/** A copy of an address space for a child process. Linux: kernel/fork.c and mm/mmap.c, dup_mmap(). */
import { ENOMEM } from '../include/errno.ts';
import { VM_ACCOUNT, VM_DONTCOPY, VM_LOCKED_MASK, VM_WIPEONFORK } from '../include/mm_types.ts';
import { MmStruct } from './mm_struct.ts';
import { anonVmaFork } from './rmap.ts';
import { VmArea, vmaPages } from './vma.ts';
import { charge } from './vma_map.ts';

/**
 * Copies all mappings but those of MADV_DONTFORK. Locks do not pass on; MADV_WIPEONFORK passes on an empty mapping.
 * @returns the child's address space, or -ENOMEM: nothing has changed
 */
export function dupMm(mm: MmStruct): MmStruct | number {
  const copied = [...mm.vmas].filter(({ vmFlags }) => !(vmFlags & VM_DONTCOPY));
  const promised = copied.reduce((pages, vma) => (vma.vmFlags & VM_ACCOUNT ? pages + vmaPages(vma) : pages), 0);
  if (charge(mm, promised) !== 0) return -ENOMEM;
  const child = new MmStruct(mm.owner, mm.layout);
  child.brk = mm.brk;
  for (const vma of copied) {
    const { vmStart, vmEnd, vmFlags, vmPgoff, vmFile } = vma;
    const twin = new VmArea({ vmStart, vmEnd, vmFlags: vmFlags & ~VM_LOCKED_MASK, vmPgoff, vmFile });
    if (!(vmFlags & VM_WIPEONFORK)) {
      anonVmaFork(twin, vma);
      mm.guards.copyTo(child.guards, vmStart, vmEnd);
    }
    child.link(twin);
    child.vmStatAccount(vmFlags, vmaPages(vma));
  }
  return child;
}
