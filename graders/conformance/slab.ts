/** Family slab geometry: the measures of every slab cache of a running machine. */
import { z } from 'zod';
import type { Kernel } from './kernel.ts';
import { type Disagreement, type Outcome, playSteps } from './recording.ts';

const Flag = z.union([z.literal(0), z.literal(1)]);
const Cache = z.object({
  names: z.array(z.string()).min(1),
  object_size: z.number(),
  slab_size: z.number(),
  objs_per_slab: z.number(),
  order: z.number(),
  align: z.number(),
  cpu_partial: z.number(),
  min_partial: z.number(),
  hwcache_align: Flag,
  destroy_by_rcu: Flag,
  ctor: z.string(),
});
type Cache = z.infer<typeof Cache>;
const Geometry = z.object({ possible_cpus: z.string(), caches: z.array(Cache) });

/** Caches that tell Linux where their free pointer may lie although readers may still look at freed objects. */
const OWN_FREE_POINTER: readonly string[] = ['vm_area_struct', 'filp', 'io_kiocb'];
/** The families of kmalloc caches. */
const KMALLOC = /^(dma-)?kmalloc-(rcl-|cg-)?\d/;

export function replaySlab(kernel: Kernel, content: unknown): Outcome {
  const { possible_cpus, caches } = Geometry.parse(content);
  const cpus = cpuCount(possible_cpus);
  return playSteps(caches.map((cache) => () => compare(kernel, cpus, cache)));
}

/** @param list  `0-1` or `0` or `0,2-3` */
function cpuCount(list: string): number {
  return list.split(',').reduce((cpus, part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return cpus + last - first + 1;
  }, 0);
}

function compare(kernel: Kernel, cpus: number, cache: Cache): Disagreement | null {
  const slab = kernel['mm/slab_common'];
  const [name = ''] = cache.names;
  const hwcache = cache.hwcache_align === 1;
  const asked = KMALLOC.test(name) ? slab.kmallocAlign(cache.object_size) : hwcache ? 0 : cache.align;
  const align = slab.calculateAlignment(hwcache, asked, cache.object_size);
  const lookedAt = cache.ctor !== '' || cache.destroy_by_rcu === 1;
  const freePointer = lookedAt && !cache.names.some((each) => OWN_FREE_POINTER.includes(each)) ? 'after' : 'inside';
  const size = slab.calculateSize(cache.object_size, align, freePointer);
  const order = slab.calculateOrder(size, cpus);
  const got = [align, size, order, order === null ? 0 : slab.objectsPerSlab(order, size)];
  got.push(slab.cpuPartial(size), slab.minPartial(size));
  const expected = [
    cache.align,
    cache.slab_size,
    cache.order,
    cache.objs_per_slab,
    cache.cpu_partial,
    cache.min_partial,
  ];
  if (told(expected) === told(got)) return null;
  const op = `object size ${cache.object_size}, ctor "${cache.ctor}", destroy_by_rcu ${cache.destroy_by_rcu}`;
  return { place: `cache ${name}`, op, expected: told(expected), got: told(got) };
}

function told([align, size, order, objects, cpuPartial, minPartial]: readonly (number | null)[]): string {
  return `align ${align} size ${size} order ${order} objects ${objects} cpu_partial ${cpuPartial} min_partial ${minPartial}`;
}
