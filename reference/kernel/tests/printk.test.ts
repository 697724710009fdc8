import { VirtualClock } from '../../arch/clock.ts';
import { KERN_ERR, KERN_INFO } from '../../include/printk.ts';
import { KernelLog } from '../printk.ts';

describe('the kernel log', () => {
  test('lines carry seconds and microseconds since boot', () => {
    const clock = new VirtualClock();
    const log = new KernelLog(clock);
    log.printk(KERN_INFO, 'first');
    clock.advance(12_345_678_999);
    log.printk(KERN_ERR, 'second');
    expect(log.dmesg()).toBe('[    0.000000] first\n[   12.345678] second\n');
    expect(log.lines.map(({ level }) => level)).toEqual([KERN_INFO, KERN_ERR]);
  });

  test('the oldest lines go first', () => {
    const log = new KernelLog(new VirtualClock());
    for (let i = 0; i < 5000; i++) log.info(`${i}`);
    expect([log.written, log.lines.length]).toEqual([5000, 4096]);
    expect([log.lines[0].text, log.lines.at(-1)?.text]).toEqual(['904', '4999']);
  });

  test('can be cleared', () => {
    const log = new KernelLog(new VirtualClock());
    log.info('gone');
    log.clear();
    log.info('here');
    expect(log.lines.map(({ text }) => text)).toEqual(['here']);
  });
});
