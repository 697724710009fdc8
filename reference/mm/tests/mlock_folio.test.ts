import { PG_active, PG_mlocked } from '../../include/page_flags.ts';
import { LRU_INACTIVE_FILE, LRU_UNEVICTABLE } from '../lruvec.ts';
import { lruMlock, mlockFolio, munlockFolio } from '../mlock_folio.ts';
import { type LruRoom, lruRoom } from './lru_room.ts';

function lock({ lru }: LruRoom, pfn: number): void {
  mlockFolio(lru, pfn);
  lruMlock(lru, pfn);
}

describe('mlockFolio and munlockFolio', () => {
  test('a page is unevictable from the first lock to the last unlock', () => {
    const room = lruRoom(4);
    room.add('file', 1);
    room.lru.activate(1);
    lock(room, 1);
    lock(room, 1);
    expect(room.shown(LRU_UNEVICTABLE)).toEqual([1]);
    expect(room.memMap.test(1, PG_active)).toBe(false);
    expect(room.vmstat.zones[0][2].nr_mlock).toBe(1);
    munlockFolio(room.lru, 1);
    expect(room.shown(LRU_UNEVICTABLE)).toEqual([1]);
    munlockFolio(room.lru, 1);
    expect(room.shown(LRU_INACTIVE_FILE)).toEqual([1]);
    expect(room.vmstat.zones[0][2].nr_mlock).toBe(0);
    expect(room.vmstat.events).toMatchObject({
      unevictable_pgs_mlocked: 1,
      unevictable_pgs_culled: 1,
      unevictable_pgs_munlocked: 1,
      unevictable_pgs_rescued: 1,
    });
    room.lru.validate();
  });

  test('a new page of a locked mapping goes to the unevictable list at once', () => {
    const room = lruRoom(4);
    room.memMap.refcount[1] = 1;
    mlockFolio(room.lru, 1);
    expect(room.vmstat.zones[0][2].nr_mlock).toBe(1);
    room.lru.addFolio(1);
    expect(room.shown(LRU_UNEVICTABLE)).toEqual([1]);
    munlockFolio(room.lru, 1);
    expect(room.shown(LRU_INACTIVE_FILE)).toEqual([1]);
    expect(room.vmstat.events.unevictable_pgs_rescued).toBe(1);
  });

  test('one that was unlocked before its turn to move stays, or is rescued', () => {
    const room = lruRoom(4);
    room.add('file', 1);
    mlockFolio(room.lru, 1);
    munlockFolio(room.lru, 1);
    lruMlock(room.lru, 1);
    expect(room.shown(LRU_INACTIVE_FILE)).toEqual([1]);
    expect(room.vmstat.zones[0][2].nr_mlock).toBe(0);
    room.lru.validate();
  });

  test('one that is unlocked while isolated is rescued when it comes back', () => {
    const room = lruRoom(4);
    room.add('file', 1);
    lock(room, 1);
    room.lru.isolate(1);
    munlockFolio(room.lru, 1);
    expect(room.memMap.test(1, PG_mlocked)).toBe(false);
    room.lru.addFolio(1);
    expect(room.shown(LRU_INACTIVE_FILE)).toEqual([1]);
    expect(room.vmstat.events).toMatchObject({ unevictable_pgs_stranded: 1, unevictable_pgs_rescued: 1 });
    room.lru.validate();
  });
});
