import { EACCES, EISDIR, ENOENT, ENOTDIR, EPERM } from '../../../starter/include/errno.ts';
import { bytesOf } from '../../lib/latin1.ts';
import { absolute } from '../../tools/path.ts';
import { MachineFiles } from '../files.ts';
import { Keyboard } from './machine.ts';

const { session } = new Keyboard({ '/etc/motd': 'hello\n' });
const files = new MachineFiles(session.kernel, 1, () => '/etc');

describe('absolute', () => {
  test.each([
    ['a', '/b', '/b/a'],
    ['/a//b/./c/', '/x', '/a/b/c'],
    ['../../../a', '/x/y', '/a'],
    ['.', '/', '/'],
  ])('%s in %s is %s', (path, cwd, is) => {
    expect(absolute(path, cwd)).toBe(is);
  });
});

describe('MachineFiles', () => {
  test('reads files of all trees, by paths from the folder on', () => {
    expect(files.read('motd')).toBe('hello\n');
    expect(files.read('../proc/sys/vm/swappiness')).toBe('60\n');
    expect(files.read('/dev/null')).toBe('');
    expect(files.readAt('/etc/motd', 1, 3)).toEqual(bytesOf('ell'));
    expect(files.readAt('/data/zeroes', 2 ** 20 - 2, 10)).toEqual(new Uint8Array(2));
    expect(files.readText('/proc/1/pagemap')).toBeNull();
  });

  test('says why not', () => {
    expect(files.read('')).toBe(-ENOENT);
    expect(files.read('/none')).toBe(-ENOENT);
    expect(files.read('/etc')).toBe(-EISDIR);
    expect(files.read('/proc')).toBe(-EISDIR);
    expect(files.read('/etc/motd/x')).toBe(-ENOTDIR);
    expect(files.write('/sys/kernel/mm/transparent_hugepage/hpage_pmd_size', '1', 'truncate')).toBe(-EACCES);
    expect(files.create('/proc/none', 'truncate')).toBe(-ENOENT);
    expect(files.create('/sys/none', 'truncate')).toBe(-EACCES);
    expect(files.rmdir('/proc/1')).toBe(-EPERM);
  });

  test('a file is made empty, or gone on with', () => {
    expect(files.write('f', 'abc', 'truncate')).toBe(0);
    expect(files.write('f', 'de', 'append')).toBe(0);
    expect(files.writeAt('f', 1, bytesOf('X'))).toBe(0);
    expect(files.read('f')).toBe('aXcde');
    expect(files.rename('f', 'g')).toBe(0);
    expect(files.stat('g')).toEqual({ kind: 'file', mode: 0o644, size: 5 });
    expect(files.write('g', '', 'truncate')).toBe(0);
    expect(files.read('g')).toBe('');
  });

  test('the root holds what is on disk and what is mounted', () => {
    expect(files.list('/')).toEqual(expect.arrayContaining(['bin', 'data', 'dev', 'etc', 'proc', 'sys']));
    expect(files.list('/etc/motd')).toBe(-ENOTDIR);
    expect(files.stat('/proc')).toEqual({ kind: 'dir', mode: 0o555, size: 0 });
  });

  test('a process that has ended sees nothing', () => {
    expect(new MachineFiles(session.kernel, 999, () => '/').read('/etc/motd')).toBeLessThan(0);
  });

  test('copying takes time', () => {
    const { clock } = session.kernel.rooms;
    const before = clock.now;
    files.readAt('/data/zeroes', 0, 2 ** 16);
    const cold = clock.now - before;
    files.readAt('/data/zeroes', 0, 2 ** 16);
    expect(clock.now - before - cold).toBe(200 + 16 * 400);
    expect(cold).toBeGreaterThan(100_000);
  });

  test('what the kernel tells of itself takes none', () => {
    const { clock } = session.kernel.rooms;
    const before = clock.now;
    for (const path of ['/proc/meminfo', '/proc/1/pagemap']) files.read(path);
    files.list('/proc');
    expect(clock.now).toBe(before);
  });
});

describe('a mounted hugetlbfs', () => {
  const machine = new Keyboard();
  const all = (line: string): string => {
    const { out, err, status } = machine.type(line);
    return `${out}${err}(${status})`;
  };
  machine.type(
    'echo 3 > /proc/sys/vm/nr_hugepages; mkdir /mnt/huge; touch /mnt/huge/below; mount -t hugetlbfs none /mnt/huge',
  );

  test('hides what its folder held, and has names of its own', () => {
    expect(all('ls /mnt/huge; touch /mnt/huge/a; ls -l /mnt/huge')).toBe(
      'total 0\n-rw-r--r-- 1 root root 0 Jan  1 00:00 a\n(0)',
    );
    expect(all('ls /mnt/huge/none')).toBe("ls: cannot access '/mnt/huge/none': No such file or directory\n(2)");
    expect(all('mkdir /mnt/huge/a')).toBe("mkdir: cannot create directory '/mnt/huge/a': File exists\n(1)");
    expect(all('rmdir /mnt/huge/a')).toBe("rmdir: failed to remove '/mnt/huge/a': Not a directory\n(1)");
    expect(all('rmdir /mnt/huge')).toBe("rmdir: failed to remove '/mnt/huge': Device or resource busy\n(1)");
    machine.session.kernel.validate();
  });

  test('a file is mapped and read, not written', () => {
    expect(all("scenario -c 'a = map /mnt/huge/b 4M shared; touch a 0'; ls -l /mnt/huge/b | cut -d' ' -f5")).toBe(
      '4194304\n(0)',
    );
    expect(all('grep HugePages_Free /proc/meminfo; head -c 2 /mnt/huge/b | wc -c')).toBe(
      'HugePages_Free:        2\n2\n(0)',
    );
    expect(all('echo x > /mnt/huge/a')).toBe('bash: echo: write error: Invalid argument\n(1)');
    expect(all('mv /mnt/huge/b /tmp')).toContain('Operation not permitted');
  });

  test('without a name its pages go back; unmounted, the folder is what it was', () => {
    expect(all('rm /mnt/huge/b; ls /mnt/huge; grep HugePages_Free /proc/meminfo')).toBe(
      'a\nHugePages_Free:        3\n(0)',
    );
    expect(all('umount /mnt/huge; ls /mnt/huge')).toBe('below\n(0)');
    machine.session.kernel.validate();
  });
});
