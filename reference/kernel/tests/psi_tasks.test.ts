import { VirtualClock } from '../../arch/clock.ts';
import { asMemstall } from '../../lib/memstall.ts';
import { PsiGroup } from '../psi.ts';
import { type PsiTask, PsiTasks } from '../psi_tasks.ts';

const MSEC = 1_000_000;

function machine() {
  const clock = new VirtualClock();
  const psi = new PsiGroup(clock, 2);
  const room: { current: PsiTask | null } = { current: { cpu: 0 } };
  const tasks = new PsiTasks(psi, () => room.current, [{ cpu: 1 }]);
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
    const task = room.current ?? { cpu: 0 };
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
    tasks.kswapdStall(0, true);
    clock.advance(20 * MSEC);
    tasks.kswapdStall(0, false);
    clock.advance(20 * MSEC);
    expect(total('memory')).toBe(20_000);
  });
});

describe('tasks that want to run', () => {
  test('two on one CPU are in each other’s way, on two they are not', () => {
    const { clock, tasks, total } = machine();
    const [a, b, c] = [{ cpu: 0 }, { cpu: 1 }, { cpu: 0 }];
    tasks.setRunnable(a, true);
    tasks.setRunnable(b, true);
    clock.advance(20 * MSEC);
    expect(total('cpu')).toBe(0);
    tasks.setRunnable(c, true);
    clock.advance(20 * MSEC);
    tasks.setRunnable(b, false);
    tasks.setRunnable(c, false);
    // One of two CPUs that have something to do.
    expect(total('cpu')).toBe(10_000);
    tasks.validate();
  });
});
