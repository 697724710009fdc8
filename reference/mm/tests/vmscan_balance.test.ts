import { GFP_KERNEL } from '../../include/gfp.ts';
import { type ScanControl, scanControl } from '../scan_control.ts';
import { getScanCount, prepareScanControl, pressureBalance, snapshotRefaults } from '../vmscan_balance.ts';
import { type ReclaimRoom, reclaimRoom } from './reclaim_room.ts';

const wish = { who: 'kswapd', gfp: GFP_KERNEL, order: 0, reclaimIdx: 3, nrToReclaim: 32 } as const;

/** 800 inactive and 400 active pages of files, 1000 inactive and 600 active anonymous ones. */
function filled(nrSlots: number): ReclaimRoom {
  const room = reclaimRoom(4096, nrSlots);
  for (let id = 0; id < 1200; id++) room.readFile(id);
  for (let id = 0; id < 1600; id++) room.touchAnon(10000 + id);
  for (let id = 0; id < 400; id++) room.lru.activate(room.resident.get(id) ?? -1);
  for (let id = 0; id < 600; id++) room.lru.activate(room.resident.get(10000 + id) ?? -1);
  return room;
}

function counts(room: ReclaimRoom, like: Partial<ScanControl>) {
  const sc = scanControl({ ...wish, ...like });
  return getScanCount(room.rooms, sc, room.rooms.pgdats[0]);
}

describe('pressureBalance', () => {
  // total = A + F, ac = total + A, fc = total + F, T = ac + fc; s * (T + 1) / (ac + 1) : (200 - s) * (T + 1) / (fc + 1)
  test.each([
    [60, 0, 0, [60, 140]],
    [100, 0, 0, [100, 100]],
    [0, 0, 0, [0, 200]],
    [200, 0, 0, [200, 0]],
    [60, 1000, 1000, [119, 279]], // 60 * 6001 / 3001
    [60, 0, 1000, [179, 209]], // 60 * 3001 / 1001, 140 * 3001 / 2001
    [60, 1000, 0, [89, 419]],
    [100, 5, 10, [219, 176]], // 100 * 46 / 21, 100 * 46 / 26
    [200, 300, 1, [300, 0]],
  ])('swappiness %i, costs %i and %i: %j', (swappiness, anon, file, parts) => {
    expect(pressureBalance(swappiness, anon, file)).toEqual(parts);
  });
});

describe('getScanCount', () => {
  //             inactive anon 1000, active anon 600, inactive file 800, active file 400
  test.each([
    [60, [75, 45, 140, 70]], // 250 * 60 / 200, 150 * .., 200 * 140 / 200, 100 * ..
    [0, [0, 0, 200, 100]],
    [100, [125, 75, 100, 50]],
    [200, [250, 150, 0, 0]],
  ])('at priority 2, swappiness %i divides a quarter of each list: %j', (swappiness, expected) => {
    const room = filled(2000);
    room.sysctls.swappiness = swappiness;
    expect(counts(room, { priority: 2 })).toEqual(expected);
  });

  test('without swap, or when it may not be used, only files are scanned', () => {
    expect(counts(filled(0), { priority: 2 })).toEqual([0, 0, 200, 100]);
    expect(counts(filled(2000), { priority: 2, maySwap: false })).toEqual([0, 0, 200, 100]);
  });

  test('when swap is full, too', () => {
    const room = filled(1);
    room.slots.set(99999, 0);
    expect(counts(room, { priority: 2 })).toEqual([0, 0, 200, 100]);
  });

  test('at priority 0 everything is scanned, unless swappiness is 0', () => {
    const room = filled(2000);
    expect(counts(room, { priority: 0 })).toEqual([1000, 600, 800, 400]);
    room.sysctls.swappiness = 0;
    expect(counts(room, { priority: 0 })).toEqual([0, 0, 800, 400]);
  });

  test('tiny files are left alone, even at swappiness 0; plenty of files go alone', () => {
    const room = filled(2000);
    room.sysctls.swappiness = 0;
    expect(counts(room, { priority: 2, fileIsTiny: true })).toEqual([250, 150, 0, 0]);
    room.sysctls.swappiness = 200;
    expect(counts(room, { priority: 2, cacheTrimMode: true })).toEqual([0, 0, 200, 100]);
  });

  test('lists shorter than 2^priority are not scanned', () => {
    expect(counts(filled(2000), { priority: 12 })).toEqual([0, 0, 0, 0]);
  });
});

describe('prepareScanControl', () => {
  const prepared = (room: ReclaimRoom, like: Partial<ScanControl>): ScanControl => {
    const sc = scanControl({ ...wish, ...like });
    prepareScanControl(room.rooms, sc, room.rooms.pgdats[0]);
    return sc;
  };

  test('active pages stay while there are enough inactive ones and none came back', () => {
    const sc = prepared(filled(2000), { priority: 2 });
    expect([sc.mayDeactivateAnon, sc.mayDeactivateFile, sc.cacheTrimMode]).toEqual([false, false, true]);
  });

  test('pages that came back let active ones go, until the next snapshot', () => {
    const room = filled(2000);
    room.vmstat.nodes[0].workingset_activate_file++;
    const sc = prepared(room, { priority: 2 });
    expect([sc.mayDeactivateAnon, sc.mayDeactivateFile, sc.cacheTrimMode]).toEqual([false, true, false]);
    snapshotRefaults(room.rooms, room.rooms.pgdats[0]);
    expect(prepared(room, { priority: 2 }).mayDeactivateFile).toBe(false);
  });

  test('so does force', () => {
    const sc = prepared(filled(2000), { priority: 2, forceDeactivate: true });
    expect([sc.mayDeactivateAnon, sc.mayDeactivateFile]).toEqual([true, true]);
  });

  test('there are plenty of files when their inactive list is scanned at all at this priority', () => {
    const room = filled(2000);
    expect(prepared(room, { priority: 9 }).cacheTrimMode).toBe(true); // 800 >> 9 = 1
    expect(prepared(room, { priority: 10 }).cacheTrimMode).toBe(false);
    expect(prepared(room, { priority: 9, noCacheTrimMode: true }).cacheTrimMode).toBe(false);
  });

  test('files are tiny when they and what is free are not above HIGH', () => {
    const room = reclaimRoom(2048, 2000);
    const high = room.pages.zones.all[0].wmarkPages('high');
    let id = 0;
    while (room.pages.nrFreePages > high) room.touchAnon(id++);
    expect(prepared(room, { priority: 2 }).fileIsTiny).toBe(true);
    room.forgetAnon(0);
    expect(prepared(room, { priority: 2 }).fileIsTiny).toBe(false);
    room.readFile(5000);
    expect(prepared(room, { priority: 2 }).fileIsTiny).toBe(false);
  });
});
