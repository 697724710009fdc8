import { start } from './swap_machine.ts';

describe('validateSwap', () => {
  test('panics when a slot is counted once too often', () => {
    const { machine } = start(2);
    machine.reclaimAll();
    const [area] = machine.cache.swap.areas;
    const slot = area.map.indexOf(1);
    machine.cache.swap.swapDuplicate(slot);
    expect(() => machine.validate()).toThrow(`swapfile: slot ${slot} of area 0 is used 1 times, counted 2`);
  });

  test('panics when an entry is in no area', () => {
    const { machine, mm } = start(1);
    machine.reclaimAll();
    machine.cache.swap.swapFree(machine.cache.swap.areas[0].map.indexOf(1));
    expect(mm.pages.rss.swapents).toBe(1);
    expect(() => machine.validate()).toThrow('is used, but is free or in no area');
  });
});
