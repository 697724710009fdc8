import { NSEC_PER_SEC } from '../../arch/clock.ts';
import { FsRoom } from '../../fs/tests/fs_room.ts';
import { PG_dirty, PG_reclaim } from '../../include/page_flags.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import { totalreservePages } from '../balance_dirty_pages.ts';

/** Counters of node 0: dirty, writeback, dirtied, written, write pending. */
function counted({ rooms }: FsRoom): number[] {
  const { nr_dirty, nr_writeback, nr_dirtied, nr_written } = rooms.vmstat.nodes[0];
  return [nr_dirty, nr_writeback, nr_dirtied, nr_written, rooms.vmstat.globalZone('nr_zone_write_pending')];
}

describe('Writeback', () => {
  test('counts pages as they become dirty, are written, and are clean', () => {
    const room = new FsRoom();
    const file = room.open('/f');
    room.writePages(file, 0, 3);
    room.writePages(file, 0, 1);
    expect(counted(room)).toEqual([3, 0, 3, 0, 3]);
    room.writeback.writePages(file.inode.mapping, 0, Infinity, 'none');
    expect(counted(room)).toEqual([0, 3, 3, 0, 3]);
    room.writePages(file, 1, 1);
    expect(counted(room)).toEqual([1, 3, 4, 0, 4]);
    room.validate();
    room.rooms.clock.advance(NSEC_PER_SEC);
    expect(counted(room)).toEqual([1, 0, 4, 3, 1]);
    room.validate();
  });

  test('nothing is written through: the disk hears of a write when it is asked to', () => {
    const room = new FsRoom();
    const file = room.open('/f');
    room.writePages(file, 0, 8);
    expect(room.disk.device.counts.writes).toBe(0);
    expect(room.fs.fsync(file)).toBe(0);
    expect(room.disk.device.counts).toMatchObject({ writes: 1, blocksWritten: 8 });
    expect(room.rooms.vmstat.events.pgpgout).toBe(32);
  });

  test('fsync writes no clean page', () => {
    const room = new FsRoom();
    const file = room.open('/f');
    room.writePages(file, 0, 8);
    room.fs.fsync(file);
    room.writePages(file, 5, 1);
    room.fs.fsync(file);
    room.fs.fsync(file);
    expect(room.disk.device.counts).toMatchObject({ writes: 2, blocksWritten: 9 });
  });

  test('a page that is written to while it is being written is written again by fsync', () => {
    const room = new FsRoom();
    const file = room.open('/f');
    room.writePages(file, 0, 1, 1);
    room.writeback.writePages(file.inode.mapping, 0, Infinity, 'none');
    room.writePages(file, 0, 1, 2);
    expect(room.writeback.writePages(file.inode.mapping, 0, Infinity, 'none')).toBe(0);
    expect(room.fs.fsync(file)).toBe(0);
    expect(room.disk.device.peek(0)[0]).toBe(0x02020202);
  });

  test('pages that are cut off are not dirty any more, and are not written', () => {
    const room = new FsRoom();
    const file = room.open('/f');
    room.writePages(file, 0, 8);
    room.fs.truncate(file, 2 * PAGE_SIZE);
    expect(counted(room)).toEqual([2, 0, 8, 0, 2]);
    room.fs.fsync(file);
    expect(room.disk.device.counts.blocksWritten).toBe(2);
    room.validate();
  });

  test('a mapped page is made read-only before it is written, and a store behind that is not lost', () => {
    const room = new FsRoom();
    const file = room.open('/f');
    room.writePages(file, 0, 2);
    const pfn = room.cache.find(file.inode.mapping, 1) ?? -1;
    const cleaned: number[] = [];
    room.rooms.mappedBy = { unmapMappingRange: () => undefined, folioMkclean: (page) => cleaned.push(page) };
    room.rooms.memMap.mapcount[pfn] = 1;
    room.fs.fsync(file);
    expect([cleaned, room.disk.device.counts.blocksWritten]).toEqual([[pfn], 2]);
    room.files.pageMkwrite(pfn);
    room.fs.fsync(file);
    expect([cleaned, room.disk.device.counts.blocksWritten]).toEqual([[pfn, pfn], 3]);
    room.rooms.memMap.mapcount[pfn] = 0;
    room.validate();
  });

  test('a page that is to go as soon as it is written goes to the tail of its list', () => {
    const room = new FsRoom();
    const file = room.open('/f');
    room.writePages(file, 0, 3);
    const pfn = room.cache.find(file.inode.mapping, 2) ?? -1;
    room.writeback.writePages(file.inode.mapping, 0, Infinity, 'none');
    room.rooms.memMap.set(pfn, PG_reclaim);
    room.rooms.clock.advance(NSEC_PER_SEC);
    expect(room.rooms.lru.list(0, 2).last).toBe(pfn);
    expect(room.rooms.vmstat.events.pgrotated).toBe(1);
  });

  test('memory is dirty without being counted, and nothing is written', () => {
    const room = new FsRoom();
    const file = room.shmem.create('memfd', 4);
    const got = room.shmem.getFolio(room.cache.mappings.byId(file.mapping), 0, 'write');
    expect(got).toMatchObject({ major: false });
    expect(counted(room)).toEqual([0, 0, 0, 0, 0]);
    expect(room.files.fsyncRange(file, 0, Infinity)).toBe(0);
    expect(typeof got === 'object' && got !== null && room.rooms.memMap.test(got.pfn, PG_dirty)).toBe(true);
  });
});

describe('the flusher', () => {
  test('writes what has been dirty for 30 s, looking every 5 s', () => {
    const room = new FsRoom();
    const file = room.open('/f');
    room.writePages(file, 0, 4);
    room.rooms.clock.advance(29 * NSEC_PER_SEC);
    expect(room.disk.device.counts.writes).toBe(0);
    room.rooms.clock.advance(2 * NSEC_PER_SEC);
    expect(room.disk.device.counts).toMatchObject({ writes: 1, blocksWritten: 4 });
    room.rooms.clock.advance(60 * NSEC_PER_SEC);
    expect([room.disk.device.counts.writes, room.rooms.clock.pending]).toEqual([1, 0]);
    room.validate();
  });

  test('does not look at all when dirty_writeback_centisecs is 0', () => {
    const room = new FsRoom();
    room.throttle.sysctls = { ...room.throttle.sysctls, dirtyWritebackCentisecs: 0 };
    room.writePages(room.open('/f'), 0, 4);
    room.rooms.clock.advance(100 * NSEC_PER_SEC);
    expect(room.disk.device.counts.writes).toBe(0);
    room.flusher.sync();
    expect(room.disk.device.counts.writes).toBe(1);
  });

  test('begins above the background limit, and stops below it, without a pause for the writer', () => {
    const room = new FsRoom({ frames: 4096, blocks: 4096 });
    const { background, freerun } = room.throttle.limits;
    room.writePages(room.open('/f'), 0, background - 40);
    expect(room.disk.device.counts.writes).toBe(0);
    room.writePages(room.open('/g'), 0, 100);
    expect(room.disk.device.counts.blocksWritten).toBeGreaterThan(0);
    expect(background + 100).toBeLessThan(freerun);
    expect([room.throttle.pausedNs, room.rooms.clock.now]).toEqual([0, 0]);
    expect(room.rooms.vmstat.nodes[0].nr_dirty).toBeLessThanOrEqual(background + 32);
  });
});

describe('DirtyThrottle', () => {
  test('writers pause above freerun; dirty memory stays below the limit, and the pauses pass the time', () => {
    const room = new FsRoom({ frames: 4096, blocks: 8192 });
    const file = room.open('/f');
    const { vmstat, clock } = room.rooms;
    let most = 0;
    for (let page = 0; page < 3000; page++) {
      room.writePages(file, page % 2500, 1);
      most = Math.max(most, vmstat.nodes[0].nr_dirty + vmstat.nodes[0].nr_writeback);
    }
    expect(room.throttle.pausedNs).toBeGreaterThan(0);
    expect(clock.now).toBeGreaterThanOrEqual(room.throttle.pausedNs);
    expect(most).toBeLessThanOrEqual(room.throttle.limits.thresh + 64);
    expect(most).toBeGreaterThan(room.throttle.limits.freerun);
    room.validate();
  });

  test('counts free pages and pages of files, less the reserves', () => {
    const room = new FsRoom();
    const { pages, vmstat } = room.rooms;
    const reserve = totalreservePages(pages.zones.all);
    expect(room.throttle.dirtyablePages).toBe(vmstat.globalZone('nr_free_pages') - reserve + 1);
    const before = room.throttle.dirtyablePages;
    const file = room.shmem.create('memfd', 64);
    for (let i = 0; i < 64; i++) room.shmem.getFolio(room.cache.mappings.byId(file.mapping), i, 'write');
    expect(before - room.throttle.dirtyablePages).toBeGreaterThanOrEqual(64);
  });
});

describe('totalreservePages', () => {
  const zone = (managedPages: number, reserve: number, high: number) => ({
    managedPages,
    lowmemReserve: [0, reserve, reserve, reserve],
    wmarkPages: () => high,
  });

  test('is the high watermark and the largest reserve of each zone, at most all of it', () => {
    expect(totalreservePages([zone(1000, 50, 30), zone(60, 50, 30), zone(500, 0, 7)])).toBe(80 + 60 + 7);
  });
});
