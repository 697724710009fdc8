import { EBADF, EEXIST, EINVAL, EISDIR, ENOENT } from '../../include/errno.ts';
import { O_CREAT, O_EXCL, O_RDONLY, O_RDWR } from '../../include/fcntl.ts';
import { SIGBUS } from '../../include/kernel.ts';
import { MAP_PRIVATE, MAP_SHARED, PROT_READ, PROT_WRITE } from '../../include/mman.ts';
import { PMD_SIZE } from '../../include/param.ts';
import { Kernel } from '../../init/kernel.ts';
import { machine } from '../../init/tests/machines.ts';

const RW = PROT_READ | PROT_WRITE;

/** A machine with hugetlbfs on /mnt/huge, and a pool of so many pages. */
function mounted(pages: number): Kernel {
  const kernel = Kernel.boot(machine(8192, 1));
  kernel.writeSysctl('vm.nr_hugepages', pages);
  kernel.syscall(1, 'mkdir', '/mnt');
  kernel.syscall(1, 'mkdir', '/mnt/huge');
  kernel.syscall(1, 'mount', 'none', '/mnt/huge', 'hugetlbfs');
  kernel.syscall(1, 'sigaction', SIGBUS, 'handle');
  return kernel;
}

const open = (kernel: Kernel, flags = O_CREAT | O_RDWR): number =>
  Number(kernel.syscall(1, 'open', '/mnt/huge/pool', flags));

const mmap = (kernel: Kernel, fd: number, pages: number, flags = MAP_SHARED, prot = RW): number =>
  Number(kernel.syscall(1, 'mmap', 0, pages * PMD_SIZE, prot, flags, fd, 0));

/** `nr free resv` */
function told(kernel: Kernel): string {
  kernel.validate();
  const { total, free, rsvd } = kernel.booted.system.huge.hugetlb.report(null);
  return `${total} ${free} ${rsvd}`;
}

describe('a file of huge pages', () => {
  test('is made, found, and no folder; what it lies in is one', () => {
    const kernel = mounted(2);
    expect([open(kernel, O_RDONLY), open(kernel), open(kernel, O_CREAT | O_EXCL)]).toEqual([-ENOENT, 0, -EEXIST]);
    expect(kernel.syscall(1, 'open', '/mnt/huge', O_RDWR)).toBe(-EISDIR);
    expect(kernel.syscall(1, 'getdents64', kernel.syscall(1, 'open', '/mnt/huge', O_RDONLY))).toEqual(['pool']);
    expect(told(kernel)).toBe('2 2 0');
  });

  test('is mapped at a place for huge pages; what is written there stays in it', () => {
    const kernel = mounted(3);
    const fd = open(kernel);
    const addr = mmap(kernel, fd, 2);
    expect([addr % PMD_SIZE, told(kernel)]).toEqual([0, '3 3 2']);
    expect([kernel.store(1, addr + PMD_SIZE + 5, 9), told(kernel)]).toEqual([null, '3 2 1']);
    kernel.syscall(1, 'munmap', addr, 2 * PMD_SIZE);
    expect(told(kernel)).toBe('3 2 1');
    expect(kernel.load(1, mmap(kernel, fd, 2) + PMD_SIZE + 5)).toBe(9);
    expect(kernel.syscall(1, 'lseek', fd, PMD_SIZE + 5, 0)).toBe(PMD_SIZE + 5);
    const buffer = Number(kernel.syscall(1, 'mmap', 0, 4096, RW, MAP_PRIVATE | 0x20, -1, 0));
    expect([kernel.syscall(1, 'read', fd, buffer, 1), kernel.load(1, buffer)]).toEqual([1, 9]);
    expect(kernel.syscall(1, 'write', fd, buffer, 1)).toBe(-EINVAL);
  });

  test('private mappings copy what they write', () => {
    const kernel = mounted(3);
    const fd = open(kernel);
    const shared = mmap(kernel, fd, 1);
    kernel.store(1, shared, 1);
    const own = mmap(kernel, fd, 1, MAP_PRIVATE);
    kernel.store(1, own, 2);
    expect([kernel.load(1, shared), kernel.load(1, own), told(kernel)]).toEqual([1, 2, '3 1 0']);
  });

  test('beyond its end is SIGBUS; it becomes shorter with all mappings', () => {
    const kernel = mounted(3);
    const fd = open(kernel);
    const addr = mmap(kernel, fd, 2);
    kernel.store(1, addr, 1);
    kernel.store(1, addr + PMD_SIZE, 1);
    expect([kernel.syscall(1, 'ftruncate', fd, 4096), kernel.syscall(1, 'ftruncate', fd, PMD_SIZE)]).toEqual([
      -EINVAL,
      0,
    ]);
    expect([told(kernel), kernel.load(1, addr + PMD_SIZE)]).toEqual([
      '3 2 0',
      expect.objectContaining({ signo: SIGBUS }),
    ]);
  });

  test('goes when it has no name, is not open, and nobody maps it', () => {
    const kernel = mounted(2);
    const fd = open(kernel);
    const addr = mmap(kernel, fd, 1);
    kernel.store(1, addr, 1);
    expect([kernel.syscall(1, 'unlink', '/mnt/huge/pool'), told(kernel)]).toEqual([0, '2 1 0']);
    expect([kernel.syscall(1, 'close', fd), told(kernel)]).toEqual([0, '2 1 0']);
    expect([kernel.syscall(1, 'munmap', addr, PMD_SIZE), told(kernel)]).toEqual([0, '2 2 0']);
    expect([kernel.syscall(1, 'unlink', '/mnt/huge/pool'), kernel.syscall(1, 'close', fd)]).toEqual([-ENOENT, -EBADF]);
  });

  test('goes with the tree that it is in', () => {
    const kernel = mounted(2);
    const fd = open(kernel);
    kernel.store(1, mmap(kernel, fd, 1), 1);
    kernel.syscall(1, 'umount2', '/mnt/huge');
    kernel.syscall(1, 'mount', 'none', '/mnt/huge', 'hugetlbfs');
    expect(open(kernel, O_RDONLY)).toBe(-ENOENT);
    expect(told(kernel)).toBe('2 1 0');
  });
});
