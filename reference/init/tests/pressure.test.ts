/** Pressure and leaks in the whole machine. */
import { GFP_KERNEL } from '../../include/gfp.ts';
import { MAP_ANONYMOUS, MAP_PRIVATE, PROT_READ, PROT_WRITE } from '../../include/mman.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import { Kernel } from '../kernel.ts';
import { machine } from './machines.ts';

const SECOND = 1e9;
const DISK = { blocks: 8192, latencyNs: 5_000_000, nsPerBlock: 500_000 };

/** A process that writes to more than there is, again and again. */
function thrash(kernel: Kernel, pages: number, rounds: number): void {
  const pid = Number(kernel.syscall(1, 'fork'));
  const flags = MAP_PRIVATE | MAP_ANONYMOUS;
  const addr = Number(kernel.syscall(pid, 'mmap', 0, pages * PAGE_SIZE, PROT_READ | PROT_WRITE, flags, -1, 0));
  for (let round = 0; round < rounds; round++) {
    for (let page = 0; page < pages; page++) kernel.store(pid, addr + page * PAGE_SIZE, 1);
  }
}

const swapping = (): Kernel =>
  Kernel.boot(machine(1024, 2, { swap: [{ path: '/dev/vdb', disk: DISK, rotational: false, boot: null }] }));

describe('pressure', () => {
  test('a machine that has what it needs has none', () => {
    const kernel = swapping();
    thrash(kernel, 200, 3);
    expect(kernel.psi.pressure('memory').some.total).toBe(0);
  });

  test('too little memory: time is lost to memory and to the disk, no more than has passed', () => {
    const kernel = swapping();
    thrash(kernel, 1200, 2);
    const [memory, io] = [kernel.psi.pressure('memory'), kernel.psi.pressure('io')];
    expect(memory.some.total).toBeGreaterThan(100_000);
    expect(io.some.total).toBeGreaterThan(1_000_000);
    expect(memory.some.total).toBeLessThanOrEqual(kernel.booted.clock.now / 1000);
    expect(io.some.avg10).toBeGreaterThan(0);
    kernel.validate();
  });

  test('it wears off when all is quiet', () => {
    const kernel = swapping();
    thrash(kernel, 1200, 2);
    const { total } = kernel.psi.pressure('memory').some;
    kernel.sleep(3600 * SECOND);
    // The last bit of a fixed point number stays long.
    expect(kernel.psi.pressure('memory').some.avg300).toBeLessThan(20);
    expect(kernel.psi.pressure('memory').some.total - total).toBeLessThan(10_000);
  });

  test('a trigger comes', () => {
    const kernel = swapping();
    kernel.sleep(2 * SECOND);
    const file = kernel.psi.open('io', true);
    expect(file.write('some 150000 1000000\n')).toBe(20);
    thrash(kernel, 1200, 2);
    expect(file.poll()).toBe('pri');
  });
});

describe('kmemleak', () => {
  test('is not there unless the machine is described so', () => {
    expect(swapping().rooms.kmemleak).toBeNull();
  });

  test('a kernel that works loses nothing; one that forgets an object is found out', () => {
    const kernel = Kernel.boot(machine(2048, 1, { kmemleak: 'on', files: [{ path: '/a/b', size: PAGE_SIZE }] }));
    kernel.sleep(1300 * SECOND);
    const { kmemleak } = kernel.rooms;
    expect([...(kmemleak?.kmemleak.objects ?? [])].length).toBeGreaterThan(0);
    expect(kmemleak?.read()).toBe('');
    const lost = kernel.booted.kmalloc.kmalloc(64, GFP_KERNEL) ?? -1;
    kernel.booted.system.memory.writeByte(lost, 1);
    kernel.sleep(1300 * SECOND);
    expect(kmemleak?.read()).toMatch(/^unreferenced object 0xffff8880[0-9a-f]{8} \(size 64\):\n {2}comm /);
    expect(kernel.rooms.log.lines.at(-1)?.text).toBe(
      'kmemleak: 1 new suspected memory leaks (see /sys/kernel/debug/kmemleak)',
    );
    kernel.validate();
  });
});
