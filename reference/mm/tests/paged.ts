/** Processes with pages, for tests: what is in which page, told in letters. */
import { type PagemapEntry, pagemap } from '../../fs/proc/task_mmu.ts';
import type { VmFile } from '../../include/mm_types.ts';
import type { Pfn } from '../../include/types.ts';
import { panic } from '../../lib/panic.ts';
import type { TouchResult } from '../fault.ts';
import { MmStruct } from '../mm_struct.ts';
import { pteIndex, ptePfn } from '../pte.ts';
import { CommitAccount } from '../util.ts';
import { at, MACHINE } from './process.ts';
import { cachedFile, makeRooms, type Rooms, touch } from './rooms.ts';

/** A machine with one process, and a file of 32 cached pages. */
export interface Paged {
  readonly rooms: Rooms;
  readonly mm: MmStruct;
  readonly file: VmFile;
}

const UNLIMITED = { as: Infinity, data: Infinity, stack: Infinity, memlock: Infinity };

export function makePaged(machine: Partial<typeof MACHINE> = {}): Paged {
  const rooms = makeRooms();
  const whole = { ...MACHINE, ...machine };
  const capable = { ipcLock: true, sysRawio: true, sysAdmin: true };
  const owner = { system: rooms.system, machine: whole, commit: new CommitAccount(whole), rlimits: UNLIMITED, capable };
  const mm = MmStruct.create(owner, { mmapBase: 2 ** 45, mmapLegacyBase: 2 ** 30, startBrk: at(1000) });
  return { rooms, mm: mm ?? panic('no memory for a process'), file: cachedFile(rooms, 'file', 32) };
}

/** Touches pages, one after the other. @returns a letter for each: `.` done, M and A: SIGSEGV, B: SIGBUS, O: no memory */
export function touched({ rooms }: Paged, mm: MmStruct, pages: readonly number[], write: boolean): string {
  const letters: Record<TouchResult, string> = {
    ok: '.',
    SEGV_MAPERR: 'M',
    SEGV_ACCERR: 'A',
    BUS_ADRERR: 'B',
    OOM: 'O',
  };
  return pages.map((page) => letters[touch(rooms, mm, at(page), write)]).join('');
}

/** Counts of faults and kinds of pages: `3 faults, anon 2 file 0 shmem 0`. */
export function counted(mm: MmStruct): string {
  const { minFlt, majFlt, rss } = mm.pages;
  return `${minFlt}+${majFlt} faults, anon ${rss.anon} file ${rss.file} shmem ${rss.shmem}`;
}

/** Pages of the mapping at a page: `0+2 Px 2 PZ 5 G`, letters as in a recording. */
export function shown({ rooms }: Paged, mm: MmStruct, page: number): string {
  const vma = mm.vmaLookup(at(page)) ?? panic(`nothing is mapped at page ${page}`);
  return pagemap(rooms.system, vma)
    .map((entry) => `${entry.page} ${letters(entry)}`)
    .join(' ');
}

function letters({ kind, exclusive, file, zero }: PagemapEntry): string {
  const first = { present: 'P', swap: 'S', guard: 'G' }[kind];
  return `${first}${zero ? 'Z' : ''}${exclusive ? 'x' : ''}${file ? 'f' : ''}`;
}

/** The frame at a page; panics when there is none. */
export function frameAt(mm: MmStruct, page: number): Pfn {
  const words = mm.pages.pteTable(at(page)) ?? panic(`no page table at page ${page}`);
  const i = pteIndex(at(page));
  return ptePfn(words[i], words[i + 1]);
}
