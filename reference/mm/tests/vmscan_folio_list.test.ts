import { __GFP_FS, __GFP_IO, GFP_KERNEL } from '../../include/gfp.ts';
import { VM_LOCKED } from '../../include/mm_types.ts';
import {
  PG_active,
  PG_dirty,
  PG_locked,
  PG_mlocked,
  PG_reclaim,
  PG_referenced,
  PG_swapcache,
  PG_writeback,
} from '../../include/page_flags.ts';
import { LRU_ACTIVE_FILE, LRU_INACTIVE_ANON, LRU_INACTIVE_FILE } from '../lruvec.ts';
import { type ScanControl, scanControl } from '../scan_control.ts';
import { emptyStat, shrinkFolioList } from '../vmscan_folio_list.ts';
import { countIsolated, isolateLruFolios, moveFoliosToLru } from '../vmscan_isolate.ts';
import { unpackShadow } from '../workingset.ts';
import { type ReclaimRoom, reclaimRoom } from './reclaim_room.ts';

/** Looks at all inactive pages of a kind once, and puts back what stays. */
function shrink(room: ReclaimRoom, side: 'anon' | 'file', like: Partial<ScanControl> = {}) {
  const wish = { who: 'direct', gfp: GFP_KERNEL, order: 0, reclaimIdx: 3, nrToReclaim: 32 } as const;
  const sc = scanControl({ ...wish, ...like });
  const [pgdat] = room.rooms.pgdats;
  const lru = side === 'anon' ? LRU_INACTIVE_ANON : LRU_INACTIVE_FILE;
  const { list, taken } = isolateLruFolios(room.rooms, sc, pgdat, lru, 1000);
  countIsolated(room.rooms, pgdat, lru, taken);
  const stat = emptyStat();
  const reclaimed = shrinkFolioList(room.rooms, sc, pgdat, list, stat, 'checked');
  moveFoliosToLru(room.rooms, pgdat, list);
  countIsolated(room.rooms, pgdat, lru, -taken);
  room.validate();
  return { reclaimed, stat, scanned: sc.nrScanned };
}

describe('a page of a file', () => {
  test('that is clean and not used is freed, and its place remembers when', () => {
    const room = reclaimRoom(1024);
    room.readFile(7);
    room.lru.nodes[0].nonresidentAge = 5;
    const free = room.pages.nrFreePages;
    expect(shrink(room, 'file').reclaimed).toBe(1);
    expect(room.pages.nrFreePages).toBe(free + 1);
    expect(unpackShadow(room.fileShadows.get(7) ?? 0)).toEqual({ age: 5, nid: 0, workingset: false });
  });

  test('that is locked stays, and is not counted as scanned', () => {
    const room = reclaimRoom(1024);
    const pfn = room.readFile(7) ?? -1;
    room.memMap.set(pfn, PG_locked);
    expect(shrink(room, 'file')).toMatchObject({ reclaimed: 0, scanned: 0 });
    expect(room.memMap.test(pfn, PG_locked)).toBe(true);
  });

  test('that somebody holds stays inactive', () => {
    const room = reclaimRoom(1024);
    const pfn = room.readFile(7) ?? -1;
    room.folios.get(pfn);
    expect(shrink(room, 'file').reclaimed).toBe(0);
    expect(room.shown(LRU_INACTIVE_FILE)).toEqual([pfn]);
    expect(room.memMap.test(pfn, PG_locked)).toBe(false);
  });

  test('that is mapped is unmapped first, if that is allowed', () => {
    const room = reclaimRoom(1024);
    const pfn = room.readFile(7) ?? -1;
    room.map(pfn, 3, 0);
    expect(shrink(room, 'file', { mayUnmap: false }).reclaimed).toBe(0);
    expect(shrink(room, 'file').reclaimed).toBe(1);
  });

  test('that is dirty waits for the flusher: active until then, to be reclaimed when it is clean', () => {
    const room = reclaimRoom(1024);
    const pfn = room.readFile(7) ?? -1;
    room.memMap.set(pfn, PG_dirty);
    room.filesWrite = true;
    expect(shrink(room, 'file').stat).toMatchObject({ dirty: 1, unqueuedDirty: 1, pageout: 0 });
    expect(room.shown(LRU_ACTIVE_FILE)).toEqual([pfn]);
    expect(room.memMap.flags[pfn] & (PG_dirty | PG_reclaim | PG_writeback)).toBe(PG_dirty | PG_reclaim);
    expect(room.vmstat.nodes[0].nr_vmscan_immediate_reclaim).toBe(1);
  });

  test('that is dirty and was to go is written by kswapd when the node is full of such', () => {
    const room = reclaimRoom(1024);
    const pfn = room.readFile(7) ?? -1;
    room.memMap.set(pfn, PG_dirty | PG_reclaim);
    room.filesWrite = true;
    room.rooms.pgdats[0].dirty = true;
    expect(shrink(room, 'file', { who: 'kswapd' }).stat.pageout).toBe(1);
    expect(room.vmstat.nodes[0].nr_vmscan_write).toBe(1);
    expect(room.memMap.test(pfn, PG_writeback)).toBe(true);
    room.clock.advance(1_000_000);
    expect(room.vmstat.events.pgrotated).toBe(1);
    expect(shrink(room, 'file', { who: 'kswapd' }).reclaimed).toBe(1);
  });

  test('that is written through a page table only, and unmapped, is dirty then: nothing is lost', () => {
    const room = reclaimRoom(1024);
    const pfn = room.readFile(7) ?? -1;
    room.map(pfn, 1, 0).written = true;
    expect(shrink(room, 'file').reclaimed).toBe(0);
    expect(room.memMap.test(pfn, PG_dirty)).toBe(true);
  });

  test('that is being written is active until it is clean; kswapd notices if it comes round again', () => {
    const room = reclaimRoom(1024);
    const pfn = room.readFile(7) ?? -1;
    const pgdat = room.rooms.pgdats[0];
    room.memMap.set(pfn, PG_writeback);
    expect(shrink(room, 'file', { who: 'kswapd' }).stat).toMatchObject({ writeback: 1, immediate: 0, congested: 0 });
    expect(room.memMap.flags[pfn] & (PG_reclaim | PG_active)).toBe(PG_reclaim | PG_active);
    room.lru.deactivate(pfn);
    pgdat.writeback = true;
    expect(shrink(room, 'file', { who: 'kswapd' }).stat).toMatchObject({ writeback: 0, immediate: 1, congested: 1 });
    room.memMap.clear(pfn, PG_writeback);
  });

  test('that is being written and was not to go yet does not make kswapd wait, even in a node full of such', () => {
    const room = reclaimRoom(1024);
    const pfn = room.readFile(7) ?? -1;
    room.memMap.set(pfn, PG_writeback);
    room.rooms.pgdats[0].writeback = true;
    expect(shrink(room, 'file', { who: 'kswapd' }).stat).toMatchObject({ writeback: 1, immediate: 0 });
    room.memMap.clear(pfn, PG_writeback);
  });

  test('that is dirty and was read since is not worth a write', () => {
    const room = reclaimRoom(1024);
    const pfn = room.readFile(7) ?? -1;
    room.memMap.set(pfn, PG_dirty | PG_reclaim | PG_referenced);
    room.filesWrite = true;
    room.rooms.pgdats[0].dirty = true;
    expect(shrink(room, 'file', { who: 'kswapd' }).stat.pageout).toBe(0);
    expect(room.shown(LRU_INACTIVE_FILE)).toEqual([pfn]);
  });

  test('that is mlocked is culled, used or not', () => {
    const room = reclaimRoom(1024);
    const pfn = room.readFile(7) ?? -1;
    room.memMap.set(pfn, PG_mlocked);
    expect(shrink(room, 'file').reclaimed).toBe(0);
    expect(room.vmstat.nodes[0].nr_unevictable).toBe(1);
    expect(room.vmstat.events).toMatchObject({ unevictable_pgs_culled: 1, pgactivate: 0 });
  });

  test('that is found in a locked mapping is culled, too', () => {
    const room = reclaimRoom(1024);
    room.map(room.readFile(7) ?? -1, 1, VM_LOCKED);
    expect(shrink(room, 'file').reclaimed).toBe(0);
    expect(room.vmstat.nodes[0].nr_unevictable).toBe(1);
  });
});

describe('an anonymous page', () => {
  //  in memory -> swap cache, unmapped -> being written -> at the tail -> freed
  test('goes to swap: written first, freed when that is done', () => {
    const room = reclaimRoom(1024, 10);
    const pfn = room.touchAnon(7) ?? -1;
    const other = room.touchAnon(8) ?? -1;
    room.map(pfn, 0, 0).used = 0;
    expect(shrink(room, 'anon')).toMatchObject({ reclaimed: 0, stat: { pageout: 1, dirty: 0 } });
    expect(room.memMap.flags[pfn] & (PG_swapcache | PG_writeback | PG_dirty | PG_reclaim)).toBe(
      PG_swapcache | PG_writeback | PG_reclaim,
    );
    expect(room.mapped.has(pfn)).toBe(false);
    room.clock.advance(1_000_000);
    expect(room.shown(LRU_INACTIVE_ANON)).toEqual([other, pfn]);
    room.map(other, 0, 0).used = 1;
    expect(shrink(room, 'anon').reclaimed).toBe(1);
    expect(typeof room.slots.get(7)).toBe('number');
    expect(room.resident.has(7)).toBe(false);
  });

  test('is active when swap is full', () => {
    const room = reclaimRoom(1024, 1);
    room.slots.set(99, 0);
    const pfn = room.touchAnon(7) ?? -1;
    room.map(pfn, 0, 0).used = 0;
    expect(shrink(room, 'anon').reclaimed).toBe(0);
    expect(room.memMap.test(pfn, PG_active)).toBe(true);
    expect(room.mapped.get(pfn)?.entries).toBe(1);
  });

  test('gives its slot back when it is used again while swap is short', () => {
    const room = reclaimRoom(1024, 3);
    const pfn = room.touchAnon(7) ?? -1;
    room.slots.set(98, 0).set(99, 0);
    room.map(pfn, 0, 0).used = 0;
    shrink(room, 'anon');
    room.clock.advance(1_000_000);
    room.touchAnon(7);
    room.map(pfn, 1, 0).used = 2;
    shrink(room, 'anon');
    expect(room.slots.has(7)).toBe(false);
    expect(room.memMap.flags[pfn] & (PG_active | PG_swapcache)).toBe(PG_active);
  });

  test.each([
    ['without __GFP_IO it does not get a slot', { gfp: GFP_KERNEL & ~(__GFP_IO | __GFP_FS) }, 0],
    ['without __GFP_FS it goes: swap needs no file system', { gfp: GFP_KERNEL & ~__GFP_FS }, 1],
    ['without the right to write it waits in the swap cache', { mayWritepage: false }, 1],
  ])('%s', (_, like, slots) => {
    const room = reclaimRoom(1024, 10);
    room.map(room.touchAnon(7) ?? -1, 0, 0).used = 0;
    const { stat } = shrink(room, 'anon', like);
    expect(room.slots.size).toBe(slots);
    expect(stat.pageout).toBe('mayWritepage' in like ? 0 : slots);
  });

  test('that MADV_FREE gave up is dropped', () => {
    const room = reclaimRoom(1024, 10);
    const pfn = room.touchAnon(7) ?? -1;
    room.folios.markLazyfree(pfn);
    const mapped = room.map(pfn, 0, 0);
    mapped.used = 0;
    mapped.written = false;
    expect(shrink(room, 'file').reclaimed).toBe(1);
    expect(room.vmstat.events.pglazyfreed).toBe(1);
    expect(room.slots.size).toBe(0);
  });
});
