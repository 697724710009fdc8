/** A touch of a mapping of huge pages. Linux: mm/hugetlb.c, hugetlb_fault(). */
import { VM_FAULT_SIGBUS } from '../include/fault_types.ts';
import type { UserAddr } from '../include/types.ts';
import type { MmStruct } from './mm_struct.ts';
import type { VmArea } from './vma.ts';

export function hugetlbFault(_mm: MmStruct, _vma: VmArea, _addr: UserAddr, _write: boolean): number {
  return VM_FAULT_SIGBUS;
}
