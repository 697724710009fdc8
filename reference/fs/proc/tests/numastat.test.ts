import { VmStat } from '../../../mm/vm_stat.ts';
import { numastatShow } from '../numastat.ts';

describe('numastatShow', () => {
  test('sums the zones of a node, in the order of the file', () => {
    const zones = new VmStat(1).zones[0];
    zones[1].numa_hit = 1210;
    zones[2].numa_hit = 20116536;
    zones[2].numa_interleave = 1136;
    zones[2].numa_local = 20117746;
    expect(numastatShow(zones)).toBe(
      'numa_hit 20117746\nnuma_miss 0\nnuma_foreign 0\ninterleave_hit 1136\nlocal_node 20117746\nother_node 0\n',
    );
  });
});
