/** Looks at every structure of the machine, and at what they say of each other. Not in Linux; there it is CONFIG_DEBUG_VM. */
import { FOUND, type Paging, type WalkedPage, type WordMemory } from '../arch/page_walk.ts';
import type { TlbEntry } from '../arch/tlb.ts';
import type { Pfn } from '../include/types.ts';
import type { KernelRooms } from '../kernel/rooms.ts';
import { panic } from '../lib/panic.ts';
import type { MmStruct } from '../mm/mm_struct.ts';
import { validateHugetlb } from '../mm/validate_huge.ts';
import { validatePages } from '../mm/validate_pages.ts';
import { validateSwap } from '../mm/validate_swap.ts';
import type { BootedMemory } from './memory.ts';

/** Panics at the first thing that is not as it should be. Cost: all frames, all entries. */
export function validateKernel(booted: BootedMemory, rooms: KernelRooms): void {
  const { pages, system, swapCache, writeback, slub, tlb } = booted;
  const mms: MmStruct[] = [];
  for (const process of rooms.pids) {
    if ((process.mm === null) !== (process.exit !== null)) panic(`process: ${process.pid} neither runs nor has ended`);
    if (process.mm !== null) mms.push(process.mm);
  }
  pages.validate();
  slub.validate();
  system.lru.validate();
  system.folios.validate();
  writeback.validate();
  for (const mm of mms) mm.validate();
  validatePages(system, mms);
  validateSwap(system, swapCache, mms);
  validateHugetlb(system);
  rooms.fs.validate();
  rooms.sched.validate();
  rooms.states.validate();
  tlb.validate((pgd, entry) => isGranted(booted.paging, system.memory, pgd, entry));
}

function isGranted(paging: Paging, memory: WordMemory, pgd: Pfn, entry: TlbEntry): boolean {
  const page: WalkedPage = { vpn: 0, pfn: 0, pageShift: 0, rights: 0, global: false };
  if (paging.descend(memory, pgd, entry.vpn, page) !== FOUND) return false;
  return page.pfn === entry.pfn && (page.rights & entry.rights) === entry.rights;
}
