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
