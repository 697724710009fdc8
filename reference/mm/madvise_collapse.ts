/** MADV_COLLAPSE: huge pages now, whatever has been said before. Linux: mm/khugepaged.c, madvise_collapse(). */
import { EAGAIN, EBUSY, EINVAL, ENOMEM } from '../include/errno.ts';
import { PMD_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';
import { collapseAllowable, collapsePmd, type ScanResult } from './collapse.ts';
import type { MmStruct } from './mm_struct.ts';
import type { VmArea } from './vma.ts';

/** After these the next block is tried; after all others it is over. */
const GO_ON: readonly ScanResult[] = ['pmdNone', 'pteNonPresent', 'lackReferenced', 'pageCount', 'pageLock', 'pageLru'];

/**
 * Collapses the blocks of 2 MiB that lie in start..end, which lies in the mapping.
 * @returns 0: all of them are huge pages; else why the last one that is none could not be: -EINVAL, -ENOMEM, -EAGAIN, -EBUSY
 */
export function madviseCollapse(mm: MmStruct, vma: VmArea, start: UserAddr, end: UserAddr): number {
  if (!collapseAllowable(vma, true)) return -EINVAL;
  mm.owner.system.mlockBatch.drain();
  const first = Math.ceil(start / PMD_SIZE) * PMD_SIZE;
  const stop = Math.min(end, vma.vmEnd) - (Math.min(end, vma.vmEnd) % PMD_SIZE);
  let huge = 0;
  let lastFail: ScanResult = 'pmdNone';
  for (let addr = first; addr < stop; addr += PMD_SIZE) {
    const result = collapsePmd(mm, vma, addr, 'madvise');
    if (result === 'succeed' || result === 'pmdMapped') huge++;
    else lastFail = result;
    if (result !== 'succeed' && result !== 'pmdMapped' && !GO_ON.includes(result)) break;
  }
  return huge === (stop - first) / PMD_SIZE ? 0 : collapseErrno(lastFail);
}

/** Linux: madvise_collapse_errno(). */
function collapseErrno(result: ScanResult): number {
  switch (result) {
    case 'allocFail':
      return -ENOMEM;
    case 'exceedNone':
      return -EBUSY;
    case 'pageCount':
    case 'pageLock':
    case 'pageLru':
      return -EAGAIN;
    default:
      return -EINVAL;
  }
}
