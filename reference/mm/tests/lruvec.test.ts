import { PG_active, PG_lru, PG_mlocked, PG_referenced, PG_unevictable } from '../../include/page_flags.ts';
import { LRU_ACTIVE_FILE, LRU_INACTIVE_ANON, LRU_INACTIVE_FILE, LRU_UNEVICTABLE } from '../lruvec.ts';
import { lruRoom } from './lru_room.ts';

describe('Lruvecs', () => {
  test('new pages are inactive, the newest at the head, anonymous ones apart', () => {
    const room = lruRoom(8);
    room.add('file', 1, 2, 3);
    room.add('anon', 4, 5);
    expect(room.shown(LRU_INACTIVE_FILE)).toEqual([3, 2, 1]);
    expect(room.shown(LRU_INACTIVE_ANON)).toEqual([5, 4]);
    expect(room.vmstat.nodes[0]).toMatchObject({ nr_inactive_file: 3, nr_inactive_anon: 2, nr_active_file: 0 });
    room.lru.validate();
  });

  //  inactive  3 2 1      activate 2     inactive  3 1      deactivate 2     inactive  2 3 1     rotate 2    3 1 2
  //  active                              active    2
  test('activate, deactivate and rotate move one page', () => {
    const room = lruRoom(8);
    room.add('file', 1, 2, 3);
    room.lru.activate(2);
    expect([room.shown(LRU_INACTIVE_FILE), room.shown(LRU_ACTIVE_FILE)]).toEqual([[3, 1], [2]]);
    room.memMap.set(2, PG_referenced);
    room.lru.deactivate(2);
    expect(room.shown(LRU_INACTIVE_FILE)).toEqual([2, 3, 1]);
    expect(room.memMap.test(2, PG_referenced | PG_active)).toBe(false);
    room.lru.rotate(2);
    expect(room.shown(LRU_INACTIVE_FILE)).toEqual([3, 1, 2]);
    expect(room.vmstat.events).toMatchObject({ pgactivate: 1, pgdeactivate: 1, pgrotated: 1 });
    room.lru.validate();
  });

  test('what is already where it should be is not counted again', () => {
    const room = lruRoom(4);
    room.add('file', 1);
    room.lru.deactivate(1);
    room.lru.activate(1);
    room.lru.activate(1);
    expect(room.vmstat.events).toMatchObject({ pgactivate: 1, pgdeactivate: 0 });
  });

  test('a locked page is unevictable: culled on its way in, rescued when it comes back without the lock', () => {
    const room = lruRoom(4);
    room.memMap.refcount[1] = 1;
    room.memMap.set(1, PG_mlocked | PG_active);
    room.lru.addFolio(1);
    expect(room.shown(LRU_UNEVICTABLE)).toEqual([1]);
    expect(room.memMap.flags[1]).toBe(PG_mlocked | PG_unevictable | PG_lru);
    for (const move of [room.lru.activate, room.lru.deactivate, room.lru.rotate]) move.call(room.lru, 1);
    expect(room.shown(LRU_UNEVICTABLE)).toEqual([1]);
    expect(room.lru.isolate(1)).toBe(true);
    room.memMap.clear(1, PG_mlocked);
    room.lru.addFolio(1);
    expect(room.shown(LRU_INACTIVE_FILE)).toEqual([1]);
    expect(room.vmstat.events).toMatchObject({ unevictable_pgs_culled: 1, unevictable_pgs_rescued: 1 });
    room.lru.validate();
  });

  test('an isolated page is in no list, holds a reference and remembers that it was active', () => {
    const room = lruRoom(4);
    room.add('file', 1);
    room.lru.activate(1);
    expect(room.lru.isolate(1)).toBe(true);
    expect(room.lru.isolate(1)).toBe(false);
    expect([room.memMap.refcount[1], room.memMap.flags[1]]).toEqual([2, PG_active]);
    room.lru.addFolio(1);
    expect(room.shown(LRU_ACTIVE_FILE)).toEqual([1]);
  });

  test('each node has lists of its own, and counters of its own', () => {
    const room = lruRoom(8, 2);
    room.add('file', 1, 6, 7);
    expect([...room.lru.list(1, LRU_INACTIVE_FILE)]).toEqual([7, 6]);
    expect(room.vmstat.nodes.map((node) => node.nr_inactive_file)).toEqual([1, 2]);
    expect(room.lru.size(1, LRU_INACTIVE_FILE, 2)).toBe(2);
    expect(room.lru.size(1, LRU_INACTIVE_FILE, 1)).toBe(0);
    room.lru.validate();
  });

  test.each([
    ['its flags were changed under it', PG_active],
    ['it lost PG_lru', PG_lru],
  ])('validate() panics when a page is in the wrong list: %s', (_, flag) => {
    const room = lruRoom(4);
    room.add('file', 1);
    room.memMap.flags[1] ^= flag;
    expect(() => room.lru.validate()).toThrow(/^lruvec: pfn 1 /);
  });

  test('adding twice, and taking out what is in no list, panic', () => {
    const room = lruRoom(4);
    room.add('file', 1);
    expect(() => room.lru.addFolio(1)).toThrow('lruvec: pfn 1 is added, but is in a list');
    expect(() => room.lru.delFolio(2)).toThrow('lruvec: pfn 2 is taken out, but is in no list');
  });
});

describe('noteCost', () => {
  test('an I/O costs 32, a page looked at in vain 1; beyond a quarter of the lists both sides are halved', () => {
    const room = lruRoom(1024);
    room.add('file', ...Array.from({ length: 800 }, (_, i) => i));
    const [lruvec] = room.lru.nodes;
    lruvec.noteCost('file', 4, 3);
    lruvec.noteCost('anon', 2, 5);
    expect([lruvec.anonCost, lruvec.fileCost]).toEqual([69, 131]); // 200 = 800 / 4
    lruvec.noteCost('anon', 0, 1);
    expect([lruvec.anonCost, lruvec.fileCost]).toEqual([35, 65]);
  });
});
