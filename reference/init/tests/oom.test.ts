/** Memory runs out in the whole machine: somebody dies, the others live, nothing is lost. */
import { ENOMEM } from '../../include/errno.ts';
import { MAP_ANONYMOUS, MAP_PRIVATE, MAP_SHARED, PROT_READ, PROT_WRITE } from '../../include/mman.ts';
import { ZONE_NORMAL } from '../../include/mmzone.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import type { Pid } from '../../include/types.ts';
import { MPOL_BIND } from '../../kernel/syscalls/numa.ts';
import { Kernel } from '../kernel.ts';
import { machine } from './machines.ts';

const RW = PROT_READ | PROT_WRITE;
const MIB = 256;

/** A machine of 8 MiB. @param slots  pages of swap; 0: none */
function smallKernel(slots: number, sysctls: Record<string, number> = {}): Kernel {
  const disk = { blocks: slots, latencyNs: 20_000, nsPerBlock: 2_000 };
  const swap = slots === 0 ? [] : [{ path: '/dev/vdb', disk, rotational: false, boot: null }];
  return Kernel.boot(machine(8 * MIB, 2, { swap, sysctls: { 'vm.overcommit_memory': 1, ...sysctls } }));
}

function fork(kernel: Kernel, comm: string): Pid {
  const pid = Number(kernel.syscall(1, 'fork'));
  const process = kernel.rooms.pids.find(pid);
  if (process !== null) process.comm = comm;
  return pid;
}

const map = (kernel: Kernel, pid: Pid, pages: number, flags: number): number =>
  Number(kernel.syscall(pid, 'mmap', 0, pages * PAGE_SIZE, RW, flags | MAP_ANONYMOUS, -1, 0));

/** Writes to pages one after the other, until all are written or the process gets a signal. @returns pages written */
function touch(kernel: Kernel, pid: Pid, addr: number, pages: number): number {
  for (let page = 0; page < pages; page++) {
    if (kernel.rooms.pids.find(pid)?.mm === null || kernel.rooms.pids.find(pid) === null) return page;
    if (kernel.store(pid, addr + page * PAGE_SIZE, 1 + (page % 255)) !== null) return page;
  }
  return pages;
}

/** Frames that are free when all that need not be there is gone. */
function settled(kernel: Kernel): number {
  kernel.sleep(10e9);
  for (const value of [3, 3, 3]) kernel.writeSysctl('vm.drop_caches', value);
  for (const cache of kernel.booted.slub.caches) kernel.booted.slub.kmemCacheShrink(cache);
  kernel.booted.pages.drainAllPages();
  return kernel.booted.pages.nrFreePages;
}

const logOf = (kernel: Kernel): string[] => kernel.rooms.log.lines.map(({ text }) => text);
const alive = (kernel: Kernel): string[] => [...kernel.rooms.pids].filter(({ mm }) => mm).map(({ comm }) => comm);

/** Two that live within their means, and one that does not. @returns pages that the hog could write */
function play(kernel: Kernel): number {
  const modest = ['sh', 'editor'].map((comm) => fork(kernel, comm));
  const starts = modest.map((pid) => map(kernel, pid, MIB / 2, MAP_PRIVATE));
  for (const [i, pid] of modest.entries()) touch(kernel, pid, starts[i], MIB / 2);
  const hog = fork(kernel, 'hog');
  const wrote = touch(kernel, hog, map(kernel, hog, 16 * MIB, MAP_PRIVATE), 16 * MIB);
  kernel.validate();
  for (const [i, pid] of modest.entries()) {
    for (let page = 0; page < MIB / 2; page++) {
      expect(kernel.load(pid, starts[i] + page * PAGE_SIZE)).toBe(1 + (page % 255));
    }
  }
  return wrote;
}

describe('more is written than memory and swap can hold', () => {
  test('the one that has most dies, the others keep what they have, all frames come back', () => {
    const kernel = smallKernel(MIB);
    const before = settled(kernel);
    const wrote = play(kernel);
    expect(wrote).toBeGreaterThan(6 * MIB);
    expect(wrote).toBeLessThan(8 * MIB);
    expect(alive(kernel)).toEqual(['init', 'sh', 'editor']);
    expect(kernel.booted.system.vmstat.events.oom_kill).toBe(1);
    for (const { pid, mm } of [...kernel.rooms.pids]) if (pid !== 1 && mm !== null) kernel.syscall(pid, 'exit', 0);
    expect(settled(kernel)).toBe(before);
    kernel.validate();
  });

  test('the log tells it as Linux does', () => {
    const kernel = smallKernel(MIB);
    play(kernel);
    const log = logOf(kernel);
    expect(log[0]).toBe('hog invoked oom-killer: gfp_mask=0x100cca(GFP_HIGHUSER_MOVABLE), order=0, oom_score_adj=0');
    expect(log[1]).toBe('Mem-Info:');
    const tasks = log.indexOf('Tasks state (memory values in pages):');
    expect(log.slice(tasks - 6, tasks)).toEqual([
      'Free swap  = 0kB',
      'Total swap = 1020kB',
      '2048 pages RAM',
      '0 pages HighMem/MovableOnly',
      '0 pages reserved',
      '0 pages hwpoisoned',
    ]);
    const [columns, sh, editor, hog, why, killed, ...rest] = log.slice(tasks + 1);
    expect(columns).toBe(
      '[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name',
    );
    expect(sh).toBe(
      '[      2]     0     2      197        0        0        0         0    12288      128             0 sh',
    );
    expect(editor).toMatch(/^\[ {6}3\] {5}0 {5}3 {6}197 .* 0 editor$/);
    expect(hog).toMatch(/^\[ {6}4\] {5}0 {5}4 {5}4165 .* 0 hog$/);
    expect(why).toBe(
      'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/,task=hog,pid=4,uid=0',
    );
    expect(killed).toMatch(
      /^Out of memory: Killed process 4 \(hog\) total-vm:16660kB, anon-rss:\d+kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:24kB oom_score_adj:0$/,
    );
    expect(rest).toEqual([]);
  });
});

/** Two of the same size, then one page after the other by a third, until one of them dies. @returns who is left */
function between(kernel: Kernel, adjust: (pids: readonly Pid[]) => void): string[] {
  const pids = ['first', 'second'].map((comm) => fork(kernel, comm));
  for (const pid of pids) touch(kernel, pid, map(kernel, pid, 2 * MIB, MAP_PRIVATE), 2 * MIB);
  const asker = fork(kernel, 'asker');
  adjust([...pids, asker]);
  const addr = map(kernel, asker, 8 * MIB, MAP_PRIVATE);
  const kills = (): number => kernel.booted.system.vmstat.events.oom_kill;
  for (let page = 0; kills() === 0; page++) kernel.store(asker, addr + page * PAGE_SIZE, 1);
  kernel.validate();
  return alive(kernel);
}

const adjust = (kernel: Kernel, pid: Pid, value: number): void => {
  const process = kernel.rooms.pids.find(pid);
  if (process !== null) process.oomScoreAdj = value;
};

describe('who is chosen', () => {
  test('oom_score_adj weighs more than size', () => {
    const kernel = smallKernel(0);
    expect(between(kernel, ([first]) => adjust(kernel, first, 900))).toEqual(['init', 'second', 'asker']);
  });

  test('of two alike the younger', () => {
    const kernel = smallKernel(0);
    expect(between(kernel, ([, , asker]) => adjust(kernel, asker, -999))).toEqual(['init', 'first', 'asker']);
  });

  test('nobody with -1000', () => {
    const kernel = smallKernel(0);
    const never = ([first, , asker]: readonly Pid[]): void => {
      for (const pid of [first, asker]) adjust(kernel, pid, -1000);
    };
    expect(between(kernel, never)).toEqual(['init', 'first', 'asker']);
  });

  test('vm.oom_kill_allocating_task: whoever asks, the first process excepted', () => {
    const kernel = smallKernel(0, { 'vm.oom_kill_allocating_task': 1 });
    expect(between(kernel, ([first]) => adjust(kernel, first, 900))).toEqual(['init', 'first', 'second']);
    expect(logOf(kernel).at(-1)).toMatch(/^Out of memory \(oom_kill_allocating_task\): Killed process 4 \(asker\)/);
  });

  test('vm.oom_dump_tasks 0: the log is shorter', () => {
    const kernel = smallKernel(0, { 'vm.oom_dump_tasks': 0 });
    between(kernel, () => undefined);
    expect(logOf(kernel)).not.toContain('Tasks state (memory values in pages):');
  });

  test('one that has been killed is not killed again in a system call, and gets -ENOMEM', () => {
    const kernel = smallKernel(0, { 'vm.oom_kill_allocating_task': 1 });
    const pid = fork(kernel, 'locker');
    const addr = map(kernel, pid, 16 * MIB, MAP_PRIVATE);
    expect(kernel.syscall(pid, 'mlock', addr, 16 * MIB * PAGE_SIZE)).toBeLessThan(0);
    expect(alive(kernel)).toEqual(['init']);
    expect(kernel.booted.system.vmstat.events.oom_kill).toBe(1);
    kernel.validate();
  });
});

describe('a node that a process is bound to is full', () => {
  test('only its pages count, and only who may use it is killed', () => {
    const small = machine(1024);
    const nodes = [0, 1].map((nid) => ({
      cpus: [nid],
      zones: [{ zone: ZONE_NORMAL, startPfn: nid * 512, spannedPages: 512, holes: [] }] as const,
      distances: nid === 0 ? [10, 20] : [20, 10],
    }));
    const kernel = Kernel.boot({ ...small, memory: { ...small.memory, nodes } });
    const [bound, elsewhere] = ['bound', 'elsewhere'].map((comm) => fork(kernel, comm));
    kernel.syscall(elsewhere, 'set_mempolicy', MPOL_BIND, 0b10);
    touch(kernel, elsewhere, map(kernel, elsewhere, 300, MAP_PRIVATE), 300);
    kernel.syscall(bound, 'set_mempolicy', MPOL_BIND, 0b01);
    expect(touch(kernel, bound, map(kernel, bound, 600, MAP_PRIVATE), 600)).toBeLessThan(512);
    expect(alive(kernel)).toEqual(['init', 'elsewhere']);
    expect(logOf(kernel).at(-2)).toBe(
      'oom-kill:constraint=CONSTRAINT_MEMORY_POLICY,nodemask=0,cpuset=/,mems_allowed=0-1,global_oom,task_memcg=/,task=bound,pid=2,uid=0',
    );
    kernel.validate();
  });
});

describe('the machine stops', () => {
  test.each([
    [1, 'system-wide'],
    [2, 'compulsory'],
  ])('vm.panic_on_oom %i: %s', (value, kind) => {
    const kernel = smallKernel(0, { 'vm.panic_on_oom': value });
    expect(() => between(kernel, () => undefined)).toThrow(`Out of memory: ${kind} panic_on_oom is enabled`);
    expect(logOf(kernel).at(-1)).toBe(`Kernel panic - not syncing: Out of memory: ${kind} panic_on_oom is enabled`);
  });

  test('when nobody may be killed', () => {
    const kernel = smallKernel(0);
    const addr = map(kernel, 1, 16 * MIB, MAP_PRIVATE);
    expect(() => touch(kernel, 1, addr, 16 * MIB)).toThrow('oom_kill: System is deadlocked on memory');
    expect(logOf(kernel).at(-2)).toBe('Out of memory and no killable processes...');
  });
});

describe('swapoff', () => {
  test('dies itself when what is in swap does not fit', () => {
    const kernel = smallKernel(8 * MIB);
    const hog = fork(kernel, 'hog');
    const addr = map(kernel, hog, 12 * MIB, MAP_PRIVATE);
    expect(touch(kernel, hog, addr, 12 * MIB)).toBe(12 * MIB);
    const admin = fork(kernel, 'swapoff');
    expect(kernel.syscall(admin, 'swapoff', '/dev/vdb')).toBe(-ENOMEM);
    expect(alive(kernel)).toEqual(['init', 'hog']);
    kernel.validate();
    expect(kernel.load(hog, addr + 100 * PAGE_SIZE)).toBe(101);
  });

  test('by the first process: somebody else dies, and it fails or goes on', () => {
    const kernel = smallKernel(8 * MIB);
    const hog = fork(kernel, 'hog');
    const other = fork(kernel, 'other');
    touch(kernel, other, map(kernel, other, MIB, MAP_PRIVATE), MIB);
    touch(kernel, hog, map(kernel, hog, 12 * MIB, MAP_PRIVATE), 12 * MIB);
    kernel.syscall(1, 'swapoff', '/dev/vdb');
    expect(alive(kernel)).toEqual(['init', 'other']);
    kernel.validate();
  });
});

describe('one who dies while another asks', () => {
  test('its memory comes free at once', () => {
    const kernel = smallKernel(MIB);
    const hog = fork(kernel, 'hog');
    touch(kernel, hog, map(kernel, hog, 6 * MIB, MAP_PRIVATE), 6 * MIB);
    const other = fork(kernel, 'other');
    const wrote = touch(kernel, other, map(kernel, other, 4 * MIB, MAP_PRIVATE), 4 * MIB);
    expect(wrote).toBe(4 * MIB);
    expect(alive(kernel)).toEqual(['init', 'other']);
    expect(logOf(kernel).at(-1)).toBe(
      `oom_reaper: reaped process ${hog} (hog), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB`,
    );
    kernel.validate();
  });

  test('memory that it shares goes as it ends', () => {
    const kernel = smallKernel(0);
    const hog = fork(kernel, 'hog');
    touch(kernel, hog, map(kernel, hog, 7 * MIB, MAP_SHARED), 7 * MIB);
    const other = fork(kernel, 'other');
    expect(touch(kernel, other, map(kernel, other, 4 * MIB, MAP_PRIVATE), 4 * MIB)).toBe(4 * MIB);
    expect(alive(kernel)).toEqual(['init', 'other']);
    expect(kernel.booted.system.vmstat.events.oom_kill).toBe(1);
    kernel.validate();
  });
});
