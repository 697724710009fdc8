import type { FaultInjector } from '../../include/fault_inject.ts';
import { MADV_DONTNEED } from '../../include/mman.ts';
import { doMadvise } from '../madvise.ts';
import type { MmStruct } from '../mm_struct.ts';
import { at, bytes } from './process.ts';
import { faults, pageout, SwapMachine, start } from './swap_machine.ts';
import { FailNth } from './swap_room.ts';

describe('doSwapPage', () => {
  test('a page that is still in the swap cache: minor, and clean after a read', () => {
    const { machine, mm } = start(4);
    expect(pageout(mm, 0, 4)).toBe(0);
    expect(mm.pages.rss).toMatchObject({ anon: 0, swapents: 4 });
    machine.settle();
    expect(faults(mm, () => [0, 1, 2, 3].map((page) => machine.read(mm, page)))).toEqual([4, 0]);
    expect(mm.pages.rss).toMatchObject({ anon: 4, swapents: 0 });
    expect(machine.cache.swap.nrSwapPages).toBe(199 - 4);
    pageout(mm, 0, 4);
    expect(machine.rooms.system.vmstat.events.pswpout).toBe(4);
    machine.validate();
  });

  test('a page that has left: major, and those around it are minor', () => {
    const { machine, mm } = start(8);
    machine.reclaimAll();
    machine.validate();
    expect(faults(mm, () => expect(machine.read(mm, 3)).toBe(13))).toEqual([0, 1]);
    machine.settle();
    expect(faults(mm, () => expect([4, 5].map((page) => machine.read(mm, page))).toEqual([14, 15]))).toEqual([2, 0]);
    const { events } = machine.rooms.system.vmstat;
    expect(events).toMatchObject({ pgmajfault: 1, pswpin: 7, swap_ra: 6, swap_ra_hit: 2 });
    machine.validate();
  });

  test('readahead by addresses', () => {
    const { machine, mm } = start(20, 'ssd');
    machine.reclaimAll();
    expect(faults(mm, () => machine.read(mm, 10))).toEqual([0, 1]);
    machine.settle();
    expect(machine.rooms.system.vmstat.events.pswpin).toBe(8);
    expect(faults(mm, () => [7, 8, 9, 11, 12, 13, 14].map((page) => machine.read(mm, page)))).toEqual([7, 0]);
    expect(machine.rooms.system.vmstat.events.swap_ra_hit).toBe(7);
    machine.validate();
  });

  test('a write by the only owner: one fault, and the slot is free', () => {
    const { machine, mm } = start(1);
    machine.reclaimAll();
    expect(faults(mm, () => expect(machine.write(mm, 0, 99)).toBe('ok'))).toEqual([0, 1]);
    expect(machine.cache.swap.nrSwapPages).toBe(199);
    machine.reclaimAll();
    expect(machine.read(mm, 0)).toBe(99);
    machine.validate();
  });

  test('a read by the only owner: the next write needs no fault', () => {
    const { machine, mm } = start(1);
    machine.reclaimAll();
    machine.read(mm, 0);
    expect(faults(mm, () => machine.write(mm, 0, 5))).toEqual([0, 0]);
    machine.reclaimAll();
    expect(machine.read(mm, 0)).toBe(5);
    machine.validate();
  });

  //  parent  [e] --.             the child's write copies at once
  //                >-- slot      the parent's page is the slot's
  //  child   [e] --'
  test('after a fork both have the entry; each gets its own page', () => {
    const { machine, mm } = start(1);
    machine.reclaimAll();
    const child = machine.fork(mm);
    if (typeof child === 'number') throw new Error('fork failed');
    expect([mm.pages.rss.swapents, child.pages.rss.swapents]).toEqual([1, 1]);
    expect(faults(child, () => machine.write(child, 0, 77))).toEqual([0, 1]);
    expect(faults(mm, () => expect(machine.read(mm, 0)).toBe(10))).toEqual([1, 0]);
    expect(machine.read(child, 0)).toBe(77);
    machine.exit(child);
    expect(machine.read(mm, 0)).toBe(10);
    machine.validate();
    machine.exit(mm);
    machine.settle();
    machine.reclaimAll();
    expect(machine.cache.swap.nrSwapPages).toBe(199);
    machine.validate();
  });

  test('a page that two have, one by entry: the other one exits, and the last one writes without a copy', () => {
    const { machine, mm } = start(1);
    machine.reclaimAll();
    const child = machine.fork(mm);
    if (typeof child === 'number') throw new Error('fork failed');
    machine.read(child, 0);
    machine.exit(child);
    expect(machine.write(mm, 0, 12)).toBe('ok');
    expect(machine.cache.swap.nrSwapPages).toBe(199);
    machine.validate();
  });

  test('swap more than half full: the slot is given up by a read, and the page is dirty', () => {
    const machine = new SwapMachine();
    machine.swapon(11);
    const mm = machine.newMm();
    machine.map(mm, 0, 6, 'rw-');
    for (let page = 0; page < 6; page++) machine.write(mm, page, page + 1);
    machine.reclaimAll();
    expect(machine.cache.swap.nrSwapPages).toBe(4);
    machine.cache.pageCluster = 0;
    expect(machine.read(mm, 0)).toBe(1);
    expect(machine.cache.swap.nrSwapPages).toBe(5);
    machine.validate();
  });

  test('no memory: the process is told, and the entry stays', () => {
    const { machine, mm } = start(1);
    machine.reclaimAll();
    machine.failNext({ shouldFail: (what) => what === 'page' });
    expect(machine.read(mm, 0)).toBe('OOM');
    machine.failNext(null);
    expect(machine.read(mm, 0)).toBe(10);
    machine.validate();
  });

  test('a slot that cannot be read: SIGBUS, and the entry stays', () => {
    const { machine, mm } = start(1);
    machine.reclaimAll();
    machine.failNext(new FailNth('read', 1));
    expect(machine.read(mm, 0)).toBe('BUS_ADRERR');
    expect(mm.pages.rss).toMatchObject({ anon: 0, swapents: 1 });
    machine.validate();
    machine.exit(mm);
    machine.reclaimAll();
    expect(machine.cache.swap.nrSwapPages).toBe(199);
  });

  test('swap is full: the page stays where it is', () => {
    const machine = new SwapMachine();
    machine.swapon(3);
    const mm = machine.newMm();
    machine.map(mm, 0, 4, 'rw-');
    for (let page = 0; page < 4; page++) machine.write(mm, page, page + 1);
    pageout(mm, 0, 4);
    expect(mm.pages.rss).toMatchObject({ anon: 2, swapents: 2 });
    expect([0, 1, 2, 3].map((page) => machine.read(mm, page))).toEqual([1, 2, 3, 4]);
    machine.validate();
  });
});

describe('zap', () => {
  test('MADV_DONTNEED and exit give slots back', () => {
    const { machine, mm } = start(6);
    machine.reclaimAll();
    doMadvise(mm, at(0), bytes(2), MADV_DONTNEED);
    expect(machine.cache.swap.nrSwapPages).toBe(199 - 4);
    expect(machine.read(mm, 0)).toBe(0);
    machine.read(mm, 3);
    machine.exit(mm);
    machine.settle();
    machine.reclaimAll();
    expect(machine.cache.swap.nrSwapPages).toBe(199);
    machine.validate();
  });

  test('nothing is left when all is over', () => {
    const machine = new SwapMachine();
    machine.swapon(200);
    machine.exit(machine.newMm());
    const free = machine.freeFrames();
    const mm = machine.newMm();
    machine.map(mm, 0, 40, 'rw-');
    for (let page = 0; page < 40; page++) machine.write(mm, page, page + 1);
    pageout(mm, 0, 20);
    const child = machine.fork(mm);
    machine.reclaimAll();
    for (let page = 5; page < 30; page += 3) machine.read(mm, page);
    machine.exit(mm);
    if (typeof child !== 'number') machine.exit(child);
    machine.settle();
    machine.reclaimAll();
    expect(machine.freeFrames()).toBe(free);
    machine.validate();
  });
});

describe('failures', () => {
  /** Pages go out and come back in two processes, and some are written. @returns what does not hold what it should */
  function scenario(machine: SwapMachine, fails: FaultInjector): string[] {
    const mm = machine.newMm();
    machine.map(mm, 0, 8, 'rw-');
    machine.map(mm, 8, 10, 'rw-', 'shared');
    for (let page = 0; page < 10; page++) machine.write(mm, page, page + 1);
    machine.failNext(fails);
    pageout(mm, 0, 10);
    machine.validate();
    const forked = machine.fork(mm);
    const child = typeof forked === 'number' ? machine.fork(mm) : forked;
    if (typeof child === 'number') return ['no child'];
    machine.reclaimAll();
    const written = new Set<number>();
    for (const page of [0, 2, 4, 6, 0, 2, 4, 6]) if (machine.write(child, page, 100 + page) === 'ok') written.add(page);
    machine.reclaimAll();
    machine.validate();
    machine.failNext(null);
    const wrong: string[] = [];
    const check = (who: string, of: MmStruct, page: number, value: number): void => {
      const got = machine.read(of, page);
      if (got !== value) wrong.push(`${who} page ${page}: ${got}, not ${value}`);
    };
    for (let page = 0; page < 10; page++) check('parent', mm, page, page + 1);
    for (let page = 0; page < 8; page++) check('child', child, page, written.has(page) ? 100 + page : page + 1);
    machine.validate();
    machine.exit(mm);
    machine.exit(child);
    machine.settle();
    machine.reclaimAll();
    return wrong;
  }

  test.each(['page', 'swap', 'write', 'read'] as const)(
    'whichever %s fails, nothing is lost and nothing is left',
    (kind) => {
      for (let n = 1; n <= 24; n++) {
        const machine = new SwapMachine(256);
        machine.swapon(64);
        machine.exit(machine.newMm());
        const free = machine.freeFrames();
        const wrong = scenario(machine, new FailNth(kind, n));
        // What could not be read once is not tried again: the process gets SIGBUS.
        if (kind === 'read') expect(wrong.every((line) => line.includes('BUS_ADRERR'))).toBe(true);
        else expect(wrong).toEqual([]);
        expect(machine.cache.swap.nrSwapPages).toBe(63);
        expect(machine.freeFrames()).toBe(free);
        machine.validate();
      }
    },
  );
});
