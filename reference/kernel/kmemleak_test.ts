/**
 * A module that loses memory, so that kmemleak has something to find. Linux: samples/kmemleak/kmemleak-test.c.
 *
 *     data     list --> node --> node ... --> node        known, until the module is unloaded
 *              by CPU: pointers --> objects               likewise
 *     nobody   8 objects of 32 .. 4096 bytes              lost from the start
 *
 * SIMPLIFIED: nothing from vmalloc or memory by CPU.
 */
import type { PhysicalMemory } from '../arch/memory.ts';
import { __GFP_ZERO, GFP_KERNEL } from '../include/gfp.ts';
import type { PhysAddr } from '../include/types.ts';
import type { Kmalloc } from '../mm/kmalloc.ts';
import { directMap } from '../mm/slub_freelist.ts';
import type { Module } from './modules.ts';
import type { KernelLog } from './printk.ts';

/** Asked for and forgotten, each twice. */
const ORPHANS = [32, 1024, 2048, 4096];
const NODES = 10;
const NODE_BYTES = 416;
/** Where the links are in a node: in its middle. */
const LINKS = 200;
const POINTER = 8;
/** The head of the list, and behind it a pointer for each CPU. */
const HEAD = 0;
const BY_CPU = 2 * POINTER;
const OF_CPU_BYTES = 129;

export interface LeakingRooms {
  readonly kmalloc: Kmalloc;
  readonly memory: PhysicalMemory;
  readonly log: KernelLog;
  readonly nrCpus: number;
}

export class KmemleakTest implements Module {
  readonly #rooms: LeakingRooms;

  constructor(rooms: LeakingRooms) {
    this.#rooms = rooms;
  }

  init(data: PhysAddr): void {
    const { memory, log, nrCpus } = this.#rooms;
    log.info('kmemleak: Kmemleak testing');
    for (const size of ORPHANS) for (let i = 0; i < 2; i++) this.#alloc(`kmalloc(${size})`, size, 0);
    this.#link(data + HEAD, data + HEAD);
    for (let i = 0; i < NODES; i++) {
      const node = this.#alloc('kzalloc(sizeof(*elem))', NODE_BYTES, __GFP_ZERO);
      if (node === null) continue;
      this.#link(this.#last(data), node + LINKS);
      this.#link(node + LINKS, data + HEAD);
    }
    for (let cpu = 0; cpu < nrCpus; cpu++) {
      const object = this.#alloc(`kmalloc(${OF_CPU_BYTES})`, OF_CPU_BYTES, 0);
      if (object !== null) memory.write64(data + BY_CPU + cpu * POINTER, directMap(object));
    }
  }

  /** Nothing is freed. */
  exit(): void {}

  #alloc(call: string, size: number, gfp: number): PhysAddr | null {
    const { kmalloc, log } = this.#rooms;
    const object = kmalloc.kmalloc(size, GFP_KERNEL | gfp);
    log.info(`kmemleak: ${call} = 0x${object === null ? '0'.padStart(16, '0') : directMap(object).toString(16)}`);
    return object;
  }

  /** Two links come to stand behind one another. */
  #link(before: PhysAddr, after: PhysAddr): void {
    const { memory } = this.#rooms;
    memory.write64(before, directMap(after));
    memory.write64(after + POINTER, directMap(before));
  }

  /** The last link of the list. */
  #last(data: PhysAddr): PhysAddr {
    return Number(this.#rooms.memory.read64(data + HEAD + POINTER) - directMap(0));
  }
}
