import { Keyboard } from '../../../shell/tests/machine.ts';

const noPids = (text: string): string => text.replace(/\[\d+\]|worker \d+/g, 'N');

describe('stress', () => {
  test('workers hold what they have written, and end in time', () => {
    const keyboard = new Keyboard();
    const { out } = keyboard.type(
      'stress -m 2 --vm-bytes 1M --vm-hang 0 -t 3s & sleep 1; ps -C stress -o rss --no-headers; wait',
    );
    expect(noPids(out)).toMatch(/dispatching hogs: 0 cpu, 0 io, 2 vm, 0 hdd\n/);
    const rss = out.match(/^ *\d+$/gm)?.map(Number) ?? [];
    expect(rss.filter((kb) => kb >= 1024)).toHaveLength(2);
    expect(noPids(out)).toMatch(/stress: info: N successful run completed in 3s\n/);
    expect(keyboard.type('ps -C stress -o pid').status).toBe(1);
    keyboard.session.kernel.validate();
  });

  test('a worker that the machine kills ends all of them', () => {
    const keyboard = new Keyboard();
    const { err, status } = keyboard.type('swapoff -a; stress --vm 2 --vm-bytes 20M --vm-hang 0 --quiet');
    expect(noPids(err)).toBe(
      'stress: FAIL: N (415) <-- N got signal 9\nstress: FAIL: N (451) failed run completed in 0s\n',
    );
    expect(status).toBe(1);
    expect(keyboard.type("dmesg | grep -c 'Killed process'").out).toBe('1\n');
    keyboard.session.kernel.validate();
  });

  test('a worker that gets no memory says so', () => {
    const { err } = new Keyboard().type('stress --vm 1 --vm-bytes 1G -q');
    expect(noPids(err).split('\n')[0]).toBe('stress: FAIL: N (494) hogvm malloc failed: Cannot allocate memory');
    expect(noPids(err)).toContain('(415) <-- N returned error 1');
  });

  test('writes and removes files, and computes', () => {
    const keyboard = new Keyboard();
    const { out, status } = keyboard.type('stress -c 1 -i 1 -d 1 --hdd-bytes 1M -m 1 --vm-bytes 256K --vm-keep -t 1');
    expect(noPids(out)).toBe(
      'stress: info: N dispatching hogs: 1 cpu, 1 io, 1 vm, 1 hdd\nstress: info: N successful run completed in 1s\n',
    );
    expect(status).toBe(0);
  });

  test('refuses what makes no sense', () => {
    const keyboard = new Keyboard();
    for (const line of [
      'stress -m x',
      'stress -m 1 --vm-bytes x',
      'stress -t x -c 1',
      'stress -Z',
      'stress -c 1 more',
    ]) {
      expect(keyboard.type(line)).toMatchObject({ out: '', err: expect.stringMatching(/^stress: FAIL: /), status: 1 });
    }
    expect(keyboard.type('stress').out).toContain('Usage: stress');
  });
});
