/**
 * One swap area: which of its slots are taken, and by how many. Linux: struct swap_info_struct and struct
 * swap_cluster_info, include/linux/swap.h; alloc_swap_scan_cluster(), mm/swapfile.c.
 *
 *     slot      0  1  2  3  4 ...                       511 | 512 ...
 *     swap_map  B  1  0  2  c                             0 |  0
 *               |     |     `- only in the swap cache       `- the next cluster
 *               |     `- free: the search goes on after the slot it found last
 *               `- the header: bad, never handed out
 *
 * A slot is looked for in the cluster that the last one came from, then in one that is free as a whole, then in one that
 * is used in part: what goes out together lies together, and readahead pays.
 *
 * SIMPLIFIED: one current cluster for all CPUs, as Linux has it for disks that turn; slots for single pages only.
 */
import type { BlockDevice } from '../arch/block_device.ts';
import { PageList } from '../lib/list.ts';
import { panic } from '../lib/panic.ts';

/** Slots in a cluster. */
export const SWAPFILE_CLUSTER = 512;
/** In swap_map: the page of this slot is in the swap cache. */
export const SWAP_HAS_CACHE = 0x40;
/** In swap_map: the largest count; what goes beyond is carried into a continuation. */
export const SWAP_MAP_MAX = 0x3e;
/** In swap_map: never to be used. */
export const SWAP_MAP_BAD = 0x3f;
/** In swap_map: the count goes on in a continuation. */
export const COUNT_CONTINUED = 0x80;

/** What swapon is given. */
export interface SwapFile {
  /** As /proc/swaps shows it. */
  readonly name: string;
  readonly device: BlockDevice;
  /** Pages of the device, the header among them. */
  readonly pages: number;
  /** A disk that turns: what lies near is read ahead, not what is near in memory. */
  readonly rotational: boolean;
}

export class SwapArea {
  readonly type: number;
  readonly file: SwapFile;
  /** By slot: how many page tables and mappings refer to it, and the marks above. Linux: swap_map. */
  readonly map: Uint8Array;
  /** By slot: its page was all zeroes and is not on the device. Linux: zeromap. */
  readonly zeroes: Uint8Array;
  /** By slot: what workingset.ts remembers of a page that was reclaimed. */
  readonly shadows = new Map<number, number>();
  /** Larger goes first. */
  prio: number;
  /** Slots are handed out; false while it is being switched off. Linux: SWP_WRITEOK. */
  writeOk = true;
  #inusePages = 0;
  /** By cluster: slots that are taken. */
  readonly #taken: Uint16Array;
  readonly #free: PageList;
  /** Clusters that are neither free nor full. Linux: nonfull_clusters[0], frag_clusters[0]. */
  readonly #partial: PageList;
  /** Where the search goes on; 0: in a new cluster. */
  #next = 0;

  constructor(type: number, file: SwapFile, prio: number) {
    const nrClusters = Math.ceil(file.pages / SWAPFILE_CLUSTER);
    const links = { next: new Int32Array(nrClusters + 1), prev: new Int32Array(nrClusters + 1) };
    this.type = type;
    this.file = file;
    this.prio = prio;
    this.map = new Uint8Array(file.pages);
    this.zeroes = new Uint8Array(file.pages);
    this.#taken = new Uint16Array(nrClusters);
    this.#free = new PageList(links);
    this.#partial = new PageList(links);
    this.map[0] = SWAP_MAP_BAD;
    this.#taken[0] = 1;
    this.#taken[nrClusters - 1] += nrClusters * SWAPFILE_CLUSTER - file.pages;
    for (let cluster = 0; cluster < nrClusters; cluster++) this.#listOf(cluster)?.addTail(cluster);
  }

  /** Slots that can be used: all but the header. Linux: si->pages. */
  get pages(): number {
    return this.file.pages - 1;
  }

  /** Slots that are taken, for page tables, mappings or the swap cache. */
  get inusePages(): number {
    return this.#inusePages;
  }

  /** Slots whose page is in the swap cache. Cost: all slots. */
  get cachedSlots(): number {
    return this.map.reduce((sum, count) => sum + (count & SWAP_HAS_CACHE ? 1 : 0), 0);
  }

  /**
   * Takes a free slot. Linux: cluster_alloc_swap_entry().
   * @returns the slot, or 0: the area is full
   * Cost: on average a few steps while clusters are free; at most SWAPFILE_CLUSTER.
   */
  allocSlot(): number {
    const slot = this.#scan(this.#next) || this.#scanFirst(this.#free) || this.#scanFirst(this.#partial);
    if (slot === 0) return 0;
    this.map[slot] = SWAP_HAS_CACHE;
    this.#count(slot, 1);
    this.#inusePages++;
    this.#next = (slot + 1) % SWAPFILE_CLUSTER === 0 ? 0 : slot + 1;
    return slot;
  }

  /** Gives a slot back that nobody refers to. Linux: swap_range_free(). */
  freeSlot(slot: number): void {
    if (this.map[slot] !== 0) panic(`swapfile: slot ${slot} of area ${this.type} freed, but it is in use`);
    this.zeroes[slot] = 0;
    this.shadows.delete(slot);
    this.#count(slot, -1);
    this.#inusePages--;
  }

  /** First free slot from `start` to the end of its cluster, or 0. @param start  a slot; 0: none */
  #scan(start: number): number {
    if (start === 0) return 0;
    const end = Math.min(this.file.pages, start - (start % SWAPFILE_CLUSTER) + SWAPFILE_CLUSTER);
    for (let slot = start; slot < end; slot++) if (this.map[slot] === 0) return slot;
    return 0;
  }

  #scanFirst(list: PageList): number {
    const cluster = list.first;
    return cluster === null ? 0 : this.#scan(cluster * SWAPFILE_CLUSTER || 1);
  }

  /** Counts a slot in or out of its cluster, and moves the cluster to the list it belongs to. */
  #count(slot: number, change: 1 | -1): void {
    const cluster = Math.floor(slot / SWAPFILE_CLUSTER);
    const before = this.#listOf(cluster);
    this.#taken[cluster] += change;
    const after = this.#listOf(cluster);
    if (before === after) return;
    before?.remove(cluster);
    after?.addTail(cluster);
  }

  /** null: full. */
  #listOf(cluster: number): PageList | null {
    const taken = this.#taken[cluster];
    if (taken === 0) return this.#free;
    return taken === SWAPFILE_CLUSTER ? null : this.#partial;
  }

  /** Panics unless the header is kept, and what is taken is what is counted, in each cluster and in all. */
  validate(): void {
    const at = `swapfile: area ${this.type}`;
    if (this.map[0] !== SWAP_MAP_BAD) panic(`${at} has lost its header`);
    const listed = { free: new Set(this.#free), partial: new Set(this.#partial) };
    let inuse = 0;
    for (let cluster = 0; cluster < this.#taken.length; cluster++) {
      const start = cluster * SWAPFILE_CLUSTER;
      let taken = SWAPFILE_CLUSTER;
      for (let slot = start; slot < Math.min(start + SWAPFILE_CLUSTER, this.file.pages); slot++) {
        if (this.map[slot] === 0) taken--;
        else if (slot !== 0) inuse++;
      }
      if (taken !== this.#taken[cluster]) {
        panic(`${at}: cluster ${cluster} has ${taken} slots taken, counted ${this.#taken[cluster]}`);
      }
      const list = this.#listOf(cluster);
      if (
        listed.free.has(cluster) !== (list === this.#free) ||
        listed.partial.has(cluster) !== (list === this.#partial)
      ) {
        panic(`${at}: cluster ${cluster} is in the wrong list`);
      }
    }
    if (inuse !== this.#inusePages) panic(`${at}: ${inuse} slots in use, counted ${this.#inusePages}`);
  }
}
