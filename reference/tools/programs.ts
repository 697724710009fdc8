/** The programs of the machine by name: what the shell finds in /bin and its like. */
import type { Tool } from '../include/tool.ts';
import type { Kernel } from '../init/kernel.ts';
import { getconf } from './getconf.ts';
import { lsmod, modprobe, rmmod } from './kmod/modprobe.ts';
import { numactl } from './numactl/numactl.ts';
import { numastat } from './numactl/numastat.ts';
import { free } from './procps/free.ts';
import { pmap } from './procps/pmap.ts';
import { ps } from './procps/ps.ts';
import { slabtop } from './procps/slabtop.ts';
import { sysctl } from './procps/sysctl.ts';
import { top } from './procps/top.ts';
import { uptime } from './procps/uptime.ts';
import { vmstat } from './procps/vmstat.ts';
import { scenario } from './scenario/scenario.ts';
import { stress } from './scenario/stress.ts';
import { iostat } from './sysstat/iostat.ts';
import { sar } from './sysstat/sar.ts';
import { dmesg } from './util-linux/dmesg.ts';
import { journalctl } from './util-linux/journalctl.ts';
import { mkswap } from './util-linux/mkswap.ts';
import { mount, umount } from './util-linux/mount.ts';
import { swapoff, swapon } from './util-linux/swapon.ts';
import { valgrind } from './valgrind/valgrind.ts';

export const PROGRAMS: Readonly<Record<string, Tool<Kernel>>> = {
  ...{ lsmod, modprobe, rmmod },
  ...{ dmesg, free, getconf, iostat, journalctl, mkswap, mount, numactl, numastat, pmap, ps, sar, scenario, slabtop },
  ...{ stress, swapoff, swapon, sysctl, top, umount, uptime, valgrind, vmstat },
};
