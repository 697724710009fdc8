/** Boots what watches memory run short, or get lost: pressure, the OOM killer, kmemleak. Linux: init/main.c. */
import { KmemleakTest } from '../kernel/kmemleak_test.ts';
import { Modules } from '../kernel/modules.ts';
import { oomTasks } from '../kernel/oom.ts';
import type { KernelLog } from '../kernel/printk.ts';
import type { Process } from '../kernel/process.ts';
import { PsiGroup } from '../kernel/psi.ts';
import type { KernelRooms } from '../kernel/rooms.ts';
import type { Scheduler } from '../kernel/sched.ts';
import type { Sysctls } from '../kernel/sysctl.ts';
import { KernelThread, TaskStates } from '../kernel/task_states.ts';
import { Kmemleak } from '../mm/kmemleak.ts';
import { KmemleakFile } from '../mm/kmemleak_file.ts';
import { type OomSysctls, OutOfMemory } from '../mm/oom_kill.ts';
import type { BootedMemory } from './memory.ts';

const INT_MAX = 2 ** 31 - 1;

/** Name, field, least and most. */
const OOM_ROWS: readonly (readonly [name: string, field: keyof OomSysctls, min: number, max: number])[] = [
  ['vm.panic_on_oom', 'panicOnOom', 0, 2],
  ['vm.oom_kill_allocating_task', 'oomKillAllocatingTask', -INT_MAX - 1, INT_MAX],
  ['vm.oom_dump_tasks', 'oomDumpTasks', -INT_MAX - 1, INT_MAX],
];

/** From now on it is known where time goes. */
export function bootPsi(
  { clock, mmus, pages, system }: BootedMemory,
  sched: Scheduler,
): [PsiGroup, TaskStates<Process>] {
  const group = new PsiGroup(clock, mmus.length);
  const { nodeOfCpu } = pages.zones;
  const kswapds = system.vmstat.nodes.map((_, nid) => new KernelThread(Math.max(nodeOfCpu.indexOf(nid), 0)));
  const states = new TaskStates<Process>(clock, group, mmus.length, () => sched.running, kswapds);
  clock.stalls = states;
  return [group, states];
}

/** From now on somebody dies when there is no memory. @param kernel  when it is first asked */
export function bootOom(booted: BootedMemory, log: KernelLog, kernel: () => KernelRooms): OutOfMemory<Process> {
  const { pages, swapCache, vmscan } = booted;
  const hopeless = (nid: number): boolean => vmscan.isHopeless(nid);
  const oom = new OutOfMemory<Process>({ pages, swap: swapCache, tasks: oomTasks(kernel), log, hopeless });
  pages.oomKiller = oom;
  return oom;
}

/** From now on each object is known. */
export function bootKmemleak(booted: BootedMemory, log: KernelLog, sched: Scheduler): KmemleakFile {
  const { clock, slub, system } = booted;
  const kmemleak = new Kmemleak({ clock, memory: system.memory, log, current: () => sched.running });
  slub.leaks = kmemleak;
  const file = new KmemleakFile(kmemleak, clock, log);
  file.start();
  return file;
}

/** What can be loaded: where somebody looks for leaks, a module that leaks. */
export function bootModules(
  { kmalloc, system, mmus }: BootedMemory,
  log: KernelLog,
  leaks: KmemleakFile | null,
): Modules {
  if (leaks === null) return new Modules(kmalloc, null, new Map());
  const test = new KmemleakTest({ kmalloc, memory: system.memory, log, nrCpus: mmus.length });
  return new Modules(kmalloc, leaks.kmemleak, new Map([['kmemleak_test', test]]));
}

export function registerOomSysctls(sysctls: Sysctls, { sysctls: values }: OutOfMemory<Process>): void {
  for (const [name, field, min, max] of OOM_ROWS) {
    const write = (value: number): number => {
      values[field] = value;
      return 0;
    };
    sysctls.register(name, { min, max, read: () => values[field], write });
  }
}
