/**
 * /sys, as far as memory has something there. Linux: fs/sysfs/.
 *
 *     /sys   devices/system/node/   devices/system/cpu/
 *            kernel/mm/transparent_hugepage/   hugepages/   swap/
 *            kernel/slab/   kernel/debug/
 */
import { EACCES } from '../../include/errno.ts';
import { attribute, type PseudoDir, PseudoFs, pseudoDir } from '../proc/generic.ts';
import type { ProcRooms } from '../proc/proc_rooms.ts';
import { listOf } from '../proc/seq_file.ts';
import { flag } from './choice.ts';
import { debugDir } from './debug.ts';
import { hugepagesDir } from './hugepages.ts';
import { nodeDir } from './node.ts';
import { slabDir } from './slab.ts';
import { transparentHugepageDir } from './transparent_hugepage.ts';

export class SysFs extends PseudoFs {
  protected override readonly uncreated = -EACCES;

  /** @param machine  a booted Kernel */
  constructor(machine: ProcRooms) {
    super('/sys', sysRoot(machine));
  }
}

function sysRoot(machine: ProcRooms): PseudoDir {
  const { slub, swapCache } = machine.booted;
  const swap = flag(
    () => swapCache.vmaRaEnabled,
    (value) => {
      swapCache.vmaRaEnabled = value;
    },
  );
  const mm = pseudoDir({
    hugepages: hugepagesDir(machine, null),
    swap: pseudoDir({ vma_ra_enabled: swap }),
    transparent_hugepage: transparentHugepageDir(machine),
  });
  return pseudoDir({
    devices: pseudoDir({ system: pseudoDir({ cpu: cpuDir(machine), node: nodeDir(machine) }) }),
    kernel: pseudoDir({ debug: debugDir(machine), mm, slab: slabDir(slub) }),
  });
}

/** Linux: drivers/base/cpu.c. */
function cpuDir({ rooms: { sched } }: ProcRooms): PseudoDir {
  const all = attribute(() => `${listOf(Array.from({ length: sched.nrCpus }, (_, cpu) => cpu))}\n`);
  return pseudoDir({ online: all, possible: all, present: all });
}
