/**
 * /proc: what the kernel tells of itself and of each process, and what it can be told. Linux: fs/proc/root.c.
 *
 *     /proc   meminfo vmstat zoneinfo buddyinfo slabinfo swaps stat ...     of the machine
 *             pressure/  sys/vm/  sys/kernel/
 *             self -> 1    1/  2/  ...                                      of processes
 */
import { EIO, EOPNOTSUPP } from '../../include/errno.ts';
import { PAGEBLOCK_ORDER } from '../../include/migratetype.ts';
import { DEFAULT_POLLMASK, POLLERR, POLLPRI } from '../../include/poll.ts';
import { NO_PRESSURE, PSI_RESOURCES, type PsiResource } from '../../include/psi.ts';
import type { Pid } from '../../include/types.ts';
import { buddyinfoOf, pagetypeinfoOf } from '../../mm/zone_info.ts';
import { processDir } from './base.ts';
import { fragShow } from './buddyinfo.ts';
import { cpuinfoShow } from './cpuinfo.ts';
import { diskNames, diskstatsShow } from './diskstats.ts';
import {
  DIR_MODE,
  type PseudoDir,
  type PseudoFile,
  PseudoFs,
  type PseudoNode,
  pseudoDir,
  textFile,
} from './generic.ts';
import { loadavgShow, uptimeShow } from './loadavg.ts';
import { meminfoOf, meminfoShow } from './meminfo.ts';
import type { PseudoOrders } from './open_file.ts';
import { pagetypeinfoShow } from './pagetypeinfo.ts';
import { psiShow } from './pressure.ts';
import type { ProcRooms } from './proc_rooms.ts';
import { procSysDir, UTS } from './proc_sysctl.ts';
import { slabinfoShow } from './slabinfo.ts';
import { statShow } from './stat.ts';
import { swapKind, swapsShow } from './swaps.ts';
import { systemStat } from './system_stat.ts';
import { vmstatShow } from './vmstat.ts';
import { zoneinfoOf, zoneinfoShow } from './zoneinfo.ts';

const CMDLINE = 'root=/dev/vda ro\n';
const FILESYSTEMS =
  'nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tdevtmpfs\nnodev\tdebugfs\nnodev\thugetlbfs\n\text4\n';

export class ProcFs extends PseudoFs {
  /** @param machine  a booted Kernel */
  constructor(machine: ProcRooms) {
    super('/proc', procRoot(machine));
  }
}

/** A file of the machine: nothing can be written to it. */
const text = (read: () => string, mode = 0o444): PseudoFile => textFile(read, -EIO, mode);

function procRoot(machine: ProcRooms): PseudoDir {
  const fixed = pseudoDir({
    ...memoryFiles(machine),
    ...systemFiles(machine),
    pressure: pressureDir(machine),
    sys: procSysDir(machine),
    self: { kind: 'link', target: ({ pid }) => String(pid) },
    mounts: { kind: 'link', target: () => 'self/mounts' },
  });
  const { pids } = machine.rooms;
  const numbers = (): string[] =>
    [...pids]
      .map(({ pid }) => pid)
      .sort((a, b) => a - b)
      .map(String);
  return {
    kind: 'dir',
    mode: DIR_MODE,
    names: () => [...fixed.names(), ...numbers()],
    find(name) {
      const process = /^[1-9]\d*$/.test(name) ? pids.find(Number(name) as Pid) : null;
      return process === null ? fixed.find(name) : processDir(machine, process);
    },
  };
}

function memoryFiles(machine: ProcRooms): Record<string, PseudoNode> {
  const { pages, slub, swapCache } = machine.booted;
  const nodes = pages.zones.machine.nodes.map((_, nid) => pages.zones.all.filter((zone) => zone.nid === nid));
  const populated = nodes.map((zones) => zones.filter(({ managedPages }) => managedPages > 0));
  return {
    buddyinfo: text(() => nodes.map((zones, nid) => fragShow(nid, zones.map(buddyinfoOf))).join('')),
    meminfo: text(() => meminfoShow(meminfoOf(machine))),
    pagetypeinfo: text(() => {
      const withMemory = populated.filter((zones) => zones.length > 0);
      return withMemory.map((zones) => pagetypeinfoShow(PAGEBLOCK_ORDER, zones.map(pagetypeinfoOf))).join('');
    }, 0o400),
    slabinfo: text(() => slabinfoShow(slub.slabinfo()), 0o400),
    swaps: text(() => swapsShow(swapCache.swap.procSwaps().map((area) => ({ ...area, kind: swapKind(area.name) })))),
    vmstat: text(() => vmstatShow(machine)),
    zoneinfo: text(() => zoneinfoShow(zoneinfoOf(machine))),
  };
}

function systemFiles(machine: ProcRooms): Record<string, PseudoNode> {
  const { description, files, rooms } = machine;
  return {
    cmdline: text(() => CMDLINE),
    cpuinfo: text(() => cpuinfoShow(rooms.sched.nrCpus)),
    diskstats: text(() => diskstatsShow(files.devices, diskNames(description))),
    filesystems: text(() => FILESYSTEMS),
    modules: text(() => rooms.modules.show()),
    loadavg: text(() => loadavgShow(systemStat(machine).load)),
    stat: text(() => {
      const { all, figures } = systemStat(machine);
      return statShow(all, figures);
    }),
    uptime: text(() => uptimeShow(machine.booted.clock.now, systemStat(machine).idleNs)),
    version: text(() => `${UTS.ostype} version ${UTS.osrelease} (osgrade@osgrade) ${UTS.version}\n`),
  };
}

function pressureDir(machine: ProcRooms): PseudoDir {
  const file = (resource: PsiResource): PseudoFile => ({
    ...text(() => psiShow(machine.psi?.pressure(resource) ?? NO_PRESSURE), 0o666),
    orders: ({ owner }) => triggerOf(machine, resource, owner.credentials.uid === 0),
  });
  return pseudoDir(Object.fromEntries(PSI_RESOURCES.map((resource) => [resource, file(resource)])));
}

/** A trigger lives as long as its file is open. Linux: psi_fop_poll(). */
function triggerOf({ psi }: ProcRooms, resource: PsiResource, privileged: boolean): PseudoOrders {
  const open = psi?.open(resource, privileged) ?? null;
  const event = { pri: POLLPRI, err: POLLERR | POLLPRI, none: 0 } as const;
  return {
    write: (line) => open?.write(line) ?? -EOPNOTSUPP,
    poll: () => DEFAULT_POLLMASK | event[open?.poll() ?? 'err'],
    close: () => open?.close(),
  };
}
