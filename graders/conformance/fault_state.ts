/** What a kernel shows of processes and their pages: as recorded, and as the reference kernel shows it, in one form. */
import { ARENA, type Processes } from './fault_processes.ts';
import type { FaultStep, ProcessState, Run } from './fault_steps.ts';
import type { Machine } from './memory.ts';
import type { Mm } from './system_calls.ts';

type VmArea = import('../../reference/mm/vma.ts').VmArea;
type PagemapEntry = import('../../reference/fs/proc/task_mmu.ts').PagemapEntry;

const KB = 1024;
const PAGE = 4096;
/** kB of a page of hugetlb. */
const HUGE_KB = 2048;

/** One page of a mapping. */
export interface ShownPage {
  readonly page: number;
  /** P present, S in swap, G guard; x mapped here alone, f of a file, Z the page of zeroes, T in a large folio. */
  readonly code: string;
  /** Names a page in a frame, or a slot of swap; null: neither. A frame that is freed and used again is another page. */
  readonly id: string | null;
}

export interface ShownVma {
  /** Range, rights, offset, kind, flags. */
  readonly head: string;
  /** smaps, in kB, without those that are 0. */
  readonly smaps: Readonly<Record<string, number>>;
  readonly pages: readonly ShownPage[];
}

export interface ShownProcess {
  readonly proc: number;
  readonly vmas: readonly ShownVma[];
  /** Of /proc/PID/status, in kB, without those that are 0. */
  readonly status: Readonly<Record<string, number>>;
}

/** @param vmpteBase  kB of page tables that the recorder itself had */
export function recordedState(step: FaultStep, vmpteBase: number): ShownProcess[] {
  return Object.entries(step.state)
    .map(([proc, state]) => ({ proc: Number(proc), ...recordedProcess(state, vmpteBase) }))
    .sort((a, b) => a.proc - b.proc);
}

function recordedProcess(state: ProcessState, vmpteBase: number): Omit<ShownProcess, 'proc'> {
  const vmas = state.vmas.map(({ v, fl, pages, ...smaps }) => ({
    head: `${v.join(' ')} [${fl}]`,
    smaps,
    pages: pages.flatMap(recordedPages),
  }));
  return { vmas, status: nonZero({ ...state.rss_delta_kb, VmPTE: state.VmPTE_kb - vmpteBase }) };
}

/** Ids run on in a run; that of the page of zeroes does not. */
function recordedPages([first, count, code, id]: Run): ShownPage[] {
  return Array.from({ length: count }, (_, i) => ({
    page: first + i,
    code: [...code].sort().join(''),
    id: typeof id === 'number' ? `${code[0] ?? ''}${id + i}` : null,
  }));
}

export function shownState({ machine, live }: Processes): ShownProcess[] {
  return live.map(([proc, mm]) => ({ proc, ...shownProcess(machine, mm) }));
}

function shownProcess(machine: Machine, mm: Mm): Omit<ShownProcess, 'proc'> {
  const { rss, pgtablesBytes } = mm.pages;
  const kb = (pages: number): number => (pages * PAGE) / KB;
  const status = {
    VmLck: kb(mm.lockedVm),
    RssAnon: kb(rss.anon),
    RssFile: kb(rss.file),
    RssShmem: kb(rss.shmem),
    VmSwap: kb(rss.swapents),
    VmPTE: pgtablesBytes / KB,
  };
  return { vmas: [...mm.vmas].map((vma) => shownVma(machine, vma)), status: nonZero(status) };
}

function shownVma({ kernel, system, births }: Machine, vma: VmArea): ShownVma {
  const { showVmFlags, showVmPerms } = kernel['fs/proc/vm_flags'];
  const { pagemap, smapGatherStats } = kernel['fs/proc/task_mmu'];
  const { vmStart, vmEnd, vmFlags, vmPgoff, vmFile } = vma;
  const isHuge = vmFile?.hugetlb !== undefined;
  const kind = isHuge ? 'hugetlb' : (vmFile?.name ?? 'anon');
  const place = [vmStart - ARENA, vmEnd - ARENA, showVmPerms(vmFlags), vmFile === null ? 0 : vmPgoff * PAGE, kind];
  return {
    head: `${place.join(' ')} [${showVmFlags(vmFlags)}]`,
    // The size of pages is told where it is not the usual one.
    smaps: { ...nonZero(smapGatherStats(system, vma)), ...(isHuge ? { KernelPageSize: HUGE_KB } : {}) },
    pages: pagemap(system, vma).map((entry) => shownPage(entry, births)),
  };
}

function shownPage(entry: PagemapEntry, births: Readonly<Uint32Array>): ShownPage {
  const { page, kind, id, exclusive, file, zero, large } = entry;
  const letter = { present: 'P', swap: 'S', guard: 'G' }[kind];
  const marks = [exclusive ? 'x' : '', file ? 'f' : '', zero ? 'Z' : '', large ? 'T' : ''];
  const code = [...`${letter}${marks.join('')}`].sort().join('');
  const name = kind === 'present' ? `P${id}.${births[id]}` : `S${id}`;
  return { page, code, id: zero || kind === 'guard' ? null : name };
}

function nonZero(values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== 0));
}

/** Everything but names of frames, as text. @param referenced  whether that field of smaps is told */
export function told(state: readonly ShownProcess[], referenced: boolean): string {
  return state
    .flatMap(({ proc, vmas, status }) => [
      `process ${proc} ${values(status)}`,
      ...vmas.flatMap(({ head, smaps, pages }) => {
        const { Referenced = 0, ...others } = smaps;
        return [`  ${head}`, `    ${values(referenced ? { ...others, Referenced } : others)}`, `    ${runs(pages)}`];
      }),
    ])
    .filter((line) => line.trim() !== '')
    .join('\n');
}

function values(record: Readonly<Record<string, number>>): string {
  return Object.keys(record)
    .sort()
    .map((key) => `${key} ${record[key]}`)
    .join(' ');
}

/** `0+6 Px 6+1 PZ` */
function runs(pages: readonly ShownPage[]): string {
  const list: { first: number; count: number; code: string }[] = [];
  for (const { page, code } of pages) {
    const last = list.at(-1);
    if (last !== undefined && last.code === code && last.first + last.count === page) last.count++;
    else list.push({ first: page, count: 1, code });
  }
  return list.map(({ first, count, code }) => `${first}+${count} ${code}`).join(' ');
}
