/**
 * A mixed life of many processes in the whole kernel: they map, touch, fork, share, move, lock, page out and end, by chance
 * from a seed. Each byte that is read is held against a plain table of what was written.
 *
 *     region of process 5:   page  0   1   2   3          content: one byte of each page
 *                                  7   0   0  42          a private region is copied by fork, a shared one is not
 */
import {
  MADV_DONTNEED,
  MADV_PAGEOUT,
  MAP_ANONYMOUS,
  MAP_PRIVATE,
  MAP_SHARED,
  MREMAP_MAYMOVE,
  PROT_READ,
  PROT_WRITE,
} from '../include/mman.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { Pid, UserAddr } from '../include/types.ts';
import type { Kernel } from '../init/kernel.ts';
import { panic } from '../lib/panic.ts';
import { Xorshift } from '../lib/xorshift.ts';

const MOST_PROCESSES = 16;
const MOST_REGIONS = 12;
const MOST_PAGES = 48;
const RW = PROT_READ | PROT_WRITE;

interface Region {
  addr: UserAddr;
  pages: number;
  readonly shared: boolean;
  writable: boolean;
  /** By page: its first byte. */
  content: Uint8Array;
}

/** What is done, and how often of a hundred. */
type Deed = readonly [perCent: number, run: (life: ProcessLife, pid: Pid) => void];

export class ProcessLife {
  readonly #kernel: Kernel;
  readonly #random: Xorshift;
  readonly #regions = new Map<Pid, Region[]>();
  /** The keys of `regions`. */
  #pids: readonly Pid[] = [1];
  /** As many had been killed when it was last looked. */
  #oomKills = 0;
  /** Operations so far. */
  done = 0;
  /** Processes that ended for lack of memory. */
  killed = 0;

  constructor(kernel: Kernel, seed: number) {
    this.#kernel = kernel;
    this.#random = new Xorshift(seed);
    this.#regions.set(1, []);
  }

  get processes(): number {
    return this.#regions.size;
  }

  /** Does so many operations. Panics at the first byte that is not what was written. */
  play(operations: number): void {
    for (const end = this.done + operations; this.done < end; this.done++) {
      const pid = this.#pids[this.#random.below(this.#pids.length)];
      DEED_OF[this.#random.below(100)](this, pid);
      this.#noticeKills();
    }
  }

  /** Others may have died too, for lack of memory. */
  #noticeKills(): void {
    const { events } = this.#kernel.booted.system.vmstat;
    if (events.oom_kill === this.#oomKills) return;
    this.#oomKills = events.oom_kill;
    for (const pid of this.#regions.keys()) if (!this.#kernel.rooms.pids.find(pid)?.mm) this.#died(pid);
  }

  /** All processes but the first end, and what the first has mapped goes. */
  end(): void {
    for (const pid of this.#regions.keys()) if (pid !== 1) this.exit(pid);
    for (const { addr, pages } of this.#regionsOf(1)) this.#kernel.syscall(1, 'munmap', addr, pages * PAGE_SIZE);
    this.#regions.set(1, []);
  }

  #regionsOf(pid: Pid): Region[] {
    return this.#regions.get(pid) ?? panic(`processes: there is no process ${pid}`);
  }

  /** @returns one of the process's regions, or null: it has none */
  #anyRegion(pid: Pid): Region | null {
    const regions = this.#regionsOf(pid);
    return regions[this.#random.below(Math.max(regions.length, 1))] ?? null;
  }

  touch(pid: Pid, write: boolean): void {
    const region = this.#anyRegion(pid);
    if (region === null) {
      this.map(pid);
      return;
    }
    const page = this.#random.below(region.pages);
    if (write && region.writable) this.#store(pid, region, page);
    else this.#load(pid, region, page);
  }

  #store(pid: Pid, region: Region, page: number): void {
    const value = this.#random.below(256);
    if (this.#kernel.store(pid, region.addr + page * PAGE_SIZE, value) === null) region.content[page] = value;
    else this.#died(pid);
  }

  #load(pid: Pid, region: Region, page: number): void {
    const value = this.#kernel.load(pid, region.addr + page * PAGE_SIZE);
    if (typeof value !== 'number') this.#died(pid);
    else if (value !== region.content[page]) {
      panic(`processes: operation ${this.done}: process ${pid} reads ${value}, not ${region.content[page]}`);
    }
  }

  /** The last signal was the last. */
  #died(pid: Pid): void {
    this.killed++;
    this.#regions.delete(pid);
    this.#pids = [...this.#regions.keys()];
    this.#kernel.syscall(1, 'wait4', pid);
  }

  map(pid: Pid): void {
    const regions = this.#regionsOf(pid);
    if (regions.length >= MOST_REGIONS) return;
    const pages = 1 + this.#random.below(MOST_PAGES);
    const shared = this.#random.below(4) === 0;
    const flags = MAP_ANONYMOUS | (shared ? MAP_SHARED : MAP_PRIVATE);
    const addr = this.#kernel.syscall(pid, 'mmap', 0, pages * PAGE_SIZE, RW, flags, -1, 0);
    if (addr > 0) regions.push({ addr, pages, shared, writable: true, content: new Uint8Array(pages) });
  }

  unmap(pid: Pid): void {
    const region = this.#anyRegion(pid);
    if (region === null || this.#kernel.syscall(pid, 'munmap', region.addr, region.pages * PAGE_SIZE) < 0) return;
    this.#regions.set(
      pid,
      this.#regionsOf(pid).filter((each) => each !== region),
    );
  }

  protect(pid: Pid): void {
    const region = this.#anyRegion(pid);
    if (region === null) return;
    const writable = !region.writable;
    const prot = writable ? RW : PROT_READ;
    const result = this.#kernel.syscall(pid, 'mprotect', region.addr, region.pages * PAGE_SIZE, prot);
    if (result === 0) region.writable = writable;
  }

  advise(pid: Pid): void {
    const region = this.#anyRegion(pid);
    if (region === null) return;
    const advice = this.#random.below(3) === 0 ? MADV_DONTNEED : MADV_PAGEOUT;
    const result = this.#kernel.syscall(pid, 'madvise', region.addr, region.pages * PAGE_SIZE, advice);
    if (result === 0 && advice === MADV_DONTNEED && !region.shared) region.content.fill(0);
  }

  /** Makes a private region larger; it may move. */
  grow(pid: Pid): void {
    const region = this.#anyRegion(pid);
    if (region === null || region.shared || region.pages >= MOST_PAGES) return;
    const pages = region.pages + 1 + this.#random.below(8);
    const [oldLen, newLen] = [region.pages * PAGE_SIZE, pages * PAGE_SIZE];
    const addr = this.#kernel.syscall(pid, 'mremap', region.addr, oldLen, newLen, MREMAP_MAYMOVE, 0);
    if (addr < 0) return;
    const content = new Uint8Array(pages);
    content.set(region.content);
    Object.assign(region, { addr, pages, content });
  }

  lock(pid: Pid): void {
    const region = this.#anyRegion(pid);
    if (region === null) return;
    const call = this.#random.below(2) === 0 ? 'mlock' : 'munlock';
    this.#kernel.syscall(pid, call, region.addr, region.pages * PAGE_SIZE);
  }

  fork(pid: Pid): void {
    if (this.processes >= MOST_PROCESSES) return;
    const child = Number(this.#kernel.syscall(pid, 'fork'));
    if (child < 0) return;
    const copy = (region: Region): Region => ({
      ...region,
      content: region.shared ? region.content : region.content.slice(),
    });
    this.#regions.set(child, this.#regionsOf(pid).map(copy));
    this.#pids = [...this.#regions.keys()];
  }

  /** Its children become those of the first process, which waits for them at once. */
  exit(pid: Pid): void {
    if (pid === 1) return;
    this.#kernel.syscall(pid, 'exit', 0);
    this.#regions.delete(pid);
    this.#pids = [...this.#regions.keys()];
    for (const other of this.#regions.keys()) this.#kernel.syscall(other, 'wait4', -1);
  }

  migrate(pid: Pid): void {
    const cpu = this.#random.below(this.#kernel.rooms.sched.nrCpus);
    this.#kernel.syscall(pid, 'sched_setaffinity', 0, [cpu]);
  }
}

const DEEDS: readonly Deed[] = [
  [46, (life, pid) => life.touch(pid, true)],
  [36, (life, pid) => life.touch(pid, false)],
  [5, (life, pid) => life.map(pid)],
  [3, (life, pid) => life.unmap(pid)],
  [2, (life, pid) => life.protect(pid)],
  [2, (life, pid) => life.advise(pid)],
  [1, (life, pid) => life.grow(pid)],
  [1, (life, pid) => life.lock(pid)],
  [2, (life, pid) => life.fork(pid)],
  [1, (life, pid) => life.exit(pid)],
  [1, (life, pid) => life.migrate(pid)],
];
/** A hundred of them: as many of each as it is often. */
const DEED_OF = DEEDS.flatMap(([perCent, run]) => Array.from({ length: perCent }, () => run));
