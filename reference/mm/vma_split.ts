/**
 * Cutting a mapping in two, and giving a part of one new flags. Linux: mm/vma.c.
 *
 *     MMMMMMMMMMMM   flags of the middle third change, no neighbour has them
 *     MMMM****MMMM   two cuts: the page offset of each piece is that of its first page
 */
import { EINVAL, ENOMEM } from '../include/errno.ts';
import { VM_HUGETLB } from '../include/mm_types.ts';
import { PAGE_SIZE, PMD_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';
import { splitHugePmdAt } from './huge_pmd.ts';
import { hugetlbVmSplit } from './hugetlb_resv.ts';
import { type Mempolicy, mpolEqual } from './mempolicy.ts';
import type { MmStruct } from './mm_struct.ts';
import { anonVmaClone } from './rmap.ts';
import { VmArea, vmaPgoffOf } from './vma.ts';
import { vmaMergeExistingRange } from './vma_merge.ts';

/**
 * Cuts a mapping in two at an address strictly inside; `vma` stays the lower piece. Whether one more mapping is allowed
 * is the caller's business: munmap may go over the limit for a moment. Linux: __split_vma().
 * @returns the upper piece
 */
export function splitVmaUnchecked(mm: MmStruct, vma: VmArea, addr: UserAddr): VmArea {
  const { vmEnd, vmFlags, vmFile, vmPolicy } = vma;
  splitHugePmdAt(mm.owner.system, vma, addr);
  const vmPgoff = vmaPgoffOf(vma, addr);
  const upper = new VmArea(mm.pages, { vmStart: addr, vmEnd, vmFlags, vmPgoff, vmFile, vmPolicy });
  anonVmaClone(upper, vma);
  hugetlbVmSplit(vma, upper);
  mm.vmas.resize(vma, vma.vmStart, addr);
  mm.link(upper);
  return upper;
}

/** Whether it can be cut there: huge pages of hugetlb cannot. Linux: vm_ops->may_split(). */
export const maySplit = (vma: VmArea, addr: UserAddr): boolean => !(vma.vmFlags & VM_HUGETLB) || addr % PMD_SIZE === 0;

/** As splitVmaUnchecked, unless there are as many mappings as may be. @returns the upper piece, or null */
function splitVma(mm: MmStruct, vma: VmArea, addr: UserAddr): VmArea | null {
  return mm.vmas.size >= mm.owner.machine.maxMapCount ? null : splitVmaUnchecked(mm, vma, addr);
}

interface Range {
  readonly start: UserAddr;
  readonly end: UserAddr;
}

/** Gives start..end, which lies inside one mapping, new flags. Linux: vma_modify_flags(). @returns as vmaModify */
export function vmaModifyFlags(mm: MmStruct, vma: VmArea, range: Range, vmFlags: number): VmArea | number {
  const changed = vmaModify(mm, vma, range, { vmFlags, vmPolicy: vma.vmPolicy });
  if (typeof changed !== 'number' && changed.isCut) changed.vma.vmFlags = vmFlags;
  return typeof changed === 'number' ? changed : changed.vma;
}

/** Gives it another policy. Linux: vma_modify_policy(). @returns as vmaModify */
export function vmaModifyPolicy(mm: MmStruct, vma: VmArea, range: Range, vmPolicy: Mempolicy | null): VmArea | number {
  if (mpolEqual(vma.vmPolicy, vmPolicy)) return vma;
  const changed = vmaModify(mm, vma, range, { vmFlags: vma.vmFlags, vmPolicy });
  if (typeof changed !== 'number' && changed.isCut) changed.vma.vmPolicy = vmPolicy;
  return typeof changed === 'number' ? changed : changed.vma;
}

/**
 * Makes a mapping of its own of start..end, which lies inside one mapping and is to become different: by merging with
 * neighbours that are so, else by cutting.
 * @returns the mapping that holds the range now, which may reach further; isCut: it is not different yet; or -ENOMEM: too
 *   many mappings
 */
function vmaModify(
  mm: MmStruct,
  vma: VmArea,
  { start, end }: Range,
  wanted: { readonly vmFlags: number; readonly vmPolicy: Mempolicy | null },
): { readonly vma: VmArea; readonly isCut: boolean } | number {
  const merged = vmaMergeExistingRange(mm, vma, {
    vmStart: start,
    vmEnd: end,
    ...wanted,
    vmPgoff: vmaPgoffOf(vma, start),
    vmFile: vma.vmFile,
    anonVma: vma.anonVma,
    copiedFrom: null,
  });
  if (merged !== null) return { vma: merged, isCut: false };
  let middle = vma;
  if (start > vma.vmStart) {
    if (!maySplit(vma, start)) return -EINVAL;
    const upper = splitVma(mm, vma, start);
    if (upper === null) return -ENOMEM;
    middle = upper;
  }
  if (end < middle.vmEnd && !maySplit(vma, end)) return -EINVAL;
  if (end < middle.vmEnd && splitVma(mm, middle, end) === null) return -ENOMEM;
  return { vma: middle, isCut: true };
}

/** Pages from start to end. */
export const pagesBetween = (start: UserAddr, end: UserAddr): number => (end - start) / PAGE_SIZE;
