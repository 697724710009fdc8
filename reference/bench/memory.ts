/** What processes do with memory: lookups, faults, forks, reclaim. */
import { MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE, PROT_READ, PROT_WRITE } from '../include/mman.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';
import { Kernel } from '../init/kernel.ts';
import { panic } from '../lib/panic.ts';
import { benchMachine } from './machine.ts';
import type { Workload } from './workload.ts';

const RW = PROT_READ | PROT_WRITE;
const ANONYMOUS = MAP_PRIVATE | MAP_ANONYMOUS;
/** Far from all else. */
const ARENA: UserAddr = 2 ** 40;

function map(kernel: Kernel, pages: number): UserAddr {
  const addr = kernel.syscall(1, 'mmap', 0, pages * PAGE_SIZE, RW, ANONYMOUS, -1, 0);
  return addr > 0 ? addr : panic('bench: no room');
}

/** Looks addresses up among so many mappings, each apart from the next. */
export function findVmaWorkload(mappings: number): Workload {
  const times = 1000;
  const kernel = Kernel.boot(benchMachine(2 ** 14));
  for (let i = 0; i < mappings; i++) {
    kernel.syscall(1, 'mmap', ARENA + 2 * i * PAGE_SIZE, PAGE_SIZE, RW, ANONYMOUS | MAP_FIXED, -1, 0);
  }
  const mm = kernel.rooms.pids.find(1)?.mm ?? panic('bench: no process');
  let at = 0;
  const run = (): void => {
    for (let i = 0; i < times; i++) {
      at = (at + 7919) % mappings;
      mm.vmaLookup(ARENA + 2 * at * PAGE_SIZE);
    }
  };
  return { title: `mapping found among ${mappings.toLocaleString('en-US')}`, times, run };
}

/** First writes to fresh anonymous pages, by the process itself: TLB miss, walk, fault, walk. */
export function minorFaultWorkload(): Workload {
  const times = 1000;
  const kernel = Kernel.boot(benchMachine(2 ** 14));
  let addr = map(kernel, times);
  const before = (): void => {
    kernel.syscall(1, 'munmap', addr, times * PAGE_SIZE);
    addr = map(kernel, times);
  };
  const run = (): void => {
    for (let i = 0; i < times; i++) kernel.store(1, addr + i * PAGE_SIZE, 1);
  };
  return { title: 'minor fault: first write to a page', times, run, before };
}

/** A fork of a process with so many pages of its own. */
export function forkWorkload(pages: number): Workload {
  const kernel = Kernel.boot(benchMachine(2 ** 15));
  const addr = map(kernel, pages);
  for (let i = 0; i < pages; i++) kernel.store(1, addr + i * PAGE_SIZE, 1);
  let child = 0;
  const before = (): void => {
    if (child > 0) kernel.syscall(child, 'exit', 0);
  };
  const run = (): void => {
    child = Number(kernel.syscall(1, 'fork'));
  };
  return { title: `fork of ${pages.toLocaleString('en-US')} pages`, times: 1, run, before };
}

/** Takes so many written pages out of memory, to swap. */
export function reclaimWorkload(pages: number): Workload {
  const kernel = Kernel.boot(benchMachine(2 ** 18, 2 ** 18));
  let addr = 0;
  const before = (): void => {
    if (addr > 0) kernel.syscall(1, 'munmap', addr, pages * PAGE_SIZE);
    addr = map(kernel, pages);
    for (let i = 0; i < pages; i++) kernel.store(1, addr + i * PAGE_SIZE, 1 + (i % 255));
  };
  const run = (): void => {
    kernel.booted.vmscan.forceEmpty();
  };
  return { title: `reclaim of ${pages.toLocaleString('en-US')} pages`, times: 1, run, before };
}
