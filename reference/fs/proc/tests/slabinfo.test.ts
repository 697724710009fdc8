import { slabinfoShow } from '../slabinfo.ts';

describe('slabinfoShow', () => {
  test('is what a real kernel shows, space for space', () => {
    const vmArea = { activeObjs: 15267, numObjs: 15267, size: 192, objectsPerSlab: 21, pagesPerSlab: 1, numSlabs: 727 };
    const long = { activeObjs: 0, numObjs: 0, size: 416, objectsPerSlab: 19, pagesPerSlab: 2, numSlabs: 0 };
    const caches = [
      { name: 'btrfs_ordered_extent', ...long },
      { name: 'vm_area_struct', ...vmArea },
    ];
    expect(slabinfoShow(caches)).toBe(
      [
        'slabinfo - version: 2.1',
        '# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>',
        'btrfs_ordered_extent      0      0    416   19    2 : tunables    0    0    0 : slabdata      0      0      0',
        'vm_area_struct     15267  15267    192   21    1 : tunables    0    0    0 : slabdata    727    727      0',
        '',
      ].join('\n'),
    );
  });
});
