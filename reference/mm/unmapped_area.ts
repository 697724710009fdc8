/**
 * Where a new mapping goes. Linux: mm/mmap.c, __get_unmapped_area(); arch/x86/kernel/sys_x86_64.c;
 * mm/huge_memory.c, __thp_get_unmapped_area(); mm/vma.c, unmapped_area().
 *
 *     0        legacy base                         mmap base         TASK_SIZE
 *     | heap ->   | bottom-up ->      <- top-down      |  gap  <- stack |
 */
import { EINVAL, ENOMEM, EPERM } from '../include/errno.ts';
import { VM_GROWSDOWN, type VmFile } from '../include/mm_types.ts';
import { MAP_32BIT, MAP_FIXED, MAP_SHARED } from '../include/mman.ts';
import { PAGE_SIZE, PMD_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';
import { pageAlign } from '../lib/page_align.ts';
import type { MmStruct } from './mm_struct.ts';
import { vmStartGap } from './vma.ts';

/** MAP_32BIT: from here, in bytes, up to twice that. */
const LOW_BASE = 2 ** 30;
const LOW_END = 2 ** 31;

/** What is to be placed. */
export interface Placement {
  /** With MAP_FIXED the place, else a hint; 0: none. */
  readonly addr: UserAddr;
  /** Bytes, whole pages. */
  readonly len: number;
  readonly file: VmFile | null;
  /** Pages from the start of the file. */
  readonly pgoff: number;
  /** MAP_ bits. */
  readonly flags: number;
}

/**
 * Finds a place, and checks one that is given.
 * @returns the address; -ENOMEM: no room or beyond the user half; -EINVAL: not a page; -EPERM: too low
 */
export function getUnmappedArea(mm: MmStruct, place: Placement): number {
  if (place.len > mm.taskSize) return -ENOMEM;
  if (place.file?.hugetlb !== undefined) return hugetlbGetUnmappedArea(mm, place);
  const addr = wantsHugePages(place) ? thpGetUnmappedArea(mm, place) : archGetUnmappedArea(mm, place);
  if (addr < 0) return addr;
  if (addr > mm.taskSize - place.len) return -ENOMEM;
  if (addr % PAGE_SIZE !== 0) return -EINVAL;
  return addr < mm.owner.machine.mmapMinAddr && !mm.owner.capable.sysRawio ? -EPERM : addr;
}

/** Whole huge pages only. Linux: hugetlb_get_unmapped_area(). */
function hugetlbGetUnmappedArea(mm: MmStruct, { addr, len, flags }: Placement): number {
  if (len % PMD_SIZE !== 0) return -EINVAL;
  if (flags & MAP_FIXED) {
    if (addr % PMD_SIZE !== 0) return -EINVAL;
    return addr > mm.taskSize - len ? -ENOMEM : addr;
  }
  const hint = Math.ceil(addr / PMD_SIZE) * PMD_SIZE;
  if (hint !== 0 && hint <= mm.taskSize - len && isFree(mm, hint, len)) return hint;
  const room = len + PMD_SIZE - PAGE_SIZE;
  const found = unmappedAreaTopdown(mm, room, mm.layout.mmapBase);
  return found < 0 ? found : found + room - len - ((found + room) % PMD_SIZE);
}

/** Files say so themselves; private anonymous memory if it is whole huge pages and nobody cares where. */
function wantsHugePages({ file, flags, addr, len }: Placement): boolean {
  if (file !== null) return file.thpAligned;
  return !(flags & MAP_SHARED) && addr === 0 && len % PMD_SIZE === 0;
}

/** A place where huge pages of the file lie on huge pages of memory: looks for more room, takes the fitting part. */
function thpGetUnmappedArea(mm: MmStruct, place: Placement): number {
  const offset = place.file === null ? 0 : place.pgoff * PAGE_SIZE;
  const firstHuge = Math.ceil(offset / PMD_SIZE) * PMD_SIZE;
  if (offset + place.len - firstHuge < PMD_SIZE) return archGetUnmappedArea(mm, place);
  const found = archGetUnmappedArea(mm, { ...place, len: place.len + PMD_SIZE });
  if (found < 0) return archGetUnmappedArea(mm, place);
  if (found === place.addr) return found;
  const shift = (((offset - found) % PMD_SIZE) + PMD_SIZE) % PMD_SIZE;
  return found + (shift === 0 ? PMD_SIZE : shift);
}

/** At the hint, else top-down, else bottom-up. Linux: arch_get_unmapped_area_topdown(). */
function archGetUnmappedArea(mm: MmStruct, place: Placement): number {
  const { addr, len, flags } = place;
  if (len > mm.taskSize) return -ENOMEM;
  if (flags & MAP_FIXED) return addr;
  if (flags & MAP_32BIT) return bottomUp(mm, addr, len, LOW_BASE, LOW_END);
  const hint = addr - (addr % PAGE_SIZE);
  if (hint !== 0 && hint <= mm.taskSize - len && isFree(mm, hint, len)) return hint;
  const found = unmappedAreaTopdown(mm, len, mm.layout.mmapBase);
  return found < 0 ? bottomUp(mm, addr, len, mm.layout.mmapLegacyBase, mm.taskSize) : found;
}

/** Linux: arch_get_unmapped_area(). */
function bottomUp(mm: MmStruct, addr: UserAddr, len: number, begin: UserAddr, end: UserAddr): number {
  if (len > end) return -ENOMEM;
  const hint = pageAlign(addr);
  if (hint !== 0 && hint <= end - len && isFree(mm, hint, len)) return hint;
  return unmappedArea(mm, len, begin, end);
}

/** Free, the gap below a stack that follows included. */
function isFree(mm: MmStruct, addr: UserAddr, len: number): boolean {
  const next = mm.vmas.find(addr);
  return next === null || addr + len <= vmStartGap(next, mm.owner.machine);
}

/**
 * The end of the highest gap below `highLimit` that is large enough. If the guard gap of a stack above reaches into it,
 * the search starts again below the guard gap.
 * @returns the address, or -ENOMEM
 */
export function unmappedAreaTopdown(mm: MmStruct, len: number, highLimit: UserAddr): number {
  const { machine } = mm.owner;
  for (let high = highLimit; ; ) {
    const gap = mm.vmas.highestGap(machine.mmapMinAddr, high, len);
    if (gap === null) return -ENOMEM;
    const above = mm.vmas.find(gap.end);
    if (above === null || !(above.vmFlags & VM_GROWSDOWN) || vmStartGap(above, machine) >= gap.end) {
      return gap.end - len;
    }
    high = vmStartGap(above, machine);
  }
}

/**
 * The start of the lowest gap between the limits that is large enough. If the guard gap of a stack above would be
 * touched, the search goes on above the stack.
 * @returns the address, or -ENOMEM
 */
export function unmappedArea(mm: MmStruct, len: number, lowLimit: UserAddr, highLimit: UserAddr): number {
  const { machine } = mm.owner;
  for (let low = Math.max(lowLimit, machine.mmapMinAddr); ; ) {
    const gap = mm.vmas.lowestGap(low, highLimit, len);
    if (gap === null) return -ENOMEM;
    const above = mm.vmas.find(gap.start);
    if (above === null || !(above.vmFlags & VM_GROWSDOWN) || vmStartGap(above, machine) >= gap.start + len - 1) {
      return gap.start;
    }
    low = above.vmEnd;
  }
}
