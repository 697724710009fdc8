/**
 * One mapping: a range of addresses with the same rights and the same source of pages.
 * Linux: struct vm_area_struct, mm/vma.c.
 *
 *         vmStart                      vmEnd
 *            |  page 0 |  1  |  2  |  3  |
 *     file   .. vmPgoff, vmPgoff + 1, ...
 *
 * Anonymous memory has a page offset too: its address in pages when it was made. Two neighbours merge only if the
 * offsets run on, so that a page keeps its place.
 */
import {
  type MmMachine,
  VM_ACCESS_FLAGS,
  VM_EXEC,
  VM_GROWSDOWN,
  VM_SEALED,
  VM_SHARED,
  VM_WRITE,
  type VmFile,
} from '../include/mm_types.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';
import type { Mempolicy } from './mempolicy.ts';
import type { MmPages } from './mm_pages.ts';

/** Owner of anonymous pages; see rmap.ts. */
export interface AnonVma {
  /** What MemMap.mapping holds for its pages; from 1. */
  readonly id: number;
  /** Of the mapping that this one's mapping was forked from; null: nobody's child. */
  readonly parent: AnonVma | null;
  /** How many have this one as parent, itself included if it is nobody's child. */
  numChildren: number;
  /** How many mappings have this one as their own. */
  numActiveVmas: number;
  /** The mappings that have this one in their chain. */
  readonly vmas: Set<VmArea>;
}

/** What a mapping is, without what hangs on it. */
export interface VmaShape {
  readonly vmStart: UserAddr;
  readonly vmEnd: UserAddr;
  /** VM_ bits. */
  readonly vmFlags: number;
  /** In pages, of the file or of the anonymous memory. */
  readonly vmPgoff: number;
  /** null: anonymous and private. */
  readonly vmFile: VmFile | null;
  /** Where its pages are wanted; null, none: whoever faults decides. Linux: vm_policy */
  readonly vmPolicy?: Mempolicy | null;
}

export class VmArea {
  /** Page tables and counts of the address space that it belongs to. Linux: vm_mm. */
  readonly vmMm: MmPages;
  vmStart: UserAddr;
  vmEnd: UserAddr;
  vmFlags: number;
  vmPgoff: number;
  readonly vmFile: VmFile | null;
  /** Where its pages are wanted; null: whoever faults decides. */
  vmPolicy: Mempolicy | null;
  /** Owner of its anonymous pages; null: it has never had any. */
  anonVma: AnonVma | null = null;
  /** All owners of pages that it may hold; holds `anonVma`. */
  anonVmaChain: AnonVma[] = [];
  /** Of hugetlb, private, and made by mmap: which of the pages that it was promised it has used; see hugetlb_resv.ts. */
  hugetlbUsed: Set<number> | null = null;
  /** Of hugetlb: the owner has taken a page away. What is not there any more is SIGBUS. Linux: HPAGE_RESV_UNMAPPED */
  hugetlbUnmapped = false;

  constructor(vmMm: MmPages, shape: VmaShape) {
    this.vmMm = vmMm;
    this.vmStart = shape.vmStart;
    this.vmEnd = shape.vmEnd;
    this.vmFlags = shape.vmFlags;
    this.vmPgoff = shape.vmPgoff;
    this.vmFile = shape.vmFile;
    this.vmPolicy = shape.vmPolicy ?? null;
  }
}

export const vmaPages = (vma: VmArea): number => (vma.vmEnd - vma.vmStart) / PAGE_SIZE;

/** The page offset of an address inside a mapping. Linux: vma_pgoff_offset(). */
export const vmaPgoffOf = (vma: VmArea, addr: UserAddr): number => vma.vmPgoff + (addr - vma.vmStart) / PAGE_SIZE;

export const vmaIsAnonymous = (vma: VmArea): boolean => vma.vmFile === null;

/** Anything may be done with it at all. */
export const vmaIsAccessible = (vma: VmArea): boolean => (vma.vmFlags & VM_ACCESS_FLAGS) !== 0;

/** It may be unmapped and changed. Linux: can_modify_vma(). */
export const canModifyVma = (vma: VmArea): boolean => (vma.vmFlags & VM_SEALED) === 0;

/** Where a mapping begins when the gap that a stack needs below it counts too. */
export function vmStartGap(vma: VmArea, machine: MmMachine): UserAddr {
  return vma.vmFlags & VM_GROWSDOWN ? Math.max(vma.vmStart - machine.stackGuardGap, 0) : vma.vmStart;
}

/** Which of the VmStk, VmExe and VmData counters a mapping falls into. */
export type VmUse = 'stack' | 'exec' | 'data' | 'other';

/** Linux: is_exec_mapping(), is_stack_mapping(), is_data_mapping(). */
export function vmUse(flags: number): VmUse {
  if ((flags & (VM_EXEC | VM_WRITE | VM_GROWSDOWN)) === VM_EXEC) return 'exec';
  if (flags & VM_GROWSDOWN) return 'stack';
  return (flags & (VM_WRITE | VM_SHARED)) === VM_WRITE ? 'data' : 'other';
}
