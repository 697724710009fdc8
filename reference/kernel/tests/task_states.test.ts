import { VirtualClock } from '../../arch/clock.ts';
import { asMemstall } from '../../lib/memstall.ts';
import { PsiGroup } from '../psi.ts';
import { KernelThread, TaskStates } from '../task_states.ts';

const MSEC = 1_000_000;

function machine() {
  const clock = new VirtualClock();
  const psi = new PsiGroup(clock, 2);
  const room: { current: KernelThread | null } = { current: new KernelThread(0) };
  const tasks = new TaskStates(clock, psi, 2, () => room.current, [new KernelThread(1)]);
  clock.stalls = tasks;
  const total = (resource: 'io' | 'memory' | 'cpu'): number => psi.pressure(resource).some.total;
  return { clock, psi, tasks, room, total };
}

describe('a task that waits', () => {
  test('for a disk: io', () => {
    const { clock, total } = machine();
    let there = false;
    clock.schedule(50 * MSEC, () => {
      there = true;
    });
    clock.waitUntil(() => there);
    clock.ioSleep(50 * MSEC);
    clock.advance(50 * MSEC);
    expect([total('io'), total('memory')]).toEqual([100_000, 0]);
  });

  test('for memory that has to come from a disk: both', () => {
    const { clock, total } = machine();
    asMemstall(clock.stalls, () => clock.ioSleep(50 * MSEC));
    expect([total('io'), total('memory')]).toEqual([50_000, 50_000]);
  });

  test('a wait in a wait ends with the outer one', () => {
    const { clock, total } = machine();
    asMemstall(clock.stalls, () => {
      asMemstall(clock.stalls, () => clock.advance(20 * MSEC));
      clock.advance(30 * MSEC);
    });
    clock.advance(50 * MSEC);
    expect(total('memory')).toBe(50_000);
  });

  test('and ends: it waits no longer', () => {
    const { clock, tasks, room, total } = machine();
    const task = room.current ?? new KernelThread(0);
    tasks.psiMemstallEnter();
    clock.advance(20 * MSEC);
    tasks.forget(task);
    clock.advance(20 * MSEC);
    expect(total('memory')).toBe(20_000);
  });

  test('the kernel itself does not count', () => {
    const { clock, room, total } = machine();
    room.current = null;
    asMemstall(clock.stalls, () => clock.ioSleep(50 * MSEC));
    expect([total('io'), total('memory')]).toEqual([0, 0]);
  });

  test('kswapd counts while it works', () => {
    const { clock, tasks, total } = machine();
    tasks.kswapd(0, 'works');
    clock.advance(20 * MSEC);
    tasks.kswapd(0, 'waits');
    clock.advance(20 * MSEC);
    tasks.kswapd(0, 'rests');
    clock.advance(20 * MSEC);
    expect([total('memory'), total('io')]).toEqual([40_000, 20_000]);
    expect(tasks.runQueues[1].times).toEqual({ user: 0, system: 20 * MSEC, iowait: 20 * MSEC, idle: 20 * MSEC });
  });
});

describe('programs that compute', () => {
  test('two on one CPU are in each other’s way, on two they are not', () => {
    const { clock, tasks, total } = machine();
    const [a, b, c] = [new KernelThread(0), new KernelThread(1), new KernelThread(0)];
    for (const task of [a, b]) tasks.compute(task, 1000 * MSEC, () => {});
    clock.advance(20 * MSEC);
    expect(total('cpu')).toBe(0);
    tasks.compute(c, 1000 * MSEC, () => {});
    clock.advance(20 * MSEC);
    for (const task of [b, c]) tasks.stopComputing(task);
    // One of two CPUs that have something to do.
    expect(total('cpu')).toBe(10_000);
    expect([a.utime, b.utime, c.utime]).toEqual([31 * MSEC, 40 * MSEC, 9 * MSEC]);
    tasks.validate();
  });

  test('hear when they have, and are counted until then', () => {
    const { clock, tasks } = machine();
    const done: number[] = [];
    for (const cpu of [0, 0, 1]) tasks.compute(new KernelThread(cpu), 5 * MSEC, () => done.push(clock.now));
    // Whoever asks is counted too.
    expect(tasks.nrRunning).toBe(4);
    expect(tasks.dueAt).toBe(3 * MSEC);
    clock.advance(100 * MSEC);
    expect(done).toEqual([5 * MSEC, 8 * MSEC, 10 * MSEC]);
    expect([tasks.nrRunning, tasks.dueAt]).toEqual([1, Infinity]);
  });

  test('one that is put elsewhere goes on there; one that ends is forgotten', () => {
    const { clock, tasks } = machine();
    const task = { ...new KernelThread(0), cpu: 0 };
    let isDone = false;
    tasks.compute(task, 5 * MSEC, () => {
      isDone = true;
    });
    clock.advance(2 * MSEC);
    task.cpu = 1;
    tasks.moved(task);
    clock.advance(2 * MSEC);
    expect(tasks.runQueues.map(({ times }) => times.user)).toEqual([2 * MSEC, 2 * MSEC]);
    tasks.forget(task);
    clock.advance(10 * MSEC);
    expect([isDone, task.utime]).toEqual([false, 4 * MSEC]);
    tasks.validate();
  });
});

describe('work in the kernel', () => {
  test('is that of the task that runs; what falls due meanwhile comes at its time', () => {
    const { clock, tasks, room } = machine();
    const seen: number[] = [];
    clock.advance(5);
    clock.work(10);
    clock.schedule(20, () => seen.push(clock.now, tasks.nrRunning));
    clock.work(10);
    expect(seen).toEqual([20, 1]);
    expect(tasks.runQueues[0].times).toEqual({ user: 0, system: 20, iowait: 0, idle: 5 });
    expect(room.current?.stime).toBe(20);
    room.current = null;
    clock.work(10);
    expect(tasks.runQueues[0].times.idle).toBe(15);
    tasks.validate();
  });
});

describe('states, as they are shown', () => {
  test('R: who asks, works or computes. D: waits for a disk, or for memory. S: all others', () => {
    const { clock, tasks, room } = machine();
    const [task, other] = [room.current ?? new KernelThread(0), new KernelThread(1)];
    const seen: string[] = [];
    const look = (): void => void seen.push(tasks.stateOf(task), tasks.stateOf(other), String(tasks.nrIowait));
    const at = (ns: number): void => clock.schedule(clock.now + ns, look);
    look();
    at(1);
    clock.ioSleep(2);
    at(1);
    asMemstall(tasks, () => clock.advance(2));
    at(1);
    asMemstall(tasks, () => clock.work(2));
    tasks.compute(other, 5, () => {});
    look();
    expect(seen.join(' ')).toBe('R S 0 D S 1 D S 0 R S 0 R R 0');
  });

  test('the load counts those that run, want to, or wait for a disk; whoever only asks is not counted', () => {
    const { clock, tasks } = machine();
    clock.advance(10_000 * MSEC);
    expect(tasks.loads).toEqual([0, 0, 0]);
    for (const cpu of [0, 0]) tasks.compute(new KernelThread(cpu), 1e12, () => {});
    clock.ioSleep(10_000 * MSEC);
    expect(tasks.loads).toEqual([945, 203, 66]);
  });
});
