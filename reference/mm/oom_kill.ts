/**
 * The last resort: nothing more can be reclaimed, so a process must die. Linux: mm/oom_kill.c.
 *
 *     out of memory ─► who holds most? ─► SIGKILL ─► its anonymous memory goes at once (the reaper), the rest as it ends
 *                          `── nobody may be killed: the machine stops
 *
 * A process that is chosen while it asks for memory itself is told that there is none; it ends when it leaves the kernel.
 * SIMPLIFIED: no memory cgroups, no threads, no address space that is shared; a request without __GFP_FS is refused, where
 * Linux lets it try for ever; no stack is logged.
 */
import { __GFP_FS } from '../include/gfp.ts';
import { VM_HUGETLB, VM_PFNMAP, VM_SHARED } from '../include/mm_types.ts';
import { KERN_EMERG, KERN_ERR, KERN_INFO, KERN_WARNING, type Printk } from '../include/printk.ts';
import type { OomKiller } from '../include/reclaim.ts';
import type { Order } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { PageAllocator } from './alloc_pages.ts';
import type { MmStruct } from './mm_struct.ts';
import { isWalked } from './mmget.ts';
import { oomBadness } from './oom_badness.ts';
import { type OomScene, oomHeader, oomSummary, tasksState, victimLine } from './oom_report.ts';
import type { OomControl, OomTask, OomTasks } from './oom_task.ts';
import type { SwapCounts } from './show_mem.ts';
import { vmaIsAnonymous } from './vma.ts';
import { zapPageRange } from './zap.ts';

/** /proc/sys/vm. */
export interface OomSysctls {
  oomKillAllocatingTask: number;
  /** 1: the machine stops instead, unless only some nodes are short; 2: always. */
  panicOnOom: number;
  /** Whether all processes are listed in the log. */
  oomDumpTasks: number;
}

export interface OomRooms<Task extends OomTask> {
  readonly pages: PageAllocator;
  readonly swap: SwapCounts;
  readonly tasks: OomTasks<Task>;
  readonly log: Printk;
  /** Whether kswapd has given a node up. */
  readonly hopeless: (nid: number) => boolean;
}

export class OutOfMemory<Task extends OomTask> implements OomKiller {
  readonly sysctls: OomSysctls = { oomKillAllocatingTask: 0, panicOnOom: 0, oomDumpTasks: 1 };
  readonly #rooms: OomRooms<Task>;

  constructor(rooms: OomRooms<Task>) {
    this.#rooms = rooms;
  }

  /** RAM and swap, in pages: what a score is measured by. */
  get totalPages(): number {
    return this.#rooms.pages.totalPages + this.#rooms.swap.totalSwapPages;
  }

  /**
   * Linux: out_of_memory().
   * @param nodemask  nodes that the request may be served from; null: all
   * @returns whether memory has come free. Panics when nobody may be killed, or vm.panic_on_oom says so
   */
  outOfMemory(gfp: number, order: Order, nodemask: number | null): boolean {
    const { tasks } = this.#rooms;
    const current = tasks.current();
    if (current?.isKilled || !(gfp & __GFP_FS)) return false;
    if (this.#endDying()) return true;
    // One is dying that cannot end yet: it is to be waited for, and here that means to give up.
    for (const task of tasks.all()) if (task.isKilled && task.mm !== null) return false;
    const oc = this.#control(gfp, order, nodemask);
    this.#panicOnOom(oc);
    if (current !== null && this.sysctls.oomKillAllocatingTask !== 0 && this.badness(current, oc) !== null) {
      return this.#oomKillProcess(oc, current, 'Out of memory (oom_kill_allocating_task)');
    }
    const chosen = this.selectBadProcess(oc);
    if (chosen !== null) return this.#oomKillProcess(oc, chosen, 'Out of memory');
    this.#dumpHeader(oc);
    this.#rooms.log.printk(KERN_WARNING, 'Out of memory and no killable processes...');
    return this.#stop('System is deadlocked on memory');
  }

  /** Points of a process; null: never. Linux: oom_unkillable_task(), oom_cpuset_eligible(), oom_badness(). */
  badness(task: Task, { nodemask, totalPages }: OomControl): number | null {
    const { mm, parent, asking, oomScoreAdj } = task;
    if (mm === null || parent === null || task.isKilled) return null;
    const { policy } = asking;
    if (nodemask !== null && policy?.kind === 'bind' && (policy.nodes & nodemask) === 0) return null;
    return oomBadness(mm.pages, oomScoreAdj, totalPages);
  }

  /**
   * The process with the most points, the youngest of several. Linux: select_bad_process(), oom_evaluate_task().
   * @returns null: there is none
   */
  selectBadProcess(oc: OomControl): Task | null {
    let chosen: Task | null = null;
    let most = -Infinity;
    for (const task of this.#rooms.tasks.all()) {
      const badness = this.badness(task, oc);
      const points = badness !== null && task.oomOrigin ? Infinity : badness;
      if (points === null || points < most) continue;
      chosen = task;
      most = points;
    }
    return chosen;
  }

  /** Those that have been killed before end. @returns whether that helps */
  #endDying(): boolean {
    const before = this.#freePages;
    const { tasks } = this.#rooms;
    const current = tasks.current();
    for (const task of [...tasks.all()]) {
      if (task.isKilled && task.mm !== null && task !== current && !isWalked(task.mm)) tasks.end(task);
    }
    return this.#freePages > before;
  }

  get #freePages(): number {
    const { pages } = this.#rooms;
    return pages.nrFreePages + pages.zones.nrPcpPages;
  }

  /** Linux: constrained_alloc(). */
  #control(gfp: number, order: Order, nodemask: number | null): OomControl {
    const { pages, swap } = this.#rooms;
    const inMask = pages.zones.all.filter(({ nid }) => nodemask === null || (nodemask & (1 << nid)) !== 0);
    const ram = inMask.reduce((sum, { managedPages }) => sum + managedPages, 0);
    const constrained = ram < pages.totalPages;
    return { gfp, order, nodemask: constrained ? nodemask : null, totalPages: ram + swap.totalSwapPages };
  }

  /** Linux: check_panic_on_oom(). */
  #panicOnOom(oc: OomControl): void {
    const { panicOnOom } = this.sysctls;
    if (panicOnOom === 0 || (panicOnOom === 1 && oc.nodemask !== null)) return;
    this.#dumpHeader(oc);
    this.#stop(`Out of memory: ${panicOnOom === 2 ? 'compulsory' : 'system-wide'} panic_on_oom is enabled`);
  }

  #stop(why: string): never {
    this.#rooms.log.printk(KERN_EMERG, `Kernel panic - not syncing: ${why}`);
    panic(`oom_kill: ${why}`);
  }

  /** Linux: oom_kill_process(), __oom_kill_process(). */
  #oomKillProcess(oc: OomControl, victim: Task, message: string): boolean {
    const { pages, tasks, log } = this.#rooms;
    this.#dumpHeader(oc);
    log.printk(KERN_INFO, oomSummary(this.#scene(oc), victim));
    pages.events.oom_kill++;
    log.printk(KERN_ERR, victimLine(message, victim));
    const { mm } = victim;
    const before = this.#freePages;
    if (mm !== null && victim !== tasks.current() && !isWalked(mm)) {
      oomReapMm(mm);
      log.printk(KERN_INFO, reapedLine(victim, mm));
    }
    tasks.kill(victim);
    if (this.#freePages > before) return true;
    return this.#endDying();
  }

  #dumpHeader(oc: OomControl): void {
    const { log } = this.#rooms;
    const scene = this.#scene(oc);
    for (const line of oomHeader(scene)) log.printk(KERN_WARNING, line);
    if (this.sysctls.oomDumpTasks === 0) return;
    const { tasks } = this.#rooms;
    const listed = [...tasks.all()].filter((task) => task.parent !== null && task.mm !== null);
    for (const line of tasksState(listed)) log.printk(KERN_INFO, line);
  }

  #scene(oc: OomControl): OomScene {
    const { pages, swap, tasks, hopeless } = this.#rooms;
    return { oc, pages, swap, current: tasks.current(), hopeless };
  }
}

/** What only this process has goes, before it ends. Linux: __oom_reap_task_mm(). */
function oomReapMm(mm: MmStruct): void {
  const { system } = mm.owner;
  for (const vma of [...mm.vmas]) {
    if (vma.vmFlags & (VM_PFNMAP | VM_HUGETLB)) continue;
    if (!vmaIsAnonymous(vma) && vma.vmFlags & VM_SHARED) continue;
    zapPageRange(system, vma, vma.vmStart, vma.vmEnd, 'pages');
  }
  system.mlockBatch.drain();
}

function reapedLine({ pid, comm }: OomTask, { pages: { rss } }: MmStruct): string {
  const left = `now anon-rss:${rss.anon * 4}kB, file-rss:${rss.file * 4}kB, shmem-rss:${rss.shmem * 4}kB`;
  return `oom_reaper: reaped process ${pid} (${comm}), ${left}`;
}
