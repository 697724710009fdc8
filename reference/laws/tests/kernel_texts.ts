/** The text files of a kernel, for laws. */
import { ProcFs } from '../../fs/proc/proc_fs.ts';
import { SysFs } from '../../fs/sysfs/sys_fs.ts';
import { PG_swapcache } from '../../include/page_flags.ts';
import type { SwpEntry } from '../../include/types.ts';
import type { Kernel } from '../../init/kernel.ts';
import { panic } from '../../lib/panic.ts';
import { swpOffset, swpType } from '../../mm/swapops.ts';
import type { TextMachine } from '../proc_text.ts';

/** A slot as pagemap writes it. */
const placeOf = (entry: SwpEntry): number => swpType(entry) + swpOffset(entry) * 32;

export function textsOf(kernel: Kernel): TextMachine {
  const proc = new ProcFs(kernel);
  const sys = new SysFs(kernel);
  const root = kernel.rooms.pids.find(1) ?? panic('no first process');
  const { system } = kernel.booted;
  const { memMap, pageCache } = system;
  return {
    read(path) {
      const text = (path.startsWith('/sys') ? sys : proc).read(path, root);
      return typeof text === 'string' ? text : panic(`${path}: ${text}`);
    },
    pids: () => [...kernel.rooms.pids].filter(({ mm }) => mm !== null).map(({ pid }) => pid),
    pagemap(pid, page, pages) {
      const bytes = proc.readAt(`/proc/${pid}/pagemap`, root, page * 8, pages * 8);
      if (typeof bytes === 'number') return panic(`pagemap: ${bytes}`);
      return new BigUint64Array(bytes.buffer);
    },
    // The huge one is the only large block in page tables that belongs to nobody.
    isZero: (pfn) => pfn === system.zeroPage || memMap.mapping[memMap.compoundHead(pfn)] === 0,
    slotsElsewhere() {
      const entries = [...pageCache.mappings].flatMap(({ swapped }) => [...swapped.values()]);
      for (let pfn = 0; pfn < memMap.nrFrames; pfn++) {
        if (memMap.test(pfn, PG_swapcache)) entries.push(memMap.private[pfn]);
      }
      return entries.map(placeOf);
    },
  };
}
