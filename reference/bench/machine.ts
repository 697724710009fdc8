/** Machines for timing: one node of four CPUs, nothing by chance. */
import type { MachineDescription } from '../include/kernel.ts';
import { DEFAULT_PAGE_SYSCTLS } from '../include/machine.ts';
import { ZONE_NORMAL } from '../include/mmzone.ts';

/** @param frames  of memory. @param swapPages  of one fast area; 0: none */
export function benchMachine(frames: number, swapPages = 0): MachineDescription {
  const zones = [{ zone: ZONE_NORMAL, startPfn: 0, spannedPages: frames, holes: [] }] as const;
  const disk = { blocks: Math.max(swapPages, 1024), latencyNs: 100_000, nsPerBlock: 10_000 };
  return {
    memory: {
      nodes: [{ cpus: [0, 1, 2, 3], zones, distances: [10] }],
      sysctls: DEFAULT_PAGE_SYSCTLS,
      perCpuPages: 'on',
      thp: 'off',
    },
    disk,
    files: [],
    swap: swapPages === 0 ? [] : [{ path: '/dev/vdb', disk, rotational: false, boot: null }],
    sysctls: { 'kernel.randomize_va_space': 0, 'vm.max_map_count': 200_000 },
    thp: 'never',
    quirks: { maybeGuard: true },
    seed: 1,
  };
}
