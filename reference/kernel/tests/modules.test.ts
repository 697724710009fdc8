import { EEXIST, ENOENT, ENOMEM, EPERM } from '../../include/errno.ts';
import { Kernel } from '../../init/kernel.ts';
import { machine } from '../../init/tests/machines.ts';

const SECOND = 1e9;
const NAME = 'kmemleak_test';

const leaking = (): Kernel => Kernel.boot(machine(4096, 2, { kmemleak: 'on' }));

/** Sizes of the leaks that two scans find, with how many there are of each. */
function leaks(kernel: Kernel): Record<number, number> {
  kernel.sleep(6 * SECOND);
  const { kmemleak } = kernel.rooms;
  kmemleak?.write('scan');
  kmemleak?.write('scan');
  const found: Record<number, number> = {};
  for (const [, size = ''] of (kmemleak?.read() ?? '').matchAll(/\(size (\d+)\)/g)) {
    found[Number(size)] = (found[Number(size)] ?? 0) + 1;
  }
  kernel.validate();
  return found;
}

describe('a module that leaks', () => {
  test('what it forgets is lost at once; what its data leads to, when it is unloaded', () => {
    const kernel = leaking();
    expect(kernel.syscall(1, 'init_module', NAME)).toBe(0);
    expect(leaks(kernel)).toEqual({ 32: 2, 1024: 2, 2048: 2, 4096: 2 });
    expect(kernel.syscall(1, 'delete_module', NAME)).toBe(0);
    // Ten nodes of 416 bytes, and 129 bytes for each CPU, in places of the next larger size.
    expect(leaks(kernel)).toEqual({ 32: 2, 192: 2, 512: 10, 1024: 2, 2048: 2, 4096: 2 });
  });

  test('is named where it called from, and says what it got', () => {
    const kernel = leaking();
    kernel.syscall(1, 'init_module', NAME);
    leaks(kernel);
    const [first = ''] = kernel.rooms.kmemleak?.read().split('\nunreferenced') ?? [];
    const address = /^unreferenced object (0xffff8880[0-9a-f]{8}) \(size 32\):\n {2}comm "init", pid 1, /.exec(
      first,
    )?.[1];
    expect(first).toMatch(
      /\n {4}\[<ffffffff81[0-9a-f]{6}>\] kmemleak_test_init\+0x[0-9a-f]+\/0x[0-9a-f]+ \[kmemleak_test\]\n/,
    );
    expect(first).toMatch(/\] do_one_initcall\+0x[0-9a-f]+\/0x[0-9a-f]+\n/);
    const lines = kernel.rooms.log.lines.map(({ text }) => text);
    expect(lines).toContain('kmemleak: Kmemleak testing');
    expect(lines).toContain(`kmemleak: kmalloc(32) = ${address}`);
  });

  test('is listed while it is loaded; once', () => {
    const kernel = leaking();
    kernel.syscall(1, 'init_module', NAME);
    expect(kernel.rooms.modules.show()).toBe('kmemleak_test 4096 0 - Live 0x0000000000000000\n');
    expect(kernel.syscall(1, 'init_module', NAME)).toBe(-EEXIST);
    kernel.syscall(1, 'delete_module', NAME);
    expect([kernel.rooms.modules.show(), kernel.syscall(1, 'delete_module', NAME)]).toEqual(['', -ENOENT]);
  });

  test('is there only where somebody looks for leaks', () => {
    expect(Kernel.boot(machine(4096, 1)).syscall(1, 'init_module', NAME)).toBe(-ENOENT);
  });

  test('is for root, and takes memory', () => {
    const kernel = leaking();
    kernel.failNext({ shouldFail: (what) => what === 'page' });
    expect(kernel.syscall(1, 'init_module', NAME)).toBe(-ENOMEM);
    kernel.failNext(null);
    const process = kernel.rooms.pids.find(1);
    if (process === null) throw new Error('there is no first process');
    process.owner.credentials = { uid: 1, capable: { ipcLock: false, sysRawio: false, sysAdmin: false } };
    expect([kernel.syscall(1, 'init_module', NAME), kernel.syscall(1, 'delete_module', NAME)]).toEqual([
      -EPERM,
      -EPERM,
    ]);
  });
});
