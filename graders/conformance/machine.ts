/** The machine that the recordings were made on, and a process on it. See reference/recordings/README.md. */
import type { Machine } from './memory.ts';

type MmMachine = import('../../starter/include/mm_types.ts').MmMachine;
type Mm = import('../../reference/mm/mm_struct.ts').MmStruct;
type MmLayout = import('../../reference/mm/mm_struct.ts').MmLayout;
type MmOwner = import('../../reference/mm/mm_struct.ts').MmOwner;
type Rlimits = import('../../starter/include/mm_types.ts').Rlimits;

const MIB = 2 ** 20;

const MACHINE: MmMachine = {
  totalramPages: 24684084 / 4,
  totalSwapPages: 0,
  overcommitMemory: 0,
  overcommitRatio: 50,
  adminReserveKbytes: 8192,
  userReserveKbytes: 100403,
  maxMapCount: 65530,
  mmapMinAddr: 65536,
  stackGuardGap: MIB,
  thpEnabled: 'madvise',
  maybeGuard: true,
  faultAroundMakesTable: 'insideFile',
};

/** What a process of root starts with. */
const ROOT_RLIMITS: Rlimits = { as: Infinity, data: Infinity, stack: 8 * MIB, memlock: 8 * MIB };

/** Root, who lacked CAP_SYS_RESOURCE only. */
export function rootOn({ kernel, system }: Machine, limits: Partial<Rlimits>): MmOwner {
  return {
    system,
    machine: MACHINE,
    commit: new kernel['mm/util'].CommitAccount(MACHINE),
    rlimits: { ...ROOT_RLIMITS, ...limits },
    capable: { ipcLock: true, sysRawio: true, sysAdmin: true },
  };
}

/** A process without mappings. */
export function newMm({ kernel }: Machine, owner: MmOwner, layout: MmLayout): Mm {
  const mm = kernel['mm/mm_struct'].MmStruct.create(owner, layout);
  if (mm === null) throw new Error('the machine of the recordings is too small');
  return mm;
}
