/**
 * Putting a new mapping where it belongs. Linux: mm/vma.c, __mmap_region() and do_brk_flags().
 */
import { EINVAL, ENOMEM } from '../include/errno.ts';
import {
  VM_ACCOUNT,
  VM_HUGETLB,
  VM_LOCKED,
  VM_MAYEXEC,
  VM_MAYREAD,
  VM_MAYWRITE,
  VM_NORESERVE,
  VM_READ,
  VM_SHARED,
  VM_WRITE,
  type VmFile,
} from '../include/mm_types.ts';
import { HPAGE_PMD_NR, PAGE_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';
import { hugeIndex, hugetlbReservePages } from './hugetlb_resv.ts';
import type { MmStruct } from './mm_struct.ts';
import { accountableMapping } from './util.ts';
import { VmArea, type VmaShape, vmaPages, vmUse } from './vma.ts';
import { vmaExpandUp, vmaMergeNewRange } from './vma_merge.ts';
import { completeMunmapVmas, gatherMunmapVmas } from './vma_munmap.ts';
import { pagesBetween } from './vma_split.ts';

/** Whether so many more pages of a kind fit the limits of the process. Linux: may_expand_vm(). */
export function mayExpandVm(mm: MmStruct, flags: number, pages: number): boolean {
  const { as, data } = mm.owner.rlimits;
  if (mm.totalVm + pages > Math.floor(as / PAGE_SIZE)) return false;
  return vmUse(flags) !== 'data' || mm.usedVm.data + pages <= Math.floor(data / PAGE_SIZE);
}

/** Whether so many more bytes may be locked, if the flags say that they are. Linux: mlock_future_ok(). */
export function mlockFutureOk(mm: MmStruct, flags: number, bytes: number): boolean {
  const { capable, rlimits } = mm.owner;
  if (!(flags & VM_LOCKED) || capable.ipcLock) return true;
  return bytes / PAGE_SIZE + mm.lockedVm <= Math.floor(rlimits.memlock / PAGE_SIZE);
}

/** Promises pages to this process. @returns 0 or -ENOMEM. Linux: security_vm_enough_memory_mm() */
export function charge(mm: MmStruct, pages: number): number {
  return mm.owner.commit.vmEnoughMemory(pages, mm.totalVm, mm.owner.capable);
}

/**
 * Maps a range, instead of what is mapped there.
 * @param shape  what it is to be; shared without a file: shared anonymous memory, which gets the file `newShmem` makes
 * @returns its address; -EPERM, -ENOMEM: then the mappings at the ends of the range may have been cut in two
 */
export function mmapRegion(mm: MmStruct, shape: VmaShape, newShmem: (sizePages: number) => VmFile): number {
  const { vmStart, vmEnd } = shape;
  const pages = pagesBetween(vmStart, vmEnd);
  const gathered = gatherMunmapVmas(mm, vmStart, vmEnd);
  if (typeof gathered === 'number') return gathered;
  if (!mayExpandVm(mm, shape.vmFlags, pages - gathered.pages)) return -ENOMEM;

  let { vmFlags } = shape;
  if (accountableMapping(vmFlags)) {
    if (charge(mm, pages - gathered.accounted) !== 0) return -ENOMEM;
    vmFlags |= VM_ACCOUNT;
    completeMunmapVmas(mm, gathered);
  } else {
    completeMunmapVmas(mm, gathered);
    mm.owner.commit.vmUnacctMemory(gathered.accounted);
  }

  let { vmFile } = shape;
  if (vmFile === null && vmFlags & VM_SHARED) {
    const promised = vmFlags & VM_NORESERVE ? 0 : pages;
    if (charge(mm, promised) !== 0) return -ENOMEM;
    vmFile = newShmem(pages);
    mm.owner.commit.adoptShmem(vmFile, promised);
  }
  if (vmFlags & VM_HUGETLB) {
    const reserved = establishHugetlb(mm, { ...shape, vmFlags });
    if (reserved !== 0) return reserved;
  } else establish(mm, { ...shape, vmFlags, vmFile });
  if (vmFlags & VM_LOCKED) mm.lockedVm += pages;
  return vmStart;
}

/** Covers a free range: by its neighbours if they fit, else by a mapping of its own. */
function establish(mm: MmStruct, shape: VmaShape): void {
  const merged = vmaMergeNewRange(mm, { ...shape, anonVma: null, copiedFrom: null });
  if (merged === null) mm.link(new VmArea(mm.pages, shape));
  mm.vmStatAccount(shape.vmFlags, pagesBetween(shape.vmStart, shape.vmEnd));
}

/** A mapping of huge pages is one of its own, and is promised its pages. @returns 0 or -ENOMEM; -EINVAL: half a huge page */
function establishHugetlb(mm: MmStruct, shape: VmaShape): number {
  const { huge } = mm.owner.system;
  const vma = new VmArea(mm.pages, shape);
  if (shape.vmPgoff % HPAGE_PMD_NR !== 0) return -EINVAL;
  if (hugetlbReservePages(huge, vma) !== 0) return -ENOMEM;
  mm.link(vma);
  mm.vmStatAccount(shape.vmFlags, vmaPages(vma));
  const inode = huge.inodes.of(vma);
  if (shape.vmFlags & VM_WRITE) inode.size = Math.max(inode.size, hugeIndex(vma, vma.vmEnd));
  return 0;
}

/** What a heap is. */
const HEAP_FLAGS = VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_ACCOUNT;

/** Makes the heap larger by a free range. @returns 0 or -ENOMEM. Linux: do_brk_flags() */
export function doBrkFlags(mm: MmStruct, vmStart: UserAddr, vmEnd: UserAddr): number {
  const pages = pagesBetween(vmStart, vmEnd);
  if (!mayExpandVm(mm, HEAP_FLAGS, pages) || mm.vmas.size > mm.owner.machine.maxMapCount) return -ENOMEM;
  if (charge(mm, pages) !== 0) return -ENOMEM;
  const shape = { vmStart, vmEnd, vmFlags: HEAP_FLAGS, vmPgoff: vmStart / PAGE_SIZE, vmFile: null };
  const merged = vmaExpandUp(mm, { ...shape, anonVma: null, copiedFrom: null });
  if (merged === null) mm.link(new VmArea(mm.pages, shape));
  mm.vmStatAccount(HEAP_FLAGS, pages);
  return 0;
}
