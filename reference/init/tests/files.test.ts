import { EBADF, EFAULT, EINVAL, ENOENT } from '../../include/errno.ts';
import { O_CREAT, O_RDONLY, O_RDWR } from '../../include/fcntl.ts';
import { BUS_ADRERR, SIGBUS } from '../../include/kernel.ts';
import {
  MADV_PAGEOUT,
  MAP_ANONYMOUS,
  MAP_PRIVATE,
  MAP_SHARED,
  MS_SYNC,
  PROT_READ,
  PROT_WRITE,
} from '../../include/mman.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import { Kernel } from '../kernel.ts';
import { machine } from './machines.ts';

const RW = PROT_READ | PROT_WRITE;
const SWAP = [
  {
    path: '/dev/vdb',
    disk: { blocks: 256, latencyNs: 1000, nsPerBlock: 100 },
    rotational: false,
    boot: 'off' as const,
  },
];

/** With a file of two pages, and a page of memory to read to and write from. */
function withFile() {
  const kernel = Kernel.boot(machine(4096, 2, { files: [{ path: '/data/f1', size: 2 * PAGE_SIZE }], swap: SWAP }));
  const buffer = Number(kernel.syscall(1, 'mmap', 0, PAGE_SIZE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  const fd = Number(kernel.syscall(1, 'open', '/data/f1', O_RDWR));
  return { kernel, buffer, fd };
}

describe('files', () => {
  test('what is written is read, by this descriptor and by another, from where it stands', () => {
    const { kernel, buffer, fd } = withFile();
    kernel.store(1, buffer, 65);
    expect(kernel.syscall(1, 'pwrite64', fd, buffer, 1, PAGE_SIZE - 1)).toBe(1);
    const other = Number(kernel.syscall(1, 'open', '/data/f1', O_RDONLY));
    expect(kernel.syscall(1, 'lseek', other, PAGE_SIZE - 2, 0)).toBe(PAGE_SIZE - 2);
    expect(kernel.syscall(1, 'read', other, buffer, 2)).toBe(2);
    expect([kernel.load(1, buffer), kernel.load(1, buffer + 1)]).toEqual([0, 65]);
    expect(kernel.syscall(1, 'write', other, buffer, 1)).toBe(-EBADF);
    expect(kernel.syscall(1, 'read', fd, 4096, 1)).toBe(-EFAULT);
    kernel.validate();
  });

  test('a shared mapping and read see the same page; it is on disk after msync', () => {
    const { kernel, buffer, fd } = withFile();
    const map = Number(kernel.syscall(1, 'mmap', 0, 2 * PAGE_SIZE, RW, MAP_SHARED, fd, 0));
    kernel.store(1, map + 7, 9);
    expect(kernel.syscall(1, 'pread64', fd, buffer, 1, 7)).toBe(1);
    expect(kernel.load(1, buffer)).toBe(9);
    const { counts } = kernel.files.fs.disk.device;
    expect(counts.writes).toBe(0);
    expect(kernel.syscall(1, 'msync', map, 2 * PAGE_SIZE, MS_SYNC)).toBe(0);
    expect(counts.blocksWritten).toBe(1);
    expect(kernel.syscall(1, 'fsync', fd)).toBe(0);
    expect(counts.blocksWritten).toBe(1);
    kernel.validate();
  });

  test('a page that ftruncate took is SIGBUS', () => {
    const { kernel, fd } = withFile();
    kernel.syscall(1, 'sigaction', SIGBUS, 'handle');
    const map = Number(kernel.syscall(1, 'mmap', 0, 2 * PAGE_SIZE, RW, MAP_SHARED, fd, 0));
    expect(kernel.load(1, map + PAGE_SIZE)).toBe(0);
    expect(kernel.syscall(1, 'ftruncate', fd, PAGE_SIZE)).toBe(0);
    const addr = map + PAGE_SIZE;
    expect(kernel.load(1, addr)).toEqual({ signo: SIGBUS, code: BUS_ADRERR, addr });
    kernel.validate();
  });

  test('a child shares descriptors and their places; a file without a name lives while it is open', () => {
    const { kernel, buffer } = withFile();
    const fd = Number(kernel.syscall(1, 'open', '/new', O_CREAT | O_RDWR));
    kernel.store(1, buffer, 1);
    expect(kernel.syscall(1, 'write', fd, buffer, 100)).toBe(100);
    const child = Number(kernel.syscall(1, 'fork'));
    kernel.syscall(child, 'lseek', fd, 0, 0);
    expect(kernel.syscall(1, 'unlink', '/new')).toBe(0);
    expect(kernel.syscall(1, 'read', fd, buffer, 200)).toBe(100);
    expect(kernel.syscall(1, 'open', '/new', O_RDONLY)).toBe(-ENOENT);
    kernel.syscall(1, 'close', fd);
    kernel.syscall(child, 'exit', 0);
    kernel.validate();
  });

  test('what is not dirty goes with drop_caches', () => {
    const { kernel, buffer, fd } = withFile();
    kernel.syscall(1, 'pread64', fd, buffer, PAGE_SIZE, 0);
    const cached = (): number => kernel.booted.system.vmstat.globalNode('nr_file_pages');
    expect(cached()).toBeGreaterThan(0);
    expect(kernel.writeSysctl('vm.drop_caches', 5)).toBe(-EINVAL);
    expect(kernel.writeSysctl('vm.drop_caches', 1)).toBe(0);
    expect(cached()).toBe(0);
    expect(kernel.rooms.log.lines.map(({ text }) => text)).toEqual(['init (1): drop_caches: 1']);
  });
});

describe('memfd', () => {
  test('grows with what is written, can be mapped, and lives until the last mapping goes', () => {
    const { kernel, buffer } = withFile();
    const fd = Number(kernel.syscall(1, 'memfd_create', 'm'));
    kernel.store(1, buffer, 5);
    expect(kernel.syscall(1, 'write', fd, buffer, PAGE_SIZE)).toBe(PAGE_SIZE);
    expect(kernel.syscall(1, 'pwrite64', fd, buffer, 1, 2 * PAGE_SIZE)).toBe(1);
    const map = Number(kernel.syscall(1, 'mmap', 0, 3 * PAGE_SIZE, RW, MAP_SHARED, fd, 0));
    const pages = (): number => kernel.booted.system.vmstat.globalNode('nr_shmem');
    expect([kernel.load(1, map), kernel.load(1, map + 2 * PAGE_SIZE), pages()]).toEqual([5, 5, 2]);
    kernel.syscall(1, 'close', fd);
    kernel.validate();
    expect(pages()).toBe(2);
    kernel.syscall(1, 'munmap', map, 3 * PAGE_SIZE);
    expect(pages()).toBe(0);
    kernel.validate();
  });

  test('ftruncate cuts to the byte, also what is mapped', () => {
    const { kernel, buffer } = withFile();
    const fd = Number(kernel.syscall(1, 'memfd_create', 'm'));
    kernel.store(1, buffer, 5);
    kernel.store(1, buffer + 1, 6);
    kernel.syscall(1, 'write', fd, buffer, 2 * PAGE_SIZE);
    expect(kernel.syscall(1, 'ftruncate', fd, 1)).toBe(0);
    expect(kernel.syscall(1, 'ftruncate', fd, PAGE_SIZE)).toBe(0);
    expect(kernel.syscall(1, 'pread64', fd, buffer, 10, 0)).toBe(10);
    expect([kernel.load(1, buffer), kernel.load(1, buffer + 1)]).toEqual([5, 0]);
    kernel.validate();
  });
});

describe('swap', () => {
  test('pages go out and come back; swapoff brings all of them back', () => {
    const { kernel, buffer } = withFile();
    expect(kernel.syscall(1, 'swapon', '/dev/nothing', null)).toBe(-ENOENT);
    expect(kernel.syscall(1, 'swapon', '/dev/vdb', null)).toBe(0);
    kernel.store(1, buffer, 77);
    expect(kernel.syscall(1, 'madvise', buffer, PAGE_SIZE, MADV_PAGEOUT)).toBe(0);
    kernel.sleep(1e9);
    kernel.validate();
    const { events } = kernel.booted.system.vmstat;
    expect(events.pswpout).toBe(1);
    expect(kernel.load(1, buffer)).toBe(77);
    kernel.syscall(1, 'madvise', buffer, PAGE_SIZE, MADV_PAGEOUT);
    kernel.sleep(1e9);
    expect(kernel.syscall(1, 'swapoff', '/dev/vdb')).toBe(0);
    expect(kernel.booted.swapCache.swap.totalSwapPages).toBe(0);
    expect(kernel.load(1, buffer)).toBe(77);
    kernel.validate();
  });
});
