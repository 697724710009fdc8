import { EACCES, EISDIR, ENOENT, ENOTDIR, EPERM } from '../../../starter/include/errno.ts';
import { absolute, bytesOf, MachineFiles, textOf } from '../files.ts';
import { Keyboard } from './machine.ts';

const { session } = new Keyboard({ '/etc/motd': 'hello\n' });
const files = new MachineFiles(session.system, 1, () => '/etc');

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

test('bytes become letters and bytes again, zeroes and others', () => {
  const bytes = Uint8Array.from({ length: 20_000 }, (_, i) => i % 256);
  expect(bytesOf(textOf(bytes))).toEqual(bytes);
  expect(textOf(new Uint8Array(8))).toBe('\0'.repeat(8));
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
    expect(files.names('/proc/1', 'rmdir', EPERM)).toBe(-EPERM);
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
    expect(new MachineFiles(session.system, 999, () => '/').read('/etc/motd')).toBeLessThan(0);
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
});
