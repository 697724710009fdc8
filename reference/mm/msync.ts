/** msync(2). Linux: mm/msync.c. */
import { EBUSY, EINVAL, ENOMEM } from '../include/errno.ts';
import { VM_LOCKED, VM_SHARED } from '../include/mm_types.ts';
import { MS_ASYNC, MS_INVALIDATE, MS_SYNC } from '../include/mman.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';
import { pageAlign } from '../lib/page_align.ts';
import { wholeFolios } from './folio_file.ts';
import type { MmStruct } from './mm_struct.ts';
import { vmaPgoffOf } from './vma.ts';

/**
 * Writes what was stored in shared mappings of files to their disks, and waits. Holes are skipped, and reported at the
 * end.
 * @param flags  MS_SYNC; MS_ASYNC does nothing, for what is dirty is known
 * @returns 0; -EINVAL: unknown or contradictory flags, or start is not a page; -ENOMEM: a hole; -EBUSY: MS_INVALIDATE of
 *   a locked mapping; or what the disk said
 */
export function doMsync(mm: MmStruct, start: UserAddr, len: number, flags: number): number {
  if (flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) return -EINVAL;
  if (start % PAGE_SIZE !== 0) return -EINVAL;
  if (flags & MS_ASYNC && flags & MS_SYNC) return -EINVAL;
  const end = start + pageAlign(len);
  if (end >= 2 ** 64) return -ENOMEM;
  let result = 0;
  for (let at = start; at < end; ) {
    const vma = mm.vmas.find(at);
    if (vma === null) return -ENOMEM;
    if (at < vma.vmStart) {
      if (flags === MS_ASYNC) return -ENOMEM;
      result = -ENOMEM;
      at = vma.vmStart;
      if (at >= end) return result;
    }
    if (flags & MS_INVALIDATE && vma.vmFlags & VM_LOCKED) return -EBUSY;
    const stop = Math.min(end, vma.vmEnd);
    const { vmFile } = vma;
    if (flags & MS_SYNC && vmFile?.mapping !== undefined && vma.vmFlags & VM_SHARED) {
      const { system } = mm.owner;
      const range = wholeFolios(system, vmFile.mapping, vmaPgoffOf(vma, at), vmaPgoffOf(vma, stop));
      const error = system.files.fsyncRange(vmFile, ...range);
      if (error !== 0) return error;
    }
    at = vma.vmEnd;
  }
  return result;
}
