import { GFP_KERNEL } from '../../include/gfp.ts';
import { PG_dirty } from '../../include/page_flags.ts';
import { LRU_ACTIVE_FILE, LRU_INACTIVE_ANON, LRU_INACTIVE_FILE } from '../lruvec.ts';
import { pass } from '../reclaiming.ts';
import { type ScanControl, scanControl } from '../scan_control.ts';
import { prepareScanControl, type ScanCounts } from '../vmscan_balance.ts';
import { shrinkInactiveList, shrinkLruvec, stopProportionally } from '../vmscan_lruvec.ts';
import { type ReclaimRoom, reclaimRoom } from './reclaim_room.ts';

const wish = { who: 'kswapd', gfp: GFP_KERNEL, order: 0, reclaimIdx: 3, nrToReclaim: 32 } as const;

/** One look at the lists. @returns what came of it, and how often it paused */
function shrink(room: ReclaimRoom, like: Partial<ScanControl>): { sc: ScanControl; pauses: number } {
  const sc = scanControl({ ...wish, ...like });
  const [pgdat] = room.rooms.pgdats;
  prepareScanControl(room.rooms, sc, pgdat);
  let pauses = 0;
  for (const pause of shrinkLruvec(room.rooms, sc, pgdat)) {
    pass(room.clock, pause);
    room.validate();
    pauses++;
  }
  return { sc, pauses };
}

describe('stopProportionally', () => {
  test.each([
    //  inactive anon, active anon, inactive file, active file
    // anon has 60 of 101 left (59 %): file may scan 41 % of its target, 82 and 41, and has scanned 50 and 0
    ['the kind with less left ends', [40, 20, 150, 100], [60, 40, 200, 100], [0, 0, 32, 41]],
    ['files end when they have less left', [900, 500, 20, 0], [1000, 600, 300, 0], [0, 0, 0, 0]],
    ['what was scanned beyond the share counts as 0', [10, 0, 20, 0], [100, 0, 200, 0], [0, 0, 2, 0]],
  ] as const)('%s', (_, left, targets, expected) => {
    const nr: ScanCounts = [...left];
    expect(stopProportionally(nr, targets)).toBe(true);
    if (expected.some((pages) => pages > 0)) expect(nr).toEqual(expected);
    else expect(nr[2] + nr[3]).toBe(0);
  });

  test('all ends when one kind has nothing left', () => {
    expect(stopProportionally([0, 0, 100, 50], [10, 10, 200, 100])).toBe(false);
    expect(stopProportionally([10, 0, 0, 0], [10, 10, 200, 100])).toBe(false);
  });
});

describe('shrinkInactiveList', () => {
  test('counts what it scans and steals, by who asks and by kind; what stays costs', () => {
    const room = reclaimRoom(4096);
    for (let id = 0; id < 2000; id++) room.readFile(id);
    room.map(room.resident.get(0) ?? -1, 1, 0).used = 1;
    const sc = scanControl(wish);
    expect(shrinkInactiveList(room.rooms, sc, room.rooms.pgdats[0], LRU_INACTIVE_FILE, 32)).toBe(31);
    expect(room.vmstat.events).toMatchObject({
      pgscan_kswapd: 32,
      pgscan_file: 32,
      pgsteal_kswapd: 31,
      pgsteal_file: 31,
      pgscan_direct: 0,
      pgscan_anon: 0,
    });
    expect(room.lru.nodes[0].fileCost).toBe(1);
    expect([sc.nrScanned, sc.seen.taken, sc.seen.fileTaken]).toEqual([32, 32, 32]);
    room.validate();
  });

  test('a page that is written to swap costs 32, and 1 for it stays', () => {
    const room = reclaimRoom(4096, 4000);
    for (let id = 0; id < 2000; id++) room.touchAnon(id);
    for (let id = 0; id < 3; id++) room.map(room.resident.get(id) ?? -1, 0, 0).used = 0;
    shrinkInactiveList(room.rooms, scanControl(wish), room.rooms.pgdats[0], LRU_INACTIVE_ANON, 4);
    expect(room.vmstat.events).toMatchObject({ pgscan_anon: 4, pgsteal_anon: 0, pswpout: 3 });
    expect(room.lru.nodes[0].anonCost).toBe(3 * 32 + 4);
  });

  test('wakes the flusher when all that it takes is dirty', () => {
    const room = reclaimRoom(1024);
    for (let id = 0; id < 33; id++) room.memMap.set(room.readFile(id) ?? -1, id === 32 ? 0 : PG_dirty);
    const sc = scanControl(wish);
    shrinkInactiveList(room.rooms, sc, room.rooms.pgdats[0], LRU_INACTIVE_FILE, 32);
    expect(room.flusherWakeups).toBe(1);
    shrinkInactiveList(room.rooms, sc, room.rooms.pgdats[0], LRU_INACTIVE_FILE, 32);
    expect(room.flusherWakeups).toBe(1);
  });
});

describe('shrinkLruvec', () => {
  test('works in batches of 32, and ends after the batch that frees enough', () => {
    const room = reclaimRoom(4096);
    for (let id = 0; id < 2000; id++) room.readFile(id);
    const { sc, pauses } = shrink(room, { priority: 2, nrToReclaim: 40 });
    expect([sc.nrReclaimed, sc.nrScanned, pauses]).toEqual([64, 64, 2]);
  });

  test('a first gentle try of direct reclaim is not cut short', () => {
    const room = reclaimRoom(2 ** 18);
    for (let id = 0; id < 40 * 4096; id++) room.readFile(id);
    room.validate = () => {};
    expect(shrink(room, { who: 'direct', priority: 12, nrToReclaim: 1 }).sc.nrReclaimed).toBe(40);
    expect(shrink(room, { who: 'kswapd', priority: 11, nrToReclaim: 1 }).sc.nrReclaimed).toBe(32); // of 79
  });

  test('active pages are left alone while there are enough inactive ones: noted for a second try', () => {
    const room = reclaimRoom(4096);
    for (let id = 0; id < 2000; id++) room.readFile(id);
    for (let id = 0; id < 1800; id++) room.readFile(id % 900);
    const { sc } = shrink(room, { priority: 4, nrToReclaim: 1000 });
    expect([sc.skippedDeactivate, room.shown(LRU_ACTIVE_FILE).length]).toEqual([true, 900]);
    const forced = shrink(room, { priority: 4, nrToReclaim: 1000, forceDeactivate: true });
    expect(forced.sc.skippedDeactivate).toBe(false);
    expect(room.shown(LRU_ACTIVE_FILE).length).toBe(900 - Math.floor(900 / 16));
  });

  test('anonymous pages age even when only files are reclaimed', () => {
    const room = reclaimRoom(4096, 10);
    for (let id = 0; id < 100; id++) room.readFile(id);
    for (let id = 0; id < 100; id++) room.lru.activate(room.touchAnon(1000 + id) ?? -1);
    shrink(room, { priority: 1, nrToReclaim: 1, maySwap: false });
    expect(room.vmstat.nodes[0].nr_inactive_anon).toBe(32);
  });

  test('waits while the disk has more than 256 pages to write', () => {
    const room = reclaimRoom(4096, 4000);
    for (let id = 0; id < 1000; id++) room.map(room.touchAnon(id) ?? -1, 0, 0).used = 0;
    const sc = scanControl({ ...wish, nrToReclaim: 2000, priority: 0 });
    let most = 0;
    for (const pause of shrinkLruvec(room.rooms, sc, room.rooms.pgdats[0])) {
      pass(room.clock, pause);
      most = Math.max(most, room.vmstat.nodes[0].nr_writeback);
    }
    expect(most).toBe(256 + 32);
    expect(sc.nrScanned).toBe(1000);
  });
});
