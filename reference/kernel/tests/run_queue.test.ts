import { VirtualClock } from '../../arch/clock.ts';
import { RunQueue } from '../run_queue.ts';
import { KernelThread } from '../task_states.ts';

const MSEC = 1_000_000;

function cpu() {
  const clock = new VirtualClock();
  const queue = new RunQueue<KernelThread>(clock);
  const [a, b] = [new KernelThread(0), new KernelThread(0)];
  const done: string[] = [];
  const compute = (name: string, task: KernelThread, ms: number): void =>
    queue.enqueue(task, ms * MSEC, () => done.push(`${name} ${clock.now / MSEC}`));
  /** user, system, iowait, idle in ms. */
  const times = (): number[] => {
    const { user, system, iowait, idle } = queue.times;
    return [user, system, iowait, idle].map((ns) => ns / MSEC);
  };
  return { clock, queue, a, b, done, compute, times };
}

describe('RunQueue', () => {
  test('nobody wants it: idle; somebody of it waits for a disk: iowait', () => {
    const { clock, queue, times } = cpu();
    clock.advance(5 * MSEC);
    queue.iowait(1);
    clock.advance(3 * MSEC);
    queue.iowait(-1);
    clock.advance(1 * MSEC);
    expect(times()).toEqual([0, 0, 3, 6]);
    queue.validate();
  });

  //  a   ===   ===   ==            3 ms each, a wants 8
  //  b      ===   =                b wants 4
  test('two programs take turns of 3 ms', () => {
    const { clock, queue, a, b, done, compute, times } = cpu();
    compute('a', a, 8);
    compute('b', b, 4);
    clock.advance(20 * MSEC);
    expect(done).toEqual(['b 10', 'a 12']);
    expect([a.utime, b.utime]).toEqual([8 * MSEC, 4 * MSEC]);
    expect(times()).toEqual([12, 0, 0, 8]);
    // a b a b a idle: taken twice from a and once from b; b and a gave it away.
    expect(queue.switches).toBe(6);
    expect([a.nivcsw, a.nvcsw, b.nivcsw, b.nvcsw]).toEqual([2, 1, 1, 1]);
  });

  test('the kernel comes first: what it works delays a program, and is system time of its task', () => {
    const { clock, queue, a, b, done, compute, times } = cpu();
    compute('a', a, 4);
    clock.advance(1 * MSEC);
    queue.enterKernel(b);
    clock.advance(10 * MSEC);
    queue.leaveKernel(b);
    clock.advance(10 * MSEC);
    expect(done).toEqual(['a 14']);
    expect([a.utime, a.stime, b.utime, b.stime]).toEqual([4 * MSEC, 0, 0, 10 * MSEC]);
    expect(times()).toEqual([4, 10, 0, 7]);
  });

  test('a program that waits for a disk beside one that computes: the CPU is not idle', () => {
    const { clock, queue, a, compute, times } = cpu();
    queue.iowait(1);
    compute('a', a, 2);
    clock.advance(5 * MSEC);
    expect(times()).toEqual([2, 0, 3, 0]);
  });

  test('alone there are no turns; whoever comes later has to wait for one at most', () => {
    const { clock, queue, a, b, compute } = cpu();
    compute('a', a, 100);
    clock.advance(10 * MSEC);
    expect(queue.dueAt).toBe(100 * MSEC);
    compute('b', b, 1);
    expect(queue.dueAt).toBe(13 * MSEC);
    expect(queue.nrRunning).toBe(2);
    clock.advance(4 * MSEC);
    expect([a.utime, b.utime]).toEqual([13 * MSEC, 1 * MSEC]);
  });

  test('whoever comes after one that is taken out has a whole turn', () => {
    const { clock, queue, a, b, compute } = cpu();
    const c = new KernelThread(0);
    compute('a', a, 9);
    compute('b', b, 9);
    compute('c', c, 9);
    clock.advance(2 * MSEC);
    queue.dequeue(a);
    clock.advance(4 * MSEC);
    queue.account();
    expect([a.utime, b.utime, c.utime]).toEqual([2 * MSEC, 3 * MSEC, 1 * MSEC]);
  });

  //  a   = = =     = = =       1 ms at a time, and again at once
  //  b        ===       ===
  test('one that wants little at a time, but again at once, keeps its turn', () => {
    const { clock, queue, a, b, compute } = cpu();
    const again = (): void => {
      queue.enterKernel(a);
      clock.advance(MSEC / 10);
      queue.leaveKernel(a);
      queue.enqueue(a, MSEC, again);
    };
    queue.enqueue(a, MSEC, again);
    compute('b', b, 100);
    clock.advance(60 * MSEC);
    queue.account();
    expect(Math.abs(a.utime - b.utime)).toBeLessThanOrEqual(3 * MSEC);
    expect(a.utime + a.stime + b.utime).toBe(60 * MSEC);
    queue.validate();
  });

  test('one that is taken out is not told; no switch without time', () => {
    const { clock, queue, a, b, done, compute, times } = cpu();
    compute('a', a, 5);
    clock.advance(2 * MSEC);
    expect(queue.dequeue(a)).toBe(3 * MSEC);
    expect(queue.dequeue(a)).toBe(0);
    queue.enterKernel(b);
    queue.leaveKernel(b);
    clock.advance(10 * MSEC);
    expect(done).toEqual([]);
    expect(times()).toEqual([2, 0, 0, 10]);
    expect([queue.switches, b.nvcsw]).toEqual([2, 0]);
  });

  test('panics when somebody leaves the kernel that is not there, or computes nothing', () => {
    const { queue, a } = cpu();
    expect(() => queue.leaveKernel(a)).toThrow('run_queue: a task leaves the kernel that is not there');
    expect(() => queue.enqueue(a, 0, () => {})).toThrow('run_queue: nobody computes for 0 ns');
  });
});
