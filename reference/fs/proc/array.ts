/**
 * The texts of /proc/PID/stat, status and statm. Linux: fs/proc/array.c, fs/proc/task_mmu.c (task_mem()).
 * SIMPLIFIED: all processes are of one session and one group, that of the first; signals are not kept.
 */
import { NSEC_PER_SEC } from '../../arch/clock.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import type { Ticks } from '../../include/types.ts';
import type { Process } from '../../kernel/process.ts';
import type { MmStruct } from '../../mm/mm_struct.ts';
import type { ProcRooms } from './proc_rooms.ts';
import { listOf, maskOf, pagesToKb } from './seq_file.ts';

/** Nodes that a kernel can know of. Linux: MAX_NUMNODES. */
const MAX_NUMNODES = 1024;
/** Largest limit. Linux: RLIM_INFINITY. */
const RLIM_INFINITY = '18446744073709551615';
/** PF_RANDOMIZE. */
const TASK_FLAGS = 4194304;
const SIGCHLD = 17;
const USER_HZ = 100;
/** All of them but CAP_SYS_RESOURCE, as the recorded machine gave root. */
const ALL_CAPABILITIES = '000001fffeffffff';
const NO_BITS = '0000000000000000';

const STATES = { R: 'R (running)', D: 'D (disk sleep)', S: 'S (sleeping)' } as const;

export function taskState({ states }: ProcRooms['rooms'], process: Process): string {
  return process.exit === null ? STATES[states.stateOf(process)] : 'Z (zombie)';
}

/** In hundredths of a second. Linux: nsec_to_clock_t(). */
export const clockTicks = (ns: Ticks): number => Math.floor((ns * USER_HZ) / NSEC_PER_SEC);

/** Pages of code, of that of libraries, and of tables and the like. */
function codePages({ image, usedVm }: MmStruct): { readonly text: number; readonly lib: number } {
  const bytes = image === null ? 0 : Math.ceil(image.endCode / PAGE_SIZE) - Math.floor(image.startCode / PAGE_SIZE);
  const text = Math.min(bytes, usedVm.exec);
  return { text, lib: usedVm.exec - text };
}

/** size resident shared text 0 data 0, in pages. */
export function statmShow(mm: MmStruct | null): string {
  if (mm === null) return '0 0 0 0 0 0 0\n';
  const { file, shmem } = mm.pages.rss;
  const { data, stack } = mm.usedVm;
  return `${mm.totalVm} ${mm.pages.rssPages} ${file + shmem} ${codePages(mm).text} 0 ${data + stack} 0\n`;
}

/** In kB, in the order of the file. Linux: task_mem(). */
export function taskMem(mm: MmStruct): readonly (readonly [name: string, kb: number])[] {
  const { rss, pgtablesBytes, hiwaterRss, rssPages } = mm.pages;
  const { text, lib } = codePages(mm);
  return [
    ['VmPeak', pagesToKb(mm.hiwaterVm)],
    ['VmSize', pagesToKb(mm.totalVm)],
    ['VmLck', pagesToKb(mm.lockedVm)],
    ['VmPin', 0],
    ['VmHWM', pagesToKb(hiwaterRss)],
    ['VmRSS', pagesToKb(rssPages)],
    ['RssAnon', pagesToKb(rss.anon)],
    ['RssFile', pagesToKb(rss.file)],
    ['RssShmem', pagesToKb(rss.shmem)],
    ['VmData', pagesToKb(mm.usedVm.data)],
    ['VmStk', pagesToKb(mm.usedVm.stack)],
    ['VmExe', pagesToKb(text)],
    ['VmLib', pagesToKb(lib)],
    ['VmPTE', pgtablesBytes / 1024],
    ['VmSwap', pagesToKb(rss.swapents)],
    ['HugetlbPages', pagesToKb(mm.pages.hugetlbPages)],
  ];
}

/** What stands in status, line by line. */
export interface StatusFigures {
  /** In front of the memory; and behind it. */
  readonly head: readonly (readonly [name: string, text: string])[];
  /** In kB; none: it has ended. */
  readonly memory: readonly (readonly [name: string, kb: number])[];
  readonly tail: readonly (readonly [name: string, text: string])[];
}

export function statusShow({ head, memory, tail }: StatusFigures): string {
  const line = ([name, text]: readonly [string, string]): string => `${name}:\t${text}\n`;
  const kb = ([name, value]: readonly [string, number]): string => `${name}:\t${String(value).padStart(8)} kB\n`;
  return head.map(line).join('') + memory.map(kb).join('') + tail.map(line).join('');
}

/** @param sigqMax  signals that may be pending: RLIMIT_SIGPENDING */
export function statusOf(machine: ProcRooms, process: Process, sigqMax: number): StatusFigures {
  const { rooms, booted } = machine;
  rooms.states.account(process);
  const { pid, owner, mm } = process;
  const { uid } = owner.credentials;
  const ids = [uid, uid, uid, uid].join('\t');
  const nodes = booted.system.vmstat.nodes.map((_, nid) => nid);
  const cpus = [...process.cpusAllowed];
  const capabilities = uid === 0 ? ALL_CAPABILITIES : NO_BITS;
  return {
    head: [
      ...named({ Name: process.comm, Umask: '0022', State: taskState(rooms, process) }),
      ...named({ Tgid: pid, Ngid: 0, Pid: pid, PPid: process.parent?.pid ?? 0, TracerPid: 0, Uid: ids, Gid: ids }),
      ...named({ FDSize: 64, Groups: ' ', NStgid: pid, NSpid: pid, NSpgid: 1, NSsid: 1, Kthread: 0 }),
    ],
    memory: mm === null ? [] : taskMem(mm),
    tail: [
      ...(mm === null ? [] : named({ CoreDumping: 0, THP_enabled: 1, untag_mask: '0xffffffffffffffff' })),
      ...named({ Threads: 1, SigQ: `0/${sigqMax}`, SigPnd: NO_BITS, ShdPnd: NO_BITS, SigBlk: NO_BITS }),
      ...named({ SigIgn: NO_BITS, SigCgt: caught(process), CapInh: NO_BITS, CapPrm: capabilities }),
      ...named({ CapEff: capabilities, CapBnd: ALL_CAPABILITIES, CapAmb: NO_BITS, NoNewPrivs: 0, Seccomp: 0 }),
      ...named({ Seccomp_filters: 0, Speculation_Store_Bypass: 'vulnerable' }),
      ...named({ SpeculationIndirectBranch: 'always enabled' }),
      ...named({ Cpus_allowed: maskOf(cpus, rooms.sched.nrCpus), Cpus_allowed_list: listOf(cpus) }),
      ...named({ Mems_allowed: maskOf(nodes, MAX_NUMNODES), Mems_allowed_list: listOf(nodes) }),
      ...named({ voluntary_ctxt_switches: process.nvcsw, nonvoluntary_ctxt_switches: process.nivcsw }),
    ],
  };
}

function named(values: Readonly<Record<string, string | number>>): [string, string][] {
  return Object.entries(values).map(([name, value]) => [name, String(value)]);
}

/** Signals that have a handler, one bit each. */
function caught({ handled }: Process): string {
  const bits = [...handled].reduce((sum, signal) => sum | (1n << BigInt(signal - 1)), 0n);
  return bits.toString(16).padStart(16, '0');
}

/** The fields of stat behind the name, in their order. */
export function statOf({ rooms }: ProcRooms, process: Process, permitted: boolean): (number | string)[] {
  rooms.states.account(process);
  const { mm, exit } = process;
  const image = permitted ? (mm?.image ?? null) : null;
  const exitCode = exit === null ? 0 : exit.kind === 'exited' ? (exit.code & 0xff) << 8 : exit.signal;
  return [
    ...[taskState(rooms, process).charAt(0), process.parent?.pid ?? 0, 1, 1, 0, -1, TASK_FLAGS],
    // Faults of its own, and of children that have ended, which nobody counts; times likewise.
    ...[mm?.pages.minFlt ?? 0, 0, mm?.pages.majFlt ?? 0, 0],
    ...[process.utime, process.stime, process.cutime, process.cstime].map(clockTicks),
    // Priority, nice, threads, a timer, and when it began.
    ...[20, 0, 1, 0, clockTicks(process.startedAt)],
    ...[(mm?.totalVm ?? 0) * PAGE_SIZE, mm?.pages.rssPages ?? 0, RLIM_INFINITY],
    // Code, stack; its registers; signals; where it waits; swapped pages, which nobody counts.
    ...[image?.startCode ?? 0, image?.endCode ?? 0, image?.startStack ?? 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    // Signal to the parent, CPU, scheduling, waits for I/O, times as a guest.
    ...[SIGCHLD, process.cpu, 0, 0, 0, 0, 0],
    ...[image?.startData ?? 0, image?.endData ?? 0, permitted ? (mm?.layout.startBrk ?? 0) : 0],
    ...[image?.argStart ?? 0, image?.argEnd ?? 0, image?.argEnd ?? 0, image?.envEnd ?? 0],
    permitted ? exitCode : 0,
  ];
}

export function statLine(pid: number, comm: string, fields: readonly (number | string)[]): string {
  return `${pid} (${comm}) ${fields.join(' ')}\n`;
}
