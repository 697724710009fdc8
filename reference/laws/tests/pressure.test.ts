import { MAP_ANONYMOUS, MAP_PRIVATE, MAP_SHARED, PROT_READ, PROT_WRITE } from '../../include/mman.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import { PSI_RESOURCES } from '../../include/psi.ts';
import type { Pid } from '../../include/types.ts';
import { Kernel } from '../../init/kernel.ts';
import { machine } from '../../init/tests/machines.ts';
import { Xorshift } from '../../lib/xorshift.ts';
import { breaksPressureLaws, isNotRepeated, type LostTime, type PressedMachine, type Random } from '../pressure.ts';

const RW = PROT_READ | PROT_WRITE;
const FRAMES = 600;
const SLOTS = 700;

/** Processes that fork, map more than there is, write to it, end and sleep. */
class Machine implements PressedMachine {
  readonly kernel = Kernel.boot(
    machine(FRAMES, 2, {
      swap: [
        {
          path: '/dev/vdb',
          disk: { blocks: SLOTS, latencyNs: 5_000_000, nsPerBlock: 500_000 },
          rotational: false,
          boot: null,
        },
      ],
      sysctls: { 'vm.overcommit_memory': 1 },
    }),
  );

  act(random: Random): void {
    const { kernel } = this;
    const pids = [...kernel.rooms.pids].filter(({ mm }) => mm !== null).map(({ pid }) => pid);
    const pid = pids[random(pids.length)];
    const deed = random(10);
    if (deed === 0 && pids.length < 8) kernel.syscall(pid, 'fork');
    else if (deed === 1 && pid !== 1) kernel.syscall(pid, 'exit', 0);
    else if (deed === 2) kernel.sleep(random(1000) * 1_000_000);
    else if (deed < 6) this.#readAgain(pid, random);
    else if (pid !== 1) this.#write(pid, 20 + random(200), random(4) === 0 ? MAP_SHARED : MAP_PRIVATE);
    else if (pids.length < 4) kernel.syscall(1, 'fork');
    for (const { pid: each } of [...kernel.rooms.pids]) kernel.syscall(each, 'wait4', -1);
  }

  #write(pid: Pid, pages: number, flags: number): void {
    const { kernel } = this;
    const addr = Number(kernel.syscall(pid, 'mmap', 0, pages * PAGE_SIZE, RW, flags | MAP_ANONYMOUS, -1, 0));
    for (let page = 0; addr > 0 && page < pages; page++) {
      if (!kernel.rooms.pids.find(pid)?.mm) return;
      kernel.store(pid, addr + page * PAGE_SIZE, 1 + (page % 255));
    }
  }

  /** What is in swap has to come back. */
  #readAgain(pid: Pid, random: Random): void {
    const { kernel } = this;
    const mappings = [...(kernel.rooms.pids.find(pid)?.mm?.vmas ?? [])].filter(({ anonVma }) => anonVma !== null);
    const vma = mappings[random(Math.max(mappings.length, 1))];
    for (let addr = vma?.vmStart ?? 0; vma !== undefined && addr < vma.vmEnd; addr += PAGE_SIZE) {
      if (!kernel.rooms.pids.find(pid)?.mm) return;
      kernel.load(pid, addr);
    }
  }

  lostTime(): Record<string, LostTime> {
    return Object.fromEntries(
      PSI_RESOURCES.map((resource) => {
        const { some, full } = this.kernel.psi.pressure(resource);
        return [resource, { some: some.total, full: full.total }];
      }),
    );
  }

  kills(): number {
    return this.kernel.booted.system.vmstat.events.oom_kill;
  }

  validate(): void {
    this.kernel.validate();
  }

  picture(): string {
    const { events } = this.kernel.booted.system.vmstat;
    const pressure = PSI_RESOURCES.map((resource) => this.kernel.psi.pressure(resource));
    return `${this.kernel.rooms.log.dmesg()}${JSON.stringify(events)}${JSON.stringify(pressure)}`;
  }
}

const chance = (seed: number) => (): Random => {
  const xorshift = new Xorshift(seed);
  return (below) => xorshift.below(below);
};

describe('the laws of pressure', () => {
  test.each([1, 2, 3])('hold while processes are killed, seed %i', (seed) => {
    const pressed = new Machine();
    expect(breaksPressureLaws(pressed, chance(seed)(), 120)).toBeNull();
    expect(pressed.kills()).toBeGreaterThan(1);
    const { memory } = pressed.lostTime();
    expect(memory.some).toBeGreaterThan(0);
  });

  test('the same calls give the same log, counters and pressure', () => {
    expect(isNotRepeated(() => new Machine(), chance(4), 80)).toBeNull();
  });

  test('catch time that is given back', () => {
    const spoilt = new Machine();
    let asked = 0;
    spoilt.lostTime = () => ({ memory: { some: 10 - asked++, full: 0 } });
    expect(breaksPressureLaws(spoilt, chance(5)(), 3)).toContain('10/0 us were lost, now 9/0');
  });
});
