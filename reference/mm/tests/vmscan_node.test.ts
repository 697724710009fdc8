import { GFP_KERNEL } from '../../include/gfp.ts';
import { ZONE_DMA, ZONE_NORMAL } from '../../include/mmzone.ts';
import { PG_dirty, PG_reclaim, PG_writeback } from '../../include/page_flags.ts';
import { type ScanControl, scanControl } from '../scan_control.ts';
import { JIFFY_NS, pgdatBalanced, shrinkNode, zoneReclaimablePages } from '../vmscan_node.ts';
import { type ReclaimRoom, reclaimRoom } from './reclaim_room.ts';

/** One look at node 0. @returns the longest pause, in ns */
function look(room: ReclaimRoom, like: Partial<ScanControl> = {}): number {
  const wish = { who: 'kswapd', gfp: GFP_KERNEL, order: 0, reclaimIdx: 3, nrToReclaim: 32, priority: 0 } as const;
  let longest = 0;
  for (const { ns } of shrinkNode(room.rooms, scanControl({ ...wish, ...like }), room.rooms.pgdats[0])) {
    longest = Math.max(longest, ns);
  }
  return longest;
}

/** Ten pages of files with these flags. */
function tenPages(flags: number): ReclaimRoom {
  const room = reclaimRoom(1024);
  for (let id = 0; id < 10; id++) room.memMap.set(room.readFile(id) ?? -1, flags);
  return room;
}

describe('shrinkNode', () => {
  test('kswapd marks a node whose files are dirty and are not being written', () => {
    const room = tenPages(PG_dirty);
    const [pgdat] = room.rooms.pgdats;
    look(room, { who: 'direct' });
    expect([pgdat.dirty, pgdat.writeback, pgdat.congested]).toEqual([false, false, false]);
    const other = tenPages(PG_dirty);
    look(other);
    expect([other.rooms.pgdats[0].dirty, other.rooms.pgdats[0].writeback]).toEqual([true, false]);
  });

  test('one clean page among them is enough not to', () => {
    const room = tenPages(PG_dirty);
    room.readFile(10);
    look(room);
    expect(room.rooms.pgdats[0].dirty).toBe(false);
  });

  test('kswapd marks a node where all that it finds is being written, and waits when it meets that again', () => {
    const room = tenPages(PG_writeback);
    const [pgdat] = room.rooms.pgdats;
    expect(look(room)).toBeLessThan(JIFFY_NS);
    expect(pgdat.writeback).toBe(true);
    for (const pfn of room.resident.values()) room.lru.deactivate(pfn);
    expect(look(room)).toBe(25 * JIFFY_NS);
  });

  test('direct reclaim slows down in a node that kswapd has found congested', () => {
    const room = tenPages(PG_writeback | PG_reclaim);
    expect(look(room, { who: 'direct' })).toBeLessThan(JIFFY_NS);
    for (const pfn of room.resident.values()) room.lru.deactivate(pfn);
    look(room);
    expect(room.rooms.pgdats[0].congested).toBe(true);
    expect(look(room, { who: 'direct' })).toBe(JIFFY_NS);
  });

  test('pages that caches of objects free count', () => {
    const room = reclaimRoom(1024);
    const pfns = Array.from({ length: 20 }, () => room.pages.allocPages(GFP_KERNEL, 0) ?? -1);
    room.rooms.shrinkers.register({
      name: 'pages',
      seeks: 2,
      batch: 128,
      numaAware: false,
      countObjects: () => pfns.length,
      scanObjects({ nrToScan }) {
        const gone = pfns.splice(0, nrToScan);
        for (const pfn of gone) room.folios.put(pfn);
        return gone.length;
      },
    });
    expect(room.vmscan.tryToFreePages(0, 0, GFP_KERNEL)).toBe(20);
    expect(room.vmstat.events.pgsteal_direct).toBe(0);
    expect(room.vmstat.events.slabs_scanned).toBeGreaterThanOrEqual(20);
  });

  test('for a large block it goes on while that helps and none is there', () => {
    const frag = reclaimRoom(1024);
    for (let id = 0; frag.readFile(id) !== null && frag.pages.nrFreePages > 200; id++);
    const before = frag.vmstat.events.pgsteal_direct;
    look(frag, { who: 'direct', priority: 5, order: 8 });
    const large = frag.vmstat.events.pgsteal_direct - before;
    const single = reclaimRoom(1024);
    for (let id = 0; single.readFile(id) !== null && single.pages.nrFreePages > 200; id++);
    look(single, { who: 'direct', priority: 5 });
    expect(large).toBeGreaterThan(5 * single.vmstat.events.pgsteal_direct);
  });
});

describe('pgdatBalanced', () => {
  test('is above HIGH, not at it', () => {
    const room = reclaimRoom(2048);
    const [zone] = room.pages.zones.all;
    const [pgdat] = room.rooms.pgdats;
    for (let id = 0; room.pages.nrFreePages > zone.watermarks.high + 1; id++) room.readFile(id);
    expect(pgdatBalanced(pgdat, 0, ZONE_NORMAL)).toBe(true);
    room.readFile(99999);
    expect(pgdatBalanced(pgdat, 0, ZONE_NORMAL)).toBe(false);
    zone.watermarkBoost = -1;
    expect(pgdatBalanced(pgdat, 0, ZONE_NORMAL)).toBe(true);
  });

  test('no zone, nothing to balance', () => {
    expect(pgdatBalanced(reclaimRoom(1024).rooms.pgdats[0], 0, ZONE_DMA)).toBe(true);
  });
});

describe('zoneReclaimablePages', () => {
  test('counts anonymous pages only while there is swap', () => {
    for (const [slots, pages] of [
      [0, 3],
      [10, 5],
    ]) {
      const room = reclaimRoom(1024, slots);
      for (const id of [1, 2, 3]) room.readFile(id);
      for (const id of [11, 12]) room.touchAnon(id);
      expect(zoneReclaimablePages(room.rooms, 0, ZONE_NORMAL)).toBe(pages);
    }
  });
});
