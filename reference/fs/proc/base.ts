/** The folder of a process: /proc/PID. Linux: fs/proc/base.c, tgid_base_stuff. */
import { EACCES, EINVAL, ESRCH } from '../../include/errno.ts';
import type { Process } from '../../kernel/process.ts';
import type { MmStruct } from '../../mm/mm_struct.ts';
import { oomAdj, oomBadness, oomScore, setOomAdj, setOomScoreAdj } from '../../mm/oom_badness.ts';
import { statLine, statmShow, statOf, statusOf, statusShow } from './array.ts';
import { type PseudoDir, type PseudoFile, pseudoDir } from './generic.ts';
import { limitsOf, limitsShow, maxProcesses } from './limits.ts';
import { mapOf, mapShow } from './maps.ts';
import { numaMapsOf } from './numa_maps.ts';
import { pagemapRead } from './pagemap.ts';
import type { ProcRooms } from './proc_rooms.ts';
import { procGetLongs } from './proc_sysctl.ts';
import { smapsOf, smapsRollupOf } from './smaps.ts';

/** Bytes of a name, its end included. */
const TASK_COMM_LEN = 16;

/** Whether somebody may look into a process. Linux: ptrace_may_access(), SIMPLIFIED: root may, and the same user. */
function mayLook(reader: Process, process: Process): boolean {
  const { uid } = reader.owner.credentials;
  return uid === 0 || uid === process.owner.credentials.uid;
}

/** Root has CAP_SYS_RESOURCE. */
const isRoot = ({ owner }: Process): boolean => owner.credentials.uid === 0;

/** Files of one process. */
class ProcessFiles {
  readonly #machine: ProcRooms;
  readonly #process: Process;

  constructor(machine: ProcRooms, process: Process) {
    this.#machine = machine;
    this.#process = process;
  }

  /** For everybody. */
  plain(read: (reader: Process) => string | number, mode = 0o444): PseudoFile {
    const { uid } = this.#process.owner.credentials;
    return { kind: 'file', mode, uid, strict: false, read, write: () => -EINVAL, bytes: null };
  }

  /** Of its memory: for those who may look into it. One that has ended has none. @param none  what it has then */
  memory(read: (mm: MmStruct) => string, none: string | number = ''): PseudoFile {
    const process = this.#process;
    return this.plain((reader) => {
      if (!mayLook(reader, process)) return -EACCES;
      return process.mm === null ? none : read(process.mm);
    });
  }

  writable(read: () => string, write: (text: string, writer: Process) => number): PseudoFile {
    return { ...this.plain(read, 0o644), write };
  }

  /** One number. */
  number(read: () => number, write: (value: number, mayRaise: boolean) => number): PseudoFile {
    return this.writable(
      () => `${read()}\n`,
      (text, writer) => {
        const numbers = procGetLongs(text, 1);
        return typeof numbers === 'number' ? numbers : write(numbers[0], isRoot(writer));
      },
    );
  }

  pagemap(): PseudoFile {
    const process = this.#process;
    const { system } = this.#machine.booted;
    return {
      ...this.plain(() => '', 0o400),
      bytes(reader, pos, len) {
        if (!mayLook(reader, process)) return -EACCES;
        const { mm } = process;
        return mm === null ? new Uint8Array() : pagemapRead(system, mm, pos, len, reader.owner.capable.sysAdmin);
      },
    };
  }
}

/** SIMPLIFIED: what a process reads and writes is not counted (io). */
export function processDir(machine: ProcRooms, process: Process): PseudoDir {
  const { system, pages } = machine.booted;
  const { policy } = machine.rooms;
  const files = new ProcessFiles(machine, process);
  const total = (): number => pages.totalPages + policy.totalSwapPages;
  const sigqMax = maxProcesses(pages.totalPages);
  return pseudoDir({
    cmdline: files.plain(() => cmdlineOf(process.mm)),
    comm: files.writable(
      () => `${process.comm}\n`,
      (text, writer) => setComm(process, text, writer),
    ),
    coredump_filter: files.plain(() => '00000033\n', 0o644),
    io: files.plain((reader) => (mayLook(reader, process) ? ioShow(NO_IO) : -EACCES), 0o400),
    limits: files.plain(() => limitsShow(limitsOf(process.owner.rlimits, pages.totalPages))),
    maps: files.memory((mm) => [...mm.vmas].map((vma) => mapShow(mapOf(mm, vma))).join('')),
    mounts: files.plain(() => machine.rooms.mounts.show()),
    numa_maps: files.memory((mm) => numaMapsOf(system, mm, process.asking.policy ?? { kind: 'default' })),
    oom_adj: files.number(
      () => oomAdj(process.oomScoreAdj),
      (value, mayRaise) => setOomAdj(process, value, mayRaise),
    ),
    oom_score: files.plain(() => `${scoreOf(process, total())}\n`),
    oom_score_adj: files.number(
      () => process.oomScoreAdj,
      (value, mayRaise) => setOomScoreAdj(process, value, mayRaise),
    ),
    pagemap: files.pagemap(),
    smaps: files.memory((mm) => smapsOf(system, mm)),
    smaps_rollup: files.memory((mm) => smapsRollupOf(system, mm), -ESRCH),
    stat: files.plain((reader) => {
      return statLine(process.pid, process.comm, statOf(machine, process, mayLook(reader, process)));
    }),
    statm: files.plain(() => statmShow(process.mm)),
    status: files.plain(() => statusShow(statusOf(machine, process, sigqMax))),
  });
}

/** The words it was called by, each with a zero behind it; one that has ended has none. Linux: get_mm_cmdline(). */
const cmdlineOf = (mm: MmStruct | null): string => (mm?.image?.args ?? []).map((word) => `${word}\0`).join('');

/** The first process and those that have ended are never chosen. */
function scoreOf({ mm, parent, oomScoreAdj }: Process, totalPages: number): number {
  return oomScore(mm === null || parent === null ? null : oomBadness(mm.pages, oomScoreAdj, totalPages), totalPages);
}

/** Only a process itself may. Linux: comm_write(). */
function setComm(process: Process, text: string, writer: Process): number {
  if (writer !== process) return -EINVAL;
  process.comm = text.replace(/\n$/, '').slice(0, TASK_COMM_LEN - 1);
  return 0;
}

/** Bytes and calls. Linux: do_io_accounting(). */
export interface IoFigures {
  readonly rchar: number;
  readonly wchar: number;
  readonly syscr: number;
  readonly syscw: number;
  readonly read_bytes: number;
  readonly write_bytes: number;
  readonly cancelled_write_bytes: number;
}

const NO_IO: IoFigures = {
  rchar: 0,
  wchar: 0,
  syscr: 0,
  syscw: 0,
  read_bytes: 0,
  write_bytes: 0,
  cancelled_write_bytes: 0,
};

export function ioShow(io: IoFigures): string {
  return Object.entries(io)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}
