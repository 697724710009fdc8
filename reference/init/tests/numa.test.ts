import { EFAULT, EINVAL, EIO } from '../../include/errno.ts';
import { MADV_PAGEOUT, MAP_ANONYMOUS, MAP_PRIVATE, PROT_READ, PROT_WRITE } from '../../include/mman.ts';
import { ZONE_NORMAL } from '../../include/mmzone.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import { MPOL_BIND, MPOL_DEFAULT, MPOL_INTERLEAVE, MPOL_PREFERRED } from '../../kernel/syscalls/numa.ts';
import { pteIndex, ptePfn } from '../../mm/pte.ts';
import { MPOL_MF_MOVE, MPOL_MF_MOVE_ALL, MPOL_MF_STRICT } from '../../mm/vma_policy.ts';
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

/** Maps private anonymous pages. */
function mapPages(kernel: Kernel, pages: number): number {
  const prot = PROT_READ | PROT_WRITE;
  return Number(kernel.syscall(1, 'mmap', 0, pages * PAGE_SIZE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

/** The node of each page of a mapping, a letter each; `.`: it is not there. */
function nodesOf(kernel: Kernel, pid: number, addr: number, pages: number): string {
  const mm = kernel.rooms.pids.find(pid)?.mm;
  const letters = Array.from({ length: pages }, (_, page) => {
    const at = addr + page * PAGE_SIZE;
    const words = mm?.pages.pteTable(at);
    const i = pteIndex(at);
    return words && words[i] & 1 ? String(kernel.booted.pages.nidOf(ptePfn(words[i], words[i + 1]))) : '.';
  });
  return letters.join('');
}

/** The mappings of the first process that lie in a range, in pages, with the kind of their policy. */
function policies(kernel: Kernel, addr: number, pages: number): string[] {
  const vmas = [...(kernel.rooms.pids.find(1)?.mm?.vmas ?? [])];
  return vmas
    .filter(({ vmStart, vmEnd }) => vmStart < addr + pages * PAGE_SIZE && vmEnd > addr)
    .map(({ vmStart, vmEnd, vmPolicy }) => {
      const [first, end] = [vmStart, vmEnd].map((at) => (at - addr) / PAGE_SIZE);
      return `${first}-${end} ${vmPolicy?.kind ?? 'none'}`;
    });
}

/** Writes each page, a number of its own. */
function fill(kernel: Kernel, pid: number, addr: number, pages: number): void {
  for (let page = 0; page < pages; page++) kernel.store(pid, addr + page * PAGE_SIZE, 100 + page);
}

const holds = (kernel: Kernel, pid: number, addr: number, pages: number): boolean =>
  Array.from({ length: pages }, (_, page) => kernel.load(pid, addr + page * PAGE_SIZE) === 100 + page).every(Boolean);

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

describe('mbind', () => {
  test('pages of a mapping come from its nodes; interleaved by their place, not by who came first', () => {
    const kernel = twoNodes();
    const addr = mapPages(kernel, 12);
    expect(kernel.syscall(1, 'mbind', addr, 8 * PAGE_SIZE, MPOL_INTERLEAVE, 3, 0)).toBe(0);
    expect(kernel.syscall(1, 'mbind', addr + 8 * PAGE_SIZE, 2 * PAGE_SIZE, MPOL_BIND, 2, 0)).toBe(0);
    for (const page of [5, 0, 7, 2, 4, 1, 6, 3]) kernel.store(1, addr + page * PAGE_SIZE, 1);
    for (const page of [8, 9, 10, 11]) kernel.store(1, addr + page * PAGE_SIZE, 1);
    const [first] = nodesOf(kernel, 1, addr, 1);
    expect(nodesOf(kernel, 1, addr, 12)).toBe(first === '0' ? '010101011100' : '101010101100');
    const { zones } = kernel.booted.pages;
    expect(zones.all.map(({ stat }) => stat.numa_interleave)).toEqual([4, 4]);
    kernel.validate();
  });

  test('cuts mappings, and neighbours with the same policy become one', () => {
    const kernel = twoNodes();
    const addr = mapPages(kernel, 10);
    kernel.store(1, addr, 1);
    kernel.syscall(1, 'mbind', addr + 2 * PAGE_SIZE, 2 * PAGE_SIZE, MPOL_BIND, 2, 0);
    kernel.syscall(1, 'mbind', addr + 6 * PAGE_SIZE, 2 * PAGE_SIZE, MPOL_BIND, 2, 0);
    const cut = ['0-2 none', '2-4 bind', '4-6 none', '6-8 bind', '8-10 none'];
    expect(policies(kernel, addr, 10)).toEqual(cut);
    kernel.syscall(1, 'mbind', addr + 4 * PAGE_SIZE, 2 * PAGE_SIZE, MPOL_BIND, 2, 0);
    expect(policies(kernel, addr, 10)).toEqual(['0-2 none', '2-8 bind', '8-10 none']);
    kernel.syscall(1, 'mbind', addr, 10 * PAGE_SIZE, MPOL_DEFAULT, 0, 0);
    expect(policies(kernel, addr, 10)).toEqual(['0-10 none']);
    kernel.validate();
  });

  test('a hole is -EFAULT, and nothing has changed', () => {
    const kernel = twoNodes();
    const addr = mapPages(kernel, 4);
    kernel.syscall(1, 'munmap', addr + PAGE_SIZE, PAGE_SIZE);
    expect(kernel.syscall(1, 'mbind', addr, 4 * PAGE_SIZE, MPOL_BIND, 2, 0)).toBe(-EFAULT);
    expect(policies(kernel, addr, 4)).toEqual(['0-1 none', '2-4 none']);
    expect(kernel.syscall(1, 'mbind', addr + 1, PAGE_SIZE, MPOL_BIND, 2, 0)).toBe(-EINVAL);
    expect(kernel.syscall(1, 'mbind', addr, PAGE_SIZE, MPOL_BIND, 2, 8)).toBe(-EINVAL);
  });

  test('MPOL_MF_STRICT refuses when a page lies elsewhere; MPOL_MF_MOVE moves it, with what it holds', () => {
    const kernel = twoNodes();
    const addr = mapPages(kernel, 6);
    fill(kernel, 1, addr, 6);
    kernel.syscall(1, 'mlock', addr, 2 * PAGE_SIZE);
    expect(kernel.syscall(1, 'mbind', addr, 6 * PAGE_SIZE, MPOL_BIND, 2, MPOL_MF_STRICT)).toBe(-EIO);
    expect(nodesOf(kernel, 1, addr, 6)).toBe('000000');
    expect(kernel.syscall(1, 'mbind', addr, 6 * PAGE_SIZE, MPOL_BIND, 2, MPOL_MF_STRICT | MPOL_MF_MOVE)).toBe(0);
    expect(nodesOf(kernel, 1, addr, 6)).toBe('111111');
    expect(holds(kernel, 1, addr, 6)).toBe(true);
    const { vmstat } = kernel.booted.system;
    expect([vmstat.events.pgmigrate_success, vmstat.zones[0][ZONE_NORMAL].nr_mlock]).toEqual([6, 0]);
    expect(vmstat.zones[1][ZONE_NORMAL].nr_mlock).toBe(2);
    kernel.validate();
  });

  test('a page that a child has too moves only with MPOL_MF_MOVE_ALL, and for both', () => {
    const kernel = twoNodes();
    const addr = mapPages(kernel, 2);
    fill(kernel, 1, addr, 2);
    const child = Number(kernel.syscall(1, 'fork'));
    const both = MPOL_MF_STRICT | MPOL_MF_MOVE;
    expect(kernel.syscall(1, 'mbind', addr, 2 * PAGE_SIZE, MPOL_BIND, 2, both)).toBe(-EIO);
    kernel.syscall(1, 'mbind', addr, 2 * PAGE_SIZE, MPOL_DEFAULT, 0, 0);
    expect(kernel.syscall(1, 'mbind', addr, 2 * PAGE_SIZE, MPOL_BIND, 2, MPOL_MF_MOVE_ALL)).toBe(0);
    expect([nodesOf(kernel, 1, addr, 2), nodesOf(kernel, child, addr, 2)]).toEqual(['11', '11']);
    kernel.validate();
    kernel.store(child, addr, 7);
    expect([holds(kernel, 1, addr, 2), kernel.load(child, addr)]).toEqual([true, 7]);
    kernel.syscall(child, 'exit', 0);
    kernel.validate();
  });

  test('when no frame can be had the page stays', () => {
    const kernel = twoNodes();
    const addr = mapPages(kernel, 2);
    fill(kernel, 1, addr, 2);
    let left = 1;
    kernel.failNext({ shouldFail: (what) => what === 'page' && left-- > 0 });
    const flags = MPOL_MF_STRICT | MPOL_MF_MOVE;
    expect(kernel.syscall(1, 'mbind', addr, 2 * PAGE_SIZE, MPOL_BIND, 2, flags)).toBe(-EIO);
    kernel.failNext(null);
    expect(nodesOf(kernel, 1, addr, 2)).toBe('01');
    expect([holds(kernel, 1, addr, 2), kernel.booted.system.vmstat.events.pgmigrate_fail]).toEqual([true, 1]);
    kernel.validate();
  });
});

describe('numastat', () => {
  test('what one node missed another was asked for; near and far together are all', () => {
    const kernel = twoNodes();
    const before = kernel.booted.pages.zones.all.map(({ stat }) => stat.numa_foreign);
    expect(before).toEqual([0, 0]);
    kernel.syscall(1, 'set_mempolicy', MPOL_PREFERRED, 1);
    const addr = mapPages(kernel, 5000);
    fill(kernel, 1, addr, 5000);
    kernel.syscall(1, 'sched_setaffinity', 0, [1]);
    spread(kernel);
    kernel.syscall(1, 'madvise', addr, 100 * PAGE_SIZE, MADV_PAGEOUT);
    const [near, far] = kernel.booted.pages.zones.all.map(({ stat }) => stat);
    expect(near.numa_foreign).toBe(far.numa_miss);
    expect(far.numa_miss).toBeGreaterThan(500);
    expect([far.numa_foreign, near.numa_miss]).toEqual([0, 0]);
    for (const each of [near, far]) expect(each.numa_hit + each.numa_miss).toBe(each.numa_local + each.numa_other);
    kernel.validate();
  });
});
