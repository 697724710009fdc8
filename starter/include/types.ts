/**
 * The kernel's own number types. Each is a plain number (or bigint) to the machine; to the compiler a frame is not an
 * order and an address is not a frame number. A bare number may be given for any of them, one for another may not.
 */
declare const unit: unique symbol;
type Unit<T, Name extends string> = T & { readonly [unit]?: Name };

/** Page frame number: physical address / PAGE_SIZE. */
export type Pfn = Unit<number, 'Pfn'>;
/** Physical address in bytes, below 2^52. */
export type PhysAddr = Unit<number, 'PhysAddr'>;
/** Virtual address as the MMU sees it: all 64 bits, 0 ≤ va < 2^64, user and kernel half. */
export type VirtAddr = Unit<bigint, 'VirtAddr'>;
/** Virtual address in the user half, below 2^47, as VMAs and system calls use it. */
export type UserAddr = Unit<number, 'UserAddr'>;
/** A virtual page's number as the TLB sees it: bits 12..47 of the address; the kernel half begins at 2^35. */
export type Vpn = Unit<number, 'Vpn'>;
/** A page-table entry: 64 bits, see include/pgtable_types.ts. */
export type Pte = Unit<bigint, 'Pte'>;
/** A place in swap: number of the area and of the slot in it, see mm/swapops.ts; 0: none. */
export type SwpEntry = Unit<number, 'SwpEntry'>;
/** log2 of a block's size in frames, 0 ≤ order ≤ MAX_PAGE_ORDER. */
export type Order = Unit<number, 'Order'>;
/** Process id. */
export type Pid = Unit<number, 'Pid'>;
/** Time on the virtual clock, in nanoseconds. */
export type Ticks = Unit<number, 'Ticks'>;
