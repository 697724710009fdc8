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
/** The page is wanted full of zeroes; whoever asks the page allocator clears it. */
export const __GFP_ZERO = 0x100;
/** The caller can wait while memory is reclaimed. Without it the request is non-blocking. */
export const __GFP_DIRECT_RECLAIM = 0x400;
export const __GFP_KSWAPD_RECLAIM = 0x800;
export const __GFP_RECLAIM = __GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM;
/** No complaint when it fails. */
export const __GFP_NOWARN = 0x2000;
/** Try long, but rather fail than kill somebody. */
export const __GFP_RETRY_MAYFAIL = 0x4000;
/** Must not fail. */
export const __GFP_NOFAIL = 0x8000;
/** One round of reclaim, no more. */
export const __GFP_NORETRY = 0x10000;
/** Whoever asks frees memory with it: all reserves are open. */
export const __GFP_MEMALLOC = 0x20000;
/** The block is used as one: its first frame stands for all. */
export const __GFP_COMP = 0x40000;
/** No reserves, whoever asks. */
export const __GFP_NOMEMALLOC = 0x80000;
export const __GFP_HARDWALL = 0x100000;
/** From the wanted node or not at all. */
export const __GFP_THISNODE = 0x200000;
/** Charged to the memory cgroup of the task. */
export const __GFP_ACCOUNT = 0x400000;

/** Interrupt handlers: cannot wait, must not fail easily. */
export const GFP_ATOMIC = __GFP_HIGH | __GFP_KSWAPD_RECLAIM;
/** Cannot wait, may fail. */
export const GFP_NOWAIT = __GFP_KSWAPD_RECLAIM;
/** The kernel's own memory. */
export const GFP_KERNEL = __GFP_RECLAIM | __GFP_IO | __GFP_FS;
/** May wait, but for no I/O. */
export const GFP_NOIO = __GFP_RECLAIM;
/** May wait for I/O, but for no file system. */
export const GFP_NOFS = __GFP_RECLAIM | __GFP_IO;
/** Memory of a process that the kernel touches too. */
export const GFP_USER = GFP_KERNEL | __GFP_HARDWALL;
/** Ordinary pages of a process: may lie anywhere and may be moved. */
export const GFP_HIGHUSER_MOVABLE = GFP_USER | __GFP_HIGHMEM | __GFP_MOVABLE;
/** A huge page: a large block, without a complaint or reserves; the light form waits for nothing. */
export const GFP_TRANSHUGE_LIGHT =
  (GFP_HIGHUSER_MOVABLE | __GFP_COMP | __GFP_NOMEMALLOC | __GFP_NOWARN) & ~__GFP_RECLAIM;
export const GFP_TRANSHUGE = GFP_TRANSHUGE_LIGHT | __GFP_DIRECT_RECLAIM;

/** How far down a zone may be drained: one of the three marks. */
export const ALLOC_WMARK_MIN = 0;
export const ALLOC_WMARK_LOW = 1;
export const ALLOC_WMARK_HIGH = 2;
export const ALLOC_WMARK_MASK = 3;
/** A right of one allocation: no mark counts. */
export const ALLOC_NO_WATERMARKS = 0x04;
/** A right of one allocation: the task is being killed, and frees more than it takes. */
export const ALLOC_OOM = 0x08;

/** A right of one allocation: non-blocking. */
export const ALLOC_NON_BLOCK = 0x10;
/** A right of one allocation: part of the reserve below MIN (__GFP_HIGH was set). */
export const ALLOC_MIN_RESERVE = 0x20;
/** A duty of one allocation: rather another zone than a pageblock of another kind. */
export const ALLOC_NOFRAGMENT = 0x100;
/** A right of one allocation: blocks of MIGRATE_HIGHATOMIC. */
export const ALLOC_HIGHATOMIC = 0x200;
/** kswapd may be woken. */
export const ALLOC_KSWAPD = 0x800;
/** Rights to go below the mark. */
export const ALLOC_RESERVES = ALLOC_OOM | ALLOC_MIN_RESERVE | ALLOC_HIGHATOMIC;
