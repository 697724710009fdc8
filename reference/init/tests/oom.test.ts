/** Memory runs out in the whole machine: somebody dies, the others live, nothing is lost. */
import { MAP_ANONYMOUS, MAP_PRIVATE, MAP_SHARED, PROT_READ, PROT_WRITE } from '../../include/mman.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import type { Pid } from '../../include/types.ts';
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
