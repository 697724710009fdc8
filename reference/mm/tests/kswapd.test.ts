import { ZONE_NORMAL } from '../../include/mmzone.ts';
import { PG_dirty } from '../../include/page_flags.ts';
import { LRU_INACTIVE_ANON } from '../lruvec.ts';
import { MAX_RECLAIM_RETRIES } from '../vmscan_node.ts';
import { type ReclaimRoom, reclaimRoom } from './reclaim_room.ts';

const SECOND = 1_000_000_000;

/** Reads pages of a file, each once, until so many pages are free. @returns the number of the next page */
function readUntil(room: ReclaimRoom, free: number, from = 0): number {
  let id = from;
  while (room.pages.nrFreePages > free) room.readFile(id++);
  return id;
}

const zoneOf = (room: ReclaimRoom) => room.pages.zones.all[0];

describe('wakeupKswapd', () => {
  test('does not wake it while a zone is above HIGH', () => {
    const room = reclaimRoom(4096);
    room.vmscan.wakeupKswapd(0, 0, ZONE_NORMAL);
    expect(room.vmscan.kswapds[0].isBusy).toBe(false);
    expect(room.clock.pending).toBe(0);
  });

  test('wakes it for a boost of the watermarks', () => {
    const room = reclaimRoom(4096);
    zoneOf(room).watermarkBoost = 10;
    room.vmscan.wakeupKswapd(0, 0, ZONE_NORMAL);
    expect(room.vmscan.kswapds[0].isBusy).toBe(true);
  });
});

describe('kswapd', () => {
  //  free  HIGH |         .------  asleep
  //        LOW  |\       /
  //             | \_____/
  test('is woken below LOW, runs until a zone is above HIGH, naps, and sleeps', () => {
    const room = reclaimRoom(8192);
    const { low, high } = zoneOf(room).watermarks;
    const next = readUntil(room, low);
    expect(room.vmscan.kswapds[0].isBusy).toBe(false);
    room.readFile(next);
    expect(room.vmscan.kswapds[0].isBusy).toBe(true);
    expect(room.pages.nrFreePages).toBe(low - 1);
    room.clock.advance(1_000_000);
    expect(room.pages.nrFreePages).toBeGreaterThan(high);
    expect(room.pages.nrFreePages).toBeLessThanOrEqual(high + 32);
    expect(room.vmscan.kswapds[0].isBusy).toBe(false);
    expect(room.clock.pending).toBe(1);
    room.clock.advance(SECOND);
    expect(room.clock.pending).toBe(0);
    expect(room.vmstat.events).toMatchObject({
      pageoutrun: 1,
      pgscan_direct: 0,
      kswapd_low_wmark_hit_quickly: 0,
      kswapd_high_wmark_hit_quickly: 0,
    });
    room.validate();
  });

  test('takes time: no page is free before the clock has moved', () => {
    const room = reclaimRoom(8192);
    readUntil(room, zoneOf(room).watermarks.low - 1);
    expect(room.vmstat.events.pgscan_kswapd).toBe(0);
    room.clock.advance(0);
    const first = room.vmstat.events.pgscan_kswapd;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThanOrEqual(32);
  });

  test('woken while it naps: LOW was hit quickly', () => {
    const room = reclaimRoom(8192);
    const { low, high } = zoneOf(room).watermarks;
    const next = readUntil(room, low - 1);
    room.clock.advance(1_000_000);
    expect(room.pages.nrFreePages).toBeGreaterThan(high);
    readUntil(room, low - 1, next);
    room.clock.advance(SECOND);
    expect(room.vmstat.events).toMatchObject({ pageoutrun: 2, kswapd_low_wmark_hit_quickly: 1 });
    expect(room.pages.nrFreePages).toBeGreaterThan(high);
  });

  test('not above HIGH any more after its nap: HIGH was hit quickly', () => {
    const room = reclaimRoom(8192);
    const { low, high } = zoneOf(room).watermarks;
    const next = readUntil(room, low - 1);
    room.clock.advance(1_000_000);
    readUntil(room, high - 1, next);
    room.clock.advance(SECOND);
    expect(room.vmstat.events).toMatchObject({ pageoutrun: 2, kswapd_high_wmark_hit_quickly: 1 });
  });

  test('gives up after 16 runs without a page, until somebody frees one', () => {
    const room = reclaimRoom(4096);
    const { low, high } = zoneOf(room).watermarks;
    let id = 0;
    while (room.pages.nrFreePages >= low) room.touchAnon(id++);
    room.clock.advance(SECOND);
    expect(room.rooms.pgdats[0].kswapdFailures).toBe(MAX_RECLAIM_RETRIES);
    expect(room.vmstat.events.pageoutrun).toBe(16);
    expect(room.clock.pending).toBe(0);
    room.touchAnon(id++);
    expect(room.vmscan.kswapds[0].isBusy).toBe(false);
    for (let file = 0; file < 40; file++) room.readFile(100000 + file);
    expect(room.vmscan.tryToFreePages(0, 0, 0xcc0)).toBeGreaterThan(0);
    expect(room.rooms.pgdats[0].kswapdFailures).toBe(0);
    expect(room.pages.nrFreePages).toBeLessThan(high);
  });

  test('takes a boost back, gently: no writes, no swap', () => {
    const room = reclaimRoom(16384, 1000);
    const zone = zoneOf(room);
    for (let id = 0; id < 9000; id++) room.readFile(id);
    for (let id = 0; id < 6000; id++) room.touchAnon(10000 + id);
    room.vmstat.nodes[0].workingset_activate_file = 5;
    zone.watermarkBoost = 50;
    room.vmscan.wakeupKswapd(0, 0, ZONE_NORMAL);
    room.clock.advance(SECOND);
    expect(zone.watermarkBoost).toBe(0);
    // 9000 >> 12, >> 11, then >> 10 until 50 are reached: 2 + 4 + 6 * 8
    expect(room.vmstat.events).toMatchObject({ pgsteal_file: 54, pgscan_anon: 0, pswpout: 0, pageoutrun: 1 });
    expect(room.lru.nodes[0].refaults).toEqual([0, 5]);
  });

  test('lets active anonymous pages age before and after each look at the lists', () => {
    const room = reclaimRoom(8192, 1000);
    const { low } = zoneOf(room).watermarks;
    for (let id = 0; id < 500; id++) room.lru.activate(room.touchAnon(10000 + id) ?? -1);
    readUntil(room, low - 1);
    const { events } = room.vmstat;
    room.clock.advance(0);
    expect(events).toMatchObject({ pgrefill: 32, pgdeactivate: 32, pgscan_anon: 0 });
    room.clock.advance(1_000_000);
    expect(room.shown(LRU_INACTIVE_ANON).length).toBe(events.pgdeactivate);
    expect(events.pgdeactivate).toBeGreaterThanOrEqual(64);
  });

  test('writes dirty pages of files itself when there is nothing else and nobody writes them', () => {
    const room = reclaimRoom(4096);
    room.filesWrite = true;
    const { low, high } = zoneOf(room).watermarks;
    for (let id = 0; room.pages.nrFreePages >= low; id++) room.memMap.set(room.readFile(id) ?? -1, PG_dirty);
    room.clock.advance(SECOND);
    expect(room.flusherWakeups).toBeGreaterThan(0);
    expect(room.vmstat.nodes[0].nr_vmscan_write).toBeGreaterThan(0);
    expect(room.pages.nrFreePages).toBeGreaterThan(high);
    room.validate();
  });

  test('does the same again on a machine like it', () => {
    const run = () => {
      const room = reclaimRoom(4096, 2000);
      for (let id = 0; id < 6000; id++) {
        room.touchAnon(id % 2500);
        room.readFile(10000 + (id % 3000));
        room.clock.advance(1000);
      }
      return { ...room.vmstat.events, now: room.clock.now, free: room.pages.nrFreePages };
    };
    expect(run()).toEqual(run());
  });
});
