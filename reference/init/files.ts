/** Mounts the file system and switches on swap. Linux: init/do_mounts.c; what swapon -a does. */
import { BlockDevice } from '../arch/block_device.ts';
import { Disk } from '../fs/disk.ts';
import { DropCaches } from '../fs/drop_caches.ts';
import { FileSystem } from '../fs/file_system.ts';
import { WbFlusher } from '../fs/fs_writeback.ts';
import type { ObjectCache } from '../fs/inode.ts';
import { SuperShrinker } from '../fs/super_shrink.ts';
import { O_CREAT, O_RDWR } from '../include/fcntl.ts';
import { GFP_KERNEL } from '../include/gfp.ts';
import type { DiskDescription, FileDescription, MachineDescription, SwapDescription } from '../include/kernel.ts';
import { SLAB_NO_MERGE, SLAB_RECLAIM_ACCOUNT } from '../include/slab.ts';
import type { KernelLog } from '../kernel/printk.ts';
import { panic } from '../lib/panic.ts';
import type { Slub } from '../mm/slub.ts';
import type { SwapFile } from '../mm/swap_area.ts';
import type { BootedMemory } from './memory.ts';

export interface BootedFiles {
  readonly fs: FileSystem;
  readonly flusher: WbFlusher;
  readonly dropCaches: DropCaches;
  readonly superShrinker: SuperShrinker;
  /** What swapon(2) may be given, by path. */
  readonly swapFiles: ReadonlyMap<string, SwapFile>;
  /** All disks of the machine. */
  readonly devices: readonly BlockDevice[];
}

/** Objects of the file system from a slab cache of their own: parts of them go to user-land, or have a constructor. */
function slabObjects(slub: Slub, name: string, size: number): ObjectCache {
  const description = { name, size, align: 0, flags: SLAB_RECLAIM_ACCOUNT | SLAB_NO_MERGE, ctor: null };
  const cache = slub.kmemCacheCreate(description) ?? panic(`files: no cache for ${name}`);
  return {
    alloc: () => {
      const object = slub.kmemCacheAlloc(cache, GFP_KERNEL);
      if (object !== null) slub.leaks?.notLeak(object);
      return object;
    },
    free: (object) => slub.kmemCacheFree(cache, object),
  };
}

/** @param description  of the machine: its disk, its files, its swap */
export function bootFiles(booted: BootedMemory, description: MachineDescription, log: KernelLog): BootedFiles {
  const { system, clock, slub, writeback, throttle, shrinkers } = booted;
  const newDisk = ({ blocks, latencyNs, nsPerBlock }: DiskDescription): BlockDevice =>
    new BlockDevice(clock, system.memory, { blocks, latencyNs, nsPerBlock }, system.vmstat.events);
  const device = newDisk(description.disk);
  const objects = { dentries: slabObjects(slub, 'dentry', 192), inodes: slabObjects(slub, 'ext4_inode_cache', 1120) };
  const fs = new FileSystem({ cache: system.pageCache, writeback, throttle }, new Disk(device), objects);
  const flusher = new WbFlusher(writeback, throttle);
  writeback.flusher = flusher;
  const superShrinker = new SuperShrinker(fs);
  shrinkers.register(superShrinker);
  const dropCaches = new DropCaches(writeback, shrinkers, (line) => log.info(line));
  for (const file of description.files) makeFile(fs, file);
  const swapFiles = new Map(description.swap.map((swap) => [swap.path, swapFile(swap, newDisk(swap.disk))]));
  for (const { path, boot } of description.swap) {
    const file = swapFiles.get(path);
    if (boot === 'off' || file === undefined) continue;
    if (booted.swapCache.swap.swapon(file, boot) < 0) panic(`files: ${path} cannot be switched on`);
  }
  const devices = [device, ...[...swapFiles.values()].map((file) => file.device)];
  return { fs, flusher, dropCaches, superShrinker, swapFiles, devices };
}

const swapFile = ({ path, disk, rotational }: SwapDescription, device: BlockDevice): SwapFile => ({
  name: path,
  device,
  pages: disk.blocks,
  rotational,
});

/** A file full of zeroes, and the folders it lies in. */
function makeFile(fs: FileSystem, { path, size }: FileDescription): void {
  const folders = path.split('/').slice(1, -1);
  for (const [i] of folders.entries()) fs.names.mkdir(`/${folders.slice(0, i + 1).join('/')}`);
  const file = fs.open(path, O_CREAT | O_RDWR);
  if (typeof file === 'number') panic(`files: ${path} cannot be made: ${file}`);
  fs.truncate(file, size);
  fs.release(file);
}
