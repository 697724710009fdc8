import { PG_active, PG_swapbacked, PG_workingset } from '../../include/page_flags.ts';
import { packShadow, unpackShadow, Workingset } from '../workingset.ts';
import { lruRoom } from './lru_room.ts';

const NO_SWAP = { nrSwapPages: 0 };
const SWAP = { nrSwapPages: 1 };

const frames = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

/** A room with 10 active and 20 inactive pages of files, 3 active and 5 inactive anonymous ones; frames 100.. are free. */
function room() {
  const made = lruRoom(128);
  made.add('file', ...frames(0, 30));
  made.add('anon', ...frames(40, 8));
  for (const pfn of [...frames(0, 10), ...frames(40, 3)]) made.lru.activate(pfn);
  return made;
}

describe('packShadow', () => {
  test.each([
    [0, 0, false],
    [2 ** 36 - 1, 1023, true],
    [12345678901, 3, true],
  ])('age %i, node %i, workingset %s come back, and the shadow is not 0', (age, nid, workingset) => {
    const shadow = packShadow(age, nid, workingset);
    expect(shadow % 2).toBe(1);
    expect(Number.isSafeInteger(shadow)).toBe(true);
    expect(unpackShadow(shadow)).toEqual({ age, nid, workingset });
  });
});

describe('eviction', () => {
  test('remembers the age, which goes up by one, and whether the page was in the workingset', () => {
    const { lru, memMap } = room();
    const workingset = new Workingset(lru, NO_SWAP);
    lru.nodes[0].nonresidentAge = 7;
    expect(unpackShadow(workingset.eviction(12))).toEqual({ age: 7, nid: 0, workingset: false });
    memMap.set(13, PG_workingset);
    expect(unpackShadow(workingset.eviction(13))).toEqual({ age: 8, nid: 0, workingset: true });
  });
});

describe('testRecent', () => {
  //             active_file 10, inactive_file 20, active_anon 3, inactive_anon 5
  test.each([
    ['file', NO_SWAP, 10],
    ['file', SWAP, 18],
    ['anon', NO_SWAP, 30],
    ['anon', SWAP, 33],
  ] as const)('a page of kind %s with %o comes back in time up to a distance of %i', (side, swap, most) => {
    const { lru } = room();
    const workingset = new Workingset(lru, swap);
    const shadow = packShadow(100, 0, false);
    lru.nodes[0].nonresidentAge = 100 + most;
    expect(workingset.testRecent(shadow, side)).toBe(true);
    lru.nodes[0].nonresidentAge++;
    expect(workingset.testRecent(shadow, side)).toBe(false);
  });

  test('the age may have wrapped', () => {
    const { lru } = room();
    lru.nodes[0].nonresidentAge = 2 ** 36 + 4;
    const workingset = new Workingset(lru, NO_SWAP);
    expect(workingset.testRecent(packShadow(2 ** 36 - 6, 0, false), 'file')).toBe(true);
    expect(workingset.testRecent(packShadow(2 ** 36 - 7, 0, false), 'file')).toBe(false);
  });
});

describe('refault', () => {
  test('an old one is counted, and stays inactive', () => {
    const { lru, memMap, vmstat } = room();
    lru.nodes[0].nonresidentAge = 1000;
    new Workingset(lru, SWAP).refault(100, packShadow(0, 0, true));
    expect(memMap.flags[100]).toBe(0);
    expect(vmstat.nodes[0]).toMatchObject({ workingset_refault_file: 1, workingset_activate_file: 0 });
  });

  test('a recent one is active, and the age goes up', () => {
    const { lru, memMap, vmstat } = room();
    memMap.set(100, PG_swapbacked);
    new Workingset(lru, SWAP).refault(100, packShadow(0, 0, false));
    expect(memMap.flags[100]).toBe(PG_swapbacked | PG_active);
    expect(lru.nodes[0].nonresidentAge).toBe(1);
    expect(vmstat.nodes[0]).toMatchObject({
      workingset_refault_anon: 1,
      workingset_activate_anon: 1,
      workingset_restore_anon: 0,
      workingset_refault_file: 0,
    });
  });

  test('one that was in the workingset is restored to it, at the cost of an I/O', () => {
    const made = lruRoom(1024);
    made.add('file', ...frames(0, 500));
    for (const pfn of frames(0, 100)) made.lru.activate(pfn);
    new Workingset(made.lru, NO_SWAP).refault(1000, packShadow(0, 0, true));
    expect(made.memMap.test(1000, PG_workingset)).toBe(true);
    expect(made.lru.nodes[0].fileCost).toBe(32);
    expect(made.vmstat.nodes[0].workingset_restore_file).toBe(1);
  });
});
