import { EACCES, EINVAL, ENOENT, ESRCH } from '../../../include/errno.ts';
import { MADV_PAGEOUT } from '../../../include/mman.ts';
import { PAGE_SIZE } from '../../../include/param.ts';
import { ProcFs } from '../proc_fs.ts';
import { anonymous, bootTwoNodes, ordinaryUser, processOf } from './machine.ts';

function booted() {
  const kernel = bootTwoNodes();
  return { kernel, proc: new ProcFs(kernel), root: processOf(kernel, 1), user: ordinaryUser(kernel) };
}

describe('the folder of a process', () => {
  test('is there while the process is; self is that of whoever asks', () => {
    const { kernel, proc, root, user } = booted();
    expect(proc.list('/proc/self', user)).toEqual(proc.list('/proc/2', root));
    expect(proc.read('/proc/self/comm', user)).toBe('init\n');
    expect(proc.list('/proc', root)).toEqual(expect.arrayContaining(['meminfo', 'self', '1', '2']));
    kernel.syscall(2, 'exit', 0);
    expect(proc.list('/proc/2', root)).toBe(-ENOENT);
    expect(proc.read('/proc/02/comm', root)).toBe(-ENOENT);
  });

  test('the first process is not for ordinary users to look into; theirs is', () => {
    const { proc, user } = booted();
    for (const name of ['maps', 'smaps', 'smaps_rollup', 'numa_maps', 'io']) {
      expect([name, proc.read(`/proc/1/${name}`, user)]).toEqual([name, -EACCES]);
      expect(proc.read(`/proc/2/${name}`, user)).toEqual(expect.stringMatching(/\n$/));
    }
    for (const name of ['status', 'stat', 'statm', 'comm', 'cmdline', 'limits', 'oom_score', 'oom_score_adj']) {
      expect(proc.read(`/proc/1/${name}`, user)).toEqual(expect.any(String));
    }
    expect(proc.read('/proc/1/stat', user)).toMatch(/ 18446744073709551615 0 0 0 /);
  });

  test('nothing can be written to most files', () => {
    const { proc, root, user } = booted();
    expect([proc.write('/proc/2/maps', 'x', root), proc.write('/proc/2/maps', 'x', user)]).toEqual([-EINVAL, -EACCES]);
  });

  test('of one that has ended has no sum of mappings', () => {
    const { kernel, proc, root } = booted();
    const child = Number(kernel.syscall(2, 'fork'));
    kernel.syscall(child, 'exit', 0);
    expect(proc.read(`/proc/${child}/smaps_rollup`, root)).toBe(-ESRCH);
    expect(proc.read(`/proc/${child}/cmdline`, root)).toBe('');
    expect(proc.read(`/proc/${child}/oom_score`, root)).toBe('0\n');
  });
});

describe('cmdline', () => {
  const PROGRAM = { comm: 'cat', text: 4096, rodata: 0, data: 0, bss: 0 };

  test('is what a program was called by, for its children too', () => {
    const { kernel, proc, root } = booted();
    kernel.syscall(2, 'execve', { ...PROGRAM, args: ['/bin/cat', '', 'a b'] });
    expect(proc.read('/proc/2/cmdline', root)).toBe('/bin/cat\0\0a b\0');
    expect(proc.read(`/proc/${kernel.syscall(2, 'fork')}/cmdline`, root)).toBe('/bin/cat\0\0a b\0');
    kernel.syscall(2, 'execve', PROGRAM);
    expect(proc.read('/proc/2/cmdline', root)).toBe('cat\0');
  });
});

describe('comm', () => {
  test('a process names itself, in 15 letters', () => {
    const { proc, root, user } = booted();
    expect(proc.write('/proc/self/comm', 'a-very-long-name-indeed\n', user)).toBe(0);
    expect(proc.read('/proc/2/comm', root)).toBe('a-very-long-nam\n');
    expect(proc.read('/proc/2/cmdline', root)).toBe('init\0');
    expect(proc.write('/proc/2/comm', 'x', root)).toBe(-EINVAL);
  });
});

describe('oom_score_adj', () => {
  test('moves the score; only root makes a process less likely to be chosen', () => {
    const { proc, root, user } = booted();
    expect(proc.read('/proc/1/oom_score', root)).toBe('0\n');
    expect(proc.read('/proc/2/oom_score', user)).toBe('666\n');
    expect(proc.write('/proc/2/oom_score_adj', '500\n', user)).toBe(0);
    expect(proc.read('/proc/2/oom_score', user)).toBe('992\n');
    expect(proc.write('/proc/2/oom_score_adj', '0', user)).toBe(0);
    expect(proc.write('/proc/2/oom_score_adj', '-1', user)).toBe(-EACCES);
    expect([proc.write('/proc/2/oom_score_adj', '1001', root), proc.write('/proc/2/oom_score_adj', '', root)]).toEqual([
      -EINVAL,
      -EINVAL,
    ]);
    expect(proc.write('/proc/2/oom_score_adj', '-1000', root)).toBe(0);
    expect([proc.read('/proc/2/oom_score', root), proc.read('/proc/2/oom_adj', root)]).toEqual(['0\n', '-17\n']);
    expect(proc.write('/proc/1/oom_score_adj', '5', user)).toBe(-EACCES);
  });
});

describe('pagemap', () => {
  const entryAt = (bytes: Uint8Array | number): bigint => {
    if (typeof bytes === 'number') throw new Error(`${bytes}`);
    return new DataView(bytes.buffer).getBigUint64(0, true);
  };

  test('has eight bytes for each page; frames and slots are for root', () => {
    const { kernel, proc, root, user } = booted();
    const start = anonymous(kernel, 2, 3, 2);
    const at = (start / PAGE_SIZE) * 8;
    const read = (who: typeof root, page: number): bigint =>
      entryAt(proc.readAt('/proc/2/pagemap', who, at + page * 8, 8));
    expect(read(user, 0)).toBe((1n << 63n) | (1n << 56n));
    expect(read(root, 0) & ((1n << 55n) - 1n)).toBeGreaterThan(0n);
    expect(read(root, 2)).toBe(0n);
    kernel.syscall(2, 'madvise', start, PAGE_SIZE, MADV_PAGEOUT);
    kernel.sleep(1e9);
    expect(read(user, 0)).toBe(1n << 62n);
    expect(read(root, 0)).toBe((1n << 62n) | (512n << 5n));
    expect(proc.readAt('/proc/2/pagemap', user, at, 16)).toHaveLength(16);
  });

  test('is read by whole entries; it is no text', () => {
    const { proc, root, user } = booted();
    expect(proc.readAt('/proc/1/pagemap', root, 1, 8)).toBe(-EINVAL);
    expect(proc.readAt('/proc/1/pagemap', root, 0, 7)).toBe(-EINVAL);
    expect(proc.readAt('/proc/1/pagemap', user, 0, 8)).toBe(-EACCES);
    expect(proc.read('/proc/1/pagemap', root)).toBe(-EINVAL);
    expect(proc.readAt('/proc/1/pagemap', root, 2 ** 40, 8)).toHaveLength(0);
  });
});
