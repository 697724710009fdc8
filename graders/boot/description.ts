/**
 * From a machine file to what the kernel boots from: memory laid out as in a PC, node after node.
 *
 *     0        16 MiB            3 GiB     4 GiB
 *     |- DMA --|----- DMA32 -----|  no     |------- Normal ------- ...
 *                                  memory
 */
import type { MachineDescription } from '../../starter/include/kernel.ts';
import { DEFAULT_PAGE_SYSCTLS, type NodeDescription, type ZoneRange } from '../../starter/include/machine.ts';
import { ZONE_DMA, ZONE_DMA32, ZONE_MOVABLE, ZONE_NORMAL, type ZoneIndex } from '../../starter/include/mmzone.ts';
import { PAGE_SIZE } from '../../starter/include/param.ts';
import type { MachineFile } from './machine_file.ts';

/** Frames. */
const DMA_END = 2 ** 12;
const PCI_HOLE = 3 * 2 ** 18;
const DMA32_END = 2 ** 20;
/** Frame 0, and those of the BIOS, are not given out. */
const FIRST = 1;
const BIOS = { start: 0x9f, end: 0x100 };

const ZONES: readonly (readonly [zone: ZoneIndex, end: number])[] = [
  [ZONE_DMA, DMA_END],
  [ZONE_DMA32, DMA32_END],
  [ZONE_NORMAL, Infinity],
];

export interface MachineParts {
  readonly description: MachineDescription;
  /** By path: files that hold something. */
  readonly texts: Readonly<Record<string, string>>;
}

export function describe(file: MachineFile): MachineParts {
  const { disk, swap, sysctls, thp, kmemleak, seed } = file;
  const sized = file.files.flatMap((each) => ('size' in each ? [{ path: each.path, size: each.size }] : []));
  const texts = file.files.flatMap((each) => ('text' in each ? [[each.path, each.text] as const] : []));
  const timing = { latencyNs: disk.latency, nsPerBlock: disk.perBlock };
  const blocks = (bytes: number): number => Math.floor(bytes / PAGE_SIZE);
  const description: MachineDescription = {
    memory: {
      nodes: nodesOf(file),
      sysctls: DEFAULT_PAGE_SYSCTLS,
      perCpuPages: 'on',
      thp: thp === 'never' ? 'off' : 'on',
    },
    disk: { blocks: blocks(disk.size), ...timing },
    files: sized,
    swap: swap.map(({ path, size, rotational, priority, on }) => ({
      path,
      disk: { blocks: blocks(size), ...timing },
      rotational,
      boot: on ? priority : 'off',
    })),
    sysctls,
    thp,
    quirks: { maybeGuard: true },
    ...(kmemleak ? { kmemleak: 'on' } : {}),
    seed,
  };
  return { description, texts: Object.fromEntries(texts) };
}

function nodesOf({ nodes }: MachineFile): NodeDescription[] {
  let next = 0;
  return nodes.map(({ cpus, memory, movable = 0, distances }, nid) => {
    const start = next;
    const ranges = take(start, memory / PAGE_SIZE);
    next = ranges[ranges.length - 1][1];
    return {
      cpus: [...cpus].sort((a, b) => a - b),
      zones: zonesOf(ranges, next - Math.floor(movable / PAGE_SIZE)),
      distances: distances ?? nodes.map((_, other) => (other === nid ? 10 : 20)),
    };
  });
}

type Range = readonly [start: number, end: number];

/** So many frames from one on, around the hole. */
function take(start: number, frames: number): Range[] {
  const ranges: Range[] = [];
  let at = start;
  let left = frames;
  if (at < PCI_HOLE) {
    const end = Math.min(at + left, PCI_HOLE);
    ranges.push([at, end]);
    left -= end - at;
    at = end;
  }
  if (at >= PCI_HOLE && at < DMA32_END) at = DMA32_END;
  if (left > 0) ranges.push([at, at + left]);
  return ranges;
}

/** @param movable  from this frame on, zone Movable */
function zonesOf(ranges: readonly Range[], movable: number): ZoneRange[] {
  const zones: ZoneRange[] = [];
  let from = 0;
  for (const [zone, end] of ZONES) {
    for (const [first, last] of ranges) {
      const startPfn = Math.max(first, from, FIRST);
      const stop = Math.min(last, end, movable);
      if (startPfn >= stop) continue;
      zones.push({ zone, startPfn, spannedPages: stop - startPfn, holes: zone === ZONE_DMA ? [BIOS] : [] });
    }
    from = end;
  }
  for (const [first, last] of ranges.slice(-1)) {
    const startPfn = Math.max(first, movable);
    if (startPfn < last) zones.push({ zone: ZONE_MOVABLE, startPfn, spannedPages: last - startPfn, holes: [] });
  }
  return zones;
}
