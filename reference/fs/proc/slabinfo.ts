/** The text of /proc/slabinfo. Linux: mm/slab_common.c, cache_show(). */
import type { Slabinfo } from '../../include/slab.ts';

const HEADER =
  'slabinfo - version: 2.1\n' +
  '# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : ' +
  'tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>\n';

/** The two lines at the top, then one for each cache, newest first. What was tunable long ago is 0. */
export function slabinfoShow(caches: readonly Slabinfo[]): string {
  const lines = caches.map((cache) => {
    const counts = [
      String(cache.activeObjs).padStart(6),
      String(cache.numObjs).padStart(6),
      String(cache.size).padStart(6),
      String(cache.objectsPerSlab).padStart(4),
      String(cache.pagesPerSlab).padStart(4),
    ].join(' ');
    const slabs = String(cache.numSlabs).padStart(6);
    return `${cache.name.padEnd(17)} ${counts} : tunables    0    0    0 : slabdata ${slabs} ${slabs}      0\n`;
  });
  return HEADER + lines.join('');
}
