/** A copy of an address space for a child process. Linux: kernel/fork.c and mm/mmap.c, dup_mmap(). */
import { ENOMEM } from '../include/errno.ts';
import { VM_ACCOUNT, VM_DONTCOPY, VM_LOCKED_MASK, VM_WIPEONFORK } from '../include/mm_types.ts';
import { copyPageRange, vmaNeedsCopy } from './copy_page_range.ts';
import { exitMmap } from './exit_mmap.ts';
import { type MmOwner, MmStruct } from './mm_struct.ts';
import { anonVmaFork } from './rmap.ts';
import { VmArea, vmaPages } from './vma.ts';
import { charge } from './vma_map.ts';

/**
 * Copies all mappings but those of MADV_DONTFORK. Locks do not pass on; MADV_WIPEONFORK passes on an empty mapping.
 * @param owner  of the child's
 * @returns the child's address space, or -ENOMEM: nothing has changed, but that private pages may fault once more
 */
export function dupMm(mm: MmStruct, owner: MmOwner = mm.owner): MmStruct | number {
  const copied = [...mm.vmas].filter(({ vmFlags }) => !(vmFlags & VM_DONTCOPY));
  const promised = copied.reduce((pages, vma) => (vma.vmFlags & VM_ACCOUNT ? pages + vmaPages(vma) : pages), 0);
  if (charge(mm, promised) !== 0) return -ENOMEM;
  const child = MmStruct.create(owner, mm.layout);
  if (child === null) {
    mm.owner.commit.vmUnacctMemory(promised);
    return -ENOMEM;
  }
  child.brk = mm.brk;
  child.image = mm.image;
  for (const vma of copied) linkTwin(child, vma);
  for (const vma of copied) {
    const copiedPages = copyPages(child, vma);
    if (copiedPages === 0) continue;
    exitMmap(child);
    mm.pages.rooms.flush.flushTlbMm(mm.pages.context);
    return copiedPages;
  }
  mm.pages.rooms.flush.flushTlbMm(mm.pages.context);
  return child;
}

function linkTwin(child: MmStruct, vma: VmArea): void {
  const { vmStart, vmEnd, vmFlags, vmPgoff, vmFile, vmPolicy } = vma;
  const unlocked = vmFlags & ~VM_LOCKED_MASK;
  const twin = new VmArea(child.pages, { vmStart, vmEnd, vmFlags: unlocked, vmPgoff, vmFile, vmPolicy });
  if (!(vmFlags & VM_WIPEONFORK)) anonVmaFork(child.owner.system.rmap, twin, vma);
  child.link(twin);
  child.vmStatAccount(vmFlags, vmaPages(vma));
}

function copyPages(child: MmStruct, vma: VmArea): number {
  if (vma.vmFlags & VM_WIPEONFORK || !vmaNeedsCopy(vma)) return 0;
  const twin = child.vmaLookup(vma.vmStart);
  return twin === null ? 0 : copyPageRange(child.owner.system, twin, vma);
}
