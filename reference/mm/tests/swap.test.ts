import {
  PG_active,
  PG_anon,
  PG_dirty,
  PG_lru,
  PG_reclaim,
  PG_referenced,
  PG_swapbacked,
} from '../../include/page_flags.ts';
import { LRU_ACTIVE_FILE, LRU_INACTIVE_FILE } from '../lruvec.ts';
import { lruRoom } from './lru_room.ts';

describe('get and put', () => {
  test('the last put takes a page off its list and frees it', () => {
    const room = lruRoom(4);
    room.add('anon', 1);
    room.lru.activate(1);
    room.folios.get(1);
    room.folios.put(1);
    expect(room.freed).toEqual([]);
    room.folios.put(1);
    expect(room.freed).toEqual([1]);
    expect(room.memMap.test(1, PG_lru | PG_active)).toBe(false);
    room.lru.validate();
    room.folios.validate();
  });

  test('a free page can be neither held nor put', () => {
    const room = lruRoom(4);
    expect(() => room.folios.get(1)).toThrow('swap: pfn 1 is held, but free');
    expect(() => room.folios.put(1)).toThrow('swap: pfn 1 is put once too often');
  });
});

describe('markAccessed', () => {
  test('goes from inactive to referenced, to active, to active and referenced', () => {
    const room = lruRoom(4);
    room.add('file', 1);
    const states = [1, 2, 3, 4].map(() => {
      room.folios.markAccessed(1);
      const flags = room.memMap.flags[1];
      return [(flags & PG_active) !== 0, (flags & PG_referenced) !== 0];
    });
    expect(states).toEqual([
      [false, true],
      [true, false],
      [true, true],
      [true, true],
    ]);
    expect(room.shown(LRU_ACTIVE_FILE)).toEqual([1]);
    expect(room.vmstat.events.pgactivate).toBe(1);
    expect(room.lru.nodes[0].nonresidentAge).toBe(1);
  });
});

describe('deactivateFile', () => {
  test('a clean page goes next; a dirty one when it has been written; a mapped one stays', () => {
    const room = lruRoom(8);
    room.add('file', 1, 2, 3, 4);
    room.memMap.set(3, PG_dirty);
    room.memMap.mapcount[1] = 1;
    for (const pfn of [1, 3, 4]) room.folios.deactivateFile(pfn);
    expect(room.shown(LRU_INACTIVE_FILE)).toEqual([3, 2, 1, 4]);
    expect(room.memMap.test(3, PG_reclaim)).toBe(true);
    room.folios.rotateReclaimable(3);
    expect(room.shown(LRU_INACTIVE_FILE)).toEqual([3, 2, 1, 4]);
    room.memMap.clear(3, PG_dirty);
    room.folios.rotateReclaimable(3);
    expect(room.shown(LRU_INACTIVE_FILE)).toEqual([2, 1, 4, 3]);
  });
});

describe('markLazyfree', () => {
  test('an anonymous page moves over to the files', () => {
    const room = lruRoom(4);
    room.add('anon', 1);
    room.memMap.set(1, PG_anon | PG_active);
    room.memMap.clear(1, PG_active);
    room.folios.markLazyfree(1);
    expect(room.shown(LRU_INACTIVE_FILE)).toEqual([1]);
    expect(room.memMap.test(1, PG_swapbacked)).toBe(false);
    expect(room.vmstat.events.pglazyfree).toBe(1);
    room.lru.validate();
  });
});
