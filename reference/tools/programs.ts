/** The programs of the machine by name: what the shell finds in /bin and its like. */
import type { Tool } from '../include/tool.ts';
import type { Kernel } from '../init/kernel.ts';
import { free } from './free.ts';
import { numastat } from './numastat.ts';
import { pmap } from './pmap.ts';
import { ps } from './ps.ts';
import { slabtop } from './slabtop.ts';
import { top } from './top.ts';
import { uptime } from './uptime.ts';
import { vmstat } from './vmstat.ts';

export const PROGRAMS: Readonly<Record<string, Tool<Kernel>>> = {
  free,
  numastat,
  pmap,
  ps,
  slabtop,
  top,
  uptime,
  vmstat,
};
