/**
 * Files of huge pages: what is in them, what is promised for them, and who maps them. Linux: fs/hugetlbfs/inode.c,
 * mm/hugetlb.c (struct resv_map of an inode).
 */
import type { HugetlbId, VmFile } from '../include/mm_types.ts';
import { HPAGE_PMD_NR } from '../include/param.ts';
import type { Pfn } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { Hstate } from './hugetlb.ts';
import type { VmArea } from './vma.ts';

export interface HugetlbInode {
  readonly id: HugetlbId;
  /** In huge pages: a touch at or above it is SIGBUS. */
  size: number;
  /** By index, in huge pages. The file holds a reference. */
  readonly pages: Map<number, Pfn>;
  /** Indexes that shared mappings were promised pages for, or have. */
  readonly reserved: Set<number>;
  /** All mappings, private ones too. Linux: i_mmap. */
  readonly vmas: Set<VmArea>;
  /** Names it has: none if nobody gave it one, or it was taken away. Linux: i_nlink. */
  nlink: 0 | 1;
  /** Names and open descriptors: while there are any, it stays without mappings. */
  holders: number;
}

export class HugetlbInodes {
  readonly #pool: Hstate;
  readonly #put: (pfn: Pfn) => void;
  readonly #byId = new Map<HugetlbId, HugetlbInode>();
  #lastId = 0;

  /** @param put  lets go of a page */
  constructor(pool: Hstate, put: (pfn: Pfn) => void) {
    this.#pool = pool;
    this.#put = put;
  }

  /** An empty file. @param size  in huge pages @param nlink  names */
  create(size: number, nlink: 0 | 1): HugetlbInode {
    const id = ++this.#lastId;
    const [reserved, vmas] = [new Set<number>(), new Set<VmArea>()];
    const inode: HugetlbInode = { id, size, pages: new Map(), reserved, vmas, nlink, holders: nlink };
    this.#byId.set(id, inode);
    return inode;
  }

  byId(id: HugetlbId): HugetlbInode {
    return this.#byId.get(id) ?? panic(`hugetlb: there is no file ${id}`);
  }

  /** The file of a mapping of huge pages. */
  of({ vmFile }: { readonly vmFile: VmFile | null }): HugetlbInode {
    return this.byId(vmFile?.hugetlb ?? panic('hugetlb: a mapping of huge pages without its file'));
  }

  /** Frees it if nobody has it any more. Linux: hugetlbfs_evict_inode() */
  putIfUnused(inode: HugetlbInode): void {
    if (inode.vmas.size > 0 || inode.holders > 0 || !this.#byId.has(inode.id)) return;
    this.truncate(inode, 0);
    this.#byId.delete(inode.id);
  }

  /** It becomes shorter: nobody maps what goes. @param size  in huge pages. Linux: remove_inode_hugepages() */
  truncate(inode: HugetlbInode, size: number): void {
    let freed = 0;
    for (const [index, pfn] of inode.pages) {
      if (index < size) continue;
      inode.pages.delete(index);
      this.#put(pfn);
      freed++;
    }
    let promised = 0;
    for (const index of inode.reserved) {
      if (index < size) continue;
      inode.reserved.delete(index);
      promised++;
    }
    inode.size = size;
    this.#pool.acctMemory(freed - promised);
  }

  /** Each page is in the file it says. */
  validate(): void {
    for (const { id, pages, reserved } of this.#byId.values()) {
      for (const index of pages.keys()) {
        if (!reserved.has(index)) panic(`hugetlb: page ${index} of file ${id} was never promised`);
      }
    }
  }

  [Symbol.iterator](): Iterator<HugetlbInode> {
    return this.#byId.values();
  }
}

/** A file as mmap(2) takes it. @param path  as it was opened */
export function hugetlbVmFile(
  inode: HugetlbInode,
  path: string,
  rights: { readable: boolean; writable: boolean },
): VmFile {
  return {
    get name() {
      return inode.nlink > 0 ? path : `${path} (deleted)`;
    },
    get sizePages() {
      return inode.size * HPAGE_PMD_NR;
    },
    ...rights,
    thpAligned: false,
    hugetlb: inode.id,
  };
}
