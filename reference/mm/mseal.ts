/** mseal(2). Linux: mm/mseal.c. */
import { EINVAL, ENOMEM } from '../include/errno.ts';
import { VM_SEALED } from '../include/mm_types.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';
import { pageAlign } from '../lib/page_align.ts';
import type { MmStruct } from './mm_struct.ts';
import { vmaModifyFlags } from './vma_split.ts';

/**
 * Seals a range: from now on it cannot be unmapped, moved, or given other rights.
 * @returns 0; -EINVAL: start is not a page, or the range wraps around; -ENOMEM: a hole, and nothing is sealed
 */
export function doMseal(mm: MmStruct, start: UserAddr, len: number): number {
  if (start % PAGE_SIZE !== 0) return -EINVAL;
  const bytes = pageAlign(len);
  const end = start + bytes;
  if ((len !== 0 && bytes === 0) || end >= 2 ** 64) return -EINVAL;
  for (let at = start; at < end; ) {
    const vma = mm.vmaLookup(at);
    if (vma === null) return -ENOMEM;
    at = vma.vmEnd;
  }
  for (let at = start; at < end; ) {
    const vma = mm.vmaLookup(at);
    if (vma === null) return -ENOMEM;
    const range = { start: at, end: Math.min(end, vma.vmEnd) };
    const sealed = vma.vmFlags & VM_SEALED ? vma : vmaModifyFlags(mm, vma, range, vma.vmFlags | VM_SEALED);
    if (typeof sealed === 'number') return sealed;
    at = sealed.vmEnd;
  }
  return 0;
}
