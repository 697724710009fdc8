/** madvise(2). Linux: mm/madvise.c. */
import { EACCES, EAGAIN, EINVAL, ENOMEM, EPERM } from '../include/errno.ts';
import {
  VM_DONTCOPY,
  VM_DONTDUMP,
  VM_HUGEPAGE,
  VM_HUGETLB,
  VM_IO,
  VM_LOCKED,
  VM_MAYBE_GUARD,
  VM_MAYWRITE,
  VM_NOHUGEPAGE,
  VM_PFNMAP,
  VM_RAND_READ,
  VM_SEQ_READ,
  VM_SHARED,
  VM_SPECIAL,
  VM_WIPEONFORK,
  VM_WRITE,
} from '../include/mm_types.ts';
import {
  MADV_COLD,
  MADV_COLLAPSE,
  MADV_DODUMP,
  MADV_DOFORK,
  MADV_DONTDUMP,
  MADV_DONTFORK,
  MADV_DONTNEED,
  MADV_DONTNEED_LOCKED,
  MADV_FREE,
  MADV_GUARD_INSTALL,
  MADV_GUARD_REMOVE,
  MADV_HUGEPAGE,
  MADV_KEEPONFORK,
  MADV_NOHUGEPAGE,
  MADV_NORMAL,
  MADV_PAGEOUT,
  MADV_POPULATE_READ,
  MADV_POPULATE_WRITE,
  MADV_RANDOM,
  MADV_REMOVE,
  MADV_SEQUENTIAL,
  MADV_WILLNEED,
  MADV_WIPEONFORK,
} from '../include/mman.ts';
import { PAGE_SIZE, PMD_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';
import { pageAlign } from '../lib/page_align.ts';
import { guardInstall, guardRemove } from './guard.ts';
import { faultinPageRange } from './gup.ts';
import { madviseCollapse } from './madvise_collapse.ts';
import { madviseCold, madviseFree, madvisePageout } from './madvise_pages.ts';
import type { MmStruct } from './mm_struct.ts';
import { anonVmaPrepare } from './rmap.ts';
import { canModifyVma, type VmArea, vmaIsAnonymous, vmaPgoffOf } from './vma.ts';
import { maySplit, vmaModifyFlags } from './vma_split.ts';
import { zapPageRange } from './zap.ts';

/** A part of one mapping. */
interface VmaRange {
  readonly vma: VmArea;
  readonly start: UserAddr;
  readonly end: UserAddr;
}

/** Advice that changes flags: which go, which come. Checked by `flagAdviceValid`. */
const FLAG_ADVICE: ReadonlyMap<number, readonly [clear: number, set: number]> = new Map([
  [MADV_NORMAL, [VM_RAND_READ | VM_SEQ_READ, 0]],
  [MADV_SEQUENTIAL, [VM_RAND_READ, VM_SEQ_READ]],
  [MADV_RANDOM, [VM_SEQ_READ, VM_RAND_READ]],
  [MADV_DONTFORK, [0, VM_DONTCOPY]],
  [MADV_DOFORK, [VM_DONTCOPY, 0]],
  [MADV_WIPEONFORK, [0, VM_WIPEONFORK]],
  [MADV_KEEPONFORK, [VM_WIPEONFORK, 0]],
  [MADV_DONTDUMP, [0, VM_DONTDUMP]],
  [MADV_DODUMP, [VM_DONTDUMP, 0]],
  [MADV_HUGEPAGE, [VM_NOHUGEPAGE, VM_HUGEPAGE]],
  [MADV_NOHUGEPAGE, [VM_HUGEPAGE, VM_NOHUGEPAGE]],
]);

/** Advice about pages. */
const PAGE_ADVICE: readonly number[] = [
  MADV_WILLNEED,
  MADV_DONTNEED,
  MADV_DONTNEED_LOCKED,
  MADV_FREE,
  MADV_REMOVE,
  MADV_COLD,
  MADV_PAGEOUT,
  MADV_COLLAPSE,
  MADV_GUARD_INSTALL,
  MADV_GUARD_REMOVE,
];
const POPULATE: readonly number[] = [MADV_POPULATE_READ, MADV_POPULATE_WRITE];

/** Advice that loses what is in memory. Linux: is_discard(). */
const DISCARD: readonly number[] = [
  MADV_FREE,
  MADV_DONTNEED,
  MADV_DONTNEED_LOCKED,
  MADV_DONTFORK,
  MADV_WIPEONFORK,
  MADV_GUARD_INSTALL,
];

/**
 * Tells how a range will be used. Holes are skipped, and reported at the end.
 * @param advice  MADV_
 * @returns 0; -EINVAL: unknown advice, start is not a page, the range wraps around, or the advice does not fit a
 *   mapping; -EPERM: sealed; -EAGAIN: too many mappings; -EFAULT: populating failed; -ENOMEM: there is a hole
 */
export function doMadvise(mm: MmStruct, start: UserAddr, len: number, advice: number): number {
  if (!FLAG_ADVICE.has(advice) && !PAGE_ADVICE.includes(advice) && !POPULATE.includes(advice)) return -EINVAL;
  if (start % PAGE_SIZE !== 0) return -EINVAL;
  const bytes = pageAlign(len);
  const end = start + bytes;
  if ((len !== 0 && bytes === 0) || end >= 2 ** 64) return -EINVAL;
  if (end === start) return 0;
  if (POPULATE.includes(advice)) return faultinPageRange(mm, start, end, advice === MADV_POPULATE_WRITE);
  return walkVmas(mm, start, end, advice);
}

/** Linux: madvise_walk_vmas(). */
function walkVmas(mm: MmStruct, start: UserAddr, end: UserAddr, advice: number): number {
  let result = 0;
  for (let at = start; at < end; ) {
    const vma = mm.vmas.find(at);
    if (vma === null) return -ENOMEM;
    if (at < vma.vmStart) {
      result = -ENOMEM;
      at = vma.vmStart;
      if (at >= end) break;
    }
    const done = adviseVma(mm, { vma, start: at, end: Math.min(end, vma.vmEnd) }, advice);
    if (typeof done === 'number') return done;
    at = done.vmEnd;
  }
  return result;
}

/** @returns the mapping that holds the range now, or a negative errno. Linux: madvise_vma_behavior() */
function adviseVma(mm: MmStruct, range: VmaRange, advice: number): VmArea | number {
  const { vma } = range;
  if (!canMadviseModify(vma, advice)) return -EPERM;
  const change = FLAG_ADVICE.get(advice);
  if (change === undefined) return advisePages(mm, range, advice);
  if (!flagAdviceValid(vma, advice)) return -EINVAL;
  const [clear, set] = change;
  const newFlags = (vma.vmFlags & ~clear) | set;
  if (advice === MADV_HUGEPAGE) mm.owner.system.huge.enter(mm.pages);
  if (newFlags === vma.vmFlags) return vma;
  const changed = vmaModifyFlags(mm, vma, range, newFlags);
  return typeof changed === 'number' ? -EAGAIN : changed;
}

/** A sealed mapping keeps what its process could not have written itself. Linux: can_madvise_modify(). */
function canMadviseModify(vma: VmArea, advice: number): boolean {
  if (canModifyVma(vma) || !DISCARD.includes(advice)) return true;
  return !vmaIsAnonymous(vma) || (vma.vmFlags & VM_WRITE) !== 0;
}

function flagAdviceValid(vma: VmArea, advice: number): boolean {
  switch (advice) {
    case MADV_DOFORK:
      return !(vma.vmFlags & VM_IO);
    case MADV_WIPEONFORK:
      return vmaIsAnonymous(vma) && !(vma.vmFlags & VM_SHARED);
    case MADV_DODUMP:
      return !(vma.vmFlags & VM_SPECIAL) || (vma.vmFlags & VM_HUGETLB) !== 0;
    default:
      return true;
  }
}

/** @returns the mapping, which stays as it is, or a negative errno */
function advisePages(mm: MmStruct, { vma, start, end }: VmaRange, advice: number): VmArea | number {
  if (!pageAdviceValid(vma, start, advice)) return -EINVAL;
  const { system } = mm.owner;
  let result = 0;
  switch (advice) {
    case MADV_DONTNEED:
    case MADV_DONTNEED_LOCKED:
      // Of a page of hugetlb, all goes or nothing.
      zapPageRange(system, vma, start, vma.vmFlags & VM_HUGETLB ? end - (end % PMD_SIZE) : end, 'dontneed');
      break;
    case MADV_FREE:
      madviseFree(system, vma, start, end);
      break;
    case MADV_COLD:
      madviseCold(system, vma, start, end);
      break;
    case MADV_PAGEOUT:
      madvisePageout(system, vma, start, end);
      break;
    case MADV_COLLAPSE:
      result = madviseCollapse(mm, vma, start, end);
      break;
    case MADV_REMOVE:
      result = madviseRemove(mm, { vma, start, end });
      break;
    case MADV_GUARD_INSTALL:
      result = installGuards(mm, { vma, start, end });
      break;
    case MADV_GUARD_REMOVE:
      guardRemove(vma, start, end);
      break;
  }
  return result === 0 ? vma : result;
}

/** Punches a hole into the file behind a shared mapping. */
function madviseRemove(mm: MmStruct, { vma, start, end }: VmaRange): number {
  if (vma.vmFile?.mapping === undefined) return -EINVAL;
  if ((vma.vmFlags & (VM_SHARED | VM_MAYWRITE)) !== (VM_SHARED | VM_MAYWRITE)) return -EACCES;
  return mm.owner.system.files.punchHole(vma.vmFile, vmaPgoffOf(vma, start), vmaPgoffOf(vma, end));
}

function installGuards(mm: MmStruct, { vma, start, end }: VmaRange): number {
  const { machine, system } = mm.owner;
  if (machine.maybeGuard) vma.vmFlags |= VM_MAYBE_GUARD;
  // Without the flag only an anon_vma tells fork that there are page tables to copy.
  if (!machine.maybeGuard || vmaIsAnonymous(vma)) anonVmaPrepare(system.rmap, mm.vmas, vma);
  return guardInstall(system, vma, start, end);
}

function pageAdviceValid(vma: VmArea, start: UserAddr, advice: number): boolean {
  const { vmFlags } = vma;
  switch (advice) {
    case MADV_FREE:
      return vmaIsAnonymous(vma) && !(vmFlags & (VM_LOCKED | VM_PFNMAP));
    case MADV_REMOVE:
      return !(vmFlags & VM_LOCKED);
    case MADV_DONTNEED:
      return !(vmFlags & (VM_LOCKED | VM_PFNMAP)) && maySplit(vma, start);
    case MADV_COLD:
    case MADV_PAGEOUT:
      return !(vmFlags & (VM_LOCKED | VM_PFNMAP | VM_HUGETLB));
    case MADV_DONTNEED_LOCKED:
      return !(vmFlags & VM_PFNMAP) && maySplit(vma, start);
    case MADV_GUARD_INSTALL:
      return !(vmFlags & (VM_LOCKED | VM_SPECIAL));
    case MADV_GUARD_REMOVE:
      return !(vmFlags & VM_SPECIAL);
    default:
      return true;
  }
}
