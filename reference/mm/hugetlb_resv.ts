/**
 * Reservations of mappings of huge pages: who was promised which page. Linux: mm/hugetlb.c, struct resv_map.
 *
 *     shared    the file knows, by index: what is in its set was promised, and stays so when the page is there
 *     private   the mapping that was made by mmap knows: all was promised; what is in its set has been used
 *
 * A child of fork was promised nothing: its mappings are private without a set.
 */
import { ENOMEM } from '../include/errno.ts';
import { VM_MAYSHARE, VM_NORESERVE } from '../include/mm_types.ts';
import { HPAGE_PMD_NR, PMD_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';
import type { HugeRooms } from './huge_rooms.ts';
import type { VmArea } from './vma.ts';

/** The place of an address in the file, in huge pages. Linux: vma_hugecache_offset(). */
export const hugeIndex = (vma: VmArea, addr: UserAddr): number =>
  Math.floor((addr - vma.vmStart) / PMD_SIZE) + vma.vmPgoff / HPAGE_PMD_NR;

/** Promises a new mapping its pages, unless it wants no promises. @returns 0 or -ENOMEM. Linux: hugetlb_reserve_pages() */
export function hugetlbReservePages({ hugetlb, inodes }: HugeRooms, vma: VmArea): number {
  if (vma.vmFlags & VM_NORESERVE) return 0;
  const [first, end] = [hugeIndex(vma, vma.vmStart), hugeIndex(vma, vma.vmEnd)];
  if (!(vma.vmFlags & VM_MAYSHARE)) {
    if (hugetlb.acctMemory(end - first) !== 0) return -ENOMEM;
    vma.hugetlbUsed = new Set();
    return 0;
  }
  const { reserved } = inodes.of(vma);
  const missing: number[] = [];
  for (let index = first; index < end; index++) if (!reserved.has(index)) missing.push(index);
  if (hugetlb.acctMemory(missing.length) !== 0) return -ENOMEM;
  for (const index of missing) reserved.add(index);
  return 0;
}

/** Whether a page was promised that has not been used. Linux: vma_needs_reservation() is 0. */
export function hasReservation({ inodes }: HugeRooms, vma: VmArea, index: number): boolean {
  if (vma.vmFlags & VM_MAYSHARE) return inodes.of(vma).reserved.has(index);
  return vma.hugetlbUsed !== null && !vma.hugetlbUsed.has(index);
}

/** A page was taken for an index. Linux: vma_commit_reservation(). */
export function commitReservation({ inodes }: HugeRooms, vma: VmArea, index: number): void {
  if (vma.vmFlags & VM_MAYSHARE) inodes.of(vma).reserved.add(index);
  else vma.hugetlbUsed?.add(index);
}

/** A mapping goes: what it was promised and has not used, others can have. Linux: hugetlb_vm_op_close() */
export function hugetlbVmClose({ hugetlb, inodes }: HugeRooms, vma: VmArea): void {
  const inode = inodes.of(vma);
  if (vma.hugetlbUsed !== null) {
    let unused = 0;
    const end = hugeIndex(vma, vma.vmEnd);
    for (let index = hugeIndex(vma, vma.vmStart); index < end; index++) if (!vma.hugetlbUsed.has(index)) unused++;
    hugetlb.acctMemory(-unused);
  }
  inode.vmas.delete(vma);
  inodes.putIfUnused(inode);
}

/** A mapping was cut in two: both go on with the same set. */
export function hugetlbVmSplit(vma: VmArea, upper: VmArea): void {
  upper.hugetlbUsed = vma.hugetlbUsed;
  upper.hugetlbUnmapped = vma.hugetlbUnmapped;
}

/** Promises move with the pages from start..end: here they count as used, there as before. Linux: fixup_hugetlb_reservations() */
export function hugetlbVmMove(vma: VmArea, copy: VmArea, start: UserAddr, end: UserAddr): void {
  copy.hugetlbUnmapped = vma.hugetlbUnmapped;
  if (vma.hugetlbUsed === null) return;
  copy.hugetlbUsed = new Set(vma.hugetlbUsed);
  for (let index = hugeIndex(vma, start); index < hugeIndex(vma, end); index++) vma.hugetlbUsed.add(index);
}
