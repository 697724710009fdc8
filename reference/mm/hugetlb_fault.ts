/**
 * A touch of a mapping of huge pages. Linux: mm/hugetlb.c, hugetlb_fault().
 *
 *     nothing there     shared: the page of the file, made if it is not there; private: a page of its own, cleared
 *     write, read-only  shared: writable now; private: reused if nobody else has it, else copied
 *
 * A copy for which there is no page: whoever was promised pages takes this one away from the others, who get SIGBUS if
 * they touch it again; the others get SIGBUS at once.
 */
import { VM_FAULT_OOM, VM_FAULT_SIGBUS } from '../include/fault_types.ts';
import { VM_MAYSHARE, VM_SHARED, VM_WRITE } from '../include/mm_types.ts';
import { PG_anon, PG_anon_exclusive, PG_dirty, PG_uptodate } from '../include/page_flags.ts';
import { HPAGE_PMD_NR, PMD_SIZE } from '../include/param.ts';
import type { Pfn, UserAddr } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import { flushHugePage, setHugePmd } from './huge_pmd.ts';
import { commitReservation, hasReservation, hugeIndex } from './hugetlb_resv.ts';
import { zapHugetlbPage } from './hugetlb_zap.ts';
import type { MmStruct } from './mm_struct.ts';
import { PTE_ACCESSED, PTE_DIRTY, PTE_RW, pmdIndex, protHigh, protLow, ptePfn } from './pte.ts';
import { anonVmaPrepare } from './rmap.ts';
import type { VmArea } from './vma.ts';

/** What is being faulted in: `pmd` is the table, `addr` a multiple of 2 MiB. */
interface HugetlbFault {
  readonly mm: MmStruct;
  readonly vma: VmArea;
  readonly addr: UserAddr;
  readonly write: boolean;
  readonly pmd: Uint32Array;
  /** Of the page in its file. */
  readonly index: number;
}

/** @returns VM_FAULT_ bits */
export function hugetlbFault(mm: MmStruct, vma: VmArea, at: UserAddr, write: boolean): number {
  const addr = at - (at % PMD_SIZE);
  const pmd = mm.pages.pmdAlloc(addr);
  if (pmd === null) return VM_FAULT_OOM;
  const fault: HugetlbFault = { mm, vma, addr, write, pmd, index: hugeIndex(vma, addr) };
  const i = pmdIndex(addr);
  if (pmd[i] === 0) return hugetlbNoPage(fault);
  if (write && !(pmd[i] & PTE_RW)) return hugetlbWp(fault);
  pmd[i] |= PTE_ACCESSED | (write ? PTE_DIRTY : 0);
  flushHugePage(mm.owner.system, vma, addr);
  return 0;
}

/** A page for a mapping, refcount 1. @param fromOwner  a copy: what was promised is used up. null: there is none */
function allocHugetlbFolio({ mm, vma, index }: HugetlbFault, fromOwner: boolean): Pfn | null {
  const { huge, pages } = mm.owner.system;
  const reserved = !fromOwner && hasReservation(huge, vma, index);
  const policy = vma.vmPolicy ?? pages.current.policy;
  const from = policy === undefined ? pages.current : { ...pages.current, policy, index };
  const pfn = huge.hugetlb.alloc(reserved, pages.wantedNodes(from));
  if (pfn !== null && !fromOwner) commitReservation(huge, vma, index);
  return pfn;
}

/** Linux: hugetlb_no_page(). */
function hugetlbNoPage(fault: HugetlbFault): number {
  const { mm, vma, index, write } = fault;
  const { huge, folios, rmap } = mm.owner.system;
  const inode = huge.inodes.of(vma);
  if (vma.hugetlbUnmapped || index >= inode.size) return VM_FAULT_SIGBUS;
  const isShared = (vma.vmFlags & VM_MAYSHARE) !== 0;
  const cached = inode.pages.get(index);
  if (cached !== undefined) {
    folios.get(cached);
    mapPage(fault, cached, (vma.vmFlags & VM_SHARED) !== 0);
  } else {
    if (!isShared) anonVmaPrepare(rmap, mm.vmas, vma);
    const pfn = allocHugetlbFolio(fault, false);
    if (pfn === null) return VM_FAULT_SIGBUS;
    clearHugePage(fault, pfn);
    if (isShared) {
      inode.pages.set(index, pfn);
      folios.get(pfn);
    } else setAnon(fault, pfn);
    mapPage(fault, pfn, isShared);
  }
  return write && !isShared ? hugetlbWp(fault) : 0;
}

function clearHugePage({ mm }: HugetlbFault, head: Pfn): void {
  const { memory, memMap } = mm.owner.system;
  for (let pfn = head; pfn < head + HPAGE_PMD_NR; pfn++) memory.clearFrame(pfn);
  memMap.set(head, PG_uptodate);
}

/** A private page. Linux: hugetlb_add_new_anon_rmap(). */
function setAnon({ mm, vma, index }: HugetlbFault, pfn: Pfn): void {
  const { memMap } = mm.owner.system;
  memMap.set(pfn, PG_anon | PG_anon_exclusive);
  memMap.mapping[pfn] = vma.anonVma?.id ?? panic('hugetlb: a private page without an anon_vma');
  memMap.index[pfn] = index;
}

/** The caller's reference becomes the entry's. Linux: make_huge_pte(), set_huge_pte_at(). */
function mapPage({ mm, vma, addr, pmd }: HugetlbFault, pfn: Pfn, writable: boolean): void {
  const { system } = mm.owner;
  system.huge.hugetlb.setRestoreReserve(pfn, false);
  const low = protLow(vma.vmFlags, true) | (writable && vma.vmFlags & VM_WRITE ? PTE_RW | PTE_DIRTY : 0);
  system.memMap.mapcount[pfn]++;
  mm.pages.hugetlbPages += HPAGE_PMD_NR;
  setHugePmd(pmd, pmdIndex(addr), pfn, low, protHigh(vma.vmFlags));
}

/** Linux: hugetlb_wp(). */
function hugetlbWp(fault: HugetlbFault): number {
  const { mm, vma, addr, pmd } = fault;
  const { system } = mm.owner;
  const { memMap } = system;
  const i = pmdIndex(addr);
  const old = ptePfn(pmd[i], pmd[i + 1]);
  const isAnon = memMap.test(old, PG_anon);
  if (vma.vmFlags & VM_MAYSHARE || (memMap.mapcount[old] === 1 && isAnon)) {
    if (isAnon) reuse(fault, old);
    pmd[i] |= PTE_ACCESSED | (vma.vmFlags & VM_WRITE ? PTE_RW | PTE_DIRTY : 0);
    flushHugePage(system, vma, addr);
    return 0;
  }
  const ownsIt = vma.hugetlbUsed !== null && isAnon;
  const fresh = allocHugetlbFolio(fault, ownsIt);
  if (fresh !== null) return copyPage(fault, old, fresh);
  if (!ownsIt) return VM_FAULT_SIGBUS;
  unmapRefPrivate(fault, old);
  return memMap.mapcount[old] === 1 ? hugetlbWp(fault) : 0;
}

function reuse({ mm, vma }: HugetlbFault, pfn: Pfn): void {
  const { memMap } = mm.owner.system;
  if (memMap.test(pfn, PG_anon_exclusive)) return;
  memMap.set(pfn, PG_anon_exclusive);
  if (vma.anonVma !== null) memMap.mapping[pfn] = vma.anonVma.id;
}

function copyPage(fault: HugetlbFault, old: Pfn, fresh: Pfn): number {
  const { mm, vma, addr, pmd } = fault;
  const { system } = mm.owner;
  const { memory, memMap, folios } = system;
  anonVmaPrepare(system.rmap, mm.vmas, vma);
  for (let part = 0; part < HPAGE_PMD_NR; part++) memory.copyFrame(fresh + part, old + part);
  memMap.set(fresh, PG_uptodate | PG_dirty);
  pmd[pmdIndex(addr)] = 0;
  flushHugePage(system, vma, addr);
  memMap.mapcount[old]--;
  mm.pages.hugetlbPages -= HPAGE_PMD_NR;
  setAnon(fault, fresh);
  mapPage(fault, fresh, true);
  folios.put(old);
  return 0;
}

/** Others who have a page of the owner lose it, for good. Linux: unmap_ref_private(). */
function unmapRefPrivate({ mm, vma, addr, index }: HugetlbFault, pfn: Pfn): void {
  const { system } = mm.owner;
  for (const other of system.huge.inodes.of(vma).vmas) {
    if (other === vma || other.vmFlags & VM_MAYSHARE || other.hugetlbUsed !== null) continue;
    if (index < hugeIndex(other, other.vmStart) || index >= hugeIndex(other, other.vmEnd)) continue;
    if (zapHugetlbPage(system, other, addr, pfn)) other.hugetlbUnmapped = true;
  }
}
