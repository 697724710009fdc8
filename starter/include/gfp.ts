/**
 * "Get free page" flags: what a caller says about the memory it asks for. One number, bits joined with `|`.
 * Linux: include/linux/gfp_types.h (same names, same bits); the ALLOC_ rights: mm/internal.h.
 */

// Where: at most one of DMA, DMA32, HIGHMEM; see gfpZone().
export const __GFP_DMA = 0x01;
export const __GFP_HIGHMEM = 0x02;
export const __GFP_DMA32 = 0x04;
/** The page may be moved later. Only together with __GFP_HIGHMEM does it open zone Movable. */
export const __GFP_MOVABLE = 0x08;
/** Slab memory that a shrinker can give back. */
export const __GFP_RECLAIMABLE = 0x10;

// How hard to try.
/** High priority: may dip into the reserve below the MIN watermark. */
export const __GFP_HIGH = 0x20;
export const __GFP_IO = 0x40;
export const __GFP_FS = 0x80;
/** The caller can wait while memory is reclaimed. Without it the request is non-blocking. */
export const __GFP_DIRECT_RECLAIM = 0x400;
export const __GFP_KSWAPD_RECLAIM = 0x800;
export const __GFP_RECLAIM = __GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM;
export const __GFP_HARDWALL = 0x100000;

/** Interrupt handlers: cannot wait, must not fail easily. */
export const GFP_ATOMIC = __GFP_HIGH | __GFP_KSWAPD_RECLAIM;
/** Cannot wait, may fail. */
export const GFP_NOWAIT = __GFP_KSWAPD_RECLAIM;
/** The kernel's own memory. */
export const GFP_KERNEL = __GFP_RECLAIM | __GFP_IO | __GFP_FS;
/** Memory of a process that the kernel touches too. */
export const GFP_USER = GFP_KERNEL | __GFP_HARDWALL;
/** Ordinary pages of a process: may lie anywhere and may be moved. */
export const GFP_HIGHUSER_MOVABLE = GFP_USER | __GFP_HIGHMEM | __GFP_MOVABLE;

/** A right of one allocation: non-blocking. */
export const ALLOC_NON_BLOCK = 0x10;
/** A right of one allocation: part of the reserve below MIN (__GFP_HIGH was set). */
export const ALLOC_MIN_RESERVE = 0x20;
