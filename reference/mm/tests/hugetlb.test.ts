import { ENOMEM } from '../../include/errno.ts';
import { PG_head, PG_hugetlb } from '../../include/page_flags.ts';
import { HugeRooms } from '../huge_rooms.ts';
import type { Hstate } from '../hugetlb.ts';
import { makeRooms, type Rooms } from './rooms.ts';

const ANYWHERE = { nid: 0, nodemask: null };

function pool(pages: number): { rooms: Rooms; hugetlb: Hstate } {
  const rooms = makeRooms(8192);
  const { hugetlb } = rooms.system.huge;
  hugetlb.setMaxHugePages(pages, null);
  return { rooms, hugetlb };
}

/** `nr free resv surplus` */
function told(hugetlb: Hstate): string {
  hugetlb.validate();
  return `${hugetlb.nr} ${hugetlb.free} ${hugetlb.resv} ${hugetlb.surplus}`;
}

describe('the size of the pool', () => {
  test('grows as far as there is memory, and gives it back', () => {
    const { rooms, hugetlb } = pool(0);
    const free = rooms.allocator.nrFreePages;
    hugetlb.setMaxHugePages(4, null);
    expect([told(hugetlb), free - rooms.allocator.nrFreePages]).toEqual(['4 4 0 0', 4 * 512]);
    hugetlb.setMaxHugePages(1000, null);
    expect(hugetlb.nr).toBeLessThan(16);
    hugetlb.setMaxHugePages(0, null);
    expect([told(hugetlb), rooms.allocator.nrFreePages]).toEqual(['0 0 0 0', free]);
    rooms.allocator.validate();
  });

  test('what is promised stays, what is in use becomes surplus', () => {
    const { rooms, hugetlb } = pool(6);
    hugetlb.acctMemory(2);
    const used = hugetlb.alloc(false, ANYWHERE) ?? -1;
    hugetlb.setMaxHugePages(1, null);
    expect(told(hugetlb)).toBe('3 2 2 2');
    rooms.system.folios.put(used);
    expect(told(hugetlb)).toBe('2 2 2 1');
    hugetlb.acctMemory(-2);
    expect(told(hugetlb)).toBe('1 1 0 0');
  });

  test('a larger size makes surplus pages ordinary ones first', () => {
    const { hugetlb } = pool(2);
    hugetlb.nrOvercommit = 2;
    hugetlb.acctMemory(4);
    expect(told(hugetlb)).toBe('4 4 4 2');
    hugetlb.setMaxHugePages(3, null);
    expect(told(hugetlb)).toBe('4 4 4 1');
  });

  test('of one node: the others keep theirs', () => {
    const { hugetlb } = pool(2);
    hugetlb.setMaxHugePages(5, 0);
    expect([told(hugetlb), hugetlb.report(0)]).toEqual(['5 5 0 0', { total: 5, free: 5, rsvd: 0, surp: 0 }]);
  });
});

describe('promises', () => {
  test('no more than are free, unless surplus may be made', () => {
    const { hugetlb } = pool(3);
    expect([hugetlb.acctMemory(2), hugetlb.acctMemory(2), told(hugetlb)]).toEqual([0, -ENOMEM, '3 3 2 0']);
    hugetlb.nrOvercommit = 1;
    expect([hugetlb.acctMemory(2), told(hugetlb)]).toEqual([0, '4 4 4 1']);
    expect([hugetlb.acctMemory(1), told(hugetlb)]).toEqual([-ENOMEM, '4 4 4 1']);
    hugetlb.acctMemory(-4);
    expect(told(hugetlb)).toBe('3 3 0 0');
  });

  test('all or nothing: a page that cannot be made gives the others back', () => {
    const { rooms, hugetlb } = pool(1);
    hugetlb.nrOvercommit = 8;
    let left = 3;
    rooms.allocator.failNext = { shouldFail: () => --left === 0 };
    expect([hugetlb.acctMemory(5), told(hugetlb)]).toEqual([-ENOMEM, '1 1 0 0']);
    rooms.allocator.validate();
  });

  test('who has none gets a page only if more are free than promised', () => {
    const { hugetlb } = pool(2);
    hugetlb.acctMemory(1);
    expect([hugetlb.alloc(false, ANYWHERE), hugetlb.alloc(false, ANYWHERE)]).toEqual([expect.any(Number), null]);
    expect([hugetlb.alloc(true, ANYWHERE), told(hugetlb)]).toEqual([expect.any(Number), '2 0 0 0']);
  });

  test('one that was used up for nothing comes back', () => {
    const { rooms, hugetlb } = pool(2);
    hugetlb.acctMemory(1);
    const pfn = hugetlb.alloc(true, ANYWHERE) ?? -1;
    expect([told(hugetlb), hugetlb.owed]).toEqual(['2 1 0 0', 1]);
    rooms.system.folios.put(pfn);
    expect([told(hugetlb), hugetlb.owed]).toEqual(['2 2 1 0', 0]);
  });
});

describe('a page', () => {
  test('is one block, known as what it is; in use it counts as hugetlb', () => {
    const { rooms, hugetlb } = pool(1);
    const pfn = hugetlb.alloc(false, ANYWHERE) ?? -1;
    const { memMap, vmstat, folios } = rooms.system;
    expect([memMap.flags[pfn], memMap.refcount[pfn], vmstat.nodes[0].nr_hugetlb]).toEqual([
      PG_head | PG_hugetlb,
      1,
      512,
    ]);
    folios.put(pfn);
    expect([told(hugetlb), vmstat.nodes[0].nr_hugetlb]).toEqual(['1 1 0 0', 0]);
  });

  test('there is none of a node that may not be asked', () => {
    const { hugetlb } = pool(1);
    expect(hugetlb.alloc(false, { nid: 0, nodemask: 2 })).toBeNull();
  });
});

test('a machine begins without huge pages', () => {
  const { system } = makeRooms();
  const huge = new HugeRooms(system);
  expect([told(huge.hugetlb), huge.folios.mapped.size, huge.zero.countObjects()]).toEqual(['0 0 0 0', 0, 0]);
});
