import { VirtualClock } from '../clock.ts';

describe('VirtualClock', () => {
  test('runs what is due in order of time, then of being asked for, each at its own time', () => {
    const clock = new VirtualClock();
    const ran: string[] = [];
    for (const [name, at] of [
      ['c', 30],
      ['a', 10],
      ['b1', 20],
      ['b2', 20],
      ['d', 40],
    ] as const) {
      clock.schedule(at, () => ran.push(`${name}@${clock.now}`));
    }
    clock.advance(30);
    expect(ran).toEqual(['a@10', 'b1@20', 'b2@20', 'c@30']);
    expect([clock.now, clock.pending]).toEqual([30, 1]);
  });

  test('orders a thousand timers', () => {
    const clock = new VirtualClock();
    const ran: number[] = [];
    for (let i = 0; i < 1000; i++) {
      const at = (i * 7919) % 1000;
      clock.schedule(at, () => ran.push(at));
    }
    clock.advance(1000);
    expect(ran).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  });

  test('a timer may schedule another, and let time pass itself; time never goes back', () => {
    const clock = new VirtualClock();
    const ran: number[] = [];
    clock.schedule(10, () => {
      clock.schedule(12, () => ran.push(clock.now));
      clock.advance(50);
    });
    clock.advance(20);
    expect([ran, clock.now]).toEqual([[12], 60]);
  });

  test('waits no longer than it must, and panics where nothing can come', () => {
    const clock = new VirtualClock();
    let done = false;
    clock.schedule(5, () => {
      done = true;
    });
    clock.schedule(9, () => undefined);
    clock.waitUntil(() => done);
    expect(clock.now).toBe(5);
    expect(() => clock.waitUntil(() => false)).toThrow('clock: a task waits');
    expect(() => clock.advance(-1)).toThrow('clock: cannot advance by -1 ns');
  });

  test('forgets what was due when the power goes', () => {
    const clock = new VirtualClock();
    clock.schedule(5, () => {
      throw new Error('ran');
    });
    clock.clear();
    clock.advance(10);
    expect(clock.pending).toBe(0);
  });
});
