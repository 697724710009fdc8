import { budget, seed, subject } from '../../../graders/suite/index.ts';
import type * as Mmzone from '../../../starter/mm/mmzone.ts';
import { shuffled } from './shuffled.ts';

const mmzone = subject<typeof Mmzone>('mm/mmzone');

/** All frames of a zone are taken, then come back in a random order. */
budget('pairs', (size) => {
  const zone = new mmzone.Zone('Normal', 0, size);
  const order = shuffled(size, seed());
  return {
    run() {
      const pages = order.map(() => taken(zone, 0));
      for (const i of order) zone.freeOnePage(pages[i], 0);
    },
  };
});

/** Every second frame is free, alone; then the others come back one by one, and each pair is taken. */
budget('fragmented', (size) => {
  const zone = new mmzone.Zone('Normal', 0, size);
  const order = shuffled(size, seed());
  const pages = order.map(() => taken(zone, 0));
  for (const i of order) if (pages[i] % 2 === 0) zone.freeOnePage(pages[i], 0);
  const held = order.filter((i) => pages[i] % 2 === 1).map((i) => pages[i]);
  return {
    run() {
      for (const pfn of held) {
        zone.freeOnePage(pfn, 0);
        taken(zone, 1);
      }
    },
  };
});

function taken(zone: Mmzone.Zone, order: number): number {
  const pfn = zone.rmqueue(order);
  if (pfn === null) throw new Error(`rmqueue(${order}) returned null while such a block was free`);
  return pfn;
}
