/** GFP flags as the kernel log names them. Linux: include/trace/events/mmflags.h, __def_gfpflag_names (%pGg). */
import * as gfp from '../include/gfp.ts';

/** Largest first: what a name stands for is not said again. */
const NAMES: readonly (readonly [name: string, flags: number])[] = [
  ['GFP_TRANSHUGE', gfp.GFP_TRANSHUGE],
  ['GFP_TRANSHUGE_LIGHT', gfp.GFP_TRANSHUGE_LIGHT],
  ['GFP_HIGHUSER_MOVABLE', gfp.GFP_HIGHUSER_MOVABLE],
  ['GFP_HIGHUSER', gfp.GFP_USER | gfp.__GFP_HIGHMEM],
  ['GFP_USER', gfp.GFP_USER],
  ['GFP_KERNEL_ACCOUNT', gfp.GFP_KERNEL | gfp.__GFP_ACCOUNT],
  ['GFP_KERNEL', gfp.GFP_KERNEL],
  ['GFP_NOFS', gfp.GFP_NOFS],
  ['GFP_ATOMIC', gfp.GFP_ATOMIC],
  ['GFP_NOIO', gfp.GFP_NOIO],
  ['GFP_NOWAIT', gfp.GFP_NOWAIT],
  ['__GFP_RECLAIM', gfp.__GFP_RECLAIM],
  ['__GFP_DMA', gfp.__GFP_DMA],
  ['__GFP_HIGHMEM', gfp.__GFP_HIGHMEM],
  ['__GFP_DMA32', gfp.__GFP_DMA32],
  ['__GFP_MOVABLE', gfp.__GFP_MOVABLE],
  ['__GFP_RECLAIMABLE', gfp.__GFP_RECLAIMABLE],
  ['__GFP_HIGH', gfp.__GFP_HIGH],
  ['__GFP_IO', gfp.__GFP_IO],
  ['__GFP_FS', gfp.__GFP_FS],
  ['__GFP_ZERO', gfp.__GFP_ZERO],
  ['__GFP_DIRECT_RECLAIM', gfp.__GFP_DIRECT_RECLAIM],
  ['__GFP_KSWAPD_RECLAIM', gfp.__GFP_KSWAPD_RECLAIM],
  ['__GFP_NOWARN', gfp.__GFP_NOWARN],
  ['__GFP_RETRY_MAYFAIL', gfp.__GFP_RETRY_MAYFAIL],
  ['__GFP_NOFAIL', gfp.__GFP_NOFAIL],
  ['__GFP_NORETRY', gfp.__GFP_NORETRY],
  ['__GFP_MEMALLOC', gfp.__GFP_MEMALLOC],
  ['__GFP_COMP', gfp.__GFP_COMP],
  ['__GFP_NOMEMALLOC', gfp.__GFP_NOMEMALLOC],
  ['__GFP_HARDWALL', gfp.__GFP_HARDWALL],
  ['__GFP_THISNODE', gfp.__GFP_THISNODE],
  ['__GFP_ACCOUNT', gfp.__GFP_ACCOUNT],
];

/** `0x100cca(GFP_HIGHUSER_MOVABLE)` */
export function gfpText(flags: number): string {
  const names: string[] = [];
  let left = flags;
  for (const [name, bits] of NAMES) {
    if ((left & bits) !== bits) continue;
    names.push(name);
    left &= ~bits;
  }
  if (left !== 0) names.push(`0x${left.toString(16)}`);
  return `0x${flags.toString(16)}(${names.join('|') || 'none'})`;
}
