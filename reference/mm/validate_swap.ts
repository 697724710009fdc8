/**
 * Whether swap and those who use it tell the same story. Not in Linux, where a slot that is lost stays lost.
 */
import { PAGE_SIZE, TASK_SIZE } from '../include/param.ts';
import type { SwpEntry } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { MemorySystem } from './memory_system.ts';
import type { MmPages } from './mm_pages.ts';
import type { MmStruct } from './mm_struct.ts';
import { pteIndex, pteIsSwap } from './pte.ts';
import type { SwapCache } from './swap_state.ts';
import { pteToSwpEntry, swpEntry } from './swapops.ts';

/**
 * Panics unless each slot is counted as often as page tables and memory files refer to it, and no other is in use but
 * those of the swap cache.
 * @param mms  all address spaces
 * Cost: all entries, all slots and all frames.
 */
export function validateSwap(system: MemorySystem, cache: SwapCache, mms: Iterable<MmStruct>): void {
  cache.validate();
  const counts = new Map<SwpEntry, number>();
  const count = (entry: SwpEntry): void => void counts.set(entry, (counts.get(entry) ?? 0) + 1);
  for (const mm of mms) forEachSwapEntry(mm.pages, count);
  for (const mapping of system.pageCache.mappings) for (const entry of mapping.swapped.values()) count(entry);
  for (const { type, map } of cache.swap.areas) {
    for (let slot = 1; slot < map.length; slot++) {
      if (map[slot] === 0) continue;
      const entry = swpEntry(type, slot);
      const [used, counted] = [counts.get(entry) ?? 0, cache.swap.swapCount(entry)];
      if (used !== counted) panic(`swapfile: slot ${slot} of area ${type} is used ${used} times, counted ${counted}`);
      counts.delete(entry);
    }
  }
  for (const entry of counts.keys()) panic(`swapfile: entry ${entry} is used, but is free or in no area`);
}

function forEachSwapEntry(mm: MmPages, visit: (entry: SwpEntry) => void): void {
  for (let at = mm.nextTable(0, TASK_SIZE); at >= 0; ) {
    const stop = mm.tableEnd(at, TASK_SIZE);
    const words = mm.pteTable(at);
    for (let addr = at; words !== null && addr < stop; addr += PAGE_SIZE) {
      const i = pteIndex(addr);
      if (pteIsSwap(words[i], words[i + 1])) visit(pteToSwpEntry(words[i], words[i + 1]));
    }
    at = mm.nextTable(stop, TASK_SIZE);
  }
}
