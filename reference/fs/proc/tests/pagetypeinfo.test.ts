import { pagetypeinfoShow } from '../pagetypeinfo.ts';

const none = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

describe('pagetypeinfoShow', () => {
  test('is what a real kernel shows, space for space', () => {
    const nrFree = [[0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3], none, none, none];
    expect(pagetypeinfoShow(9, [{ node: 0, name: 'DMA', nrFree, pageblocks: [1, 7, 0, 0, 0] }])).toBe(
      [
        'Page block order: 9',
        'Pages per block:  512',
        '',
        'Free pages count per migrate type at order       0      1      2      3      4      5      6      7      8      9     10 ',
        'Node    0, zone      DMA, type    Unmovable      0      0      0      0      0      0      0      0      1      0      0 ',
        'Node    0, zone      DMA, type      Movable      0      0      0      0      0      0      0      0      0      1      3 ',
        'Node    0, zone      DMA, type  Reclaimable      0      0      0      0      0      0      0      0      0      0      0 ',
        'Node    0, zone      DMA, type   HighAtomic      0      0      0      0      0      0      0      0      0      0      0 ',
        'Node    0, zone      DMA, type      Isolate      0      0      0      0      0      0      0      0      0      0      0 ',
        '',
        'Number of blocks type     Unmovable      Movable  Reclaimable   HighAtomic      Isolate ',
        'Node 0, zone      DMA            1            7            0            0            0 ',
        '',
      ].join('\n'),
    );
  });
});
