/**
 * How much memory may be promised to processes. Linux: mm/util.c.
 */

import { ENOMEM } from '../include/errno.ts';
import {
  type Capabilities,
  type MmMachine,
  VM_HUGETLB,
  VM_NORESERVE,
  VM_SHARED,
  VM_WRITE,
  type VmFile,
} from '../include/mm_types.ts';
import { PAGE_SIZE } from '../include/param.ts';
import { panic } from '../lib/panic.ts';

const PAGE_KB = PAGE_SIZE / 1024;
/** 1/32 of a process is kept for it to clean up with. */
const USER_RESERVE_SHARE = 32;

/**
 * Private, writable, and not exempt, as huge pages from their pool are: every page of it may have to be had one day.
 * Linux: accountable_mapping().
 */
export function accountableMapping(flags: number): boolean {
  return (flags & (VM_NORESERVE | VM_SHARED | VM_WRITE | VM_HUGETLB)) === VM_WRITE;
}

/**
 * Pages that may be promised in mode 2. Linux: vm_commit_limit().
 * SIMPLIFIED: no overcommit_kbytes.
 */
export function vmCommitLimit(machine: MmMachine): number {
  const pages = machine.totalramPages - (machine.hugetlbPages ?? 0);
  return Math.floor((pages * machine.overcommitRatio) / 100) + machine.totalSwapPages;
}

/** What has been promised: Committed_AS, in pages, and who holds the memory behind shared anonymous mappings. */
export class CommitAccount {
  private readonly machine: MmMachine;
  private committed = 0;
  private readonly shmem = new Map<VmFile, { pages: number; users: number }>();

  constructor(machine: MmMachine) {
    this.machine = machine;
  }

  /** Committed_AS, in pages. */
  get committedAs(): number {
    return this.committed;
  }

  /**
   * Promises pages. Mode 0 refuses only a request larger than RAM and swap together; mode 2 keeps the sum below the
   * limit less the reserves. Linux: __vm_enough_memory().
   * @param totalVm  pages of the process that asks
   * @returns 0 or -ENOMEM
   */
  vmEnoughMemory(pages: number, totalVm: number, capable: Capabilities): number {
    const { overcommitMemory, totalramPages, totalSwapPages } = this.machine;
    if (overcommitMemory === 0 && pages > totalramPages + totalSwapPages) return -ENOMEM;
    if (overcommitMemory === 2 && this.committed + pages >= this.allowed(totalVm, capable)) return -ENOMEM;
    this.committed += pages;
    return 0;
  }

  private allowed(totalVm: number, capable: Capabilities): number {
    const { adminReserveKbytes, userReserveKbytes } = this.machine;
    const admin = capable.sysAdmin ? 0 : Math.floor(adminReserveKbytes / PAGE_KB);
    const user = Math.min(Math.floor(totalVm / USER_RESERVE_SHARE), Math.floor(userReserveKbytes / PAGE_KB));
    return vmCommitLimit(this.machine) - admin - user;
  }

  /** Takes a promise back. Linux: vm_unacct_memory(). */
  vmUnacctMemory(pages: number): void {
    this.committed -= pages;
    if (this.committed < 0) panic(`util: ${-this.committed} pages taken back that were never promised`);
  }

  /** Shared anonymous memory is promised with its file, until nobody maps it any more. Linux: shmem_acct_size(). */
  adoptShmem(file: VmFile, pages: number): void {
    this.shmem.set(file, { pages, users: 0 });
  }

  getFile(file: VmFile): void {
    const held = this.shmem.get(file);
    if (held !== undefined) held.users++;
  }

  /** @returns whether it was shared anonymous memory, and nobody maps it any more */
  putFile(file: VmFile): boolean {
    const held = this.shmem.get(file);
    if (held === undefined || --held.users > 0) return false;
    this.shmem.delete(file);
    this.vmUnacctMemory(held.pages);
    return true;
  }
}
