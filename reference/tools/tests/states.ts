/** Machines with something on them, and programs run on them, for tests. */
import { NSEC_PER_SEC } from '../../arch/clock.ts';
import type { PseudoFs } from '../../fs/proc/generic.ts';
import { ProcFs } from '../../fs/proc/proc_fs.ts';
import { SysFs } from '../../fs/sysfs/sys_fs.ts';
import { ENOENT } from '../../include/errno.ts';
import { O_RDWR } from '../../include/fcntl.ts';
import type { MachineDescription } from '../../include/kernel.ts';
import { MAP_ANONYMOUS, MAP_PRIVATE, MAP_SHARED, PROT_READ, PROT_WRITE } from '../../include/mman.ts';
import { ZONE_NORMAL } from '../../include/mmzone.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import type { Computes, Files, Running, Tool, ToolContext } from '../../include/tool.ts';
import type { Pid, UserAddr } from '../../include/types.ts';
import { Kernel } from '../../init/kernel.ts';
import { machine } from '../../init/tests/machines.ts';
import { panic } from '../../lib/panic.ts';

const DISK = { blocks: 8192, latencyNs: 100_000, nsPerBlock: 10_000 };
const RW = PROT_READ | PROT_WRITE;

const description = (frames: number, more: Partial<MachineDescription> = {}): MachineDescription =>
  machine(frames, 2, {
    disk: DISK,
    files: [{ path: '/data', size: 2 ** 20 }],
    swap: [
      { path: '/dev/vdb', disk: DISK, rotational: false, boot: null },
      { path: '/swapfile', disk: { ...DISK, blocks: 4096 }, rotational: false, boot: 5 },
    ],
    thp: 'madvise',
    ...more,
  });

/** Two nodes, one CPU each. */
function twoNodes(frames: number): MachineDescription {
  const small = description(frames);
  const half = frames / 2;
  const nodes = [0, 1].map((nid) => ({
    cpus: [nid],
    zones: [{ zone: ZONE_NORMAL, startPfn: nid * half, spannedPages: half, holes: [] }] as const,
    distances: nid === 0 ? [10, 20] : [20, 10],
  }));
  return { ...small, memory: { ...small.memory, nodes } };
}

function fork(kernel: Kernel): Pid {
  const child = kernel.syscall(1, 'fork');
  return child > 0 ? child : panic('states: fork failed');
}

/** Fresh memory, written to. @returns its address; less is written when the process is killed */
function fill(kernel: Kernel, pid: Pid, pages: number, flags = MAP_PRIVATE | MAP_ANONYMOUS): UserAddr {
  const addr = kernel.syscall(pid, 'mmap', 0, pages * PAGE_SIZE, RW, flags, -1, 0);
  for (let page = 0; page < pages; page++) {
    if (kernel.rooms.pids.find(pid)?.mm === undefined) break;
    kernel.store(pid, addr + page * PAGE_SIZE, 1 + (page % 255));
  }
  return addr;
}

/** Processes with private, shared, locked and file memory. */
function load(kernel: Kernel): void {
  const [first, second] = [fork(kernel), fork(kernel)];
  fill(kernel, first, 300);
  fill(kernel, first, 20, MAP_SHARED | MAP_ANONYMOUS);
  kernel.syscall(first, 'mlock', fill(kernel, first, 4), 4 * PAGE_SIZE);
  const fd = kernel.syscall(second, 'open', '/data', O_RDWR);
  const file = kernel.syscall(second, 'mmap', 0, 64 * PAGE_SIZE, RW, MAP_SHARED, fd, 0);
  for (let page = 0; page < 64; page++) kernel.store(second, file + page * PAGE_SIZE, 7);
  kernel.syscall(second, 'fork');
  kernel.sleep(3 * NSEC_PER_SEC + 250_000_000);
}

/** By name; each is made anew. */
export const STATES: Readonly<Record<string, () => Kernel>> = {
  loaded() {
    const kernel = Kernel.boot(description(8192));
    load(kernel);
    return kernel;
  },
  computing() {
    const kernel = Kernel.boot(description(2048));
    load(kernel);
    const [first, second, third] = [fork(kernel), fork(kernel), fork(kernel)];
    kernel.syscall(1, 'sched_setaffinity', second, [0]);
    kernel.compute(first, 3723.456 * NSEC_PER_SEC, () => {});
    kernel.compute(second, 1e6 * NSEC_PER_SEC, () => {});
    fill(kernel, third, 3500);
    kernel.sleep(12_345 * NSEC_PER_SEC);
    kernel.compute(third, NSEC_PER_SEC, () => {});
    kernel.sleep(61 * NSEC_PER_SEC);
    return kernel;
  },
  NUMA() {
    const kernel = Kernel.boot(twoNodes(8192));
    load(kernel);
    kernel.sleep(2 * 86400 * NSEC_PER_SEC);
    return kernel;
  },
};

/** /proc and /sys as a process sees them, and nothing else. */
class PseudoFiles implements Files {
  readonly #kernel: Kernel;
  readonly #pid: Pid;
  readonly #mounts: readonly PseudoFs[];

  constructor(kernel: Kernel, pid: Pid) {
    this.#kernel = kernel;
    this.#pid = pid;
    this.#mounts = [new ProcFs(kernel), new SysFs(kernel)];
  }

  read(path: string): string | number {
    return this.#mount(path)?.read(path, this.#reader) ?? -ENOENT;
  }

  readAt(path: string, pos: number, len: number): Uint8Array | number {
    return this.#mount(path)?.readAt(path, this.#reader, pos, len) ?? -ENOENT;
  }

  write(path: string, text: string): number {
    return this.#mount(path)?.write(path, text, this.#reader) ?? -ENOENT;
  }

  list(path: string): readonly string[] | number {
    return this.#mount(path)?.list(path, this.#reader) ?? -ENOENT;
  }

  stat(path: string): ReturnType<Files['stat']> {
    const stat = this.#mount(path)?.stat(path, this.#reader) ?? -ENOENT;
    return typeof stat === 'number' ? stat : { ...stat, size: 0 };
  }

  get #reader(): Parameters<PseudoFs['read']>[1] {
    return this.#kernel.rooms.pids.find(this.#pid) ?? panic(`states: no process ${this.#pid}`);
  }

  #mount(path: string): PseudoFs | undefined {
    return this.#mounts.find(({ mount }) => path === mount || path.startsWith(`${mount}/`));
  }
}

export const filesOf = (kernel: Kernel, pid: Pid): Files => new PseudoFiles(kernel, pid);

export interface Ran {
  readonly out: string;
  readonly err: string;
  readonly status: number;
}

/** Runs a program as process 1 until it ends; time passes as it sleeps. @param more  what else it gets */
export function run(kernel: Kernel, tool: Tool<Kernel>, line: string, more: Partial<ToolContext<Kernel>> = {}): Ran {
  const [name, ...args] = line.split(' ').filter((word) => word !== '');
  // Whoever ran before has left its CPU.
  kernel.sleep(1);
  let out = '';
  let err = '';
  const running = tool({
    ...{ kernel, pid: 1, name, args, stdin: '', cwd: '/', env: {}, files: new PseudoFiles(kernel, 1) },
    now: () => kernel.rooms.clock.now,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    exec: () => panic('states: nothing is executed'),
    spawn: () => panic('states: nothing is spawned'),
    wait: () => panic('states: nothing is waited for'),
    ...more,
  });
  const status = typeof running === 'number' ? running : finish(kernel, running);
  return { out, err, status };
}

function compute(kernel: Kernel, { pid, ns }: Computes): void {
  const { states, clock } = kernel.rooms;
  kernel.compute(pid, ns, () => {});
  while (states.dueAt < Infinity) kernel.sleep(states.dueAt - clock.now);
}

/** Sleeps and computes as long as it wants to. @returns the exit status */
export function finish(kernel: Kernel, running: Running): number {
  for (;;) {
    const step = running.next();
    if (step.done) return step.value;
    if (typeof step.value === 'number') kernel.sleep(step.value);
    else compute(kernel, step.value);
  }
}
