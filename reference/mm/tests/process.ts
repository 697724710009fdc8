/** A process on a small machine, for tests: mappings at page numbers counted from a place with nothing around it. */
import { showVmFlags, showVmPerms } from '../../fs/proc/vm_flags.ts';
import type { Capabilities, MmMachine, Rlimits, VmFile } from '../../include/mm_types.ts';
import {
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MAP_SHARED,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
} from '../../include/mman.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import { MmStruct } from '../mm_struct.ts';
import { doMmap } from '../mmap.ts';
import { CommitAccount } from '../util.ts';
import { makeRooms } from './rooms.ts';

const MIB = 2 ** 20;
/** Address of page 0 of the tests. */
const ORIGIN = 2 ** 32;

export const MACHINE: MmMachine = {
  totalramPages: 262144,
  totalSwapPages: 0,
  overcommitMemory: 0,
  overcommitRatio: 50,
  adminReserveKbytes: 8192,
  userReserveKbytes: 131072,
  maxMapCount: 65530,
  mmapMinAddr: 65536,
  stackGuardGap: MIB,
  thpEnabled: 'madvise',
  maybeGuard: true,
};

export interface ProcessOptions {
  readonly machine?: Partial<MmMachine>;
  readonly rlimits?: Partial<Rlimits>;
  readonly capable?: Partial<Capabilities>;
}

/** Root by default. Its heap begins at page 1000. */
export function makeMm({ machine, rlimits, capable }: ProcessOptions = {}): MmStruct {
  const whole = { ...MACHINE, ...machine };
  const rooms = makeRooms();
  const owner = {
    system: rooms.system,
    machine: whole,
    commit: new CommitAccount(whole),
    rlimits: { as: Infinity, data: Infinity, stack: 8 * MIB, memlock: 8 * MIB, ...rlimits },
    capable: { ipcLock: true, sysRawio: true, sysAdmin: true, ...capable },
  };
  const layout = { mmapBase: at(1_000_000), mmapLegacyBase: 2 ** 30, startBrk: at(1000) };
  const mm = MmStruct.create(owner, layout);
  if (mm === null) throw new Error('no memory for a process');
  return mm;
}

export const at = (page: number): number => ORIGIN + page * PAGE_SIZE;
export const bytes = (pages: number): number => pages * PAGE_SIZE;

/** @param perms  `rw-` */
export function prot(perms: string): number {
  const bits = new Map([
    ['r', PROT_READ],
    ['w', PROT_WRITE],
    ['x', PROT_EXEC],
  ]);
  return [...perms].reduce((all, letter) => all | (bits.get(letter) ?? 0), 0);
}

export const FILE: VmFile = { name: 'file', sizePages: 8, readable: true, writable: true, thpAligned: false };
export const READ_ONLY_FILE: VmFile = { ...FILE, name: 'file-ro', writable: false };
export const newShmem = (sizePages: number): VmFile => ({ ...FILE, name: 'shmem', sizePages });

/** Maps pages first..end of private anonymous memory, or of a file from its page `pgoff` on. */
export function map(mm: MmStruct, first: number, end: number, perms: string, more: MapMore = {}): number {
  const { flags = 0, file = null, pgoff = 0, shared = false } = more;
  const kind = (shared ? MAP_SHARED : MAP_PRIVATE) | (file === null ? MAP_ANONYMOUS : 0);
  const request = { addr: at(first), len: bytes(end - first), prot: prot(perms), file, offset: bytes(pgoff) };
  const result = doMmap(mm, { ...request, flags: kind | MAP_FIXED | flags }, newShmem);
  mm.validate();
  return result;
}

export interface MapMore {
  readonly flags?: number;
  readonly file?: VmFile | null;
  readonly pgoff?: number;
  readonly shared?: boolean;
}

/** All mappings: `0-4 rw-p`, then flags beyond those that the rights and sharing give, then `file@2`. */
export function drawn(mm: MmStruct): string[] {
  mm.validate();
  const usual = new Set(['rd', 'wr', 'ex', 'sh', 'mr', 'mw', 'me', 'ms', 'ac']);
  return [...mm.vmas].map((vma) => {
    const page = (addr: number): number => (addr - ORIGIN) / PAGE_SIZE;
    const flags = showVmFlags(vma.vmFlags)
      .split(' ')
      .filter((flag) => !usual.has(flag));
    const file = vma.vmFile === null ? [] : [`${vma.vmFile.name}@${vma.vmPgoff}`];
    return [`${page(vma.vmStart)}-${page(vma.vmEnd)}`, showVmPerms(vma.vmFlags), ...flags, ...file].join(' ');
  });
}
