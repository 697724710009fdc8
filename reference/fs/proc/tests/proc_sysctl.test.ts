import { EACCES, EINVAL, ENOENT, EPERM } from '../../../include/errno.ts';
import { ROOT } from '../../../include/kernel.ts';
import { ProcFs } from '../proc_fs.ts';
import { procGetLongs } from '../proc_sysctl.ts';
import { bootTwoNodes, ordinaryUser, processOf } from './machine.ts';

describe('procGetLongs', () => {
  test.each([
    ['10\n', 1, [10]],
    ['  -7', 1, [-7]],
    ['0x1F 010', 2, [31, 8]],
    ['1\t2 3\n4', 3, [1, 2, 3]],
    ['5 nonsense', 1, [5]],
  ])('%j, %i at most: %j', (text, most, numbers) => {
    expect(procGetLongs(text, most)).toEqual(numbers);
  });

  test.each(['', '\n', 'ten', '10k', '1.5', '+1', '0x', '09', '- 1', '1,2'])('%j is none', (text) => {
    expect(procGetLongs(text, 2)).toBe(-EINVAL);
  });
});

function booted() {
  const kernel = bootTwoNodes();
  const proc = new ProcFs(kernel);
  const root = processOf(kernel, 1);
  return {
    ...{ kernel, proc, root },
    read: (name: string) => proc.read(`/proc/sys/${name}`, root),
    write: (name: string, text: string) => proc.write(`/proc/sys/${name}`, text, root),
  };
}

describe('/proc/sys', () => {
  test.each([
    ['vm/swappiness', '60\n', '200', '201'],
    ['vm/dirty_ratio', '20\n', '100', '101'],
    ['vm/dirty_background_ratio', '10\n', '0', '-1'],
    ['vm/dirty_bytes', '0\n', '8192', '8191'],
    ['vm/dirty_background_bytes', '0\n', '1', '0'],
    ['vm/dirty_expire_centisecs', '3000\n', '0', '-1'],
    ['vm/dirty_writeback_centisecs', '500\n', '0', 'no'],
    ['vm/vfs_cache_pressure', '100\n', '0', '-1'],
    ['vm/page-cluster', '3\n', '0', '32'],
    ['vm/watermark_scale_factor', '10\n', '3000', '3001'],
    ['vm/watermark_boost_factor', '15000\n', '0', '-1'],
    ['vm/zone_reclaim_mode', '0\n', '7', '-1'],
    ['vm/min_unmapped_ratio', '1\n', '100', '101'],
    ['vm/min_slab_ratio', '5\n', '100', '101'],
    ['vm/overcommit_memory', '0\n', '2', '3'],
    ['vm/overcommit_ratio', '50\n', '200', '-1'],
    ['vm/max_map_count', '65530\n', '10', '-1'],
    ['vm/percpu_pagelist_high_fraction', '0\n', '8', '7'],
    ['vm/nr_hugepages', '0\n', '2', '-1'],
    ['vm/nr_overcommit_hugepages', '0\n', '2', '-1'],
    ['kernel/randomize_va_space', '2\n', '0', '-1'],
  ])('%s is %j; takes %s, not %s', (name, first, good, bad) => {
    const { read, write } = booted();
    expect(read(name)).toBe(first);
    expect(write(name, `${good}\n`)).toBe(0);
    expect(read(name)).toBe(`${good}\n`);
    expect(write(name, `${bad}\n`)).toBe(-EINVAL);
    expect(read(name)).toBe(`${good}\n`);
  });

  test('a ratio and its bytes exclude each other', () => {
    const { read, write } = booted();
    write('vm/dirty_bytes', '1048576');
    expect([read('vm/dirty_ratio'), read('vm/dirty_bytes')]).toEqual(['0\n', '1048576\n']);
    write('vm/dirty_ratio', '30');
    expect([read('vm/dirty_ratio'), read('vm/dirty_bytes')]).toEqual(['30\n', '0\n']);
  });

  test('min_free_kbytes moves the watermarks', () => {
    const { kernel, write } = booted();
    const min = (): number[] => kernel.booted.pages.zones.all.map(({ watermarks }) => watermarks.min);
    expect(min()).toEqual([63, 63, 127]);
    expect(write('vm/min_free_kbytes', '4096')).toBe(0);
    expect(min()).toEqual([255, 256, 512]);
  });

  test('lowmem_reserve_ratio has a number for each zone; those that are not written stay', () => {
    const { kernel, read, write } = booted();
    expect(read('vm/lowmem_reserve_ratio')).toBe('256\t256\t32\t0\t0\n');
    expect(write('vm/lowmem_reserve_ratio', '128 64')).toBe(0);
    expect(read('vm/lowmem_reserve_ratio')).toBe('128\t64\t32\t0\t0\n');
    expect(kernel.booted.pages.zones.all[0]?.lowmemReserve).toEqual([0, 32, 32, 32]);
    expect(write('vm/lowmem_reserve_ratio', '-1')).toBe(0);
    expect(read('vm/lowmem_reserve_ratio')).toBe('0\t64\t32\t0\t0\n');
    expect(write('vm/lowmem_reserve_ratio', 'a')).toBe(-EINVAL);
  });

  test('what only does something cannot be read', () => {
    const { kernel, read, write } = booted();
    for (const name of ['vm/drop_caches', 'vm/compact_memory']) {
      expect(read(name)).toBe(-EACCES);
      expect([write(name, '0'), write(name, '5')]).toEqual([-EINVAL, -EINVAL]);
      expect(write(name, '1\n')).toBe(0);
    }
    expect(kernel.booted.system.vmstat.events.drop_pagecache).toBe(1);
    expect(kernel.booted.pages.zones.nrPcpPages).toBe(0);
  });

  test('there is one order of zones', () => {
    const { read, write } = booted();
    expect(read('vm/numa_zonelist_order')).toBe('Node\n');
    expect(['Default', 'node', 'zone'].map((order) => write('vm/numa_zonelist_order', order))).toEqual([0, 0, -EINVAL]);
  });

  test('only root writes; the lowest address needs CAP_SYS_RAWIO too', () => {
    const { kernel, proc, root } = booted();
    const user = ordinaryUser(kernel);
    expect(proc.read('/proc/sys/vm/swappiness', user)).toBe('60\n');
    expect(proc.write('/proc/sys/vm/swappiness', '1', user)).toBe(-EACCES);
    expect(proc.write('/proc/sys/kernel/osrelease', '1', root)).toBe(-EACCES);
    expect(proc.write('/proc/sys/vm/mmap_min_addr', '4096', root)).toBe(0);
    root.owner.credentials = { ...ROOT, capable: { ...ROOT.capable, sysRawio: false } };
    expect(proc.write('/proc/sys/vm/mmap_min_addr', '0', root)).toBe(-EPERM);
  });

  test('other names are not there', () => {
    const { read, proc, root } = booted();
    expect(read('vm/none')).toBe(-ENOENT);
    expect(proc.list('/proc/sys', root)).toEqual(['kernel', 'vm']);
  });
});
