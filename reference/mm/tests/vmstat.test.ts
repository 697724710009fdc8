import { zoneStatistics } from '../vmstat.ts';

const NONE = { numaHit: 0, numaMiss: 0, numaForeign: 0, localNode: 0, otherNode: 0 };

describe('zoneStatistics', () => {
  test('a page that was wanted on node 0 and got on node 1, by a task on node 0', () => {
    expect(zoneStatistics([NONE, NONE], { preferred: 0, allocated: 1, running: 0 })).toEqual([
      { ...NONE, numaForeign: 1 },
      { ...NONE, numaMiss: 1, otherNode: 1 },
    ]);
  });
});
