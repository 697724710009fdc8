import { CpuMmu } from '../../arch/cpu_mmu.ts';
import { PAGING_4_LEVEL } from '../../arch/page_walk.ts';
import { FewFrames } from '../../arch/tests/word_memory.ts';
import { TLB_USER } from '../../arch/tlb.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import { TLB_NR_DYN_ASIDS, TLB_SINGLE_PAGE_FLUSH_CEILING } from '../../include/tlb.ts';
import { TlbContexts } from '../tlb.ts';

/** CPUs with empty tables; what they remember is put there by hand. */
function machine(nrCpus: number) {
  const memory = new FewFrames(1);
  const cpus = Array.from({ length: nrCpus }, () => new CpuMmu(memory, PAGING_4_LEVEL, { pgd: 0, pcid: 0 }));
  const contexts = new TlbContexts(cpus, 0);
  const remember = (cpu: number, pages: number): void => {
    for (let vpn = 0; vpn < pages; vpn++) {
      cpus[cpu].tlb.insert({ vpn, pfn: vpn, pageShift: 12, rights: TLB_USER, global: false }, cpus[cpu].cr3.pcid);
    }
  };
  const remembered = (cpu: number): number => [...cpus[cpu].tlb.entries()].length;
  const range = (pages: number) => ({ start: 0, end: pages * PAGE_SIZE, strideShift: 12, freedTables: false });
  return { contexts, cpus, remember, remembered, range };
}

describe('flushTlbMmRange', () => {
  test.each([
    [TLB_SINGLE_PAGE_FLUSH_CEILING, { ipis: 0, singleFlushes: 33, fullFlushes: 0 }, 7],
    [TLB_SINGLE_PAGE_FLUSH_CEILING + 1, { ipis: 0, singleFlushes: 0, fullFlushes: 1 }, 0],
  ])('%i pages: %o', (pages, counters, left) => {
    const { contexts, remember, remembered, range } = machine(1);
    const mm = contexts.initNewContext(0);
    contexts.switchMm(0, mm);
    remember(0, 40);
    contexts.flushTlbMmRange(mm, range(pages));
    expect(contexts.counters).toEqual(counters);
    expect(remembered(0)).toBe(left);
  });

  test('the ceiling counts strides: 33 huge pages go one by one', () => {
    const { contexts } = machine(1);
    const mm = contexts.initNewContext(0);
    contexts.switchMm(0, mm);
    contexts.flushTlbMmRange(mm, { start: 0, end: 33 * 2 ** 21, strideShift: 21, freedTables: false });
    expect(contexts.counters.singleFlushes).toBe(33);
  });

  //   CPU 0: mm (this one)   CPU 1: mm   CPU 2: another   CPU 3: was on mm, left
  test('interrupts the other CPUs that run it, and no other', () => {
    const { contexts, remember, remembered } = machine(4);
    const [mm, another] = [contexts.initNewContext(0), contexts.initNewContext(0)];
    for (const [cpu, runs] of [mm, mm, another, mm].entries()) contexts.switchMm(cpu, runs);
    for (const cpu of [0, 1, 2, 3]) remember(cpu, 1);
    contexts.switchMm(3, another);
    expect([...mm.cpumask]).toEqual([0, 1]);
    contexts.flushTlbPage(mm, 0);
    expect(contexts.counters).toEqual({ ipis: 1, singleFlushes: 2, fullFlushes: 0 });
    expect([0, 1, 2, 3].map(remembered)).toEqual([0, 0, 1, 1]);
  });

  test('a CPU that missed a flush forgets all when it comes back, one that missed none forgets nothing', () => {
    const { contexts, remember, remembered } = machine(1);
    const [mm, another] = [contexts.initNewContext(0), contexts.initNewContext(0)];
    contexts.switchMm(0, mm);
    remember(0, 5);
    contexts.switchMm(0, another);
    contexts.switchMm(0, mm);
    expect(remembered(0)).toBe(5);
    contexts.switchMm(0, another);
    contexts.flushTlbPage(mm, 0);
    expect(remembered(0)).toBe(5);
    contexts.switchMm(0, mm);
    expect(remembered(0)).toBe(0);
  });

  test('a lazy CPU is left alone and catches up, unless tables were freed: then it leaves', () => {
    const { contexts, cpus, remember, remembered, range } = machine(2);
    const mm = contexts.initNewContext(0);
    contexts.switchMm(1, mm);
    remember(1, 2);
    contexts.enterLazyTlb(1);
    contexts.flushTlbMmRange(mm, range(1));
    expect([contexts.counters.ipis, remembered(1)]).toEqual([0, 2]);
    contexts.switchMm(1, mm);
    expect(remembered(1)).toBe(0);
    contexts.enterLazyTlb(1);
    const { pcid } = cpus[1].cr3;
    contexts.flushTlbMmRange(mm, { ...range(1), freedTables: true });
    expect([contexts.counters.ipis, [...mm.cpumask], cpus[1].cr3.pcid === pcid]).toEqual([1, [], false]);
  });
});

describe('switchMm', () => {
  test('six address spaces are remembered side by side, the seventh takes the place of the oldest', () => {
    const { contexts, cpus } = machine(1);
    const spaces = Array.from({ length: TLB_NR_DYN_ASIDS + 1 }, () => contexts.initNewContext(0));
    const pcids = spaces.map((mm) => {
      contexts.switchMm(0, mm);
      return cpus[0].cr3.pcid;
    });
    // ASID 0 was the kernel's own.
    expect(pcids).toEqual([2, 3, 4, 5, 6, 1, 2]);
  });
});

describe('destroyContext', () => {
  test('no CPU stays on it', () => {
    const { contexts } = machine(2);
    const mm = contexts.initNewContext(0);
    contexts.switchMm(0, mm);
    contexts.switchMm(1, mm);
    contexts.destroyContext(mm);
    expect([...mm.cpumask]).toEqual([]);
    expect(() => contexts.switchMm(0, mm)).toThrow('tlb: context 2 is of no address space');
    contexts.validate(() => true);
  });
});

describe('flushTlbAll', () => {
  test('every CPU forgets everything, global pages too', () => {
    const { contexts, cpus, remembered } = machine(2);
    for (const cpu of cpus) cpu.tlb.insert({ vpn: 1, pfn: 1, pageShift: 12, rights: 0, global: true }, 1);
    contexts.flushTlbAll();
    expect([remembered(0), remembered(1), contexts.counters.ipis]).toEqual([0, 0, 1]);
  });
});

describe('validate', () => {
  test('panics at a translation that the tables do not grant, but not when a flush is due', () => {
    const { contexts, remember } = machine(1);
    const [mm, another] = [contexts.initNewContext(0), contexts.initNewContext(0)];
    contexts.switchMm(0, mm);
    remember(0, 1);
    expect(() => contexts.validate(() => false)).toThrow('tlb: CPU 0 remembers page 0');
    contexts.switchMm(0, another);
    contexts.flushTlbPage(mm, 0);
    contexts.validate(() => false);
  });
});
