import { O_RDWR } from '../../../include/fcntl.ts';
import { MAP_ANONYMOUS, MAP_PRIVATE, MAP_SHARED, PROT_READ, PROT_WRITE } from '../../../include/mman.ts';
import { PAGE_SIZE } from '../../../include/param.ts';
import { mapShow } from '../maps.ts';
import { bootTwoNodes, FILE, processOf, readText } from './machine.ts';
import { mapIn } from './map_in.ts';
import { linesOf, recorded } from './recorded.ts';

describe('mapShow', () => {
  test('writes what a real machine wrote', () => {
    const text = recorded('self-maps');
    // The last address has more than 53 bits: it cannot be a number.
    const lines = linesOf(text).filter((line) => !line.startsWith('ffff'));
    expect(lines.map((line) => mapShow(mapIn(line))).join('')).toBe(lines.map((line) => `${line}\n`).join(''));
  });

  test('a name that would begin too early is moved, one that begins too late has one space', () => {
    const map = { start: 0, end: 4096, perms: 'r--p', offset: 2 ** 44, dev: 'fe:00', ino: 10 ** 12, name: '/x' };
    expect(mapShow(map)).toBe(`00000000-00001000 r--p 100000000000 fe:00 1000000000000${' '.repeat(18)}/x\n`);
    const wide = mapShow({ ...map, start: 2 ** 52, end: 2 ** 52 + 4096, offset: 2 ** 52, ino: 10 ** 15 });
    expect(wide).toBe('10000000000000-10000000001000 r--p 10000000000000 fe:00 1000000000000000  /x\n');
  });
});

describe('maps of a process', () => {
  test('name what is known: heap, stack, files, shared memory, the kernel’s own', () => {
    const kernel = bootTwoNodes();
    const { mm } = processOf(kernel, 1);
    const end = Number(kernel.syscall(1, 'brk', 0));
    kernel.syscall(1, 'brk', end + PAGE_SIZE);
    const fd = Number(kernel.syscall(1, 'open', FILE.path, O_RDWR));
    const memfd = Number(kernel.syscall(1, 'memfd_create', 'sky'));
    kernel.syscall(1, 'ftruncate', memfd, PAGE_SIZE);
    for (const [flags, file] of [
      [MAP_PRIVATE | MAP_ANONYMOUS, -1],
      [MAP_SHARED | MAP_ANONYMOUS, -1],
      [MAP_SHARED, fd],
      [MAP_PRIVATE, memfd],
    ]) {
      kernel.syscall(1, 'mmap', 0, PAGE_SIZE, PROT_READ | PROT_WRITE, flags, file, 0);
    }
    const lines = linesOf(readText(kernel, '/proc/1/maps'));
    expect(lines).toHaveLength(mm?.vmas.size ?? 0);
    expect(lines.map((line) => [line.split(' ')[1], line.slice(73)])).toEqual([
      ['r-xp', ''],
      ['r--p', ''],
      ['rw-p', ''],
      ['rw-p', '[heap]'],
      ['rw-p', '/memfd:sky (deleted)'],
      ['rw-s', '/data/f1'],
      ['rw-s', '/dev/zero (deleted)'],
      ['rw-p', ''],
      ['r--p', '[vvar]'],
      ['r-xp', '[vdso]'],
      ['rw-p', '[stack]'],
    ]);
    kernel.syscall(1, 'unlink', FILE.path);
    expect(readText(kernel, '/proc/1/maps')).toContain('/data/f1 (deleted)\n');
  });
});
