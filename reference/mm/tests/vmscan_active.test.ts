import { GFP_KERNEL } from '../../include/gfp.ts';
import { VM_EXEC, VM_LOCKED } from '../../include/mm_types.ts';
import { PG_active, PG_workingset } from '../../include/page_flags.ts';
import { LRU_ACTIVE_ANON, LRU_ACTIVE_FILE, LRU_INACTIVE_ANON, LRU_INACTIVE_FILE, LRU_UNEVICTABLE } from '../lruvec.ts';
import { scanControl } from '../scan_control.ts';
import { inactiveIsLow, inactiveRatio, shrinkActiveList } from '../vmscan_active.ts';
import { type ReclaimRoom, reclaimRoom } from './reclaim_room.ts';

const GIB = 2 ** 18;
const sc = () => scanControl({ who: 'kswapd', gfp: GFP_KERNEL, order: 0, reclaimIdx: 3, nrToReclaim: 32 });

/** Pages of files 0 .. count-1, all active, the oldest at the tail. @returns their frames */
function activeFile(room: ReclaimRoom, count: number): number[] {
  return Array.from({ length: count }, (_, id) => {
    const pfn = room.readFile(id) ?? -1;
    room.lru.activate(pfn);
    return pfn;
  });
}

describe('inactiveRatio', () => {
  test.each([
    [0, 1],
    [GIB - 1, 1],
    [GIB, 3],
    [2 * GIB, 4],
    [4 * GIB, 6],
    [10 * GIB, 10],
    [16 * GIB, 12],
    [64 * GIB, 25],
    [1024 * GIB, 101],
  ])('of %i pages is %i', (pages, ratio) => {
    expect(inactiveRatio(pages)).toBe(ratio);
  });
});

describe('inactiveIsLow', () => {
  test('below a GiB: as soon as there are more active pages than inactive ones', () => {
    const room = reclaimRoom(1024);
    const frames = activeFile(room, 4);
    room.lru.deactivate(frames[0]);
    room.lru.deactivate(frames[1]);
    expect(inactiveIsLow(room.lru, 0, 'file')).toBe(false);
    room.lru.activate(frames[0]);
    expect(inactiveIsLow(room.lru, 0, 'file')).toBe(true);
    expect(inactiveIsLow(room.lru, 0, 'anon')).toBe(false);
  });
});

describe('shrinkActiveList', () => {
  //  active    5 4 3 2 1 0         active    5 4 3
  //  inactive                 ->   inactive  2 1 0      the oldest goes first
  test('moves pages from the tail to the head of inactive, in order, used or not', () => {
    const room = reclaimRoom(1024);
    const frames = activeFile(room, 6);
    room.map(frames[1], 1, 0).used = 1;
    shrinkActiveList(room.rooms, sc(), room.rooms.pgdats[0], LRU_ACTIVE_FILE, 3);
    expect(room.shown(LRU_ACTIVE_FILE)).toEqual([frames[5], frames[4], frames[3]]);
    expect(room.shown(LRU_INACTIVE_FILE)).toEqual([frames[2], frames[1], frames[0]]);
    expect(room.memMap.flags[frames[1]] & (PG_workingset | PG_active)).toBe(PG_workingset);
    expect(room.mapped.get(frames[1])?.used).toBe(0);
    expect(room.vmstat.events).toMatchObject({ pgrefill: 3, pgdeactivate: 3 });
    room.validate();
  });

  test('programs that run go round once more, at the cost of a rotation each', () => {
    const room = reclaimRoom(2048);
    const frames = activeFile(room, 600);
    room.map(frames[0], 1, VM_EXEC).used = 1;
    room.map(frames[1], 1, VM_EXEC);
    shrinkActiveList(room.rooms, sc(), room.rooms.pgdats[0], LRU_ACTIVE_FILE, 2);
    expect(room.shown(LRU_ACTIVE_FILE)[0]).toBe(frames[0]);
    expect(room.shown(LRU_INACTIVE_FILE)).toEqual([frames[1]]);
    expect(room.lru.nodes[0].fileCost).toBe(1);
    room.validate();
  });

  test('an anonymous page of a program does not', () => {
    const room = reclaimRoom(1024, 10);
    const pfn = room.touchAnon(1) ?? -1;
    room.lru.activate(pfn);
    room.map(pfn, 1, VM_EXEC);
    shrinkActiveList(room.rooms, sc(), room.rooms.pgdats[0], LRU_ACTIVE_ANON, 32);
    expect(room.shown(LRU_INACTIVE_ANON)).toEqual([pfn]);
  });

  test('a page found in a locked mapping is culled', () => {
    const room = reclaimRoom(1024);
    const [pfn] = activeFile(room, 1);
    room.map(pfn, 1, VM_LOCKED);
    shrinkActiveList(room.rooms, sc(), room.rooms.pgdats[0], LRU_ACTIVE_FILE, 32);
    expect(room.shown(LRU_UNEVICTABLE)).toEqual([pfn]);
    expect(room.vmstat.events).toMatchObject({ unevictable_pgs_culled: 1, pgdeactivate: 0 });
    room.validate();
  });
});
