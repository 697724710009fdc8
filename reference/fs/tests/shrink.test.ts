import { GFP_KERNEL, GFP_NOFS } from '../../include/gfp.ts';
import { Shrinkers } from '../../mm/shrinker.ts';
import { DropCaches } from '../drop_caches.ts';
import { SuperShrinker } from '../super_shrink.ts';
import { FsRoom } from './fs_room.ts';

/** Files /f0 .. of one page each, closed, clean, none of whose pages is cached unless wanted. */
function withFiles(count: number, pages: 'cached' | 'cold' = 'cold') {
  const room = new FsRoom();
  for (let i = 0; i < count; i++) {
    const file = room.open(`/f${i}`);
    room.writePages(file, 0, 1);
    room.fs.fsync(file);
    const pfn = room.cache.find(file.inode.mapping, 0);
    if (pages === 'cold' && pfn !== null) room.cache.removeFolio(pfn);
    room.fs.release(file);
  }
  const shrinkers = new Shrinkers(room.rooms.vmstat.events);
  const shrinker = new SuperShrinker(room.fs);
  shrinkers.register(shrinker);
  const said: string[] = [];
  const drop = new DropCaches(room.writeback, shrinkers, (line) => said.push(line));
  return { room, shrinkers, shrinker, drop, said };
}

describe('SuperShrinker', () => {
  test.each([
    [100, 40],
    [50, 20],
    [200, 80],
    [0, 0],
  ])('with a pressure of %i shows %i of 40 objects', (pressure, shown) => {
    const { shrinker } = withFiles(40);
    shrinker.vfsCachePressure = pressure;
    expect(shrinker.countObjects()).toBe(shown);
  });

  test('with a pressure of 0 nothing ever goes', () => {
    const { room, shrinker, shrinkers } = withFiles(20);
    shrinker.vfsCachePressure = 0;
    expect([shrinkers.shrinkSlab(0, GFP_KERNEL, 0), room.dentries.live]).toEqual([0, 21]);
  });

  test('names go first, the oldest ones, then their inodes', () => {
    const { room, shrinker } = withFiles(20);
    expect(shrinker.scanObjects({ nid: 0, gfp: GFP_KERNEL, nrToScan: 5 })).toBe(5);
    expect([room.dentries.live, room.inodes.live, room.fs.inodes.unused]).toEqual([16, 21, 5]);
    expect(shrinker.scanObjects({ nid: 0, gfp: GFP_KERNEL, nrToScan: 20 })).toBe(20);
    expect([room.dentries.live, room.inodes.live]).toEqual([1, 16]);
    room.validate();
  });

  test('a name that was used again gets a second chance', () => {
    const { room, shrinker } = withFiles(2);
    room.fs.release(room.open('/f0'));
    expect(shrinker.scanObjects({ nid: 0, gfp: GFP_KERNEL, nrToScan: 2 })).toBe(1);
    expect(shrinker.countObjects()).toBe(2);
    expect(room.dentries.live).toBe(2);
  });

  test('what is open stays, and whoever must not call file systems gets nothing', () => {
    const { room, shrinker } = withFiles(3);
    const file = room.open('/f0');
    expect(shrinker.scanObjects({ nid: 0, gfp: GFP_NOFS, nrToScan: 9 })).toBeNull();
    shrinker.scanObjects({ nid: 0, gfp: GFP_KERNEL, nrToScan: 9 });
    expect([room.dentries.live, room.readPages(file, 0, 1)]).toEqual([2, [1]]);
    room.validate();
  });

  test('inodes with cached pages are not shown, until the pages have gone', () => {
    const { room, shrinker } = withFiles(4, 'cached');
    room.fs.dcache.prune(10);
    expect([shrinker.countObjects(), room.inodes.live]).toEqual([0, 5]);
    for (const mapping of room.cache.mappings) for (const pfn of mapping.pages.values()) room.cache.removeFolio(pfn);
    expect(shrinker.countObjects()).toBe(4);
    expect(room.fs.inodes.prune(10)).toBe(4);
    expect(room.readPages(room.open('/f2'), 0, 1)).toEqual([1]);
    room.validate();
  });
});

describe('DropCaches', () => {
  test('1 drops clean pages, 2 names and inodes; dirty pages and memory stay', () => {
    const { room, drop } = withFiles(3, 'cached');
    const dirty = room.open('/dirty');
    room.writePages(dirty, 0, 2);
    const memfd = room.shmem.create('memfd', 1);
    room.shmem.getFolio(room.cache.mappings.byId(memfd.mapping), 0, 'cache');
    expect(drop.write(1, 'sh', 7)).toBe(0);
    expect([room.framesInUse(), room.dentries.live]).toEqual([3, 5]);
    expect(drop.write(2, 'sh', 7)).toBe(0);
    expect([room.framesInUse(), room.dentries.live, room.inodes.live]).toEqual([3, 2, 2]);
    room.flusher.sync();
    drop.write(3, 'sh', 7);
    expect(room.framesInUse()).toBe(1);
    expect(room.rooms.vmstat.events).toMatchObject({ drop_pagecache: 2, drop_slab: 2 });
    room.validate();
  });

  test('says who asked, until 4 is written', () => {
    const { drop, said } = withFiles(0);
    drop.write(1, 'sh', 7);
    drop.write(4, 'sh', 7);
    drop.write(2, 'sh', 7);
    expect(said).toEqual(['sh (7): drop_caches: 1', 'sh (7): drop_caches: 4']);
    expect([drop.write(0, 'sh', 7), drop.write(5, 'sh', 7)]).toEqual([-22, -22]);
  });
});
