import { budget, subject } from '../../../graders/suite/index.ts';
import { _PAGE_PSE, PAGE_SHARED } from '../../../starter/include/pgtable_types.ts';
import { byHand, machine, USER_READ } from './machine.ts';

const mm = subject<typeof import('../../../starter/mm/pgtable_map.ts')>('mm/pgtable_map');
const mmu = subject<typeof import('../../../starter/arch/mmu.ts')>('arch/mmu');

const START = 0x7f00_0000_0000n;

/** `size` walks, over pages of all three sizes. */
budget('walk-reads', (size) => {
  const m = machine();
  const pages = [START, START + 2n ** 21n, START + 2n ** 30n];
  byHand(m, START, 'pte', 0x5000n | PAGE_SHARED);
  byHand(m, START + 2n ** 21n, 'pmd', 0x20_0000n | PAGE_SHARED | _PAGE_PSE);
  byHand(m, START + 2n ** 30n, 'pud', 0x4000_0000n | PAGE_SHARED | _PAGE_PSE);
  const before = m.memory.reads;
  return {
    run() {
      for (let i = 0; i < size; i++) mmu.walk(m.memory, m.cr3, pages[i % 3] ?? START, USER_READ);
    },
    count: () => m.memory.reads - before,
  };
});

/** One range of `size` pages is mapped. */
budget('map-touches', (size) => {
  const m = machine();
  const pt = new mm.PageTable(m.memory, m.frames, m.root);
  const touches = () => m.memory.reads + m.memory.writes;
  const before = touches();
  return {
    run() {
      if (pt.mapRange(START, 0x1000, size, PAGE_SHARED) !== 0) throw new Error('mapRange failed');
    },
    count: () => touches() - before,
  };
});

/** One range of `size` pages is unmapped. */
budget('unmap-touches', (size) => {
  const m = machine();
  const pt = new mm.PageTable(m.memory, m.frames, m.root);
  const touches = () => m.memory.reads + m.memory.writes;
  pt.mapRange(START, 0x1000, size, PAGE_SHARED);
  const before = touches();
  return {
    run() {
      if (pt.unmapRange(START, size) !== 0) throw new Error('unmapRange failed');
    },
    count: () => touches() - before,
  };
});
