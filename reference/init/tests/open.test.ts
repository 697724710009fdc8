/** /proc and /sys by the same system calls as any file. */
import {
  EACCES,
  EBADF,
  EBUSY,
  EEXIST,
  EFAULT,
  EINVAL,
  EIO,
  EISDIR,
  ENODEV,
  ENOENT,
  ENOTDIR,
  ENOTEMPTY,
  EPERM,
  EXDEV,
} from '../../include/errno.ts';
import { O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from '../../include/fcntl.ts';
import { MAP_ANONYMOUS, MAP_PRIVATE, PROT_READ, PROT_WRITE } from '../../include/mman.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import { POLLERR, POLLIN, POLLNVAL, POLLOUT, POLLPRI } from '../../include/poll.ts';
import type { Pid } from '../../include/types.ts';
import { SEEK_END, SEEK_SET } from '../../kernel/syscalls/files.ts';
import { panic } from '../../lib/panic.ts';
import { Kernel } from '../kernel.ts';
import { machine } from './machines.ts';

const RW = PROT_READ | PROT_WRITE;
const FILES = [{ path: '/data/f', size: PAGE_SIZE }];
const DISK = { blocks: 8192, latencyNs: 5_000_000, nsPerBlock: 500_000 };
const SWAP = [{ path: '/dev/vdb', disk: DISK, rotational: false, boot: null }] as const;

/** A process with a buffer of a page, as it makes calls. */
function caller(kernel: Kernel, pid: Pid) {
  const anonymous = (pages: number): number =>
    Number(kernel.syscall(pid, 'mmap', 0, pages * PAGE_SIZE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  const buffer = anonymous(1);
  const open = (path: string, flags = O_RDONLY): number => kernel.syscall(pid, 'open', path, flags);
  return {
    open,
    /** Writes to pages that it has not had. */
    use(pages: number): void {
      const addr = anonymous(pages);
      for (let page = 0; page < pages; page++) kernel.store(pid, addr + page * PAGE_SIZE, 1);
    },
    /** One read(2). */
    read(fd: number, len: number): string | number {
      const got = kernel.syscall(pid, 'read', fd, buffer, len);
      if (got < 0) return got;
      return Array.from({ length: got }, (_, i) => String.fromCharCode(Number(kernel.load(pid, buffer + i)))).join('');
    },
    /** One write(2). */
    write(fd: number, text: string): number {
      for (const [i, letter] of [...text].entries()) kernel.store(pid, buffer + i, letter.charCodeAt(0));
      return kernel.syscall(pid, 'write', fd, buffer, text.length);
    },
  };
}

/** A process of an ordinary user. */
function ordinary(kernel: Kernel): Pid {
  const pid = Number(kernel.syscall(1, 'fork'));
  const process = kernel.rooms.pids.find(pid) ?? panic('no child');
  process.owner.credentials = { uid: 1000, capable: { ipcLock: false, sysRawio: false, sysAdmin: false } };
  return pid;
}

const boot = (): Kernel => Kernel.boot(machine(2048, 2, { files: FILES }));

describe('read(2)', () => {
  test('the text is made at its begin, and goes on as it was, whatever happens meanwhile', () => {
    const kernel = boot();
    const { open, read, use } = caller(kernel, 1);
    const fd = open('/proc/vmstat');
    const first = String(read(fd, 1000));
    use(100);
    const rest = `${read(fd, 4000)}${read(fd, 4000)}`;
    expect(read(fd, 10)).toBe('');
    const other = open('/proc/vmstat');
    const later = `${read(other, 4000)}${read(other, 4000)}`;
    const freePages = (text: string): number => Number(/^nr_free_pages (\d+)$/m.exec(text)?.[1]);
    const faults = (text: string): number => Number(/^pgfault (\d+)$/m.exec(text)?.[1]);
    // What came after the faults is as it was before them.
    expect(freePages(first) - freePages(later)).toBeGreaterThanOrEqual(100);
    expect(faults(later) - faults(first + rest)).toBeGreaterThanOrEqual(100);
    kernel.syscall(1, 'lseek', fd, 0, SEEK_SET);
    expect(faults(`${read(fd, 4000)}${read(fd, 4000)}`)).toBeGreaterThanOrEqual(faults(later));
  });

  test('a process sees itself, a child what its parent has opened', () => {
    const kernel = boot();
    const child = Number(kernel.syscall(1, 'fork'));
    const { open, read } = caller(kernel, child);
    expect(read(open('/proc/self/stat'), 2)).toBe(`${child} `);
    const parent = caller(kernel, 1);
    const fd = parent.open('/proc/self/comm');
    const second = Number(kernel.syscall(1, 'fork'));
    expect(caller(kernel, second).read(fd, 5)).toBe('init\n');
    expect(parent.read(fd, 5)).toBe('');
  });

  test('a file of bytes is read from where one is', () => {
    const kernel = boot();
    const { open, read } = caller(kernel, 1);
    const { mm } = kernel.rooms.pids.find(1) ?? panic('no init');
    const fd = open('/proc/self/pagemap');
    kernel.syscall(1, 'lseek', fd, ((mm?.image?.startCode ?? 0) / PAGE_SIZE) * 8, SEEK_SET);
    expect(String(read(fd, 16))).toHaveLength(16);
  });
});

describe('write(2)', () => {
  test('is one order; what makes no sense is refused', () => {
    const kernel = boot();
    const { open, read, write } = caller(kernel, 1);
    const fd = open('/proc/sys/vm/swappiness', O_RDWR | O_TRUNC | O_CREAT);
    expect([write(fd, '10\n'), write(fd, 'ten\n'), write(fd, '1000\n')]).toEqual([3, -EINVAL, -EINVAL]);
    kernel.syscall(1, 'lseek', fd, 0, SEEK_SET);
    expect([read(fd, 10), kernel.readSysctl('vm.swappiness')]).toEqual(['10\n', 10]);
    const thp = open('/sys/kernel/mm/transparent_hugepage/enabled', O_WRONLY);
    expect([write(thp, 'madvise'), write(thp, 'perhaps')]).toEqual([7, -EINVAL]);
    expect(read(open('/sys/kernel/mm/transparent_hugepage/enabled'), 99)).toBe('always [madvise] never\n');
  });

  test('needs a descriptor that was opened for it, and a buffer', () => {
    const kernel = boot();
    const { open, read, write } = caller(kernel, 1);
    expect(write(open('/proc/sys/vm/swappiness'), '10')).toBe(-EBADF);
    const fd = open('/proc/sys/vm/swappiness', O_WRONLY);
    expect(read(fd, 10)).toBe(-EBADF);
    expect(kernel.syscall(1, 'write', fd, 0, 3)).toBe(-EFAULT);
    // Root may open it, but there is nothing to be written.
    expect(write(open('/proc/meminfo', O_WRONLY), 'x')).toBe(-EIO);
  });
});

describe('open(2)', () => {
  test.each([
    ['/proc/none', O_RDONLY, -ENOENT],
    ['/proc/none', O_WRONLY | O_CREAT, -ENOENT],
    ['/proc/none/none', O_WRONLY | O_CREAT, -ENOENT],
    ['/sys/kernel/none', O_WRONLY | O_CREAT, -EACCES],
    ['/sys/none/none', O_WRONLY | O_CREAT, -ENOENT],
    ['/proc/stat/x', O_RDONLY, -ENOTDIR],
    ['/proc/stat', O_RDONLY | O_CREAT | O_EXCL, -EEXIST],
    ['/proc', O_WRONLY, -EISDIR],
    ['/proc', O_RDONLY | O_CREAT, -EISDIR],
    ['/sys/kernel/mm/transparent_hugepage/hpage_pmd_size', O_WRONLY, -EACCES],
    ['/proccess', O_RDONLY, -ENOENT],
  ])('%s, flags %i: %i', (path, flags, error) => {
    expect(boot().syscall(1, 'open', path, flags)).toBe(error);
  });

  test('what is for root only, others do not get', () => {
    const kernel = boot();
    const { open } = caller(kernel, ordinary(kernel));
    expect([open('/proc/slabinfo'), open('/proc/sys/vm/swappiness', O_RDWR)]).toEqual([-EACCES, -EACCES]);
    expect(open('/proc/meminfo')).toBeGreaterThanOrEqual(0);
  });
});

describe('folders, stat(2) and what such files cannot', () => {
  test('names', () => {
    const kernel = boot();
    const { open, read } = caller(kernel, 1);
    const names = (path: string) => kernel.syscall(1, 'getdents64', open(path));
    expect(names('/proc')).toEqual(expect.arrayContaining(['meminfo', 'self', '1']));
    expect(names('/sys')).toEqual(['devices', 'kernel']);
    expect(names('/')).toEqual(['data', 'proc', 'sys']);
    expect(names('/data')).toEqual(['f']);
    expect([names('/proc/stat'), names('/data/f')]).toEqual([-ENOTDIR, -ENOTDIR]);
    expect([read(open('/proc'), 9), kernel.syscall(1, 'getdents64', 99)]).toEqual([-EISDIR, -EBADF]);
  });

  test('stat', () => {
    const kernel = boot();
    const stat = (path: string) => kernel.syscall(1, 'stat', path);
    expect(stat('/proc/slabinfo')).toEqual({ kind: 'file', mode: 0o400, size: 0 });
    expect(stat('/proc/self')).toEqual({ kind: 'dir', mode: 0o555, size: 0 });
    expect(stat('/data')).toEqual({ kind: 'dir', mode: 0o755, size: 4096 });
    expect(stat('/data/f')).toEqual({ kind: 'file', mode: 0o644, size: PAGE_SIZE });
    expect([stat('/proc/none'), stat('/none')]).toEqual([-ENOENT, -ENOENT]);
    kernel.validate();
  });

  test('they have no end, cannot be mapped, and go to no disk', () => {
    const kernel = boot();
    const fd = caller(kernel, 1).open('/proc/stat');
    expect(kernel.syscall(1, 'lseek', fd, 0, SEEK_END)).toBe(-EINVAL);
    expect(kernel.syscall(1, 'mmap', 0, PAGE_SIZE, PROT_READ, MAP_PRIVATE, fd, 0)).toBe(-ENODEV);
    expect(kernel.syscall(1, 'fsync', fd)).toBe(-EINVAL);
  });
});

describe('mkdir(2), rmdir(2), unlink(2), rename(2)', () => {
  test('names of trees are the kernel’s', () => {
    const kernel = boot();
    expect(kernel.syscall(1, 'mkdir', '/proc/1')).toBe(-EEXIST);
    expect(kernel.syscall(1, 'mkdir', '/proc/none')).toBe(-ENOENT);
    expect(kernel.syscall(1, 'rmdir', '/sys/kernel')).toBe(-EPERM);
    expect(kernel.syscall(1, 'unlink', '/proc/meminfo')).toBe(-EPERM);
    expect(kernel.syscall(1, 'rename', '/proc/meminfo', '/data/g')).toBe(-EXDEV);
    expect(kernel.syscall(1, 'rename', '/data/f', '/sys/f')).toBe(-EXDEV);
  });

  test('names on the disk are whose they are', () => {
    const kernel = boot();
    expect(kernel.syscall(1, 'mkdir', '/data/d')).toBe(0);
    expect(kernel.syscall(1, 'rename', '/data/f', '/data/d/g')).toBe(0);
    expect(kernel.syscall(1, 'rmdir', '/data/d')).toBe(-ENOTEMPTY);
    expect(kernel.syscall(1, 'unlink', '/data/d/g')).toBe(0);
    expect(kernel.syscall(1, 'rmdir', '/data/d')).toBe(0);
    expect(kernel.syscall(1, 'getdents64', Number(kernel.syscall(1, 'open', '/data', O_RDONLY)))).toEqual([]);
    kernel.validate();
  });

  test('a mounted hugetlbfs is a folder of files, and of no folders', () => {
    const kernel = boot();
    kernel.syscall(1, 'mkdir', '/huge');
    expect(kernel.syscall(1, 'mount', 'none', '/huge', 'hugetlbfs')).toBe(0);
    const { open } = caller(kernel, 1);
    expect(open('/huge', O_RDWR)).toBe(-EISDIR);
    open('/huge/a', O_RDWR | O_CREAT);
    expect(kernel.syscall(1, 'getdents64', open('/huge'))).toEqual(['a']);
    expect(kernel.syscall(1, 'stat', '/huge/a')).toEqual({ kind: 'file', mode: 0o644, size: 0 });
    expect(kernel.syscall(1, 'stat', '/huge')).toEqual({ kind: 'dir', mode: 0o755, size: 0 });
    expect([kernel.syscall(1, 'mkdir', '/huge/d'), kernel.syscall(1, 'rmdir', '/huge')]).toEqual([-EPERM, -EBUSY]);
    expect(kernel.syscall(1, 'rmdir', '/huge/a')).toBe(-ENOTDIR);
    kernel.validate();
  });
});

describe('poll(2)', () => {
  const LINE = 'some 150000 1000000\n';
  const swapping = (): Kernel => Kernel.boot(machine(1024, 2, { swap: SWAP }));

  test('a trigger that is written to /proc/pressure comes, once', () => {
    const kernel = swapping();
    const { open, write, use } = caller(kernel, 1);
    const fd = open('/proc/pressure/io', O_RDWR);
    const poll = (): number => kernel.syscall(1, 'poll', fd, POLLPRI);
    expect(poll()).toBe(POLLPRI | POLLERR);
    expect([write(fd, LINE), write(fd, LINE), poll()]).toEqual([LINE.length, -EBUSY, 0]);
    kernel.sleep(2e9);
    use(1200);
    expect([poll(), poll()]).toEqual([POLLPRI, 0]);
  });

  test('it lives as long as anybody has its file open', () => {
    const kernel = swapping();
    const { open, write } = caller(kernel, 1);
    const fd = open('/proc/pressure/memory', O_RDWR);
    write(fd, LINE);
    const child = Number(kernel.syscall(1, 'fork'));
    kernel.syscall(1, 'close', fd);
    expect(kernel.syscall(child, 'poll', fd, POLLPRI)).toBe(0);
  });

  test('who has no rights gets windows of two seconds', () => {
    const kernel = swapping();
    const { open, write } = caller(kernel, ordinary(kernel));
    const fd = open('/proc/pressure/memory', O_RDWR);
    expect([write(fd, LINE), write(fd, 'full 150000 2000000\n')]).toEqual([-EINVAL, 20]);
  });

  test('all other files can always be read and written', () => {
    const kernel = boot();
    const { open } = caller(kernel, 1);
    for (const path of ['/proc/stat', '/data/f']) {
      expect(kernel.syscall(1, 'poll', open(path), POLLIN | POLLPRI)).toBe(POLLIN);
      expect(kernel.syscall(1, 'poll', open(path), POLLOUT)).toBe(POLLOUT);
    }
    expect(kernel.syscall(1, 'poll', 99, POLLIN)).toBe(POLLNVAL);
  });
});
