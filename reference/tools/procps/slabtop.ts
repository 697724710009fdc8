/**
 * slabtop(1) of procps: the largest slab caches. From /proc/slabinfo.
 * SIMPLIFIED: it always shows them once, as with -o.
 */

import type { Tool } from '../../include/tool.ts';
import { strerror } from '../../lib/strerror.ts';
import { flags, getopt, withValue } from '../getopt.ts';
import { fixed, left, right, rightFixed } from '../printf.ts';
import { fail, misused, procpsUsage } from '../program.ts';
import { readSlabinfo, type SlabCache } from './slabinfo.ts';

const USAGE = procpsUsage('slabtop', '[options]', [
  ['-d, --delay <secs>', 'again after so long'],
  ['-o, --once', 'once'],
  ['-s, --sort <char>', 'by a active objects, b objects per slab, c cache size, l slabs, v active slabs,'],
  ['', 'n name, o objects, p pages per slab, s object size, u utilization'],
  ['-h, --help', 'this text'],
]);

const LONG = { ...flags({ once: 'o', help: 'h', version: 'V' }), ...withValue('required', { delay: 'd', sort: 's' }) };

/** What to sort by; n is by name, all else by objects. */
const BY_OBJECTS = ({ objects }: SlabCache): number => objects;
const SORT: Readonly<Record<string, (cache: SlabCache) => number>> = {
  a: ({ activeObjects }) => activeObjects,
  b: ({ objectsPerSlab }) => objectsPerSlab,
  c: ({ size }) => size,
  l: ({ slabs }) => slabs,
  v: ({ activeSlabs }) => activeSlabs,
  p: ({ pagesPerSlab }) => pagesPerSlab,
  s: ({ objectSize }) => objectSize,
  u: ({ use }) => use,
};

export const slabtop: Tool = (context) => {
  const { options, operands } = getopt(context.args, 'd:s:ohV', LONG);
  let key = 'o';
  let isOnce = false;
  let hasDelay = false;
  for (const { name, value } of options) {
    if (name === '?') return misused(context, value, USAGE);
    if (name === 'h' || name === 'V') {
      context.out(name === 'h' ? USAGE : 'slabtop from procps-ng 4.0.2\n');
      return 0;
    }
    if (name === 's') key = value.charAt(0).toLowerCase();
    if ((name === 'd' && isOnce) || (name === 'o' && hasDelay))
      return fail(context, 'Cannot combine -d and -o options');
    if (name === 'o') isOnce = true;
    if (name !== 'd') continue;
    if (!/^\s*[-+]?\d+$/.test(value)) return fail(context, `illegal delay: '${value}'`);
    if (Number(value) < 1) return fail(context, 'delay must be positive integer');
    hasDelay = true;
  }
  if (operands.length > 0) return misused(context, '', USAGE);
  const caches = readSlabinfo(context.files);
  if (typeof caches === 'number') return fail(context, `Unable to create slabinfo structure: ${strerror(caches)}`);
  context.out(summary(caches) + details(sorted(caches, key)));
  return 0;
};

/** Equal ones stay as they were. */
function sorted(caches: readonly SlabCache[], key: string): SlabCache[] {
  if (key === 'n') return [...caches].sort((a, b) => (a.name < b.name ? -1 : 1));
  const by = SORT[key] ?? BY_OBJECTS;
  return [...caches].sort((a, b) => by(b) - by(a));
}

function summary(caches: readonly SlabCache[]): string {
  const sum = (of: (cache: SlabCache) => number): number => caches.reduce((total, cache) => total + of(cache), 0);
  const objects = sum((cache) => cache.objects);
  const active = sum((cache) => cache.activeObjects);
  const bytes = sum((cache) => cache.objects * cache.objectSize);
  const activeBytes = sum((cache) => cache.activeObjects * cache.objectSize);
  const sizes = caches.map((cache) => cache.objectSize);
  const average = objects > 0 ? Math.floor(bytes / objects) : 0;
  const line = (what: string, text: string): string => ` ${left(what, 35)}: ${text}\n`;
  const part = (what: string, some: number, all: number): string =>
    line(`Active / Total ${what} (% used)`, `${some} / ${all} (${fixed((100 * some) / all, 1)}%)`);
  const kib = (size: number): string => `${fixed(size / 1024, 2)}K`;
  const share = `(${fixed((100 * activeBytes) / bytes, 1)}%)`;
  const extremes = [Math.min(...sizes), average, Math.max(...sizes)].map(kib).join(' / ');
  return [
    part('Objects', active, objects),
    part(
      'Slabs',
      sum(({ activeSlabs }) => activeSlabs),
      sum(({ slabs }) => slabs),
    ),
    part('Caches', caches.filter((cache) => cache.objects > 0).length, caches.length),
    line('Active / Total Size (% used)', `${kib(activeBytes)} / ${kib(bytes)} ${share}`),
    line('Minimum / Average / Maximum Object', extremes),
    '\n',
  ].join('');
}

function details(caches: readonly SlabCache[]): string {
  const rows = caches.map(({ name, objects, activeObjects, use, objectSize, slabs, objectsPerSlab, size }) => {
    const counts = `${right(objects, 6)} ${right(activeObjects, 6)} ${right(use, 3)}%`;
    const sizes = `${rightFixed(objectSize / 1024, 7, 2)}K ${right(slabs, 6)} ${right(objectsPerSlab, 8)}`;
    return `${counts} ${sizes} ${right(Math.floor(size / 1024), 9)}K ${left(name, 23)}\n`;
  });
  return `${left('  OBJS ACTIVE  USE OBJ SIZE  SLABS OBJ/SLAB CACHE SIZE NAME', 78)}\n${rows.join('')}`;
}
