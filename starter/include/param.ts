/** Every limit of the simulated machine, with its unit. Derived limits are expressions. */

/** log2 of the page size. Linux: arch/x86/include/asm/page_types.h. */
export const PAGE_SHIFT = 12;
/** Bytes in a page. */
export const PAGE_SIZE = 2 ** PAGE_SHIFT;
/** The largest order the page allocator keeps: blocks of 4 MiB. Linux: include/linux/mmzone.h. */
export const MAX_PAGE_ORDER = 10;
/** Orders 0..MAX_PAGE_ORDER. */
export const NR_PAGE_ORDERS = MAX_PAGE_ORDER + 1;
/** Bytes that one entry of a PMD table maps: the size of a huge page. */
export const PMD_SIZE = 512 * PAGE_SIZE;
/** log2 of the frames of a huge page, and those frames. Linux: include/linux/huge_mm.h. */
export const HPAGE_PMD_ORDER = 9;
export const HPAGE_PMD_NR = 2 ** HPAGE_PMD_ORDER;
/**
 * What the virtual clock adds for a page fault and for a system call, in ns, beside what they wait for: about what both
 * take on a CPU of 3 GHz. Without it a process that never sleeps would leave kswapd and the flusher no time to run.
 */
export const PAGE_FAULT_NS = 500;
export const SYSTEM_CALL_NS = 200;
/** End of the user half, in bytes: 2^47 less one page. Linux: arch/x86/include/asm/page_64_types.h. */
export const TASK_SIZE = 2 ** 47 - PAGE_SIZE;
