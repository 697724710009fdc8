/** LRU lists over a few frames without an allocator: what is freed is written down. One or two nodes of zone Normal. */
import { ZONE_NORMAL } from '../../include/mmzone.ts';
import { PG_swapbacked } from '../../include/page_flags.ts';
import type { Pfn } from '../../include/types.ts';
import { type LruList, Lruvecs } from '../lruvec.ts';
import { MemMap } from '../mem_map.ts';
import { Folios } from '../swap.ts';
import { VmStat } from '../vm_stat.ts';

export interface LruRoom {
  readonly memMap: MemMap;
  readonly vmstat: VmStat;
  readonly lru: Lruvecs;
  readonly folios: Folios;
  /** Pages that were freed, in order. */
  readonly freed: Pfn[];
  /** A list, head first. */
  shown(lru: LruList): Pfn[];
  /** New pages with one reference each, added in this order. */
  add(side: 'anon' | 'file', ...pfns: Pfn[]): void;
}

/** @param nrNodes  the frames are divided among them */
export function lruRoom(nrFrames: number, nrNodes = 1): LruRoom {
  const memMap = new MemMap(nrFrames);
  const vmstat = new VmStat(nrNodes);
  const zones = vmstat.zones.map((byIndex, nid) => ({ nid, index: ZONE_NORMAL, stat: byIndex[ZONE_NORMAL] }) as const);
  const lru = new Lruvecs(memMap, vmstat, (pfn) => zones[Math.floor((pfn * nrNodes) / nrFrames)]);
  const freed: Pfn[] = [];
  const folios = new Folios(lru, { freePages: (pfn) => freed.push(pfn) });
  return {
    memMap,
    vmstat,
    lru,
    folios,
    freed,
    shown: (list) => [...lru.list(0, list)],
    add(side, ...pfns) {
      for (const pfn of pfns) {
        memMap.refcount[pfn] = 1;
        if (side === 'anon') memMap.set(pfn, PG_swapbacked);
        lru.addFolio(pfn);
      }
    },
  };
}
