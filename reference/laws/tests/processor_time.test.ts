import { ProcFs } from '../../fs/proc/proc_fs.ts';
import { MAP_ANONYMOUS, MAP_PRIVATE, PROT_READ, PROT_WRITE } from '../../include/mman.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import type { Pid } from '../../include/types.ts';
import { Kernel } from '../../init/kernel.ts';
import { machine } from '../../init/tests/machines.ts';
import { panic } from '../../lib/panic.ts';
import { Xorshift } from '../../lib/xorshift.ts';
import { breaksTimeLaws, type Random, type TimedMachine } from '../processor_time.ts';

const MSEC = 1_000_000;
const RW = PROT_READ | PROT_WRITE;
const SWAP = {
  ...{ path: '/dev/vdb', rotational: false, boot: null },
  disk: { blocks: 2000, latencyNs: 5 * MSEC, nsPerBlock: MSEC / 2 },
};

/** Processes that compute, write more than there is memory, fork, move, sleep and end. */
class Machine implements TimedMachine {
  readonly kernel = Kernel.boot(machine(500, 3, { swap: [SWAP] }));
  readonly #proc = new ProcFs(this.kernel);
  readonly #computing = new Set<Pid>();

  act(random: Random): void {
    const { kernel } = this;
    const live = this.pids().filter((pid) => kernel.rooms.pids.find(pid)?.mm);
    const pid = live[random(live.length)];
    const deed = random(10);
    if (deed < 2 && live.length < 8) kernel.syscall(pid, 'fork');
    else if (deed === 2 && pid !== 1) kernel.syscall(pid, 'exit', 0);
    else if (deed === 3) kernel.syscall(1, 'sched_setaffinity', pid, [random(3)]);
    else if (deed === 4) kernel.syscall(pid, 'wait4', -1);
    else if (deed < 7 && pid !== 1) this.#write(pid, 20 + random(150));
    else this.#compute(pid, 1 + random(40 * MSEC));
    kernel.sleep(random(30 * MSEC));
  }

  #compute(pid: Pid, ns: number): void {
    if (this.#computing.has(pid)) return;
    this.#computing.add(pid);
    this.kernel.compute(pid, ns, () => this.#computing.delete(pid));
  }

  #write(pid: Pid, pages: number): void {
    const { kernel } = this;
    const flags = MAP_PRIVATE | MAP_ANONYMOUS;
    const addr = Number(kernel.syscall(pid, 'mmap', 0, pages * PAGE_SIZE, RW, flags, -1, 0));
    for (let page = 0; addr > 0 && page < pages; page++) {
      if (!kernel.rooms.pids.find(pid)?.mm) return;
      kernel.store(pid, addr + page * PAGE_SIZE, 1);
    }
  }

  read(path: string): string {
    const first = this.kernel.rooms.pids.find(1) ?? panic('there is no first process');
    return String(this.#proc.read(path, first));
  }

  pids(): Pid[] {
    return [...this.kernel.rooms.pids].map(({ pid }) => pid);
  }
}

const chance = (seed: number): Random => {
  const xorshift = new Xorshift(seed);
  return (below) => xorshift.below(below);
};

describe('the laws of processor time', () => {
  test.each([1, 2])('hold while processes compute, swap, wait and end, seed %i', (seed) => {
    const timed = new Machine();
    expect(breaksTimeLaws(timed, chance(seed), 100)).toBeNull();
    timed.kernel.validate();
    const times = timed.kernel.rooms.states.runQueues.map((queue) => queue.times);
    for (const kind of ['user', 'idle', 'iowait'] as const) {
      for (const cpu of times) expect(cpu[kind]).toBeGreaterThan(10 * MSEC);
    }
    for (const { system } of times) expect(system).toBeGreaterThan(MSEC / 10);
  });

  /** A machine that says something else of itself. */
  function lying(path: string, say: (text: string) => string): TimedMachine {
    const honest = new Machine();
    return {
      act: (random) => honest.act(random),
      read: (asked) => (asked === path ? say(honest.read(asked)) : honest.read(asked)),
      pids: () => honest.pids(),
    };
  }

  test.each([
    ['/proc/stat', /^(cpu1 \d+ 0) \d+/m, '$1 999', 'cpu1: 9'],
    ['/proc/stat', /^cpu {2}(\d+)/m, 'cpu  1$1', 'kind 0: CPUs have'],
    ['/proc/uptime', / \S+/, ' 0.01', 'idle for 1 in uptime'],
    ['/proc/1/stat', / 20 0 1 /, '9999 20 0 1 ', 'system: '],
    ['/proc/1/stat', /( \d+){4}( 20 0 1 )/, ' 99999 0 0 0$2', 'user: '],
  ])('catch %s that is wrong: %s', (path, told, instead, says) => {
    const liar = lying(path, (text) => text.replace(told, instead));
    expect(breaksTimeLaws(liar, chance(1), 20)).toContain(says);
  });

  test('catch time that goes back', () => {
    let asked = 0;
    const back = lying('/proc/stat', (text) => {
      return asked++ === 0 ? text.replace(/^cpu {2}\d+/m, 'cpu  5000') : text;
    });
    expect(breaksTimeLaws(back, chance(1), 5)).toContain('kind 0 goes back from 5000');
  });
});
