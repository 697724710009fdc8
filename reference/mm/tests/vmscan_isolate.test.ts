import { GFP_KERNEL } from '../../include/gfp.ts';
import { DEFAULT_PAGE_SYSCTLS, type MemoryDescription } from '../../include/machine.ts';
import { ZONE_DMA32, ZONE_NORMAL } from '../../include/mmzone.ts';
import { PG_active, PG_lru } from '../../include/page_flags.ts';
import { LRU_ACTIVE_FILE, LRU_INACTIVE_FILE } from '../lruvec.ts';
import { scanControl } from '../scan_control.ts';
import { isolateLruFolios, moveFoliosToLru } from '../vmscan_isolate.ts';
import { ReclaimRoom, reclaimRoom } from './reclaim_room.ts';

const wish = { who: 'kswapd', gfp: GFP_KERNEL, order: 0, reclaimIdx: ZONE_NORMAL, nrToReclaim: 32 } as const;

describe('isolateLruFolios', () => {
  test('takes pages off the tail, the oldest first to be looked at', () => {
    const room = reclaimRoom(1024);
    const [a, b, c] = [1, 2, 3].map((id) => room.readFile(id) ?? -1);
    const batch = isolateLruFolios(room.rooms, scanControl(wish), room.rooms.pgdats[0], LRU_INACTIVE_FILE, 2);
    expect([batch.scanned, batch.taken, [...batch.list]]).toEqual([2, 2, [b, a]]);
    expect(room.shown(LRU_INACTIVE_FILE)).toEqual([c]);
    expect([room.memMap.refcount[a], room.memMap.test(a, PG_lru)]).toEqual([2, false]);
    expect(moveFoliosToLru(room.rooms, room.rooms.pgdats[0], batch.list)).toBe(2);
    expect(room.shown(LRU_INACTIVE_FILE)).toEqual([b, a, c]);
    room.validate();
  });

  test('mapped pages stay, at the head, where they must not be unmapped', () => {
    const room = reclaimRoom(1024);
    const [a, b, c] = [1, 2, 3].map((id) => room.readFile(id) ?? -1);
    room.map(a, 1, 0);
    const sc = scanControl({ ...wish, mayUnmap: false });
    const batch = isolateLruFolios(room.rooms, sc, room.rooms.pgdats[0], LRU_INACTIVE_FILE, 2);
    expect([batch.scanned, batch.taken, [...batch.list]]).toEqual([2, 1, [b]]);
    expect(room.shown(LRU_INACTIVE_FILE)).toEqual([a, c]);
  });

  //   zone DMA32  0 .. 511     zone Normal  512 .. 1023
  test('pages of too high a zone are skipped: counted as scanned, but not as looked for', () => {
    const zone = (index: 1 | 2, startPfn: number) => ({ zone: index, startPfn, spannedPages: 512, holes: [] });
    const machine: MemoryDescription = {
      nodes: [{ cpus: [0], zones: [zone(ZONE_DMA32, 0), zone(ZONE_NORMAL, 512)], distances: [10] }],
      sysctls: { ...DEFAULT_PAGE_SYSCTLS, minFreeKbytes: 128 },
      perCpuPages: 'off',
      thp: 'off',
    };
    const room = new ReclaimRoom(machine, 0);
    const low: number[] = [];
    for (let id = 0; low.length < 2; id++) {
      const pfn = room.readFile(id) ?? -1;
      if (pfn < 512) low.push(pfn);
    }
    const all = room.shown(LRU_INACTIVE_FILE);
    const sc = scanControl({ ...wish, reclaimIdx: ZONE_DMA32 });
    const batch = isolateLruFolios(room.rooms, sc, room.rooms.pgdats[0], LRU_INACTIVE_FILE, 2);
    expect([batch.scanned, batch.taken, [...batch.list]]).toEqual([all.length, 2, [low[1], low[0]]]);
    expect(room.vmstat.events.pgskip_normal).toBe(all.length - 2);
    expect(room.shown(LRU_INACTIVE_FILE)).toEqual(all.filter((pfn) => pfn >= 512));
    moveFoliosToLru(room.rooms, room.rooms.pgdats[0], batch.list);
    room.validate();
  });
});

describe('moveFoliosToLru', () => {
  test('puts each where its flags say, and frees those that nobody else holds', () => {
    const room = reclaimRoom(1024);
    const [a, b] = [1, 2].map((id) => room.readFile(id) ?? -1);
    const [pgdat] = room.rooms.pgdats;
    const { list } = isolateLruFolios(room.rooms, scanControl(wish), pgdat, LRU_INACTIVE_FILE, 2);
    room.memMap.set(a, PG_active);
    room.rooms.files.removeFolio(b, null);
    const free = room.pages.nrFreePages;
    expect(moveFoliosToLru(room.rooms, pgdat, list)).toBe(1);
    expect(room.shown(LRU_ACTIVE_FILE)).toEqual([a]);
    expect(room.pages.nrFreePages).toBe(free + 1);
    expect(room.lru.nodes[0].nonresidentAge).toBe(1);
    room.validate();
  });
});
