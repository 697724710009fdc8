import { GFP_KERNEL, GFP_NOIO } from '../../include/gfp.ts';
import { DEFAULT_PAGE_SYSCTLS, type MemoryDescription } from '../../include/machine.ts';
import { ZONE_NORMAL } from '../../include/mmzone.ts';
import { PG_dirty, PG_lru, PG_swapcache } from '../../include/page_flags.ts';
import type { Pfn } from '../../include/types.ts';
import { LRU_INACTIVE_ANON } from '../lruvec.ts';
import { lruMlock, mlockFolio } from '../mlock_folio.ts';
import { ReclaimRoom, reclaimRoom } from './reclaim_room.ts';

const isolated = (room: ReclaimRoom, ...pfns: Pfn[]): Pfn[] => pfns.filter((pfn) => room.lru.isolate(pfn));

describe('tryToFreePages', () => {
  test('frees at least 32 pages, and looks at little more', () => {
    const room = reclaimRoom(8192);
    for (let id = 0; id < 5000; id++) room.readFile(id);
    expect(room.vmscan.tryToFreePages(0, 0, GFP_KERNEL)).toBeGreaterThanOrEqual(32);
    const { pgscan_direct, pgsteal_direct, pgscan_kswapd } = room.vmstat.events;
    expect(pgsteal_direct).toBe(pgscan_direct);
    expect(pgscan_direct).toBeLessThanOrEqual(64);
    expect(pgscan_kswapd).toBe(0);
    room.validate();
  });

  test('remembers what had come back by then', () => {
    const room = reclaimRoom(8192);
    for (let id = 0; id < 5000; id++) room.readFile(id);
    room.vmstat.nodes[0].workingset_activate_anon = 3;
    room.vmscan.tryToFreePages(0, 0, GFP_KERNEL);
    expect(room.lru.nodes[0].refaults).toEqual([3, 0]);
  });

  test('takes time', () => {
    const room = reclaimRoom(8192);
    for (let id = 0; id < 5000; id++) room.readFile(id);
    room.vmscan.tryToFreePages(0, 0, GFP_KERNEL);
    expect(room.clock.now).toBe(room.vmstat.events.pgscan_direct * 100);
  });

  test('returns 0 when there is nothing to free, and ends', () => {
    const room = reclaimRoom(1024);
    for (let id = 0; id < 500; id++) room.touchAnon(id);
    expect(room.vmscan.tryToFreePages(0, 0, GFP_KERNEL)).toBe(0);
    expect(room.vmstat.events.pgscan_direct).toBe(0);
  });

  test('ends when all pages are used all the time', () => {
    const room = reclaimRoom(1024);
    for (let id = 0; id < 500; id++) room.map(room.readFile(id) ?? -1, 1, 0);
    room.rooms.rmap.folioReferenced = () => ({ referenced: 2, vmFlags: 0 });
    expect(room.vmscan.tryToFreePages(0, 0, GFP_KERNEL)).toBe(0);
    expect(room.vmstat.events.pgscan_direct).toBeLessThanOrEqual(2 * 13 * 500);
    room.validate();
  });

  test('a second try takes active pages too', () => {
    const room = reclaimRoom(4096);
    for (let id = 0; id < 2000; id++) {
      const pfn = room.readFile(id) ?? -1;
      if (id < 900) room.lru.activate(pfn);
      else room.folios.get(pfn);
    }
    expect(room.vmscan.tryToFreePages(0, 0, GFP_KERNEL)).toBeGreaterThanOrEqual(32);
    expect(room.vmstat.events.pgdeactivate).toBeGreaterThan(0);
  });

  test('unevictable pages are never scanned', () => {
    const room = reclaimRoom(1024);
    for (let id = 0; id < 100; id++) {
      const pfn = room.readFile(id) ?? -1;
      mlockFolio(room.lru, pfn);
      lruMlock(room.lru, pfn);
    }
    expect(room.vmscan.tryToFreePages(0, 0, GFP_KERNEL)).toBe(0);
    expect(room.vmstat.events.pgscan_file).toBe(0);
    expect(room.vmstat.nodes[0].nr_unevictable).toBe(100);
  });

  test('a request that may not write does not swap', () => {
    const room = reclaimRoom(1024, 100);
    for (let id = 0; id < 50; id++) room.map(room.touchAnon(id) ?? -1, 0, 0).used = 0;
    expect(room.vmscan.tryToFreePages(0, 0, GFP_NOIO)).toBe(0);
    expect(room.slots.size).toBe(0);
  });

  test('swaps, waits for the disk, and frees what is written', () => {
    const room = reclaimRoom(2048, 3000);
    for (let id = 0; id < 1500; id++) room.map(room.touchAnon(id) ?? -1, 0, 0).used = 0;
    let freed = 0;
    for (let i = 0; i < 20; i++) freed += room.vmscan.tryToFreePages(0, 0, GFP_KERNEL);
    expect(freed).toBeGreaterThan(100);
    expect(room.resident.size).toBe(1500 - freed);
    room.validate();
  });

  test('turns to other nodes, too', () => {
    const zone = (startPfn: number) => [{ zone: ZONE_NORMAL, startPfn, spannedPages: 1024, holes: [] }] as const;
    const machine: MemoryDescription = {
      nodes: [
        { cpus: [0], zones: zone(0), distances: [10, 20] },
        { cpus: [1], zones: zone(1024), distances: [20, 10] },
      ],
      sysctls: DEFAULT_PAGE_SYSCTLS,
      perCpuPages: 'off',
      thp: 'off',
    };
    const room = new ReclaimRoom(machine, 0);
    for (let id = 0; id < 1800; id++) room.readFile(id);
    const before = room.vmstat.nodes.map((node) => node.nr_inactive_file);
    room.vmscan.tryToFreePages(0, 0, GFP_KERNEL);
    const after = room.vmstat.nodes.map((node) => node.nr_inactive_file);
    expect(after.every((pages, nid) => pages < before[nid])).toBe(true);
    room.validate();
  });
});

describe('the throttle', () => {
  /** Less than half of MIN is free; one page of a file could be reclaimed. */
  function nearlyEmpty(): ReclaimRoom {
    const room = reclaimRoom(8192, 10000);
    for (let id = 0; id < 1000; id++) room.readFile(id);
    room.pages.reclaimer = null;
    room.pages.asMemalloc(() => {
      for (let id = 10000; room.pages.nrFreePages > 3; id++) room.touchAnon(id);
    });
    room.pages.reclaimer = room.vmscan;
    return room;
  }

  test('a task waits for kswapd while less than half of MIN is free', () => {
    const room = nearlyEmpty();
    room.vmscan.tryToFreePages(0, 0, GFP_KERNEL);
    expect(room.vmstat.events.pgscan_direct_throttle).toBe(1);
    expect(room.vmstat.events.pgsteal_kswapd).toBeGreaterThan(0);
    expect(room.pages.nrFreePages).toBeGreaterThan(room.pages.zones.all[0].watermarks.min / 2);
    room.validate();
  });

  test('but not when kswapd has given up', () => {
    const room = nearlyEmpty();
    room.rooms.pgdats[0].kswapdFailures = 16;
    room.vmscan.tryToFreePages(0, 0, GFP_KERNEL);
    expect(room.vmstat.events.pgscan_direct_throttle).toBe(0);
  });
});

describe('the allocator', () => {
  test('reclaims by itself when kswapd gets no time', () => {
    const room = reclaimRoom(2048);
    for (let id = 0; id < 6000; id++) expect(room.readFile(id)).not.toBeNull();
    const { pgsteal_direct, pgsteal_kswapd, allocstall_normal, allocstall_movable } = room.vmstat.events;
    expect(pgsteal_direct + pgsteal_kswapd).toBe(6000 - room.resident.size);
    expect(allocstall_normal + allocstall_movable).toBeGreaterThan(0);
    room.validate();
  });

  test('never has to when kswapd gets time', () => {
    const room = reclaimRoom(2048);
    for (let id = 0; id < 6000; id++) {
      room.readFile(id);
      room.clock.advance(2000);
    }
    expect(room.vmstat.events.pgscan_direct).toBe(0);
    expect(room.vmstat.events.pgsteal_kswapd).toBe(6000 - room.resident.size);
    room.validate();
  });

  test('gives null when nothing can be reclaimed and nobody is killed', () => {
    const room = reclaimRoom(1024);
    let id = 0;
    while (room.touchAnon(id) !== null) id++;
    expect(room.pages.nrFreePages).toBeGreaterThan(0);
    room.validate();
  });
});

describe('reclaimPages', () => {
  test('frees clean pages of files, used or not, without counting them as scanned', () => {
    const room = reclaimRoom(1024);
    const pfns = [1, 2, 3].map((id) => room.readFile(id) ?? -1);
    for (let i = 0; i < 3; i++) room.readFile(2);
    room.map(pfns[2], 1, 0).used = 1;
    expect(room.vmscan.reclaimPages(isolated(room, ...pfns))).toBe(3);
    expect(room.vmstat.events).toMatchObject({ pgscan_direct: 0, pgsteal_direct: 0 });
    expect(room.resident.size).toBe(0);
    room.validate();
  });

  test('an anonymous page is in the swap cache until somebody asks again', () => {
    const room = reclaimRoom(1024, 10);
    const pfn = room.touchAnon(1) ?? -1;
    expect(room.vmscan.reclaimPages(isolated(room, pfn))).toBe(0);
    room.clock.advance(1_000_000);
    expect(room.memMap.flags[pfn] & (PG_swapcache | PG_lru | PG_dirty)).toBe(PG_swapcache | PG_lru);
    expect(room.shown(LRU_INACTIVE_ANON)).toEqual([pfn]);
    expect(room.vmscan.reclaimPages(isolated(room, pfn))).toBe(1);
    room.validate();
  });
});

describe('forceEmpty', () => {
  test('leaves no page that could go', () => {
    const room = reclaimRoom(2048, 1000);
    for (let id = 0; id < 400; id++) room.touchAnon(id);
    for (let id = 0; id < 400; id++) room.map(room.readFile(1000 + id) ?? -1, 1, 0).used = 1;
    expect(room.vmscan.forceEmpty()).toBe(800);
    expect([room.resident.size, room.slots.size, room.fileShadows.size]).toEqual([0, 400, 400]);
    room.validate();
  });

  test('ends when pages stay', () => {
    const room = reclaimRoom(1024);
    for (let id = 0; id < 100; id++) room.touchAnon(id);
    expect(room.vmscan.forceEmpty()).toBe(0);
    expect(room.resident.size).toBe(100);
  });
});

describe('cost', () => {
  test('100,000 clean pages of a file are looked at once each', () => {
    const room = reclaimRoom(131072);
    for (let id = 0; id < 100000; id++) room.readFile(id);
    expect(room.vmscan.forceEmpty()).toBe(100000);
    expect(room.vmstat.events).toMatchObject({ pgscan_direct: 100000, pgsteal_direct: 100000 });
  });
});
