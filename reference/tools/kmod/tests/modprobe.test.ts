import { Keyboard, SMALL } from '../../../shell/tests/machine.ts';

const leaking = (): Keyboard => new Keyboard({}, { ...SMALL, kmemleak: 'on' });

test('a leak of the kernel is made, found, and forgiven', () => {
  const keyboard = leaking();
  const LEAKS = '/sys/kernel/debug/kmemleak';
  expect(keyboard.type('modprobe kmemleak-test; dmesg -t | head -2').out).toMatch(
    /^kmemleak: Kmemleak testing\nkmemleak: kmalloc\(32\) = 0xffff8880[0-9a-f]{8}\n$/,
  );
  keyboard.type(`sleep 6; echo scan > ${LEAKS}; echo scan > ${LEAKS}`);
  expect(keyboard.type('dmesg -t | tail -1').out).toBe(`kmemleak: 8 new suspected memory leaks (see ${LEAKS})\n`);
  expect(keyboard.type(`grep -c unreferenced ${LEAKS}; grep -m 1 comm ${LEAKS}`).out).toMatch(
    /^8\n {2}comm "modprobe", pid \d+, jiffies \d+\n$/,
  );
  expect(keyboard.type(`echo clear > ${LEAKS}; cat ${LEAKS}`)).toEqual({ out: '', err: '', status: 0 });
  expect(keyboard.type(`rmmod kmemleak_test; sleep 6; echo scan > ${LEAKS}; echo scan > ${LEAKS}`).err).toBe('');
  expect(keyboard.type(`grep -c unreferenced ${LEAKS}`).out).toBe('11\n');
  keyboard.session.kernel.validate();
});

test('lsmod shows what is loaded; to load it again is no fault', () => {
  const keyboard = leaking();
  const title = 'Module                  Size  Used by\n';
  expect(keyboard.type('lsmod').out).toBe(title);
  expect(keyboard.type('modprobe kmemleak-test; modprobe kmemleak_test; lsmod')).toEqual({
    out: `${title}kmemleak_test           4096  0\n`,
    err: '',
    status: 0,
  });
  expect(keyboard.type('modprobe -r kmemleak-test; lsmod').out).toBe(title);
});

test.each([
  ['modprobe nothing', 'modprobe: FATAL: Module nothing not found in directory /lib/modules/6.18.0-osgrade\n'],
  ['modprobe -r kmemleak-test', 'modprobe: FATAL: Module kmemleak-test is not in kernel.\n'],
  ['modprobe', 'modprobe: ERROR: missing parameters. See -h.\n'],
  ['rmmod kmemleak-test', 'rmmod: ERROR: Module kmemleak_test is not currently loaded\n'],
  ['rmmod', 'rmmod: ERROR: missing module name.\n'],
])('%s', (line, err) => {
  expect(leaking().type(line)).toEqual({ out: '', err, status: 1 });
});
