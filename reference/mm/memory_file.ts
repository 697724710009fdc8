/**
 * The first touch of a page of a file. Linux: mm/memory.c, do_fault(); mm/filemap.c, filemap_map_pages().
 *
 *     read             the page of the cache, read-only; and the cached pages around it, 16 at most, at no further fault
 *     private write    a copy at once
 *     shared write     the page of the cache, dirty
 */
import { ENOMEM } from '../include/errno.ts';
import { VM_FAULT_MAJOR, VM_FAULT_OOM, VM_FAULT_SIGBUS } from '../include/fault_types.ts';
import { VM_SHARED, VM_WRITE, type VmFile } from '../include/mm_types.ts';
import { PG_dirty, PG_uptodate } from '../include/page_flags.ts';
import { PAGE_SIZE } from '../include/param.ts';
import { PTRS_PER_TABLE } from '../include/pgtable_types.ts';
import type { Pfn, UserAddr } from '../include/types.ts';
import type { AddressSpace } from './address_space.ts';
import { noteHits } from './filemap_fault.ts';
import { folioExtent, folioMarkDirty } from './folio_file.ts';
import type { MmStruct } from './mm_struct.ts';
import { PTE_DIRTY, PTE_RW, pfnHigh, pfnLow, protHigh, protLow, pteIndex } from './pte.ts';
import { anonVmaPrepare } from './rmap.ts';
import { folioAddFileRmap, folioAddLruVma, folioAddNewAnonRmap, mmCounter } from './rmap_folio.ts';
import type { SwappedIn } from './shmem.ts';
import { type VmArea, vmaPages, vmaPgoffOf } from './vma.ts';
import { vmaAllocFolio } from './vma_alloc.ts';

/** Pages that one read fault may map. Linux: fault_around_bytes, 64 KiB. */
const FAULT_AROUND_PAGES = 16;

/** What is being faulted in. Linux: struct vm_fault. */
interface FileFault {
  readonly mm: MmStruct;
  readonly vma: VmArea;
  readonly addr: UserAddr;
  readonly file: VmFile;
  readonly mapping: AddressSpace;
  /** Page of the file. */
  readonly index: number;
}

/** @returns VM_FAULT_ bits. A file without pages (VmFile.mapping) only says whether there would be one. */
export function doFault(mm: MmStruct, vma: VmArea, addr: UserAddr, write: boolean): number {
  const { system } = mm.owner;
  const { vmFile: file } = vma;
  const isPrivateWrite = write && !(vma.vmFlags & VM_SHARED);
  if (isPrivateWrite) anonVmaPrepare(system.rmap, mm.vmas, vma);
  const index = vmaPgoffOf(vma, addr);
  if (file === null || index >= file.sizePages) {
    return mm.pages.pmdAlloc(addr) === null ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
  }
  if (file.mapping === undefined) return 0;
  const fault: FileFault = { mm, vma, addr, file, mapping: system.pageCache.mappings.byId(file.mapping), index };
  if (mm.pages.pmdAlloc(addr) === null) return VM_FAULT_OOM;
  if (!write) return doReadFault(fault);
  return isPrivateWrite ? doCowFault(fault) : doSharedFault(fault);
}

/** The page of the cache, with a reference for the caller; or VM_FAULT_ bits. Linux: __do_fault(). */
function cachedPage({ mm, vma, file, mapping, index }: FileFault): SwappedIn | number {
  const { shmem, files } = mm.owner.system;
  const got = mapping.ops === null ? shmem.getFolio(mapping, index, 'cache') : files.fault(file, index, vma.vmFlags);
  if (typeof got !== 'number' && got !== null) return got;
  return got === -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
}

const majorBit = ({ major }: SwappedIn): number => (major ? VM_FAULT_MAJOR : 0);

/** Linux: do_read_fault(). */
function doReadFault(fault: FileFault): number {
  if (doFaultAround(fault)) return 0;
  const got = cachedPage(fault);
  if (typeof got === 'number') return got;
  const words = fault.mm.pages.pteAlloc(fault.addr);
  if (words === null) {
    fault.mm.owner.system.folios.put(got.pfn);
    return VM_FAULT_OOM;
  }
  setFilePte(fault, words, fault.addr, got.pfn, false);
  return majorBit(got);
}

/** Linux: do_cow_fault(). */
function doCowFault(fault: FileFault): number {
  const { mm, vma, addr } = fault;
  const { system } = mm.owner;
  const fresh = vmaAllocFolio(system, vma, addr);
  if (fresh === null) return VM_FAULT_OOM;
  const got = cachedPage(fault);
  const words = typeof got === 'number' ? null : mm.pages.pteAlloc(addr);
  if (typeof got === 'number' || words === null) {
    system.folios.put(fresh);
    if (typeof got === 'number') return got;
    system.folios.put(got.pfn);
    return VM_FAULT_OOM;
  }
  system.memory.copyFrame(fresh, got.pfn);
  system.memMap.flags[fresh] |= PG_uptodate;
  mm.pages.rss.anon++;
  folioAddNewAnonRmap(system, fresh, vma, addr);
  folioAddLruVma(system, fresh, vma);
  const i = pteIndex(addr);
  words[i] = pfnLow(fresh) | protLow(vma.vmFlags, false) | PTE_DIRTY | (vma.vmFlags & VM_WRITE ? PTE_RW : 0);
  words[i + 1] = pfnHigh(fresh) | protHigh(vma.vmFlags);
  system.folios.put(got.pfn);
  return majorBit(got);
}

/** Linux: do_shared_fault(). */
function doSharedFault(fault: FileFault): number {
  const { mm, addr, mapping } = fault;
  const { system } = mm.owner;
  const got = cachedPage(fault);
  if (typeof got === 'number') return got;
  const refused = mapping.ops === null ? 0 : system.files.pageMkwrite(got.pfn);
  const words = refused === 0 ? mm.pages.pteAlloc(addr) : null;
  if (words === null) {
    system.folios.put(got.pfn);
    return refused === 0 ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
  }
  setFilePte(fault, words, addr, got.pfn, true);
  folioMarkDirty(system, got.pfn);
  return majorBit(got);
}

/** An empty entry gets a page of the cache; the caller's reference becomes the entry's. Linux: set_pte_range(). */
function setFilePte(
  { mm, vma, mapping }: FileFault,
  words: Uint32Array,
  addr: UserAddr,
  pfn: Pfn,
  write: boolean,
): void {
  const { system } = mm.owner;
  const i = pteIndex(addr);
  let low = pfnLow(pfn) | protLow(vma.vmFlags, mapping.ops !== null);
  if (write) low |= PTE_DIRTY | (vma.vmFlags & VM_WRITE ? PTE_RW : 0);
  else if (low & PTE_RW && system.memMap.test(pfn, PG_dirty)) low |= PTE_DIRTY;
  mm.pages.rss[mmCounter(system, pfn)]++;
  folioAddFileRmap(system, pfn, vma);
  words[i] = low;
  words[i + 1] = pfnHigh(pfn) | protHigh(vma.vmFlags);
}

/** Maps what is cached around an address. @returns whether its own page was. Linux: do_fault_around() */
function doFaultAround(fault: FileFault): boolean {
  const { mm, vma, addr, mapping, index } = fault;
  const { pageCache, folios } = mm.owner.system;
  const at = pteIndex(addr) >> 1;
  const inVma = index - vma.vmPgoff;
  const from = Math.max(at - (at % FAULT_AROUND_PAGES), at - Math.min(at, inVma));
  const stop = Math.min(from + FAULT_AROUND_PAGES, PTRS_PER_TABLE, at + vmaPages(vma) - inVma);
  const lastOfFile = Math.ceil(mapping.host.size / PAGE_SIZE) - 1;
  let words: Uint32Array | null = null;
  let mapped = false;
  let hits = 0;
  for (let slot = from; slot < stop; slot++) {
    const page = index + slot - at;
    const pfn = page > lastOfFile ? null : pageCache.findMappable(mapping, page);
    if (pfn === null) continue;
    words ??= tableToMapAround(fault, pfn, lastOfFile);
    if (words === null) return false;
    if ((words[slot << 1] | words[(slot << 1) + 1]) !== 0) continue;
    folios.get(pfn);
    setFilePte(fault, words, addr + (slot - at) * PAGE_SIZE, pfn, false);
    hits++;
    if (slot === at) mapped = true;
  }
  if (fault.file.ra !== undefined) noteHits(fault.file.ra, hits);
  return mapped;
}

/**
 * The PTE table, made if there is none: by some kernels only if the folio of the first page found ends before the file
 * does. Linux: filemap_map_pages(), filemap_map_pmd().
 */
function tableToMapAround({ mm, addr, mapping }: FileFault, pfn: Pfn, lastOfFile: number): Uint32Array | null {
  const known = mm.pages.pteTable(addr);
  if (known !== null) return known;
  const { system, machine } = mm.owner;
  if (machine.faultAroundMakesTable === 'insideFile' && mapping.ops !== null) {
    const { first, pages } = folioExtent(system, pfn);
    if (first + pages > lastOfFile) return null;
  }
  return mm.pages.pteAlloc(addr);
}
