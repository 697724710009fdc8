/**
 * mremap(2): makes a mapping larger or smaller, in place or elsewhere. Linux: mm/mremap.c, do_mremap().
 */
import { EAGAIN, EFAULT, EINVAL, ENOMEM, EPERM } from '../include/errno.ts';
import { VM_DONTEXPAND, VM_HUGETLB, VM_LOCKED, VM_MAYSHARE, VM_PFNMAP, VM_SHARED } from '../include/mm_types.ts';
import { MREMAP_DONTUNMAP, MREMAP_FIXED, MREMAP_MAYMOVE, type MremapRequest } from '../include/mman.ts';
import { PAGE_SIZE, PMD_SIZE } from '../include/param.ts';
import { pageAlign } from '../lib/page_align.ts';
import { mmPopulate } from './gup.ts';
import type { MmStruct } from './mm_struct.ts';
import { expandVmaInPlace, moveVma, newPlace } from './mremap_move.ts';
import { canModifyVma, type VmArea } from './vma.ts';
import { mayExpandVm, mlockFutureOk } from './vma_map.ts';
import { doMunmap } from './vma_munmap.ts';

/** Moving keeps this many mappings free for the cuts it needs. */
const SPARE_MAPS = 5;

/**
 * Resizes or moves. With MREMAP_FIXED and equal lengths it moves all mappings of the range, one after the other,
 * at their distances; those before one that fails have moved.
 * @returns the new address; -EINVAL: arguments that make no sense; -EFAULT: nothing there, or more than one mapping
 *   where one is needed; -EPERM: sealed; -EAGAIN: too much would be locked; -ENOMEM: no room, or a limit
 */
export function doMremap(mm: MmStruct, request: MremapRequest): number {
  const vrm = { ...request, oldLen: pageAlign(request.oldLen), newLen: pageAlign(request.newLen) };
  const wrong = checkMremapParams(mm, vrm);
  if (wrong !== 0) return wrong;
  if (vrm.flags & MREMAP_FIXED && vrm.oldLen === vrm.newLen) return remapMove(mm, vrm);
  const vma = mm.vmaLookup(vrm.addr);
  const unfit = checkPrepVma(mm, vrm, vma);
  if (unfit !== 0 || vma === null) return unfit;
  const aligned = alignHugetlb(vrm, vma) ?? vrm;
  return impliesNewAddr(vrm) ? mremapTo(mm, aligned) : mremapAt(mm, aligned, vma);
}

const impliesNewAddr = ({ flags }: MremapRequest): boolean => (flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) !== 0;

/** @returns 0 or a negative errno */
function checkMremapParams(mm: MmStruct, vrm: MremapRequest): number {
  const { addr, oldLen, newLen, newAddr, flags } = vrm;
  if (flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP)) return -EINVAL;
  if (addr % PAGE_SIZE !== 0 || newLen === 0 || newLen > mm.taskSize) return -EINVAL;
  if (!impliesNewAddr(vrm)) return 0;
  if (newAddr > mm.taskSize - newLen || newAddr % PAGE_SIZE !== 0) return -EINVAL;
  if (!(flags & MREMAP_MAYMOVE)) return -EINVAL;
  if (flags & MREMAP_DONTUNMAP && oldLen !== newLen) return -EINVAL;
  if (addr + oldLen > newAddr && newAddr + newLen > addr) return -EINVAL;
  return mm.vmas.size + SPARE_MAPS >= mm.owner.machine.maxMapCount ? -ENOMEM : 0;
}

/** Whether this mapping can be resized or moved so. @returns 0 or a negative errno. Linux: check_prep_vma() */
function checkPrepVma(mm: MmStruct, asked: MremapRequest, vma: VmArea | null): number {
  if (vma === null) return -EFAULT;
  if (!canModifyVma(vma)) return -EPERM;
  const vrm = alignHugetlb(asked, vma);
  if (vrm === null) return -EINVAL;
  const { addr, oldLen, newLen, flags } = vrm;
  if (newLen <= oldLen && !impliesNewAddr(vrm)) return 0;
  if (oldLen === 0 && !(vma.vmFlags & (VM_SHARED | VM_MAYSHARE))) return -EINVAL;
  if (flags & MREMAP_DONTUNMAP && vma.vmFlags & (VM_DONTEXPAND | VM_PFNMAP)) return -EINVAL;
  // What will be cut off first may reach into other mappings.
  if (Math.min(oldLen, newLen) > vma.vmEnd - addr) return -EFAULT;
  if (newLen <= oldLen) return 0;
  if (vma.vmFlags & (VM_DONTEXPAND | VM_PFNMAP)) return -EFAULT;
  if (!mlockFutureOk(mm, vma.vmFlags, newLen - oldLen)) return -EAGAIN;
  return mayExpandVm(mm, vma.vmFlags, (newLen - oldLen) / PAGE_SIZE) ? 0 : -ENOMEM;
}

/** Of hugetlb only whole pages move, and none are added. @returns null: that was not asked. Linux: align_hugetlb() */
function alignHugetlb(vrm: MremapRequest, vma: VmArea): MremapRequest | null {
  if (!(vma.vmFlags & VM_HUGETLB)) return vrm;
  const whole = (bytes: number): number => Math.ceil(bytes / PMD_SIZE) * PMD_SIZE;
  const aligned = { ...vrm, oldLen: whole(vrm.oldLen), newLen: whole(vrm.newLen) };
  const fits = vrm.addr % PMD_SIZE === 0 && vrm.newAddr % PMD_SIZE === 0 && aligned.newLen <= aligned.oldLen;
  return fits ? aligned : null;
}

/** Linux: remap_move(). */
function remapMove(mm: MmStruct, vrm: MremapRequest): number {
  const end = vrm.addr + vrm.oldLen;
  let vma = mm.findVmaIntersection(vrm.addr, end);
  if (vma === null || vma.vmStart > vrm.addr) return -EFAULT;
  while (vma !== null) {
    const addr = Math.max(vma.vmStart, vrm.addr);
    const stop = Math.min(vma.vmEnd, end);
    const len = stop - addr;
    const one = { ...vrm, addr, oldLen: len, newLen: len, newAddr: vrm.newAddr + (addr - vrm.addr) };
    const unfit = checkPrepVma(mm, one, vma);
    const moved = unfit === 0 ? mremapTo(mm, one) : unfit;
    if (moved < 0) return moved;
    vma = mm.findVmaIntersection(stop, end);
  }
  return vrm.newAddr;
}

/** To a place that is given, or with MREMAP_DONTUNMAP perhaps given. */
function mremapTo(mm: MmStruct, vrm: MremapRequest): number {
  const { addr, oldLen, newLen, flags } = vrm;
  if (flags & MREMAP_FIXED) {
    const error = doMunmap(mm, vrm.newAddr, newLen);
    if (error !== 0) return error;
  }
  if (oldLen > newLen) {
    const error = doMunmap(mm, addr + newLen, oldLen - newLen);
    if (error !== 0) return error;
  }
  const vma = mm.vmaLookup(addr);
  if (vma === null) return -EFAULT;
  if (flags & MREMAP_DONTUNMAP && !mayExpandVm(mm, vma.vmFlags, oldLen / PAGE_SIZE)) return -ENOMEM;
  const fixed = (flags & MREMAP_FIXED) !== 0;
  const newAddr = newPlace(mm, vma, vrm, fixed);
  return newAddr < 0 ? newAddr : moveAndPopulate(mm, vma, { ...vrm, oldLen: Math.min(oldLen, newLen), newAddr });
}

/** Where it is, if it can be; else, if it may move, anywhere. */
function mremapAt(mm: MmStruct, vrm: MremapRequest, vma: VmArea): number {
  const { addr, oldLen, newLen, flags } = vrm;
  if (newLen === oldLen) return addr;
  if (newLen < oldLen) {
    const error = doMunmap(mm, addr + newLen, oldLen - newLen);
    return error === 0 ? addr : error;
  }
  if (addr + oldLen === vma.vmEnd && isFreeAbove(mm, vma, newLen - oldLen)) {
    const locked = (vma.vmFlags & VM_LOCKED) !== 0;
    const error = expandVmaInPlace(mm, vma, newLen - oldLen);
    if (error !== 0) return error;
    if (locked) mmPopulate(mm, addr + oldLen, addr + newLen);
    return addr;
  }
  if (!(flags & MREMAP_MAYMOVE)) return -ENOMEM;
  const newAddr = newPlace(mm, vma, { ...vrm, newAddr: 0 }, false);
  return newAddr < 0 ? newAddr : moveAndPopulate(mm, vma, { ...vrm, newAddr });
}

/** Linux: vma_expandable(). */
function isFreeAbove(mm: MmStruct, vma: VmArea, bytes: number): boolean {
  const end = vma.vmEnd + bytes;
  return end <= mm.taskSize && mm.findVmaIntersection(vma.vmEnd, end) === null;
}

function moveAndPopulate(mm: MmStruct, vma: VmArea, vrm: MremapRequest): number {
  const { oldLen, newLen } = vrm;
  const locked = (vma.vmFlags & VM_LOCKED) !== 0;
  const moved = moveVma(mm, vma, vrm);
  if (moved >= 0 && locked && newLen > oldLen) mmPopulate(mm, moved + oldLen, moved + newLen);
  return moved;
}
