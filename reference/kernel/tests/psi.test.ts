import { NSEC_PER_SEC, VirtualClock } from '../../arch/clock.ts';
import type { PressureLine, PsiResource } from '../../include/psi.ts';
import { PSI_PERIOD_NS, PsiGroup, TSK_IOWAIT, TSK_MEMSTALL, TSK_MEMSTALL_RUNNING, TSK_RUNNING } from '../psi.ts';

const MSEC = 1_000_000;
const RECLAIMS = TSK_MEMSTALL | TSK_RUNNING | TSK_MEMSTALL_RUNNING;

function machine(cpus = 1) {
  const clock = new VirtualClock();
  const psi = new PsiGroup(clock, cpus);
  const totals = (resource: PsiResource): number[] => {
    const { some, full } = psi.pressure(resource);
    return [some.total, full.total];
  };
  /** A task does something for a while. */
  const spend = (flags: number, ns: number, cpu = 0): void => {
    psi.taskChange(cpu, 0, flags);
    clock.advance(ns);
    psi.taskChange(cpu, flags, 0);
  };
  return { clock, psi, totals, spend };
}

const avg10 = ({ avg10: avg }: PressureLine): string =>
  `${avg >> 11}.${String(((avg & 2047) * 100) >> 11).padStart(2, '0')}`;

describe('states of a CPU', () => {
  test('one that waits for a disk while nobody runs: io, some and full', () => {
    const { totals, spend } = machine();
    spend(TSK_IOWAIT, 100 * MSEC);
    expect([totals('io'), totals('memory'), totals('cpu')]).toEqual([
      [100_000, 100_000],
      [0, 0],
      [0, 0],
    ]);
  });

  test('while another one runs: some only', () => {
    const { psi, totals, spend } = machine();
    psi.taskChange(0, 0, TSK_RUNNING);
    spend(TSK_IOWAIT | TSK_MEMSTALL, 100 * MSEC);
    expect([totals('io'), totals('memory')]).toEqual([
      [100_000, 0],
      [100_000, 0],
    ]);
  });

  test('one that reclaims has the CPU: nobody gets anywhere', () => {
    const { psi, totals, spend } = machine();
    spend(RECLAIMS, 100 * MSEC);
    psi.taskChange(0, 0, TSK_RUNNING);
    spend(RECLAIMS, 100 * MSEC);
    expect(totals('memory')).toEqual([200_000, 200_000]);
  });

  test('two that want to run: one waits; all is not said of the whole machine', () => {
    const { psi, totals, spend } = machine();
    psi.taskChange(0, 0, TSK_RUNNING);
    spend(TSK_RUNNING, 100 * MSEC);
    expect(totals('cpu')).toEqual([100_000, 0]);
  });

  test('CPUs count as much as they have to do', () => {
    const { psi, clock, totals } = machine(2);
    psi.taskChange(0, 0, TSK_IOWAIT);
    psi.taskChange(1, 0, TSK_RUNNING);
    clock.advance(400 * MSEC);
    // Half of what had something to do waited.
    expect(totals('io')).toEqual([200_000, 200_000]);
    psi.taskChange(1, TSK_RUNNING, 0);
    clock.advance(400 * MSEC);
    expect(totals('io')).toEqual([600_000, 600_000]);
  });

  test('what fills no tick of the clock is told with the next one: CPUs are weighed by ticks', () => {
    const { totals, spend } = machine();
    spend(TSK_IOWAIT, 3 * MSEC);
    expect(totals('io')).toEqual([0, 0]);
    spend(TSK_IOWAIT, 5 * MSEC);
    expect(totals('io')).toEqual([8000, 8000]);
  });

  test('a state that no task is in cannot be left', () => {
    expect(() => machine().psi.taskChange(0, TSK_IOWAIT, 0)).toThrow('psi: CPU 0 has no task');
  });
});

describe('averages', () => {
  test('are made every two seconds and a tick', () => {
    const seen = [PSI_PERIOD_NS - 1, PSI_PERIOD_NS, 2 * PSI_PERIOD_NS].map((ns) => {
      const { psi, clock } = machine();
      psi.taskChange(0, 0, RECLAIMS);
      clock.advance(ns);
      return avg10(psi.pressure('memory').some);
    });
    expect(seen).toEqual(['0.00', '18.11', '32.94']);
  });

  test('do not depend on how often they are looked at', () => {
    const [seldom, often] = [machine(), machine()];
    for (let step = 0; step < 60; step++) {
      for (const each of [seldom, often]) each.spend(RECLAIMS, 100 * MSEC);
      for (const each of [seldom, often]) each.clock.advance(400 * MSEC);
    }
    for (let step = 0; step < 60; step++) {
      often.psi.pressure('memory');
      often.clock.advance(501 * 4 * MSEC);
      seldom.clock.advance(501 * 4 * MSEC);
    }
    const [a, b] = [seldom, often].map(({ psi }) => psi.pressure('memory').some);
    expect(a.total).toBe(b.total);
    expect(a.total).toBe(6_000_000);
    // Many periods at once are rounded less often.
    expect(Math.abs(a.avg300 - b.avg300)).toBeLessThan(2048);
  });

  test('a long time in which nothing happens is made up for at once', () => {
    const { psi, clock, spend } = machine();
    spend(RECLAIMS, 30 * PSI_PERIOD_NS);
    expect(avg10(psi.pressure('memory').some)).toBe('99.75');
    clock.advance(10 * PSI_PERIOD_NS);
    expect(avg10(psi.pressure('memory').some)).toBe('13.48');
    clock.advance(10_000 * PSI_PERIOD_NS);
    expect(psi.pressure('memory').some).toEqual({ avg10: 0, avg60: 0, avg300: 0, total: 60_120_000 });
  });
});

describe('a trigger', () => {
  const watching = (line: string, privileged = true) => {
    const room = machine();
    const file = room.psi.open('memory', privileged);
    room.clock.advance(20 * NSEC_PER_SEC);
    expect(file.write(`${line}\n`)).toBe(line.length + 1);
    return { ...room, file };
  };

  test('comes once the threshold is passed in a window, within a tenth of it, and once', () => {
    const { psi, clock, file } = watching('some 150000 1000000');
    psi.taskChange(0, 0, RECLAIMS);
    clock.advance(148 * MSEC);
    expect(file.poll()).toBe('none');
    clock.advance(150 * MSEC);
    expect([file.poll(), file.poll()]).toEqual(['pri', 'none']);
  });

  test('comes once a window while it goes on', () => {
    const { psi, clock, file } = watching('full 150000 1000000');
    psi.taskChange(0, 0, RECLAIMS);
    let events = 0;
    for (let ms = 0; ms < 10_000; ms += 20) {
      clock.advance(20 * MSEC);
      if (file.poll() === 'pri') events++;
    }
    expect(events).toBe(10);
  });

  test('does not come when too little is lost', () => {
    const { clock, spend, file } = watching('some 150000 1000000');
    for (let second = 0; second < 20; second++) {
      spend(RECLAIMS, 60 * MSEC);
      clock.advance(940 * MSEC);
      expect(file.poll()).toBe('none');
    }
  });

  test('of one without rights comes with the averages', () => {
    const { psi, clock, file } = watching('some 150000 2000000', false);
    psi.taskChange(0, 0, RECLAIMS);
    clock.advance(1900 * MSEC);
    expect(file.poll()).toBe('none');
    clock.advance(200 * MSEC);
    expect(file.poll()).toBe('pri');
  });

  test('is gone when its file is closed', () => {
    const { psi, clock, file } = watching('some 150000 1000000');
    file.close();
    psi.taskChange(0, 0, RECLAIMS);
    clock.advance(NSEC_PER_SEC);
    expect(file.poll()).toBe('err');
  });
});
