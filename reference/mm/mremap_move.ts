/**
 * The mapping's part of mremap: stretch it, or make a copy elsewhere and take the old one away.
 * Linux: mm/mremap.c, move_vma(); mm/vma.c, copy_vma().
 */
import { ENOMEM } from '../include/errno.ts';
import { VM_ACCOUNT, VM_HUGETLB, VM_LOCKED, VM_LOCKED_MASK, VM_MAYSHARE } from '../include/mm_types.ts';
import { MAP_FIXED, MAP_SHARED, MREMAP_DONTUNMAP, type MremapRequest } from '../include/mman.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';
import { hugetlbVmMove } from './hugetlb_resv.ts';
import type { MmStruct } from './mm_struct.ts';
import { movePageTables } from './move_page_tables.ts';
import { anonVmaClone, unlinkAnonVmas } from './rmap.ts';
import { getUnmappedArea } from './unmapped_area.ts';
import { VmArea, vmaIsAnonymous, vmaPgoffOf } from './vma.ts';
import { charge } from './vma_map.ts';
import { vmaMergeNewRange } from './vma_merge.ts';
import { completeMunmapVmas, gatherMunmapVmas } from './vma_munmap.ts';

/** @returns a place for the moved mapping, or a negative errno. Linux: vrm_set_new_addr() */
export function newPlace(mm: MmStruct, vma: VmArea, vrm: MremapRequest, fixed: boolean): number {
  return getUnmappedArea(mm, {
    addr: vrm.newAddr,
    len: vrm.newLen,
    file: vma.vmFile,
    pgoff: vmaPgoffOf(vma, vrm.addr),
    flags: (fixed ? MAP_FIXED : 0) | (vma.vmFlags & VM_MAYSHARE ? MAP_SHARED : 0),
  });
}

/** Counts pages that a mapping has gained. Linux: vrm_stat_account(). */
function account(mm: MmStruct, flags: number, pages: number): void {
  mm.vmStatAccount(flags, pages);
  if (flags & VM_LOCKED) mm.lockedVm += pages;
}

/** Stretches a mapping over a free range above it, and over the next mapping if that fits. @returns 0 or -ENOMEM */
export function expandVmaInPlace(mm: MmStruct, vma: VmArea, bytes: number): number {
  const { vmFlags, vmEnd, vmFile, vmPolicy, anonVma } = vma;
  const pages = bytes / PAGE_SIZE;
  if (vmFlags & VM_ACCOUNT && charge(mm, pages) !== 0) return -ENOMEM;
  const added = { vmStart: vmEnd, vmEnd: vmEnd + bytes, vmFlags, vmPgoff: vmaPgoffOf(vma, vmEnd), vmFile, vmPolicy };
  if (vmaMergeNewRange(mm, { ...added, anonVma, copiedFrom: null }) === null) {
    if (vmFlags & VM_ACCOUNT) mm.owner.commit.vmUnacctMemory(pages);
    return -ENOMEM;
  }
  account(mm, vmFlags, pages);
  return 0;
}

/**
 * Moves oldLen bytes of a mapping to newAddr, where newLen bytes are free.
 * @returns newAddr or -ENOMEM
 */
export function moveVma(mm: MmStruct, vma: VmArea, vrm: MremapRequest): number {
  const { addr, oldLen, newLen, newAddr, flags } = vrm;
  const { vmFlags } = vma;
  const keepOld = (flags & MREMAP_DONTUNMAP) !== 0;
  if (mm.vmas.size >= mm.owner.machine.maxMapCount - 3) return -ENOMEM;
  if (vmFlags & VM_ACCOUNT && charge(mm, (keepOld ? newLen : newLen - oldLen) / PAGE_SIZE) !== 0) return -ENOMEM;
  const { vmStart } = vma;
  const copy = copyVma(mm, vma, vrm);
  account(mm, vmFlags, newLen / PAGE_SIZE);
  const { system } = mm.owner;
  const moved = movePageTables(system, vma, addr, addr + oldLen, newAddr);
  if (moved < oldLen) {
    movePageTables(system, copy, newAddr, newAddr + moved, addr);
    if (vmFlags & VM_HUGETLB) hugetlbVmMove(copy, vma, newAddr, newAddr + oldLen);
    return moveBack(mm, vrm, vmFlags);
  }
  if (!keepOld) {
    unmapSource(mm, addr, addr + oldLen);
    return newAddr;
  }
  const source = vmStart >= copy.vmStart && vmStart < copy.vmEnd ? copy : vma; // it may have merged with its copy
  source.vmFlags &= ~VM_LOCKED_MASK;
  if (source !== copy && source.vmStart === addr && source.vmEnd === addr + oldLen)
    unlinkAnonVmas(mm.owner.system.rmap, source);
  return newAddr;
}

/**
 * Maps the new range like the old one. Anonymous memory that was never touched has no pages to keep in place: it gets
 * the page offset of its new address, and may merge there. Linux: copy_vma().
 */
function copyVma(mm: MmStruct, vma: VmArea, vrm: MremapRequest): VmArea {
  const untouched = vmaIsAnonymous(vma) && vma.anonVma === null;
  const shape = {
    vmStart: vrm.newAddr,
    vmEnd: vrm.newAddr + vrm.newLen,
    vmFlags: vma.vmFlags,
    vmPgoff: untouched ? vrm.newAddr / PAGE_SIZE : vmaPgoffOf(vma, vrm.addr),
    vmFile: vma.vmFile,
    vmPolicy: vma.vmPolicy,
  };
  const merged = vmaMergeNewRange(mm, { ...shape, anonVma: vma.anonVma, copiedFrom: vma });
  if (merged !== null) return merged;
  const copy = new VmArea(mm.pages, shape);
  anonVmaClone(copy, vma);
  if (vma.vmFlags & VM_HUGETLB) hugetlbVmMove(vma, copy, vrm.addr, vrm.addr + vrm.oldLen);
  mm.link(copy);
  return copy;
}

/** No memory for a page table: what had moved is back, and the new range goes. */
function moveBack(mm: MmStruct, { oldLen, newLen, newAddr, flags }: MremapRequest, vmFlags: number): number {
  unmapSource(mm, newAddr, newAddr + newLen);
  const extra = flags & MREMAP_DONTUNMAP ? newLen : newLen - oldLen;
  if (vmFlags & VM_ACCOUNT) mm.owner.commit.vmUnacctMemory(extra / PAGE_SIZE);
  return -ENOMEM;
}

/** The promise for the pages went with them. Linux: unmap_source_vma(). */
function unmapSource(mm: MmStruct, start: UserAddr, end: UserAddr): void {
  const gathered = gatherMunmapVmas(mm, start, end);
  if (typeof gathered !== 'number') completeMunmapVmas(mm, gathered);
}
