/**
 * Names and inodes that nobody uses give way when memory is short. Linux: fs/super.c, super_cache_count(),
 * super_cache_scan().
 */
import { __GFP_FS } from '../include/gfp.ts';
import { DEFAULT_SEEKS, type ShrinkControl, type Shrinker } from '../mm/shrinker.ts';
import type { FileSystem } from './file_system.ts';

/** Objects of one call. */
const SUPER_BATCH = 1024;

export class SuperShrinker implements Shrinker {
  readonly name = 'sb-ext4';
  readonly seeks = DEFAULT_SEEKS;
  readonly batch = SUPER_BATCH;
  /** SIMPLIFIED: Linux counts by node. */
  readonly numaAware = false;
  /** vm.vfs_cache_pressure, in per cent: how many of the objects are shown. 0: none, so that none ever goes. */
  vfsCachePressure = 100;
  readonly #fs: FileSystem;

  constructor(fs: FileSystem) {
    this.#fs = fs;
  }

  /** Linux: vfs_pressure_ratio(). */
  countObjects(): number {
    return Math.floor((this.#unused * this.vfsCachePressure) / 100);
  }

  scanObjects({ gfp, nrToScan }: ShrinkControl): number | null {
    if (!(gfp & __GFP_FS)) return null;
    const { dcache, inodes } = this.#fs;
    const total = Math.max(this.#unused, 1);
    // Names first: they hold inodes.
    const nrDentries = Math.floor((nrToScan * dcache.unused) / total);
    const nrInodes = Math.floor((nrToScan * inodes.unused) / total);
    return dcache.prune(nrDentries) + inodes.prune(nrInodes);
  }

  get #unused(): number {
    return this.#fs.dcache.unused + this.#fs.inodes.unused;
  }
}
