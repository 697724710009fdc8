/** Processes with huge pages, for tests: huge pages everywhere, and what is where told in runs of pages. */
import { type PagemapEntry, pagemap, type Smaps, smapGatherStats } from '../../fs/proc/task_mmu.ts';
import { panic } from '../../lib/panic.ts';
import type { MmStruct } from '../mm_struct.ts';
import { validateHugetlb } from '../validate_huge.ts';
import { validatePages } from '../validate_pages.ts';
import type { VmArea } from '../vma.ts';
import { makePaged, type Paged } from './paged.ts';
import { at, type MACHINE } from './process.ts';

export const makeHuge = (machine: Partial<typeof MACHINE> = {}): Paged =>
  makePaged({ thpEnabled: 'always', ...machine });

export function vmaAt(mm: MmStruct, page: number): VmArea {
  return mm.vmaLookup(at(page)) ?? panic(`nothing is mapped at page ${page}`);
}

function letters({ kind, exclusive, file, zero, large }: PagemapEntry): string {
  const first = { present: 'P', swap: 'S', guard: 'G' }[kind];
  return `${first}${zero ? 'Z' : ''}${exclusive ? 'x' : ''}${file ? 'f' : ''}${large ? 'T' : ''}`;
}

/** The mapping at a page: `0+512 PxT 512+1 Px`. */
export function runs({ rooms }: Paged, mm: MmStruct, page: number): string {
  const list: { first: number; count: number; code: string }[] = [];
  for (const entry of pagemap(rooms.system, vmaAt(mm, page))) {
    const code = letters(entry);
    const last = list.at(-1);
    if (last !== undefined && last.code === code && last.first + last.count === entry.page) last.count++;
    else list.push({ first: entry.page, count: 1, code });
  }
  return list.map(({ first, count, code }) => `${first}+${count} ${code}`).join(' ');
}

/** A field of smaps of the mapping at a page, in kB. */
export const smaps = ({ rooms }: Paged, mm: MmStruct, page: number, field: keyof Smaps): number =>
  smapGatherStats(rooms.system, vmaAt(mm, page))[field];

/** Everything is as it should be. */
export function sound({ rooms }: Paged, mms: readonly MmStruct[]): void {
  validatePages(rooms.system, mms);
  validateHugetlb(rooms.system);
  rooms.system.lru.validate();
  rooms.system.folios.validate();
  rooms.allocator.validate();
}

/** The n-th request for a page fails, all others do not. */
export function failNthPage({ rooms }: Paged, n: number): void {
  let left = n;
  rooms.allocator.failNext = { shouldFail: (what) => what === 'page' && --left === 0 };
}

/** Requests for so large blocks fail. */
export function failHuge({ rooms }: Paged): void {
  const { allocator } = rooms;
  const plain = allocator.allocPages.bind(allocator);
  allocator.allocPages = (gfp, order, from) => (order === 9 ? null : plain(gfp, order, from));
}
