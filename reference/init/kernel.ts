/**
 * The whole machine: booted from a description, driven by system calls and by what processes touch.
 * Linux: init/main.c, start_kernel().
 *
 *     const kernel = Kernel.boot(description);
 *     const addr = kernel.syscall(1, 'mmap', 0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
 *     kernel.store(1, addr, 42);
 *
 * All numbers are those of Linux; time is virtual, chance is seeded: the same calls give the same machine, for ever.
 */
import { Hugetlbfs } from '../fs/hugetlbfs.ts';
import { ProcFs } from '../fs/proc/proc_fs.ts';
import { SysFs } from '../fs/sysfs/sys_fs.ts';
import { ESRCH } from '../include/errno.ts';
import type { FaultInjector } from '../include/fault_inject.ts';
import {
  INIT_RLIMITS,
  type MachineDescription,
  type ProgramDescription,
  ROOT,
  type Siginfo,
} from '../include/kernel.ts';
import { PAGE_FAULT_NS, SYSTEM_CALL_NS } from '../include/param.ts';
import type { Pid, Ticks, UserAddr } from '../include/types.ts';
import { execProgram } from '../kernel/exec.ts';
import { placeByChance } from '../kernel/execve.ts';
import { compute } from '../kernel/fair.ts';
import { OpenFiles } from '../kernel/files.ts';
import { Mounts } from '../kernel/mounts.ts';
import { leaveFault, leaveKernel } from '../kernel/oom.ts';
import { excPageFault } from '../kernel/page_fault.ts';
import { PidTable } from '../kernel/pid.ts';
import { KernelLog } from '../kernel/printk.ts';
import { Process, ProcessOwner } from '../kernel/process.ts';
import type { PsiGroup } from '../kernel/psi.ts';
import type { KernelRooms } from '../kernel/rooms.ts';
import { Scheduler } from '../kernel/sched.ts';
import { forceSig } from '../kernel/signal.ts';
import { SYSTEM_CALLS, type SystemCall, type SystemCallArgs, type SystemCallResult } from '../kernel/syscalls.ts';
import { Sysctls } from '../kernel/sysctl.ts';
import { type FaultHandler, UserMemory } from '../kernel/uaccess.ts';
import { VmPolicy } from '../kernel/vm_policy.ts';
import { CpuSet } from '../lib/cpumask.ts';
import { panic } from '../lib/panic.ts';
import { Xorshift } from '../lib/xorshift.ts';
import { Khugepaged } from '../mm/khugepaged.ts';
import type { MmStruct } from '../mm/mm_struct.ts';
import { CommitAccount } from '../mm/util.ts';
import { type BootedFiles, bootFiles } from './files.ts';
import { type BootedMemory, bootMemory } from './memory.ts';
import { bootKmemleak, bootModules, bootOom, bootPsi, registerOomSysctls } from './pressure.ts';
import { registerSysctls } from './sysctls.ts';
import { validateKernel } from './validate.ts';

/** The first program. */
const INIT: ProgramDescription = { comm: 'init', text: 2 ** 16, rodata: 2 ** 14, data: 2 ** 14, bss: 2 ** 14 };

/** All address spaces, by process. */
function mmsOf(pids: PidTable): MmStruct[] {
  return [...pids].flatMap(({ mm }) => mm ?? []);
}

export class Kernel {
  readonly description: MachineDescription;
  readonly booted: BootedMemory;
  readonly files: BootedFiles;
  readonly rooms: KernelRooms;
  /** What /proc/pressure shows. */
  readonly psi: PsiGroup;

  private constructor(
    description: MachineDescription,
    booted: BootedMemory,
    files: BootedFiles,
    rooms: KernelRooms,
    psi: PsiGroup,
  ) {
    this.description = description;
    this.booted = booted;
    this.files = files;
    this.rooms = rooms;
    this.psi = psi;
  }

  /** Panics when the machine is too small for its first process. */
  static boot(description: MachineDescription): Kernel {
    const booted = bootMemory(description);
    const log = new KernelLog(booted.clock);
    const { system, tlb, mmus, pages, clock, writeback, swapCache, swapFaults } = booted;
    const sched = new Scheduler(mmus.length, tlb, [pages]);
    const kmemleak = description.kmemleak === 'on' ? bootKmemleak(booted, log, sched) : null;
    const files = bootFiles(booted, description, log);
    const { fs, flusher, swapFiles } = files;
    const policy = new VmPolicy(booted.sizes, pages.nrFreePages, description.thp, description.quirks);
    const sysctls = new Sysctls();
    const handleFault: FaultHandler = (process, addr, code) => {
      clock.work(PAGE_FAULT_NS);
      const signal = excPageFault(log, process, addr, code);
      leaveFault(rooms);
      return signal;
    };
    const [psi, states] = bootPsi(booted, sched);
    const khugepaged = new Khugepaged({
      ...{ system, clock },
      mms: () => mmsOf(rooms.pids),
      isBusy: () => clock.isWaiting || pages.memalloc,
    });
    const rooms: KernelRooms = {
      khugepaged,
      ...{ system, clock, tlb, fs, flusher, writeback, swapCache, swapFaults, swapFiles },
      policy,
      commit: new CommitAccount(policy),
      sysctls,
      pids: new PidTable(),
      sched,
      user: new UserMemory(system.memory, mmus, sched, handleFault),
      random: new Xorshift(description.seed),
      log,
      mounts: new Mounts(),
      trees: [],
      modules: bootModules(booted, log, kmemleak),
      hugetlbfs: new Hugetlbfs(system.huge.inodes),
      oom: bootOom(booted, log, () => rooms),
      states,
      kmemleak,
      dying: new Set(),
    };
    registerSysctls(sysctls, booted, files, rooms);
    registerOomSysctls(sysctls, rooms.oom);
    const kernel = new Kernel(description, booted, files, rooms, psi);
    for (const [name, value] of Object.entries(description.sysctls)) {
      if (kernel.rooms.sysctls.write(name, value) !== 0) panic(`kernel: ${name} cannot be ${value}`);
    }
    kernel.#startInit();
    rooms.trees.push(new ProcFs(kernel), new SysFs(kernel));
    return kernel;
  }

  #startInit(): void {
    const { pids, sched } = this.rooms;
    const owner = new ProcessOwner(this.rooms, ROOT, INIT_RLIMITS);
    const cpusAllowed = new CpuSet(sched.nrCpus);
    for (let cpu = 0; cpu < sched.nrCpus; cpu++) cpusAllowed.add(cpu);
    const started = execProgram(owner, INIT, null, ...placeByChance(this.rooms));
    if (typeof started === 'number') panic(`kernel: no first process: ${started}`);
    const pid = pids.alloc() ?? panic('kernel: no number for the first process');
    const init = new Process({
      pid,
      parent: null,
      comm: INIT.comm,
      owner,
      files: new OpenFiles(),
      cpu: 0,
      cpusAllowed,
      asking: {},
    });
    init.mm = started.mm;
    pids.add(init);
  }

  /** Makes a system call; see kernel/syscalls. @returns what it returns; -ESRCH: no such process, or it has ended */
  syscall<Name extends SystemCall>(
    pid: Pid,
    name: Name,
    ...args: SystemCallArgs<Name>
  ): SystemCallResult<Name> | number {
    const process = this.rooms.pids.find(pid);
    if (process === null || process.mm === null) return -ESRCH;
    this.rooms.sched.run(process);
    this.rooms.clock.work(SYSTEM_CALL_NS);
    const result = SYSTEM_CALLS[name]({ kernel: this.rooms, process, mm: process.mm }, ...args);
    leaveKernel(this.rooms);
    return result;
  }

  /** A process reads a byte. @returns it; or the signal that this brought, which may have ended the process */
  load(pid: Pid, addr: UserAddr): number | Siginfo {
    const process = this.#live(pid);
    const result = this.rooms.user.load(process, addr);
    return typeof result === 'number' ? result : this.#signalled(process, result);
  }

  /** A process writes a byte. @param value  0 .. 255. @returns null; or the signal that this brought */
  store(pid: Pid, addr: UserAddr, value: number): Siginfo | null {
    const process = this.#live(pid);
    const result = this.rooms.user.store(process, addr, value);
    return result === null ? null : this.#signalled(process, result);
  }

  /** A process runs the instruction at an address. @returns its first byte; or the signal that this brought */
  fetch(pid: Pid, addr: UserAddr): number | Siginfo {
    const process = this.#live(pid);
    const result = this.rooms.user.fetch(process, addr);
    return typeof result === 'number' ? result : this.#signalled(process, result);
  }

  /**
   * The program of a process computes, and touches nothing that it does not have: it takes its turns on a CPU while others
   * do what they do. @param ns  more than 0. @param done  called when it has, unless it ends before
   */
  compute(pid: Pid, ns: Ticks, done: () => void): void {
    compute(this.rooms, this.#live(pid), ns, done);
  }

  #live(pid: Pid): Process {
    const process = this.rooms.pids.find(pid);
    if (process === null || process.mm === null) panic(`kernel: process ${pid} is to touch memory, but does not run`);
    return process;
  }

  #signalled(process: Process, info: Siginfo): Siginfo {
    forceSig(this.rooms, process, info);
    return info;
  }

  /** Nobody does anything for a while; what is due happens. */
  sleep(ns: Ticks): void {
    this.booted.clock.advance(ns);
    leaveKernel(this.rooms);
  }

  /** @returns its value, or null: there is none of this name */
  readSysctl(name: string): number | null {
    return this.rooms.sysctls.read(name);
  }

  /** @returns 0; -ENOENT, -EINVAL */
  writeSysctl(name: string, value: number): number {
    return this.rooms.sysctls.write(name, value);
  }

  /** From now on somebody else decides what fails; null: nothing does. */
  failNext(injector: FaultInjector | null): void {
    this.booted.pages.failNext = injector;
    this.booted.swapCache.swap.failNext = injector;
    for (const device of this.files.devices) device.failures = injector;
  }

  /** Panics unless every structure of the machine is sound. Cost: all of it. */
  validate(): void {
    validateKernel(this.booted, this.rooms);
  }
}
