/** What the log says when memory runs out. Linux: mm/oom_kill.c, dump_header(), dump_tasks(), dump_oom_victim(). */
import { PAGE_SHIFT } from '../include/param.ts';
import type { PageAllocator } from './alloc_pages.ts';
import { gfpText } from './gfp_names.ts';
import type { OomControl, OomTask } from './oom_task.ts';
import { type SwapCounts, showMem } from './show_mem.ts';

/** Where it happens. */
export interface OomScene {
  readonly oc: OomControl;
  readonly pages: PageAllocator;
  readonly swap: SwapCounts;
  readonly current: OomTask | null;
  readonly hopeless: (nid: number) => boolean;
}

const K = (pages: number): number => pages << (PAGE_SHIFT - 10);

/** A set of nodes as ranges: `0-1,3`. Linux: %*pbl. */
function nodeList(mask: number): string {
  const ranges: string[] = [];
  for (let nid = 0; nid < 32; nid++) {
    if (!(mask & (1 << nid))) continue;
    const first = nid;
    while (mask & (1 << (nid + 1)) && nid < 30) nid++;
    ranges.push(first === nid ? `${first}` : `${first}-${nid}`);
  }
  return ranges.join(',');
}

/** Who asked for what, and what is left of memory. */
export function oomHeader({ oc, pages, swap, current, hopeless }: OomScene): string[] {
  const comm = current?.comm ?? 'swapper';
  const adj = current?.oomScoreAdj ?? 0;
  const asked = `gfp_mask=${gfpText(oc.gfp)}, order=${oc.order}, oom_score_adj=${adj}`;
  return [`${comm} invoked oom-killer: ${asked}`, ...showMem(pages, swap, hopeless)];
}

/** A line for each process that could be killed. */
export function tasksState(tasks: readonly OomTask[]): string[] {
  const columns = 'uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name';
  return ['Tasks state (memory values in pages):', `[  pid  ]   ${columns}`, ...tasks.flatMap(taskLine)];
}

function taskLine({ pid, comm, owner, oomScoreAdj, mm }: OomTask): string[] {
  if (mm === null) return [];
  const { rss, pgtablesBytes } = mm.pages;
  const pad = (value: number, width: number): string => String(value).padStart(width);
  const all = rss.anon + rss.file + rss.shmem;
  const who = `[${pad(pid, 7)}] ${pad(owner.credentials.uid, 5)} ${pad(pid, 5)}`;
  const has = `${pad(mm.totalVm, 8)} ${pad(all, 8)} ${pad(rss.anon, 8)} ${pad(rss.file, 8)} ${pad(rss.shmem, 9)}`;
  return [`${who} ${has} ${pad(pgtablesBytes, 8)} ${pad(rss.swapents, 8)}         ${pad(oomScoreAdj, 5)} ${comm}`];
}

/** In short: why, where, who. SIMPLIFIED: no cpusets, no cgroups: their names are those of the roots. */
export function oomSummary({ oc, pages }: OomScene, { comm, pid, owner }: OomTask): string {
  const constraint = oc.nodemask === null ? 'CONSTRAINT_NONE' : 'CONSTRAINT_MEMORY_POLICY';
  const nodemask = oc.nodemask === null ? '(null)' : nodeList(oc.nodemask);
  const all = nodeList(2 ** pages.vmstat.nodes.length - 1);
  const where = `constraint=${constraint},nodemask=${nodemask},cpuset=/,mems_allowed=${all},global_oom`;
  return `oom-kill:${where},task_memcg=/,task=${comm},pid=${pid},uid=${owner.credentials.uid}`;
}

export function victimLine(message: string, { pid, comm, owner, oomScoreAdj, mm }: OomTask): string {
  const killed = `${message}: Killed process ${pid} (${comm})`;
  if (mm === null) return killed;
  const { rss, pgtablesBytes } = mm.pages;
  const has = `total-vm:${K(mm.totalVm)}kB, anon-rss:${K(rss.anon)}kB, file-rss:${K(rss.file)}kB, shmem-rss:${K(rss.shmem)}kB`;
  return `${killed} ${has}, UID:${owner.credentials.uid} pgtables:${pgtablesBytes / 1024}kB oom_score_adj:${oomScoreAdj}`;
}
