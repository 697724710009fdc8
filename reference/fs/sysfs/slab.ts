/** /sys/kernel/slab: each cache. Linux: mm/slub.c, slab_sysfs_init(). SIMPLIFIED: aliases have no links of their own. */
import { EINVAL } from '../../include/errno.ts';
import { SLAB_HWCACHE_ALIGN, SLAB_RECLAIM_ACCOUNT, SLAB_TYPESAFE_BY_RCU } from '../../include/slab.ts';
import { cpuPartial } from '../../mm/slab_common.ts';
import type { Slub } from '../../mm/slub.ts';
import type { KmemCache } from '../../mm/slub_cache.ts';
import { attribute, DIR_MODE, type PseudoDir, type PseudoFile, pseudoDir } from '../proc/generic.ts';

/** Caches come and go. */
export function slabDir(slub: Slub): PseudoDir {
  return {
    kind: 'dir',
    mode: DIR_MODE,
    names: () => slub.caches.map(({ name }) => name).sort(),
    find: (name) => {
      const cache = slub.caches.find((each) => each.name === name);
      return cache === undefined ? null : cacheDir(slub, cache);
    },
  };
}

function cacheDir(slub: Slub, cache: KmemCache): PseudoDir {
  const number = (value: number): PseudoFile => attribute(() => `${value}\n`);
  const flagged = (bit: number): PseudoFile => number(cache.flags & bit ? 1 : 0);
  const { layout, flags, nodes } = cache;
  const keepsPartial = cache.cpuPartialSlabs > 0;
  return pseudoDir({
    aliases: number(cache.refcount - 1),
    align: number(layout.align),
    cpu_partial: number(keepsPartial ? cpuPartial(layout.size) : 0),
    destroy_by_rcu: flagged(SLAB_TYPESAFE_BY_RCU),
    hwcache_align: flagged(SLAB_HWCACHE_ALIGN),
    min_partial: number(cache.minPartial),
    object_size: number(cache.objectSize),
    objects: attribute(() => byNode(objectsInUse(slub, cache))),
    objs_per_slab: number(layout.objects),
    order: number(layout.order),
    partial: attribute(() => byNode(nodes.map(({ partial }) => partial.size))),
    reclaim_account: number(flags & SLAB_RECLAIM_ACCOUNT ? 1 : 0),
    shrink: {
      ...attribute(
        () => '\n',
        (text) => shrink(slub, cache, text),
      ),
      mode: 0o600,
    },
    slab_size: number(layout.size),
    slabs: attribute(() => byNode(nodes.map(({ nrSlabs }) => nrSlabs))),
    total_objects: attribute(() => byNode(nodes.map(({ nrObjects }) => nrObjects))),
  });
}

/** `12 N0=5 N1=7`: nodes that have none are left out. Linux: show_slab_objects(). */
function byNode(counts: readonly number[]): string {
  const words = counts.map((count, nid) => (count > 0 ? ` N${nid}=${count}` : ''));
  return `${counts.reduce((sum, count) => sum + count, 0)}${words.join('')}\n`;
}

/** By node; objects that only a CPU holds free count too. */
function objectsInUse({ rooms: { slabs } }: Slub, { nodes }: KmemCache): number[] {
  return nodes.map(({ nrObjects, partial }) => {
    let free = 0;
    for (const slab of partial) free += slabs.objects(slab) - slabs.inuse(slab);
    return nrObjects - free;
  });
}

function shrink(slub: Slub, cache: KmemCache, text: string): number {
  if (!text.startsWith('1')) return -EINVAL;
  slub.kmemCacheShrink(cache);
  return 0;
}
