/**
 * How broken up free memory is. Linux: mm/vmstat.c, unusable_free_index(), __fragmentation_index().
 * The inputs are those of a zone: by order, its free blocks.
 */
import type { Order } from '../include/types.ts';

interface FreeMemory {
  readonly pages: number;
  readonly blocks: number;
  /** Blocks of the wanted size that could be cut. */
  readonly suitable: number;
}

function freeMemory(nrFree: readonly number[], order: Order): FreeMemory {
  let pages = 0;
  let blocks = 0;
  let suitable = 0;
  for (const [size, count] of nrFree.entries()) {
    pages += count * 2 ** size;
    blocks += count;
    if (size >= order) suitable += count * 2 ** (size - order);
  }
  return { pages, blocks, suitable };
}

/** In thousandths: the part of free memory that blocks of an order could not be cut from. 1000 when nothing is free. */
export function unusableFreeIndex(nrFree: readonly number[], order: Order): number {
  const { pages, suitable } = freeMemory(nrFree, order);
  return pages === 0 ? 1000 : Math.floor(((pages - suitable * 2 ** order) * 1000) / pages);
}

/**
 * Why a request of an order would fail, in thousandths: towards 0 for lack of memory, towards 1000 because it is broken
 * up. -1000: it would not fail; 0: nothing is free.
 */
export function extfragIndex(nrFree: readonly number[], order: Order): number {
  const { pages, blocks, suitable } = freeMemory(nrFree, order);
  if (blocks === 0) return 0;
  if (suitable > 0) return -1000;
  return 1000 - Math.floor((1000 + Math.floor((pages * 1000) / 2 ** order)) / blocks);
}
