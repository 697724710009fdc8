import { EACCES, EINVAL, EIO } from '../../../include/errno.ts';
import { O_RDWR } from '../../../include/fcntl.ts';
import { exportTree } from '../../../init/export_tree.ts';
import { ProcFs } from '../proc_fs.ts';
import { anonymous, bootTwoNodes, FILE, ordinaryUser, processOf, readText } from './machine.ts';
import { linesOf } from './recorded.ts';

describe('/proc', () => {
  const kernel = bootTwoNodes();
  const root = processOf(kernel, 1);
  const proc = new ProcFs(kernel);

  test('what is not for everybody: where kernel memory lies', () => {
    const user = ordinaryUser(kernel);
    for (const name of ['slabinfo', 'pagetypeinfo']) expect(proc.read(`/proc/${name}`, user)).toBe(-EACCES);
    expect(proc.read('/proc/meminfo', user)).toEqual(expect.any(String));
    kernel.syscall(user.pid, 'exit', 0);
  });

  test('nothing can be written to it', () => {
    expect(proc.write('/proc/meminfo', '1', root)).toBe(-EIO);
  });

  test('buddyinfo and pagetypeinfo go by node; pressure is none', () => {
    const zones = linesOf(readText(kernel, '/proc/buddyinfo')).map((line) => line.slice(0, 23));
    expect(zones).toEqual(
      ['Node 0, zone      DMA  ', 'Node 0, zone    DMA32  ', 'Node 1, zone   Normal  '].map((z) => z.slice(0, 23)),
    );
    expect(readText(kernel, '/proc/pagetypeinfo').split('Page block order: 9\n')).toHaveLength(3);
    expect(readText(kernel, '/proc/pressure/memory')).toBe(
      'some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n',
    );
  });

  test('a trigger must make sense, and an ordinary user may not look too often', () => {
    const user = ordinaryUser(kernel);
    const write = (line: string, who = root): number => proc.write('/proc/pressure/memory', line, who);
    expect(write('some 150000 1000000\n')).toBe(0);
    expect(write('some 150000 1000000\n', user)).toBe(-EINVAL);
    expect(write('full 150000 2000000\n', user)).toBe(0);
    expect(write('memory.pressure some 10 1000\n')).toBe(-EINVAL);
    kernel.syscall(user.pid, 'exit', 0);
  });

  test('swaps, cpuinfo, mounts, version', () => {
    expect(linesOf(readText(kernel, '/proc/swaps'))[1]).toBe(`/dev/vdb${' '.repeat(32)}partition\t16380\t\t0\t\t-2`);
    expect(linesOf(readText(kernel, '/proc/cpuinfo')).filter((line) => line.startsWith('processor'))).toEqual([
      'processor\t: 0',
      'processor\t: 1',
    ]);
    expect(linesOf(readText(kernel, '/proc/mounts'))[0]).toBe('/dev/vda / ext4 rw,relatime 0 0');
    expect(readText(kernel, '/proc/version')).toMatch(/^Linux version 6\.18\.0-osgrade /);
  });
});

describe('time, load and disks', () => {
  test('follow the virtual clock, the forks and the requests', () => {
    const kernel = bootTwoNodes();
    const now = kernel.booted.clock.now;
    kernel.sleep(12.345e9 - now);
    expect(readText(kernel, '/proc/uptime')).toBe('12.34 24.69\n');
    expect(readText(kernel, '/proc/loadavg')).toMatch(/^0\.00 0\.00 0\.00 \d\/1 1\n$/);
    const child = Number(kernel.syscall(1, 'fork'));
    const buffer = anonymous(kernel, child, 1);
    const fd = Number(kernel.syscall(child, 'open', FILE.path, O_RDWR));
    for (let page = 0; page < 8; page++) kernel.syscall(child, 'pwrite64', fd, buffer, 4096, page * 4096);
    kernel.syscall(child, 'fsync', fd);
    expect(readText(kernel, '/proc/loadavg')).toMatch(/^0\.00 0\.00 0\.00 \d\/2 2\n$/);
    expect(readText(kernel, '/proc/stat')).toMatch(/^processes 2$/m);
    expect(linesOf(readText(kernel, '/proc/diskstats'))).toEqual([
      expect.stringMatching(/^ 254 {7}0 vda 0 0 0 0 \d+ 0 64 \d+ 0 (\d+) \1 0 0 0 0 0 0$/),
      ' 254      16 vdb 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0',
    ]);
  });
});

describe('exportTree', () => {
  test('holds every text once, in order; what cannot be read is left out', () => {
    const kernel = bootTwoNodes();
    kernel.syscall(1, 'fork');
    const files = exportTree(kernel);
    const paths = files.map(([path]) => path);
    expect(paths).toEqual([...new Set(paths)].sort());
    for (const path of ['proc/meminfo', 'proc/2/smaps', 'proc/mounts', 'sys/devices/system/node/node1/meminfo']) {
      expect(paths).toContain(path);
    }
    expect(paths.filter((path) => /self|pagemap$|drop_caches|compact_memory/.test(path))).toEqual([]);
    expect(files.filter(([, text]) => text !== '' && !/[\n\0]$/.test(text))).toEqual([]);
    kernel.validate();
  });
});
