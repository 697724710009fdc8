/**
 * An address space: its mappings in order of address, their sums, its layout and its limits.
 * Linux: struct mm_struct, include/linux/mm_types.h.
 */
import type { Capabilities, MmMachine, Rlimits } from '../include/mm_types.ts';
import { VM_ACCOUNT } from '../include/mm_types.ts';
import { PAGE_SIZE, TASK_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';
import { GapTree } from '../lib/gap_tree.ts';
import { panic } from '../lib/panic.ts';
import { hugetlbVmClose } from './hugetlb_resv.ts';
import type { MemorySystem } from './memory_system.ts';
import { MmPages } from './mm_pages.ts';
import { unlinkAnonVmas } from './rmap.ts';
import type { CommitAccount } from './util.ts';
import { type VmArea, vmaPages, vmUse } from './vma.ts';

/** Where things go in an address space. */
export interface MmLayout {
  /** Mappings are placed downwards from here. */
  readonly mmapBase: UserAddr;
  /** And upwards from here, when there is no room below. */
  readonly mmapLegacyBase: UserAddr;
  /** Start of the heap, in bytes. */
  readonly startBrk: UserAddr;
  /** End of the user half; none: TASK_SIZE. */
  readonly taskSize?: UserAddr;
}

/** What an address space takes over from the process it belongs to. */
export interface MmOwner {
  readonly system: MemorySystem;
  readonly machine: MmMachine;
  /** What all address spaces of the machine have been promised together. */
  readonly commit: CommitAccount;
  readonly rlimits: Rlimits;
  readonly capable: Capabilities;
}

/** Where the parts of its program lie, in bytes; what /proc/PID/maps and stat show. Linux: start_code ... env_end. */
export interface ProgramImage {
  readonly startCode: UserAddr;
  readonly endCode: UserAddr;
  readonly startData: UserAddr;
  readonly endData: UserAddr;
  readonly startStack: UserAddr;
  /** As it was called. SIMPLIFIED: kept here; at argStart, where they would be, are zeroes. */
  readonly args: readonly string[];
  /** Arguments, and behind them the environment. */
  readonly argStart: UserAddr;
  readonly argEnd: UserAddr;
  readonly envEnd: UserAddr;
  readonly vvar: UserAddr;
  readonly vdso: UserAddr;
}

export class MmStruct {
  readonly owner: MmOwner;
  readonly layout: MmLayout;
  /** End of the user half, in bytes. */
  readonly taskSize: UserAddr;
  readonly vmas = new GapTree<VmArea>();
  readonly pages: MmPages;
  /** End of the heap, in bytes; not rounded to a page. */
  brk: UserAddr;
  /** null: no program was started in it. */
  image: ProgramImage | null = null;
  /** Pages mapped: VmSize. */
  totalVm = 0;
  /** The most that it ever was: VmPeak. */
  hiwaterVm = 0;
  /** Pages by use: VmData, VmStk and the executable ones. */
  readonly usedVm = { data: 0, stack: 0, exec: 0, other: 0 };
  /** Pages in locked mappings: VmLck. MREMAP_DONTUNMAP of a locked range adds to it for good, as on Linux. */
  lockedVm = 0;

  private constructor(owner: MmOwner, layout: MmLayout, pages: MmPages) {
    this.owner = owner;
    this.layout = layout;
    this.taskSize = layout.taskSize ?? TASK_SIZE;
    this.pages = pages;
    this.brk = layout.startBrk;
  }

  /** An empty one; null: no memory for its tables. Linux: mm_alloc(), mm_init(). */
  static create(owner: MmOwner, layout: MmLayout): MmStruct | null {
    const pages = MmPages.create(owner.system);
    return pages === null ? null : new MmStruct(owner, layout, pages);
  }

  /** The mapping that holds addr. Linux: vma_lookup(). */
  vmaLookup(addr: UserAddr): VmArea | null {
    const vma = this.vmas.find(addr);
    return vma !== null && vma.vmStart <= addr ? vma : null;
  }

  /** The first mapping that has a page in start..end; none if that is empty. */
  findVmaIntersection(start: UserAddr, end: UserAddr): VmArea | null {
    if (start >= end) return null;
    const vma = this.vmas.find(start);
    return vma !== null && vma.vmStart < end ? vma : null;
  }

  /** The mapping that ends exactly where this range begins. */
  adjacentBelow(start: UserAddr): VmArea | null {
    const vma = this.vmas.findPrev(start);
    return vma !== null && vma.vmEnd === start ? vma : null;
  }

  /** The mapping that begins exactly where this range ends. */
  adjacentAbove(end: UserAddr): VmArea | null {
    const vma = this.vmas.find(end);
    return vma !== null && vma.vmStart === end ? vma : null;
  }

  /** Linux: vma_link(). */
  link(vma: VmArea): void {
    this.vmas.insert(vma);
    const { vmFile } = vma;
    if (vmFile === null) return;
    const { rmap, pageCache, huge } = this.owner.system;
    if (vmFile.hugetlb !== undefined) huge.inodes.byId(vmFile.hugetlb).vmas.add(vma);
    this.owner.commit.getFile(vmFile);
    if (vmFile.mapping === undefined) return;
    if (rmap.linkFile(vma, vmFile.mapping)) pageCache.mappings.byId(vmFile.mapping).host.get();
  }

  /** Takes a mapping out and lets go of what it holds. Linux: remove_vma(). */
  remove(vma: VmArea): void {
    this.vmas.erase(vma);
    const { commit, system } = this.owner;
    unlinkAnonVmas(system.rmap, vma);
    const { vmFile } = vma;
    if (vmFile === null) return;
    if (vmFile.hugetlb !== undefined) hugetlbVmClose(system.huge, vma);
    if (vmFile.mapping !== undefined && system.rmap.unlinkFile(vma, vmFile.mapping)) {
      system.pageCache.mappings.byId(vmFile.mapping).host.put();
    }
    if (commit.putFile(vmFile) && vmFile.mapping !== undefined) system.files.evict(vmFile);
  }

  /** Counts pages of a kind in, or out when negative. Linux: vm_stat_account(). */
  vmStatAccount(flags: number, pages: number): void {
    this.totalVm += pages;
    this.hiwaterVm = Math.max(this.hiwaterVm, this.totalVm);
    this.usedVm[vmUse(flags)] += pages;
  }

  /** Panics unless the tree, the alignment, the sums and the anon_vma chains are right. */
  validate(): void {
    this.vmas.validate();
    const used = { data: 0, stack: 0, exec: 0, other: 0 };
    let accounted = 0;
    for (const vma of this.vmas) {
      const at = `mm_struct: mapping at ${vma.vmStart}`;
      if (vma.vmStart % PAGE_SIZE !== 0 || vma.vmEnd % PAGE_SIZE !== 0) panic(`${at} is not whole pages`);
      if (vma.vmEnd > this.taskSize) panic(`${at} leaves the user half`);
      if (vma.vmPgoff < 0) panic(`${at} has a negative page offset`);
      if (vma.anonVma === null ? vma.anonVmaChain.length > 0 : !vma.anonVmaChain.includes(vma.anonVma)) {
        panic(`${at} has a chain without its own anon_vma`);
      }
      used[vmUse(vma.vmFlags)] += vmaPages(vma);
      if (vma.vmFlags & VM_ACCOUNT) accounted += vmaPages(vma);
    }
    for (const use of ['data', 'stack', 'exec', 'other'] as const) {
      if (used[use] !== this.usedVm[use]) panic(`mm_struct: ${used[use]} pages of ${use}, counted ${this.usedVm[use]}`);
    }
    const total = used.data + used.stack + used.exec + used.other;
    if (total !== this.totalVm) panic(`mm_struct: ${total} pages mapped, counted ${this.totalVm}`);
    if (accounted > this.owner.commit.committedAs) panic(`mm_struct: ${accounted} pages promised, but not counted`);
  }
}
