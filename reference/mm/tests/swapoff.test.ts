import { start } from './swap_machine.ts';

describe('swapoff', () => {
  test('all comes back, and the area is gone', () => {
    const { machine, mm } = start(12);
    machine.map(mm, 20, 23, 'rw-', 'shared');
    for (let page = 20; page < 23; page++) machine.write(mm, page, page);
    machine.reclaimAll();
    const child = machine.fork(mm);
    if (typeof child === 'number') throw new Error('fork failed');
    expect(machine.swapoff('/swap200')).toBe(0);
    expect(machine.cache.swap.areas).toEqual([]);
    expect([mm.pages.rss.swapents, child.pages.rss.swapents]).toEqual([0, 0]);
    for (const each of [mm, child]) {
      for (let page = 0; page < 12; page++) expect(machine.read(each, page)).toBe(10 + page);
      for (let page = 20; page < 23; page++) expect(machine.read(each, page)).toBe(page);
    }
    expect(machine.write(child, 0, 1)).toBe('ok');
    expect(machine.read(mm, 0)).toBe(10);
    machine.validate();
  });

  test.each(['page', 'read'] as const)('whichever %s fails: the area stays on, and nothing is lost', (kind) => {
    for (let n = 1; n <= 13; n++) {
      const { machine, mm } = start(8);
      machine.cache.pageCluster = 0;
      machine.map(mm, 20, 23, 'rw-', 'shared');
      for (let page = 20; page < 23; page++) machine.write(mm, page, page);
      machine.reclaimAll();
      // For want of memory a page is asked for twice.
      let left = n;
      machine.failNext({ shouldFail: (what) => what === kind && --left <= 0 && left >= -1 });
      const result = machine.swapoff('/swap200');
      expect(result).toBe(n > 11 ? 0 : kind === 'page' ? -12 : -5);
      expect(machine.cache.swap.areas.length).toBe(result === 0 ? 0 : 1);
      machine.validate();
      if (kind === 'read') continue;
      for (let page = 0; page < 8; page++) expect(machine.read(mm, page)).toBe(10 + page);
      for (let page = 20; page < 23; page++) expect(machine.read(mm, page)).toBe(page);
      machine.validate();
    }
  });

  test('no such area', () => {
    expect(start(1).machine.swapoff('/none')).toBe(-22);
  });
});
