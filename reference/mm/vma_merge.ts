/**
 * When neighbouring mappings become one. Linux: mm/vma.c, vma_merge_new_range() and vma_merge_existing_range().
 *
 *     new range            AAAA****BBBB   AAAA****    ****BBBB        two VMAs and a range that is not mapped yet
 *     gives                AAAAAAAAAAAA   AAAAAAAA    BBBBBBBB
 *
 *     existing range       AAAA****BBBB   AAAA****MM  MM****BBBB      the range is all or one end of the VMA M
 *     gives                AAAAAAAAAAAA   AAAAAAAAMM  MMBBBBBBBB
 */
import { VM_MAYBE_GUARD, VM_SPECIAL } from '../include/mm_types.ts';
import { PAGE_SIZE } from '../include/param.ts';
import { splitHugePmdAt } from './huge_pmd.ts';
import { mpolEqual } from './mempolicy.ts';
import type { MmStruct } from './mm_struct.ts';
import { dupAnonVma, vmaIsForkChild } from './rmap.ts';
import { type AnonVma, type VmArea, type VmaShape, vmaPages } from './vma.ts';

/** A range, with the properties it is to have. Linux: struct vma_merge_struct. */
export interface VmaMerge extends VmaShape {
  readonly anonVma: AnonVma | null;
  /** The mapping that the range is moved from, by mremap; null: not a move. */
  readonly copiedFrom: VmArea | null;
}

/** Bits that do not keep mappings apart: what merges has them all. Linux: VM_STICKY. */
const VM_STICKY = VM_MAYBE_GUARD;

function isMergeableVma(vmg: VmaMerge, vma: VmArea): boolean {
  const { vmFlags, vmFile, vmPolicy } = vma;
  return (
    ((vmFlags ^ vmg.vmFlags) & ~VM_STICKY) === 0 && vmFile === vmg.vmFile && mpolEqual(vmPolicy, vmg.vmPolicy ?? null)
  );
}

/** @param src  the mapping that the range is a part of now; null: none */
function isMergeableAnonVma(vmg: VmaMerge, target: VmArea, src: VmArea | null): boolean {
  if (target.anonVma === null && vmg.anonVma !== null) {
    const from = src ?? vmg.copiedFrom;
    return from === null || !vmaIsForkChild(from);
  }
  if (target.anonVma !== null && vmg.anonVma === null) return !vmaIsForkChild(target);
  return target.anonVma === vmg.anonVma;
}

function canVmaMergeLeft(vmg: VmaMerge, prev: VmArea, src: VmArea | null): boolean {
  return (
    isMergeableVma(vmg, prev) && isMergeableAnonVma(vmg, prev, src) && prev.vmPgoff + vmaPages(prev) === vmg.vmPgoff
  );
}

/** @param left  the mapping below, if the range merges with it too: then all three must go together */
function canVmaMergeRight(vmg: VmaMerge, next: VmArea, src: VmArea | null, left: VmArea | null): boolean {
  const pages = (vmg.vmEnd - vmg.vmStart) / PAGE_SIZE;
  if (!isMergeableVma(vmg, next) || !isMergeableAnonVma(vmg, next, src)) return false;
  if (vmg.vmPgoff + pages !== next.vmPgoff) return false;
  return left === null || left.anonVma === null || next.anonVma === null || left.anonVma === next.anonVma;
}

/** The neighbours that a range merges with. */
function mergeable(mm: MmStruct, vmg: VmaMerge, src: VmArea | null): { left: VmArea | null; right: VmArea | null } {
  const prev = mm.adjacentBelow(vmg.vmStart);
  const left = prev !== null && canVmaMergeLeft(vmg, prev, src) ? prev : null;
  const next = mm.adjacentAbove(vmg.vmEnd);
  const right = next !== null && canVmaMergeRight(vmg, next, src, left) ? next : null;
  return { left, right };
}

/** Stretches or shortens a mapping, its page offset with it. */
function stretch(mm: MmStruct, vma: VmArea, start: number, end: number): void {
  if (start > vma.vmStart) splitHugePmdAt(mm.owner.system, vma, start);
  if (end < vma.vmEnd) splitHugePmdAt(mm.owner.system, vma, end);
  vma.vmPgoff += (start - vma.vmStart) / PAGE_SIZE;
  mm.vmas.resize(vma, start, end);
}

/**
 * Tries to cover a range that is not mapped by stretching its neighbours.
 * @returns the mapping that covers it now, or null: nothing has changed
 */
export function vmaMergeNewRange(mm: MmStruct, vmg: VmaMerge): VmArea | null {
  if (vmg.vmFlags & VM_SPECIAL) return null;
  const { left, right } = mergeable(mm, vmg, null);
  return expand(mm, vmg, left, right);
}

/** The same, but a mapping above the range stays as it is: for the heap. */
export function vmaExpandUp(mm: MmStruct, vmg: VmaMerge): VmArea | null {
  return expand(mm, vmg, mergeable(mm, vmg, null).left, null);
}

/** Linux: vma_expand(). */
function expand(mm: MmStruct, vmg: VmaMerge, left: VmArea | null, right: VmArea | null): VmArea | null {
  const target = left ?? right;
  if (target === null) return null;
  if (left !== null && right !== null) dupAnonVma(left, right);
  if (vmg.copiedFrom !== null) dupAnonVma(target, vmg.copiedFrom);
  target.vmFlags |= (vmg.vmFlags | (right?.vmFlags ?? 0)) & VM_STICKY;
  const start = left?.vmStart ?? vmg.vmStart;
  const end = right?.vmEnd ?? vmg.vmEnd;
  if (left !== null && right !== null) mm.remove(right);
  stretch(mm, target, start, end);
  return target;
}

/**
 * Tries to give a part of a mapping new properties by handing it to the neighbours that have them.
 * @param middle  the mapping that the range is a part of; it shrinks or goes
 * @returns the mapping that covers the range now, or null: nothing has changed
 */
export function vmaMergeExistingRange(mm: MmStruct, middle: VmArea, vmg: VmaMerge): VmArea | null {
  if (vmg.vmFlags & VM_SPECIAL) return null;
  const { left, right } = mergeable(mm, vmg, middle);
  const target = left ?? right;
  if (target === null) return null;
  const sticky = (middle.vmFlags | vmg.vmFlags | (left?.vmFlags ?? 0) | (right?.vmFlags ?? 0)) & VM_STICKY;
  dupAnonVma(target, left !== null && right !== null && right.anonVma !== null ? right : middle);
  const start = left?.vmStart ?? vmg.vmStart;
  const end = right?.vmEnd ?? vmg.vmEnd;
  if (left !== null && right !== null) mm.remove(right);
  if (vmg.vmStart === middle.vmStart && vmg.vmEnd === middle.vmEnd) mm.remove(middle);
  else if (left !== null) stretch(mm, middle, vmg.vmEnd, middle.vmEnd);
  else stretch(mm, middle, middle.vmStart, vmg.vmStart);
  target.vmFlags |= sticky;
  stretch(mm, target, start, end);
  return target;
}
