import { CpuMmu, type Cr3 } from '../../arch/cpu_mmu.ts';
import { FOUND, PAGING_4_LEVEL, type WalkedPage } from '../../arch/page_walk.ts';
import { FewFrames, seeded } from '../../arch/tests/word_memory.ts';
import type { TlbEntry } from '../../arch/tlb.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import {
  _PAGE_ACCESSED,
  _PAGE_DIRTY,
  _PAGE_PRESENT,
  _PAGE_RW,
  _PAGE_USER,
  X86_PF_USER,
  X86_PF_WRITE,
} from '../../include/pgtable_types.ts';
import type { MmContext } from '../../include/tlb.ts';
import { TlbContexts } from '../../mm/tlb.ts';
import { breaksTlbLaw, TLB_PAGES, type TlbMachine } from '../tlb.ts';

const TABLE = _PAGE_PRESENT | _PAGE_RW | _PAGE_USER;

/** Each space has four tables, one below the other; its pages are those from 64 on, spread over two tables of PTEs. */
class Machine implements TlbMachine {
  readonly nrCpus = 3;
  readonly nrSpaces = 8;
  readonly contexts: TlbContexts;
  readonly #memory = new FewFrames(1 + 8 * 5);
  readonly #mmus: CpuMmu[];
  readonly #spaces: MmContext[];

  constructor(spoil: (mmu: CpuMmu) => void = () => {}) {
    this.#mmus = [0, 1, 2].map(() => new CpuMmu(this.#memory, PAGING_4_LEVEL, { pgd: 0, pcid: 0 }));
    for (const mmu of this.#mmus) spoil(mmu);
    this.contexts = new TlbContexts(this.#mmus, 0);
    this.#spaces = Array.from({ length: this.nrSpaces }, (_, space) => this.#newSpace(1 + space * 5));
  }

  #newSpace(pgd: number): MmContext {
    for (const level of [0, 1]) this.#memory.write((pgd + level) * PAGE_SIZE, BigInt((pgd + level + 1) * 4096) | TABLE);
    for (const pte of [0, 1])
      this.#memory.write((pgd + 2) * PAGE_SIZE + 8 * pte, BigInt((pgd + 3 + pte) * 4096) | TABLE);
    return this.contexts.initNewContext(pgd);
  }

  #vpn = (page: number): number => 480 + page;
  #at = (space: number, page: number): number => (1 + space * 5 + 3) * PAGE_SIZE + this.#vpn(page) * 8;

  map(space: number, page: number, pfn: number, writable: boolean): void {
    this.#memory.write(
      this.#at(space, page),
      (BigInt(pfn) << 12n) | _PAGE_PRESENT | _PAGE_USER | (writable ? _PAGE_RW : 0n),
    );
  }

  allowWrites(space: number, page: number): void {
    this.#memory.write(this.#at(space, page), this.#memory.read(this.#at(space, page)) | _PAGE_RW);
  }

  unmap(space: number, first: number, pages: number): void {
    for (let page = first; page < first + pages; page++) this.#memory.write(this.#at(space, page), 0n);
    this.flush(space, first, pages);
  }

  protect(space: number, first: number, pages: number): void {
    for (let page = first; page < first + pages; page++) {
      this.#memory.write(this.#at(space, page), this.#memory.read(this.#at(space, page)) & ~_PAGE_RW);
    }
    this.flush(space, first, pages);
  }

  flush(space: number, first: number, pages: number): void {
    const range = { start: this.#vpn(first) * PAGE_SIZE, end: this.#vpn(first + pages) * PAGE_SIZE };
    this.contexts.flushTlbMmRange(this.#spaces[space], { ...range, strideShift: 12, freedTables: false });
  }

  switchTo(cpu: number, space: number): void {
    this.contexts.thisCpu = cpu;
    this.contexts.switchMm(cpu, this.#spaces[space]);
  }

  goLazy(cpu: number): void {
    this.contexts.enterLazyTlb(cpu);
  }

  access(cpu: number, page: number, write: boolean): number | null {
    const pfn = this.#mmus[cpu].translate(this.#vpn(page), X86_PF_USER | (write ? X86_PF_WRITE : 0));
    return pfn < 0 ? null : pfn;
  }

  validate(): void {
    this.contexts.validate((pgd, entry) => this.#grants(pgd, entry));
  }

  #grants(pgd: number, entry: TlbEntry): boolean {
    const page: WalkedPage = { vpn: 0, pfn: 0, pageShift: 0, rights: 0, global: false };
    if (PAGING_4_LEVEL.descend(this.#memory, pgd, entry.vpn, page) !== FOUND) return false;
    return page.pfn === entry.pfn && (page.rights & entry.rights) === entry.rights;
  }

  /** Whether the table says what the hardware must have said. */
  marks(space: number, page: number): bigint {
    return this.#memory.read(this.#at(space, page)) & (_PAGE_ACCESSED | _PAGE_DIRTY);
  }
}

describe('the law of the TLB', () => {
  test.each([1, 2, 3, 4])('holds for ours, seed %i', (seed) => {
    expect(breaksTlbLaw(new Machine(), seeded(seed), 5000)).toBeNull();
  });

  test('is played with accesses that the TLB answers, and with every kind of flush', () => {
    const machine = new Machine();
    breaksTlbLaw(machine, seeded(1), 5000);
    const { ipis, singleFlushes, fullFlushes } = machine.contexts.counters;
    expect(Math.min(ipis, singleFlushes, fullFlushes)).toBeGreaterThan(20);
  });

  const wrongs: [string, (mmu: CpuMmu) => void][] = [
    ['forgets no single page', (mmu) => Object.assign(mmu, { invlpg() {} })],
    ['forgets no address space', (mmu) => Object.assign(mmu, { invpcid() {} })],
    ['forgets nothing with a new CR3', (mmu) => Object.assign(mmu, { loadCr3: mmu.loadCr3NoFlush })],
    [
      'takes all PCIDs for one',
      (mmu) => Object.assign(mmu, { loadCr3NoFlush: ({ pgd }: Cr3) => mmu.loadCr3NoFlush({ pgd, pcid: 1 }) }),
    ],
  ];
  test.each(wrongs)('catches hardware that %s', (_, spoil) => {
    const machine = new Machine(spoil);
    expect(() => expect(breaksTlbLaw(machine, seeded(1), 5000)).toBeNull()).toThrow();
  });

  test('catches a kernel that flushes all but the last page', () => {
    const machine = new Machine();
    const flush = machine.flush.bind(machine);
    machine.flush = (space, first, pages) => flush(space, first, pages - 1);
    expect(() => expect(breaksTlbLaw(machine, seeded(1), 5000)).toBeNull()).toThrow();
  });

  test('a write after a read sets D, although the page is remembered', () => {
    const machine = new Machine();
    machine.map(0, TLB_PAGES - 1, 100, true);
    machine.switchTo(0, 0);
    machine.access(0, TLB_PAGES - 1, false);
    expect(machine.marks(0, TLB_PAGES - 1)).toBe(_PAGE_ACCESSED);
    machine.access(0, TLB_PAGES - 1, true);
    expect(machine.marks(0, TLB_PAGES - 1)).toBe(_PAGE_ACCESSED | _PAGE_DIRTY);
  });
});
