/** How a page fault ends: bits joined with `|`; none of them: the page is there. Linux: enum vm_fault_reason. */

export const VM_FAULT_OOM = 0x01;
export const VM_FAULT_SIGBUS = 0x02;
/** The disk was needed. */
export const VM_FAULT_MAJOR = 0x04;
export const VM_FAULT_SIGSEGV = 0x40;
/** Not with a huge page: it goes on with small ones. */
export const VM_FAULT_FALLBACK = 0x800;
/** It ended badly: no page. */
export const VM_FAULT_ERROR = VM_FAULT_OOM | VM_FAULT_SIGBUS | VM_FAULT_SIGSEGV;
