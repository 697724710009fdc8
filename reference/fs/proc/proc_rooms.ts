/** What the files are made from: a booted kernel, as far as they look at it. */
import type { BlockDevice } from '../../arch/block_device.ts';
import type { VirtualClock } from '../../arch/clock.ts';
import type { MachineDescription } from '../../include/kernel.ts';
import type { PressureSource } from '../../include/psi.ts';
import type { KernelRooms } from '../../kernel/rooms.ts';
import type { PageAllocator } from '../../mm/alloc_pages.ts';
import type { DirtyThrottle } from '../../mm/balance_dirty_pages.ts';
import type { MemorySystem } from '../../mm/memory_system.ts';
import type { Slub } from '../../mm/slub.ts';
import type { SwapCache } from '../../mm/swap_state.ts';

/** Part of init's Kernel: one can be given for it. */
export interface ProcRooms {
  readonly description: MachineDescription;
  readonly booted: {
    readonly clock: VirtualClock;
    readonly pages: PageAllocator;
    readonly slub: Slub;
    readonly system: MemorySystem;
    readonly swapCache: SwapCache;
    readonly throttle: DirtyThrottle;
    /** Who knows which nodes kswapd has given up. */
    readonly vmscan: { isHopeless(nid: number): boolean };
  };
  readonly files: {
    /** That of the file system first, then those of swap, as the machine describes them. */
    readonly devices: readonly BlockDevice[];
  };
  readonly rooms: KernelRooms;
  /** Not there: nobody measures it, and its files show zeroes. */
  readonly psi?: PressureSource;
}
