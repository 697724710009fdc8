/** The text of /proc/diskstats. Linux: block/genhd.c, diskstats_show(). */
import type { BlockDevice } from '../../arch/block_device.ts';
import { NSEC_PER_MSEC } from '../../arch/clock.ts';
import type { MachineDescription } from '../../include/kernel.ts';
import { PAGE_SIZE } from '../../include/param.ts';

/** Bytes of a sector. */
const SECTOR = 512;
/** The number of virtual disks, and how many partitions each may have. */
const VIRTBLK_MAJOR = 254;
const MINORS = 16;

/** Linux: virtblk_name_format(). */
const diskName = (index: number): string => `vd${String.fromCharCode('a'.charCodeAt(0) + index)}`;

/** By device: that of the file system, then those of swap, which are named by their paths. */
export function diskNames({ swap }: MachineDescription): string[] {
  return [diskName(0), ...swap.map(({ path }, i) => (path.startsWith('/dev/') ? path.slice(5) : diskName(i + 1)))];
}

/** SIMPLIFIED: times are what the disk itself took; how long requests waited for it is left out. Nothing is merged. */
export function diskstatsShow(devices: readonly BlockDevice[], names: readonly string[]): string {
  return devices.map((device, index) => diskShow(device, index, names[index])).join('');
}

function diskShow({ counts, shape, inFlight }: BlockDevice, index: number, name: string): string {
  const sectors = (blocks: number): number => (blocks * PAGE_SIZE) / SECTOR;
  const ms = (requests: number, blocks: number): number =>
    Math.floor((requests * shape.latencyNs + blocks * shape.nsPerBlock) / NSEC_PER_MSEC);
  const readMs = ms(counts.reads, counts.blocksRead);
  const writeMs = ms(counts.writes, counts.blocksWritten);
  const columns = [
    ...[counts.reads, 0, sectors(counts.blocksRead), readMs],
    ...[counts.writes, 0, sectors(counts.blocksWritten), writeMs],
    ...[inFlight, readMs + writeMs, readMs + writeMs],
    // Discards and flushes: none.
    ...[0, 0, 0, 0, 0, 0],
  ];
  const numbers = `${String(VIRTBLK_MAJOR).padStart(4)} ${String(index * MINORS).padStart(7)}`;
  return `${numbers} ${name} ${columns.join(' ')}\n`;
}
