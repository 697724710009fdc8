/**
 * A page goes to another frame, and nobody who maps it notices. Linux: mm/migrate.c, migrate_pages().
 *
 *     entries ──► [old]        1 all entries are taken out, the CPUs forget them
 *        ╎          │ copy     2 the new frame becomes the same page: content, flags, owner
 *        └──────► [new]        3 the entries are back, and lead to it
 *
 * Nothing runs in between, so there is no need for Linux's migration entries, which make a fault wait.
 */
import { PG_anon, PG_lru, PG_mlocked, PG_swapcache, PG_unevictable, PG_writeback } from '../include/page_flags.ts';
import type { Pfn } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { MemorySystem } from './memory_system.ts';
import { pfnHigh, pfnLow } from './pte.ts';
import { rmapWalk } from './rmap_walk.ts';

/** Of the old page, not of the new one: it is in no list yet. */
const NOT_COPIED = PG_lru | PG_unevictable;

/** What of an entry does not name the frame. */
const RIGHTS_LOW = 0xfff;
const RIGHTS_HIGH = ~0xfffff;

/** An entry that held the page, as it was. */
interface TakenOut {
  readonly words: Uint32Array;
  readonly i: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Moves an anonymous page, that is not part of a larger one, to a frame that is asked for.
 * SIMPLIFIED: a page that is in the swap cache too is first taken out of there, or stays.
 * @returns whether it has moved; else nothing has changed: somebody else holds it, it is being written, or no memory
 */
export function migrateFolio(system: MemorySystem, old: Pfn, newFolio: () => Pfn | null): boolean {
  const { memMap, vmstat, lru, folios } = system;
  const moved = memMap.test(old, PG_anon) && !memMap.test(old, PG_writeback) && lru.isolate(old);
  if (!moved) return fail(system);
  const fresh = isOnlyMapped(system, old) ? newFolio() : null;
  if (fresh === null) {
    lru.addFolio(old);
    folios.put(old);
    return fail(system);
  }
  const entries = takeOut(system, old);
  system.memory.copyFrame(fresh, old);
  become(system, fresh, old);
  for (const { words, i, low, high } of entries) {
    words[i] = (low & RIGHTS_LOW) | pfnLow(fresh);
    words[i + 1] = (high & RIGHTS_HIGH) | pfnHigh(fresh);
  }
  memMap.refcount[fresh] += entries.length;
  memMap.refcount[old] -= entries.length;
  lru.addFolio(fresh);
  folios.put(fresh);
  folios.put(old);
  vmstat.events.pgmigrate_success++;
  return true;
}

function fail({ vmstat }: MemorySystem): false {
  vmstat.events.pgmigrate_fail++;
  return false;
}

/** Whether its entries and whoever has isolated it are all that hold it. Linux: folio_expected_refs(). */
function isOnlyMapped({ memMap, swap }: MemorySystem, pfn: Pfn): boolean {
  if (memMap.test(pfn, PG_swapcache) && !swap?.folioFreeSwap(pfn)) return false;
  return memMap.refcount[pfn] === memMap.mapcount[pfn] + 1;
}

/** Linux: try_to_migrate(). */
function takeOut(system: MemorySystem, pfn: Pfn): TakenOut[] {
  const entries: TakenOut[] = [];
  rmapWalk(system, pfn, (vma, addr, words, i) => {
    entries.push({ words, i, low: words[i], high: words[i + 1] });
    words[i] = 0;
    words[i + 1] = 0;
    system.flush.flushTlbPage(vma.vmMm.context, addr);
    return true;
  });
  const { mapcount } = system.memMap;
  if (entries.length !== mapcount[pfn])
    panic(`migrate: pfn ${pfn} has ${mapcount[pfn]} entries, ${entries.length} found`);
  return entries;
}

/** What the kernel knows of a page is known of another from now on. Linux: folio_migrate_mapping(), folio_migrate_flags(). */
function become({ memMap, lru, vmstat }: MemorySystem, fresh: Pfn, old: Pfn): void {
  const from = lru.zoneOf(old);
  const to = lru.zoneOf(fresh);
  memMap.flags[fresh] |= memMap.flags[old] & ~NOT_COPIED;
  memMap.mapping[fresh] = memMap.mapping[old];
  memMap.index[fresh] = memMap.index[old];
  memMap.mapcount[fresh] = memMap.mapcount[old];
  vmstat.nodes[from.nid].nr_anon_pages--;
  vmstat.nodes[to.nid].nr_anon_pages++;
  if (memMap.testAndClear(old, PG_mlocked)) {
    from.stat.nr_mlock--;
    to.stat.nr_mlock++;
  }
  memMap.flags[old] = 0;
  memMap.mapping[old] = 0;
  memMap.index[old] = 0;
  memMap.mapcount[old] = 0;
}
