/** A small machine with all that the files show: two nodes, three zones, a file, swap. */

import type { MachineDescription } from '../../../include/kernel.ts';
import { ROOT } from '../../../include/kernel.ts';
import { DEFAULT_PAGE_SYSCTLS } from '../../../include/machine.ts';
import { MAP_ANONYMOUS, MAP_PRIVATE, PROT_READ, PROT_WRITE } from '../../../include/mman.ts';
import { ZONE_DMA, ZONE_DMA32, ZONE_NORMAL } from '../../../include/mmzone.ts';
import { PAGE_SIZE } from '../../../include/param.ts';
import type { Pid } from '../../../include/types.ts';
import { Kernel } from '../../../init/kernel.ts';
import { machine } from '../../../init/tests/machines.ts';
import type { Process } from '../../../kernel/process.ts';
import { ProcFs } from '../proc_fs.ts';

const DISK = { blocks: 4096, latencyNs: 100_000, nsPerBlock: 10_000 };
export const SWAP = { path: '/dev/vdb', disk: DISK, rotational: false, boot: null } as const;
export const FILE = { path: '/data/f1', size: 64 * PAGE_SIZE } as const;

/** 16 MiB of DMA and 16 of DMA32 on node 0, 32 of Normal on node 1; a CPU each. */
const TWO_NODES: MachineDescription['memory'] = {
  nodes: [
    {
      cpus: [0],
      zones: [
        { zone: ZONE_DMA, startPfn: 1, spannedPages: 4095, holes: [] },
        { zone: ZONE_DMA32, startPfn: 4096, spannedPages: 4096, holes: [] },
      ],
      distances: [10, 20],
    },
    {
      cpus: [1],
      zones: [{ zone: ZONE_NORMAL, startPfn: 8192, spannedPages: 8192, holes: [] }],
      distances: [20, 10],
    },
  ],
  sysctls: DEFAULT_PAGE_SYSCTLS,
  perCpuPages: 'on',
  thp: 'off',
};

export function bootTwoNodes(): Kernel {
  return Kernel.boot(machine(2048, 2, { memory: TWO_NODES, files: [FILE], swap: [SWAP], disk: DISK }));
}

export function processOf(kernel: Kernel, pid: Pid): Process {
  const process = kernel.rooms.pids.find(pid);
  if (process === null) throw new Error(`there is no process ${pid}`);
  return process;
}

/** A child of the first process, of an ordinary user. */
export function ordinaryUser(kernel: Kernel): Process {
  const process = processOf(kernel, Number(kernel.syscall(1, 'fork')));
  process.owner.credentials = { ...ROOT, uid: 1000, capable: { ipcLock: false, sysRawio: false, sysAdmin: false } };
  return process;
}

/** What the first process reads. */
export function readText(kernel: Kernel, path: string): string {
  const text = new ProcFs(kernel).read(path, processOf(kernel, 1));
  if (typeof text === 'number') throw new Error(`${path}: ${text}`);
  return text;
}

/** Fresh memory of a process, whose first pages have been written to. */
export function anonymous(kernel: Kernel, pid: Pid, pages: number, written = pages): number {
  const prot = PROT_READ | PROT_WRITE;
  const start = Number(kernel.syscall(pid, 'mmap', 0, pages * PAGE_SIZE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  for (let page = 0; page < written; page++) kernel.store(pid, start + page * PAGE_SIZE, 1);
  return start;
}
