/** vmstat -m: slab caches by name. */
import { NSEC_PER_SEC } from '../../arch/clock.ts';
import type { Running, ToolContext } from '../../include/tool.ts';
import { left, right } from '../printf.ts';
import { fail } from '../program.ts';
import { readSlabinfo, type SlabCache } from './slabinfo.ts';
import { PAGE_LINES, type VmstatSettings } from './vmstat_settings.ts';

const row = (name: string, ...numbers: readonly (string | number)[]): string =>
  `${left(name.slice(0, 24), 24)} ${numbers.map((number) => right(number, 6)).join(' ')}\n`;

const HEADER = row('Cache', 'Num', 'Total', 'Size', 'Pages');

export function* slabLines(context: ToolContext, { oneHeader, delay, updates }: VmstatSettings): Running {
  const { files, out } = context;
  if (oneHeader) out(HEADER);
  for (let i = 0; i < updates; i++) {
    if (i > 0) yield delay * NSEC_PER_SEC;
    const caches = readSlabinfo(files);
    if (typeof caches === 'number') return fail(context, 'Unable to create slabinfo structure');
    const byName = [...caches].sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const [n, cache] of byName.entries())
      out((!oneHeader && n % PAGE_LINES === 0 ? HEADER : '') + cacheRow(cache));
  }
  return 0;
}

/** What is called Pages is the objects in a slab. */
const cacheRow = ({ name, activeObjects, objects, objectSize, objectsPerSlab }: SlabCache): string =>
  row(name, activeObjects, objects, objectSize, objectsPerSlab);
