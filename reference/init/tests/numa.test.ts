import { EINVAL } from '../../include/errno.ts';
import { MAP_ANONYMOUS, MAP_PRIVATE, PROT_READ, PROT_WRITE } from '../../include/mman.ts';
import { ZONE_NORMAL } from '../../include/mmzone.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import { MPOL_BIND, MPOL_DEFAULT, MPOL_INTERLEAVE, MPOL_PREFERRED } from '../../kernel/syscalls/numa.ts';
import { Kernel } from '../kernel.ts';
import { machine } from './machines.ts';

/** Two nodes of 4096 frames; CPU 0 is on node 0, CPU 1 on node 1. */
function twoNodes(): Kernel {
  const small = machine(8192);
  const nodes = [0, 1].map((nid) => ({
    cpus: [nid],
    zones: [{ zone: ZONE_NORMAL, startPfn: nid * 4096, spannedPages: 4096, holes: [] }] as const,
    distances: nid === 0 ? [10, 20] : [20, 10],
  }));
  return Kernel.boot({ ...small, memory: { ...small.memory, nodes } });
}

/** Writes eight fresh pages. @returns how many came from each node */
function spread(kernel: Kernel): number[] {
  const anon = (): number[] => kernel.booted.system.vmstat.nodes.map((node) => node.nr_anon_pages);
  const before = anon();
  const prot = PROT_READ | PROT_WRITE;
  const addr = Number(kernel.syscall(1, 'mmap', 0, 8 * PAGE_SIZE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  for (let page = 0; page < 8; page++) kernel.store(1, addr + page * PAGE_SIZE, 1);
  kernel.validate();
  return anon().map((pages, nid) => pages - before[nid]);
}

describe('set_mempolicy', () => {
  test('memory comes from where the process runs, unless it says otherwise', () => {
    const kernel = twoNodes();
    expect(spread(kernel)).toEqual([8, 0]);
    kernel.syscall(1, 'sched_setaffinity', 0, [1]);
    expect(spread(kernel)).toEqual([0, 8]);
    expect(kernel.syscall(1, 'set_mempolicy', MPOL_BIND, 1)).toBe(0);
    expect(spread(kernel)).toEqual([8, 0]);
    expect(kernel.syscall(1, 'set_mempolicy', MPOL_INTERLEAVE, 3)).toBe(0);
    const [near, far] = spread(kernel);
    expect([near + far, near > 0, far > 0]).toEqual([8, true, true]);
    expect(kernel.syscall(1, 'set_mempolicy', MPOL_DEFAULT, 0)).toBe(0);
    expect(spread(kernel)).toEqual([0, 8]);
  });

  test('refuses nodes that do not exist, and no nodes where some are needed', () => {
    const kernel = twoNodes();
    expect(kernel.syscall(1, 'set_mempolicy', MPOL_BIND, 4)).toBe(-EINVAL);
    expect(kernel.syscall(1, 'set_mempolicy', MPOL_BIND, 0)).toBe(-EINVAL);
    expect(kernel.syscall(1, 'set_mempolicy', MPOL_PREFERRED, 2)).toBe(0);
    expect(spread(kernel)).toEqual([0, 8]);
  });
});
