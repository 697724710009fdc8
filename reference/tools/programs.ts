/** The programs of the machine by name: what the shell finds in /bin and its like. */
import type { Tool } from '../include/tool.ts';
import type { Kernel } from '../init/kernel.ts';
import { dmesg } from './dmesg.ts';
import { free } from './free.ts';
import { getconf } from './getconf.ts';
import { iostat } from './iostat.ts';
import { journalctl } from './journalctl.ts';
import { mkswap } from './mkswap.ts';
import { mount, umount } from './mount.ts';
import { numactl } from './numactl.ts';
import { numastat } from './numastat.ts';
import { pmap } from './pmap.ts';
import { ps } from './ps.ts';
import { sar } from './sar.ts';
import { scenario } from './scenario.ts';
import { slabtop } from './slabtop.ts';
import { stress } from './stress.ts';
import { swapoff, swapon } from './swapon.ts';
import { sysctl } from './sysctl.ts';
import { top } from './top.ts';
import { uptime } from './uptime.ts';
import { valgrind } from './valgrind.ts';
import { vmstat } from './vmstat.ts';

export const PROGRAMS: Readonly<Record<string, Tool<Kernel>>> = {
  ...{ dmesg, free, getconf, iostat, journalctl, mkswap, mount, numactl, numastat, pmap, ps, sar, scenario, slabtop },
  ...{ stress, swapoff, swapon, sysctl, top, umount, uptime, valgrind, vmstat },
};
