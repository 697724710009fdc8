import { fragShow } from '../buddyinfo.ts';

describe('fragShow', () => {
  test('writes what a real machine wrote', () => {
    const zones = [
      { name: 'DMA', managedPages: 3840, nrFree: [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 3] },
      { name: 'DMA32', managedPages: 772915, nrFree: [1, 1, 4, 2, 5, 4, 3, 3, 4, 2, 752] },
      { name: 'Normal', managedPages: 1212416, nrFree: [52, 169, 37, 16, 21, 84, 31, 6, 3, 4, 30] },
      { name: 'Movable', managedPages: 0, nrFree: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
    ];
    expect(fragShow(0, zones)).toBe(
      [
        'Node 0, zone      DMA      0      0      0      0      0      0      0      0      1      1      3 ',
        'Node 0, zone    DMA32      1      1      4      2      5      4      3      3      4      2    752 ',
        'Node 0, zone   Normal     52    169     37     16     21     84     31      6      3      4     30 ',
        '',
      ].join('\n'),
    );
  });
});
