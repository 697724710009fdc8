/** What files ask of page tables. Linux: mm/memory.c, unmap_mapping_pages(); mm/rmap.c, folio_mkclean(). */
import type { MappedBy, MappingId } from '../include/fs_types.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { Pfn } from '../include/types.ts';
import type { MemorySystem } from './memory_system.ts';
import { folioMkclean } from './rmap_walk.ts';
import { vmaPages } from './vma.ts';
import { zapPageRange } from './zap.ts';

export class FileMappedBy implements MappedBy {
  readonly #system: MemorySystem;

  constructor(system: MemorySystem) {
    this.#system = system;
  }

  unmapMappingRange(mapping: MappingId, first: number, nr: number, evenCows: boolean): void {
    for (const vma of this.#system.rmap.files.get(mapping) ?? []) {
      const from = Math.max(first - vma.vmPgoff, 0);
      const stop = Math.min(first + nr - vma.vmPgoff, vmaPages(vma));
      if (from >= stop) continue;
      const range = [vma.vmStart + from * PAGE_SIZE, vma.vmStart + stop * PAGE_SIZE] as const;
      zapPageRange(this.#system, vma, ...range, evenCows ? 'pages' : 'file');
    }
  }

  folioMkclean(pfn: Pfn): number {
    return folioMkclean(this.#system, pfn);
  }
}
