/** The slab caches as slabtop(1) and vmstat(8) see them. From /proc/slabinfo; procps: library/slabinfo.c. */
import { PAGE_SIZE } from '../../include/param.ts';
import type { Files } from '../../include/tool.ts';
import { linesOf, wordsOf } from '../proc_files.ts';

export interface SlabCache {
  readonly name: string;
  readonly activeObjects: number;
  readonly objects: number;
  /** Bytes. */
  readonly objectSize: number;
  readonly objectsPerSlab: number;
  readonly pagesPerSlab: number;
  readonly activeSlabs: number;
  readonly slabs: number;
  /** Bytes. */
  readonly size: number;
  /** Per cent of the objects that are in use. */
  readonly use: number;
}

/** @returns an error when the file cannot be read */
export function readSlabinfo(files: Files): SlabCache[] | number {
  const text = files.read('/proc/slabinfo');
  if (typeof text === 'number') return text;
  const lines = linesOf(text).filter((line) => !line.startsWith('#') && !line.startsWith('slabinfo'));
  return lines.map((line) => {
    const [name, ...words] = wordsOf(line);
    const [activeObjects, objects, objectSize, objectsPerSlab, pagesPerSlab] = words.map(Number);
    const [activeSlabs, slabs] = words.slice(words.indexOf('slabdata') + 1).map(Number);
    return {
      ...{ name, activeObjects, objects, objectSize, objectsPerSlab, pagesPerSlab, activeSlabs, slabs },
      size: slabs * pagesPerSlab * PAGE_SIZE,
      use: objects > 0 ? Math.trunc(Math.fround(100 * Math.fround(activeObjects / objects))) : 0,
    };
  });
}
