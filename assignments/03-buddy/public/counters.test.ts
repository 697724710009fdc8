import { subject } from '../../../graders/suite/index.ts';
import type * as Buddyinfo from '../../../starter/fs/proc/buddyinfo.ts';
import type * as Vmstat from '../../../starter/mm/vmstat.ts';

const vmstat = subject<typeof Vmstat>('mm/vmstat');
const buddyinfo = subject<typeof Buddyinfo>('fs/proc/buddyinfo');

describe('numa', () => {
  const none = { numaHit: 0, numaMiss: 0, numaForeign: 0, localNode: 0, otherNode: 0 };

  test('a page that was wanted on node 0 and got there, by a task on node 0', () => {
    expect(vmstat.zoneStatistics([none, none], { preferred: 0, allocated: 0, running: 0 })).toEqual([
      { ...none, numaHit: 1, localNode: 1 },
      none,
    ]);
  });
});

describe('buddyinfo', () => {
  test('one line for each zone that has memory', () => {
    const nrFree = [52, 169, 37, 16, 21, 84, 31, 6, 3, 4, 30];
    const text = buddyinfo.fragShow(0, [
      { name: 'Normal', managedPages: 1212416, nrFree },
      { name: 'Movable', managedPages: 0, nrFree: nrFree.map(() => 0) },
    ]);
    expect(text).toBe(
      'Node 0, zone   Normal     52    169     37     16     21     84     31      6      3      4     30 \n',
    );
  });
});
