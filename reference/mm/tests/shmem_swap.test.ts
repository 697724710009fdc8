import { faults, pageout, SwapMachine } from './swap_machine.ts';

describe('writePage and swapin', () => {
  test('pages of a memory file go to swap and come back, for all who map them', () => {
    const machine = new SwapMachine();
    machine.swapon(50);
    const mm = machine.newMm();
    machine.map(mm, 0, 4, 'rw-', 'shared');
    for (let page = 0; page < 3; page++) machine.write(mm, page, page + 1);
    const child = machine.fork(mm);
    if (typeof child === 'number') throw new Error('fork failed');
    pageout(mm, 0, 4);
    expect(mm.pages.rss).toMatchObject({ shmem: 0, swapents: 0 });
    expect(faults(child, () => expect(machine.read(child, 1)).toBe(2))).toEqual([1, 0]);
    machine.reclaimAll();
    expect(faults(mm, () => expect([0, 1, 2, 3].map((page) => machine.read(mm, page))).toEqual([1, 2, 3, 0]))[1]).toBe(
      1,
    );
    machine.validate();
    machine.exit(child);
    machine.exit(mm);
    machine.validate();
  });
});
