/**
 * Pages of a file that the file system keeps as one (a large folio): they are dirty together and used together.
 * Linux: struct folio. Frames are single here (address_space.ts); so what happens to one page happens to all of its folio.
 */
import type { MappingId } from '../include/fs_types.ts';
import type { Pfn } from '../include/types.ts';
import type { MemorySystem } from './memory_system.ts';

/** First page and number of pages of the folio of a cached page. */
export function folioExtent(system: MemorySystem, pfn: Pfn): { readonly first: number; readonly pages: number } {
  const { memMap, pageCache } = system;
  const index = memMap.index[pfn];
  const mapping = pageCache.mappingOf(pfn);
  const pages = mapping.folioOrders.size === 0 ? 1 : 2 ** mapping.folioOrder(index);
  return { first: index - (index % pages), pages };
}

/** Calls for each cached page of the folio of a page of a file. */
function forFolio(system: MemorySystem, pfn: Pfn, visit: (pfn: Pfn) => void): void {
  const mapping = system.pageCache.mappingOf(pfn);
  const { first, pages } = folioExtent(system, pfn);
  if (pages === 1) {
    visit(pfn);
    return;
  }
  for (let index = first; index < first + pages; index++) {
    const each = mapping.pages.get(index);
    if (each !== undefined) visit(each);
  }
}

/** Linux: folio_mark_dirty(). */
export function folioMarkDirty(system: MemorySystem, pfn: Pfn): void {
  forFolio(system, pfn, (each) => system.files.markDirty(each));
}

/** Linux: folio_mark_accessed(), for a page of a file. */
export function folioMarkAccessed(system: MemorySystem, pfn: Pfn): void {
  forFolio(system, pfn, (each) => system.folios.markAccessed(each));
}

/** A range of pages, made larger to whole folios: they are written as one. */
export function wholeFolios(system: MemorySystem, id: MappingId, first: number, end: number): [number, number] {
  const mapping = system.pageCache.mappings.byId(id);
  const head = 2 ** mapping.folioOrder(first);
  const tail = 2 ** mapping.folioOrder(end - 1);
  return [first - (first % head), end - 1 - ((end - 1) % tail) + tail];
}
