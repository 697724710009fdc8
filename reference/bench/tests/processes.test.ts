import { Kernel } from '../../init/kernel.ts';
import { machine } from '../../init/tests/machines.ts';
import { ProcessLife } from '../processes.ts';

const SWAP = [
  {
    path: '/dev/vdb',
    disk: { blocks: 65536, latencyNs: 100_000, nsPerBlock: 10_000 },
    rotational: false,
    boot: null,
  },
];

describe('a mixed life of sixteen processes', () => {
  test.each([
    ['with memory for all', 8192, 1],
    ['with memory for two thirds, the rest in swap', 900, 2],
    ['with hardly any memory', 500, 3],
  ])('20,000 operations %s: every byte is what was written, and nothing is lost', (_, frames, seed) => {
    const kernel = Kernel.boot(machine(frames, 4, { swap: SWAP }));
    const life = new ProcessLife(kernel, seed);
    // Pages that were being written to swap when their process ended stay in the swap cache until they are reclaimed.
    const free = (): number => {
      life.end();
      kernel.booted.system.mlockBatch.drain();
      kernel.booted.vmscan.forceEmpty();
      kernel.sleep(1e9);
      kernel.booted.pages.drainAllPages();
      // Tables between what the first process keeps stay with it.
      const { vmstat } = kernel.booted.system;
      const held = vmstat.globalNode('nr_page_table_pages') + vmstat.globalNode('nr_swapcached');
      return kernel.booted.pages.nrFreePages + held;
    };
    // What the first process needs for itself it has after this.
    life.play(2000);
    const before = free();
    for (let part = 0; part < 4; part++) {
      life.play(5000);
      kernel.validate();
    }
    expect(life.processes).toBeGreaterThan(8);
    expect(life.killed).toBeLessThan(10);
    expect(free()).toBe(before);
    kernel.validate();
  });
});
