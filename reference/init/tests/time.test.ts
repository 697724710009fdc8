/** What runs beside processes that never sleep: time passes with what they do. */
import { O_RDWR } from '../../include/fcntl.ts';
import { MAP_ANONYMOUS, MAP_PRIVATE, PROT_READ, PROT_WRITE } from '../../include/mman.ts';
import { PAGE_FAULT_NS, PAGE_SIZE, SYSTEM_CALL_NS } from '../../include/param.ts';
import { Kernel } from '../kernel.ts';
import { machine } from './machines.ts';

const RW = PROT_READ | PROT_WRITE;
const DISK = { blocks: 2 ** 14, latencyNs: 20_000, nsPerBlock: 2_000 };

const anonymous = (kernel: Kernel, pages: number): number =>
  Number(kernel.syscall(1, 'mmap', 0, pages * PAGE_SIZE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

describe('the clock', () => {
  test('goes on with each system call and each fault, not with what the TLB answers', () => {
    const kernel = Kernel.boot(machine(2048));
    const { clock } = kernel.booted;
    const before = clock.now;
    const addr = anonymous(kernel, 1);
    expect(clock.now - before).toBe(SYSTEM_CALL_NS);
    for (const value of [1, 2, 3]) kernel.store(1, addr, value);
    expect(clock.now - before).toBe(SYSTEM_CALL_NS + PAGE_FAULT_NS);
  });
});

describe('kswapd', () => {
  test('frees memory while a process does nothing but write to it', () => {
    const swap = { path: '/dev/vdb', disk: DISK, rotational: false, boot: null };
    const kernel = Kernel.boot(machine(4096, 1, { swap: [swap] }));
    const addr = anonymous(kernel, 6000);
    for (let page = 0; page < 6000; page++) kernel.store(1, addr + page * PAGE_SIZE, 1 + (page % 255));
    const { events } = kernel.booted.system.vmstat;
    expect(events.pgsteal_kswapd).toBeGreaterThan(events.pgsteal_direct);
    kernel.validate();
  });
});

describe('dirty_writeback_centisecs', () => {
  test('set again after it was 0: what has been dirty for long is written', () => {
    const files = [{ path: '/f', size: PAGE_SIZE }];
    const kernel = Kernel.boot(machine(2048, 1, { files, sysctls: { 'vm.dirty_writeback_centisecs': 0 } }));
    const fd = Number(kernel.syscall(1, 'open', '/f', O_RDWR));
    const buffer = anonymous(kernel, 1);
    kernel.store(1, buffer, 1);
    kernel.syscall(1, 'write', fd, buffer, PAGE_SIZE);
    kernel.sleep(100e9);
    const { vmstat } = kernel.booted.system;
    expect(vmstat.globalNode('nr_dirty')).toBe(1);
    kernel.writeSysctl('vm.dirty_writeback_centisecs', 500);
    kernel.sleep(10e9);
    expect(vmstat.globalNode('nr_dirty')).toBe(0);
    kernel.validate();
  });
});

describe('processor time', () => {
  test('a program computes while others do what they do; its parent keeps its times', () => {
    const kernel = Kernel.boot(machine(2048));
    const addr = anonymous(kernel, 1);
    const child = Number(kernel.syscall(1, 'fork'));
    const process = kernel.rooms.pids.find(child);
    let doneAt = 0;
    const start = kernel.booted.clock.now;
    kernel.compute(child, 50e6, () => {
      doneAt = kernel.booted.clock.now;
    });
    kernel.syscall(1, 'getpid');
    kernel.sleep(1e9);
    expect(doneAt - start).toBe(50e6);
    kernel.syscall(child, 'getpid');
    kernel.store(child, addr, 1);
    expect([process?.utime, process?.stime]).toEqual([50e6, SYSTEM_CALL_NS + PAGE_FAULT_NS]);
    kernel.syscall(child, 'exit', 0);
    const init = kernel.rooms.pids.find(1);
    expect([init?.cutime, init?.cstime]).toEqual([50e6, 2 * SYSTEM_CALL_NS + PAGE_FAULT_NS]);
    kernel.validate();
  });

  test('programs go where fewest want to run, if they may', () => {
    const kernel = Kernel.boot(machine(2048, 2));
    const pids = [1, 2, 3, 4].map(() => Number(kernel.syscall(1, 'fork')));
    kernel.syscall(1, 'sched_setaffinity', pids[3], [0]);
    for (const pid of pids) kernel.compute(pid, 100e6, () => {});
    const processes = [...kernel.rooms.pids].filter(({ pid }) => pids.includes(pid));
    expect(processes.map(({ cpu }) => cpu)).toEqual([1, 0, 1, 0]);
    kernel.syscall(1, 'sched_setaffinity', pids[0], [0]);
    kernel.sleep(30e6);
    // Three on CPU 0, in turns of 3 ms; one alone.
    for (const process of processes) kernel.rooms.states.account(process);
    expect(processes.map(({ utime }) => Math.round(utime / 1e6))).toEqual([9, 12, 30, 9]);
    kernel.validate();
  });

  test('what waits for a disk is iowait of its CPU, and the load counts it', () => {
    const slow = { blocks: 4096, latencyNs: 1e9, nsPerBlock: 0 };
    const kernel = Kernel.boot(machine(2048, 2, { disk: slow, files: [{ path: '/f', size: 100 * PAGE_SIZE }] }));
    const fd = Number(kernel.syscall(1, 'open', '/f', O_RDWR));
    const buffer = anonymous(kernel, 1);
    const [before] = kernel.rooms.states.runQueues.map(({ times }) => times.iowait);
    for (let i = 0; i < 20; i++) {
      kernel.syscall(1, 'pwrite64', fd, buffer, 1, i * PAGE_SIZE);
      kernel.syscall(1, 'fsync', fd);
    }
    const [one, other] = kernel.rooms.states.runQueues.map(({ times }) => times.iowait);
    expect([one - before, other]).toEqual([20e9, 0]);
    // Looked at three times.
    expect(kernel.rooms.states.loads).toEqual([454, 101, 33]);
  });
});
