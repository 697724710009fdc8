/** Machines for tests of the whole kernel. */
import type { MachineDescription } from '../../include/kernel.ts';
import { DEFAULT_PAGE_SYSCTLS } from '../../include/machine.ts';
import { ZONE_NORMAL } from '../../include/mmzone.ts';

const DISK = { blocks: 4096, latencyNs: 100_000, nsPerBlock: 10_000 };

/** One node, frames 0 .. frames-1. */
export function machine(frames: number, cpus = 2, more: Partial<MachineDescription> = {}): MachineDescription {
  return {
    memory: {
      nodes: [
        {
          cpus: Array.from({ length: cpus }, (_, cpu) => cpu),
          zones: [{ zone: ZONE_NORMAL, startPfn: 0, spannedPages: frames, holes: [] }],
          distances: [10],
        },
      ],
      sysctls: DEFAULT_PAGE_SYSCTLS,
      perCpuPages: 'on',
      thp: 'off',
    },
    disk: DISK,
    files: [],
    swap: [],
    sysctls: {},
    thp: 'never',
    quirks: { maybeGuard: true },
    seed: 1,
    ...more,
  };
}
