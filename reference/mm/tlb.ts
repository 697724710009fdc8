/**
 * Which CPU runs which address space, and who must forget what. Linux: arch/x86/mm/tlb.c. Textbook: TLB shootdown.
 *
 * A CPU remembers up to six address spaces under PCIDs 1..6. Each address space counts its flushes; each CPU notes which
 * of them it has followed. A CPU that runs the address space is told at once (an interrupt); one that has left it, or
 * is lazy, finds out when it comes back:
 *
 *     address space 5: tlbGen 9, on CPUs {0, 2}        CPU 2   ASID 0: ctx 5 at 9     <- has followed all
 *                                                      CPU 1   ASID 3: ctx 5 at 7     <- two flushes behind: forgets all
 *                                                                                        of ASID 3 when it loads ctx 5
 * SIMPLIFIED: no kernel page-table isolation, no batching of flushes across unmaps, and the cost of an interrupt is
 * counted, not waited for.
 */
import { type CpuMmu, INVPCID_ALL_WITH_GLOBAL, INVPCID_CONTEXT } from '../arch/cpu_mmu.ts';
import type { TlbEntry } from '../arch/tlb.ts';
import { PAGE_SHIFT, PAGE_SIZE, TASK_SIZE } from '../include/param.ts';
import {
  type MmContext,
  TLB_NR_DYN_ASIDS,
  TLB_SINGLE_PAGE_FLUSH_CEILING,
  type TlbFlusher,
  type TlbRange,
} from '../include/tlb.ts';
import type { Pfn, UserAddr } from '../include/types.ts';
import { CpuSet } from '../lib/cpumask.ts';
import { panic } from '../lib/panic.ts';

/** An address space's side. */
class Context implements MmContext {
  readonly ctxId: number;
  readonly pgd: Pfn;
  readonly cpumask: CpuSet;
  /** Flushes so far, from 1. */
  tlbGen = 1;

  constructor(ctxId: number, pgd: Pfn, nrCpus: number) {
    this.ctxId = ctxId;
    this.pgd = pgd;
    this.cpumask = new CpuSet(nrCpus);
  }
}

/** A CPU's side. Linux: struct tlb_state, cpu_tlbstate. */
class TlbState {
  readonly mmu: CpuMmu;
  /** What CR3 says. */
  loaded: Context;
  /** Index in `asids`. */
  loadedAsid = 0;
  /** A kernel thread runs, which needs no address space: the last one has stayed loaded. */
  isLazy = false;
  /** The next ASID to give away. */
  nextAsid = 1;
  /** By ASID: whose it is, and which of its flushes was the last to be followed. */
  readonly asids = Array.from({ length: TLB_NR_DYN_ASIDS }, () => ({ ctxId: 0, tlbGen: 0 }));

  constructor(mmu: CpuMmu, initMm: Context) {
    this.mmu = mmu;
    this.loaded = initMm;
    this.asids[0] = { ctxId: initMm.ctxId, tlbGen: initMm.tlbGen };
    mmu.loadCr3({ pgd: initMm.pgd, pcid: pcidOf(0) });
  }
}

/** What flushing has cost so far. Linux: the nr_tlb_ events. */
export interface TlbCounters {
  /** CPUs interrupted. */
  ipis: number;
  /** Pages forgotten one by one, over all CPUs. */
  singleFlushes: number;
  /** Times that a CPU forgot all of an address space because it was told to. */
  fullFlushes: number;
}

/** PCID 0 is left to whoever uses no PCIDs. Linux: kern_pcid(). */
const pcidOf = (asid: number): number => asid + 1;

export class TlbContexts implements TlbFlusher {
  readonly counters: TlbCounters = { ipis: 0, singleFlushes: 0, fullFlushes: 0 };
  /** The CPU that the kernel runs on just now. */
  thisCpu = 0;
  /** tlb_single_page_flush_ceiling, in strides. */
  ceiling = TLB_SINGLE_PAGE_FLUSH_CEILING;
  readonly #cpus: readonly TlbState[];
  /** The kernel's own. */
  readonly #initMm: Context;
  readonly #contexts = new Map<number, Context>();
  #lastCtxId = 0;

  /**
   * @param mmus  of all CPUs
   * @param initPgd  the kernel's own PGD
   */
  constructor(mmus: readonly CpuMmu[], initPgd: Pfn) {
    this.#initMm = new Context(++this.#lastCtxId, initPgd, mmus.length);
    this.#contexts.set(this.#initMm.ctxId, this.#initMm);
    this.#cpus = mmus.map((mmu) => new TlbState(mmu, this.#initMm));
  }

  initNewContext(pgd: Pfn): MmContext {
    const mm = new Context(++this.#lastCtxId, pgd, this.#cpus.length);
    this.#contexts.set(mm.ctxId, mm);
    return mm;
  }

  destroyContext({ ctxId }: MmContext): void {
    const mm = this.#context(ctxId);
    for (let cpu = mm.cpumask.next(0); cpu >= 0; cpu = mm.cpumask.next(cpu + 1)) {
      if (cpu !== this.thisCpu) this.counters.ipis++;
      this.#switchTo(this.#cpus[cpu], cpu, this.#initMm);
    }
    this.#contexts.delete(ctxId);
  }

  /** A CPU runs another process. Linux: switch_mm_irqs_off(). */
  switchMm(cpu: number, { ctxId }: MmContext): void {
    this.#switchTo(this.#cpus[cpu], cpu, this.#context(ctxId));
  }

  /** A CPU has nothing to run, or a kernel thread: the address space stays loaded. */
  enterLazyTlb(cpu: number): void {
    const state = this.#cpus[cpu];
    state.isLazy = state.loaded !== this.#initMm;
  }

  #switchTo(state: TlbState, cpu: number, next: Context): void {
    const wasLazy = state.isLazy;
    state.isLazy = false;
    if (state.loaded === next) {
      if (!wasLazy || state.asids[state.loadedAsid].tlbGen === next.tlbGen) return;
      this.#load(state, next, state.loadedAsid);
      return;
    }
    state.loaded.cpumask.delete(cpu);
    if (next !== this.#initMm) next.cpumask.add(cpu);
    state.loaded = next;
    this.#load(state, next, chooseNewAsid(state, next));
  }

  /** Loads CR3; what is remembered under this ASID stays if it is this address space's and up to date. */
  #load(state: TlbState, next: Context, asid: number): void {
    const known = state.asids[asid];
    const cr3 = { pgd: next.pgd, pcid: pcidOf(asid) };
    state.loadedAsid = asid;
    if (known.ctxId === next.ctxId && known.tlbGen === next.tlbGen) {
      state.mmu.loadCr3NoFlush(cr3);
      return;
    }
    known.ctxId = next.ctxId;
    known.tlbGen = next.tlbGen;
    state.mmu.loadCr3(cr3);
  }

  flushTlbMmRange(context: MmContext, range: TlbRange): void {
    const mm = this.#context(context.ctxId);
    const newTlbGen = ++mm.tlbGen;
    for (let cpu = mm.cpumask.next(0); cpu >= 0; cpu = mm.cpumask.next(cpu + 1)) {
      const state = this.#cpus[cpu];
      // A lazy CPU uses no user address; it catches up when it comes back. Only tables that go cannot wait.
      if (state.isLazy && !range.freedTables) continue;
      if (cpu !== this.thisCpu) this.counters.ipis++;
      this.#flushTlbFunc(state, cpu, range, newTlbGen);
    }
  }

  flushTlbPage(mm: MmContext, addr: UserAddr): void {
    const start = addr - (addr % PAGE_SIZE);
    this.flushTlbMmRange(mm, { start, end: start + PAGE_SIZE, strideShift: PAGE_SHIFT, freedTables: false });
  }

  flushTlbMm(mm: MmContext): void {
    this.flushTlbMmRange(mm, { start: 0, end: TASK_SIZE, strideShift: PAGE_SHIFT, freedTables: true });
  }

  flushTlbAll(): void {
    for (const [cpu, state] of this.#cpus.entries()) {
      if (cpu !== this.thisCpu) this.counters.ipis++;
      this.counters.fullFlushes++;
      state.mmu.invpcid(INVPCID_ALL_WITH_GLOBAL, 0, 0);
    }
  }

  /** What a CPU does when it is told to flush. Linux: flush_tlb_func(). */
  #flushTlbFunc(state: TlbState, cpu: number, { start, end, strideShift }: TlbRange, newTlbGen: number): void {
    if (state.isLazy) {
      this.#switchTo(state, cpu, this.#initMm);
      return;
    }
    const known = state.asids[state.loadedAsid];
    const stride = strideShift === PAGE_SHIFT ? PAGE_SIZE : 2 ** strideShift;
    if (end - start < (this.ceiling + 1) * stride && newTlbGen === known.tlbGen + 1) {
      for (let addr = start; addr < end; addr += stride) {
        this.counters.singleFlushes++;
        state.mmu.invlpg(addr / PAGE_SIZE);
      }
    } else {
      this.counters.fullFlushes++;
      state.mmu.invpcid(INVPCID_CONTEXT, pcidOf(state.loadedAsid), 0);
    }
    known.tlbGen = newTlbGen;
  }

  #context(ctxId: number): Context {
    return this.#contexts.get(ctxId) ?? panic(`tlb: context ${ctxId} is of no address space`);
  }

  /**
   * Panics unless the CPUs and the address spaces agree, and each translation that a CPU may use is one that the tables
   * grant: same frame, at least these rights. Not looked at: what will be forgotten before it is used again.
   * @param grants  whether the tables below this PGD grant it
   */
  validate(grants: (pgd: Pfn, entry: TlbEntry) => boolean): void {
    for (const [cpu, state] of this.#cpus.entries()) {
      const mm = state.loaded;
      if (this.#contexts.get(mm.ctxId) !== mm) panic(`tlb: CPU ${cpu} runs context ${mm.ctxId}, which is gone`);
      if (state.asids[state.loadedAsid].ctxId !== mm.ctxId) panic(`tlb: CPU ${cpu} runs an ASID of somebody else`);
      for (const entry of state.mmu.tlb.entries()) {
        const pgd = entry.global ? this.#initMm.pgd : this.#pgdOf(state, entry.pcid - 1);
        if (pgd !== null && !grants(pgd, entry)) {
          panic(`tlb: CPU ${cpu} remembers page ${entry.vpn} under PCID ${entry.pcid}, which its tables do not grant`);
        }
      }
    }
    for (const mm of this.#contexts.values()) {
      for (const cpu of mm.cpumask) {
        if (this.#cpus[cpu].loaded !== mm) panic(`tlb: context ${mm.ctxId} believes to be on CPU ${cpu}`);
      }
    }
  }

  /** Whose translations an ASID holds, or null: of nobody, or not to be used before it is flushed. */
  #pgdOf(state: TlbState, asid: number): Pfn | null {
    const { ctxId, tlbGen } = state.asids[asid];
    const mm = this.#contexts.get(ctxId);
    return mm !== undefined && mm.tlbGen === tlbGen ? mm.pgd : null;
  }
}

/** The ASID that remembers this address space already, else the next one in turn. Linux: choose_new_asid(). */
function chooseNewAsid(state: TlbState, next: Context): number {
  for (let asid = 0; asid < TLB_NR_DYN_ASIDS; asid++) if (state.asids[asid].ctxId === next.ctxId) return asid;
  const asid = state.nextAsid % TLB_NR_DYN_ASIDS;
  state.nextAsid = asid + 1;
  return asid;
}
