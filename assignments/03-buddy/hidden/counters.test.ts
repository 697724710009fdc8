import fc from 'fast-check';
import { forAll, subject, Wrong } from '../../../graders/suite/index.ts';
import * as linuxBuddyinfo from '../../../reference/fs/proc/buddyinfo.ts';
import * as linuxVmstat from '../../../reference/mm/vmstat.ts';
import type * as Buddyinfo from '../../../starter/fs/proc/buddyinfo.ts';
import type { NumaCounters, NumaEvent } from '../../../starter/include/mmzone.ts';
import type * as Vmstat from '../../../starter/mm/vmstat.ts';

const vmstat = subject<typeof Vmstat>('mm/vmstat');
const buddyinfo = subject<typeof Buddyinfo>('fs/proc/buddyinfo');

const NONE = { numaHit: 0, numaMiss: 0, numaForeign: 0, localNode: 0, otherNode: 0 };

const inWords = (counters: readonly NumaCounters[]) =>
  counters
    .map(
      ({ numaHit, numaMiss, numaForeign, localNode, otherNode }, node) =>
        `node ${node}: hit ${numaHit} miss ${numaMiss} foreign ${numaForeign} local ${localNode} other ${otherNode}`,
    )
    .join('; ');

function counts([nodes, events]: readonly [number, readonly NumaEvent[]]): void {
  let expected: readonly NumaCounters[] = Array.from({ length: nodes }, () => NONE);
  let actual = expected;
  const steps = [`${nodes} nodes, all counters 0`];
  for (const { preferred, allocated, running } of events) {
    const event = { preferred: preferred % nodes, allocated: allocated % nodes, running: running % nodes };
    steps.push(
      `zoneStatistics: wanted on node ${event.preferred}, got on ${event.allocated}, by a task on ${event.running}`,
    );
    expected = linuxVmstat.zoneStatistics(expected, event);
    actual = vmstat.zoneStatistics(actual, event);
    const [right, got] = [inWords(expected), inWords(actual)];
    if (right !== got) throw new Wrong({ steps, expected: right, actual: got, figures: [] });
  }
}

describe('numa', () => {
  test('every page on two nodes', () => {
    for (let i = 0; i < 8; i++) counts([2, [{ preferred: i & 1, allocated: (i >> 1) & 1, running: i >> 2 }]]);
  });

  test('random pages on one to four nodes', () => {
    const event = fc.record({ preferred: fc.nat(3), allocated: fc.nat(3), running: fc.nat(3) });
    forAll(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.array(event, { maxLength: 10 })), counts, 60);
  });
});

describe('buddyinfo', () => {
  test('random zones', () => {
    const zone = fc.record({
      name: fc.constantFrom('DMA', 'DMA32', 'Normal', 'Movable', 'Device'),
      managedPages: fc.oneof(fc.constant(0), fc.nat(1e6)),
      nrFree: fc.array(fc.oneof(fc.nat(9), fc.nat(99999999)), { minLength: 11, maxLength: 11 }),
    });
    forAll(fc.tuple(fc.nat(300), fc.array(zone, { maxLength: 4 })), ([node, zones]) => {
      const expected = linuxBuddyinfo.fragShow(node, zones);
      const actual = buddyinfo.fragShow(node, zones);
      if (expected !== actual) {
        const steps = [`fragShow(${node}, ${JSON.stringify(zones)})`];
        throw new Wrong({ steps, expected: JSON.stringify(expected), actual: JSON.stringify(actual), figures: [] });
      }
    });
  });
});
