import { subject } from '../../../graders/suite/index.ts';
import type { Access } from '../../../starter/arch/cpu.ts';
import {
  _PAGE_ACCESSED,
  _PAGE_DIRTY,
  _PAGE_NX,
  _PAGE_PRESENT,
  _PAGE_PSE,
  _PAGE_RW,
  _PAGE_TABLE,
  _PAGE_USER,
  PAGE_KERNEL,
  PAGE_READONLY,
  PAGE_READONLY_EXEC,
  PAGE_SHARED,
  PAGE_SHARED_EXEC,
} from '../../../starter/include/pgtable_types.ts';
import {
  byHand,
  KERNEL_FETCH,
  KERNEL_READ,
  KERNEL_WRITE,
  type Machine,
  machine,
  USER_FETCH,
  USER_READ,
  USER_WRITE,
  words,
} from './machine.ts';

const mmu = subject<typeof import('../../../starter/arch/mmu.ts')>('arch/mmu');

function walked({ memory, cr3 }: Machine, va: bigint, access: Access): string {
  return words(mmu.walk(memory, cr3, va, access));
}

const VA = 0x7f12_3456_7000n;
const PFN = 0x55n << 12n;

describe('walk', () => {
  test('a page of 4 KiB', () => {
    const m = machine();
    byHand(m, VA, 'pte', PFN | PAGE_SHARED);
    expect(walked(m, VA + 0x89an, USER_READ)).toBe('ok 0x5589a');
  });

  test('a page of 2 MiB keeps 21 bits of the address, one of 1 GiB 30', () => {
    const m = machine();
    byHand(m, 0x40_0000n, 'pmd', 0xa0_0000n | PAGE_SHARED | _PAGE_PSE);
    byHand(m, 0x4000_0000n, 'pud', 0x8000_0000n | PAGE_SHARED | _PAGE_PSE);
    expect(walked(m, 0x52_3456n, USER_READ)).toBe('ok 0xb23456');
    expect(walked(m, 0x5234_5678n, USER_READ)).toBe('ok 0x92345678');
  });

  test('nothing there: a page fault that says who asked for what', () => {
    const m = machine();
    expect(walked(m, VA, USER_READ)).toBe('pf 0x4');
    expect(walked(m, VA, USER_WRITE)).toBe('pf 0x6');
    expect(walked(m, VA, USER_FETCH)).toBe('pf 0x14');
    expect(walked(m, VA, KERNEL_WRITE)).toBe('pf 0x2');
  });

  test('an address that is not canonical is no page fault', () => {
    expect(walked(machine(), 0x8000_0000_0000n, USER_READ)).toBe('gp');
  });
});

describe('rights', () => {
  test('a write needs RW at every level', () => {
    const m = machine();
    byHand(m, VA, 'pte', PFN | PAGE_SHARED, { pud: _PAGE_PRESENT | _PAGE_USER });
    expect(walked(m, VA, USER_WRITE)).toBe('pf 0x7');
    expect(walked(m, VA, USER_READ)).toBe('ok 0x55000');
  });

  test('NX at any level forbids a fetch', () => {
    const m = machine();
    byHand(m, VA, 'pte', PFN | PAGE_READONLY_EXEC, { pmd: _PAGE_TABLE | _PAGE_NX });
    expect(walked(m, VA, USER_FETCH)).toBe('pf 0x15');
  });

  test('user mode has no access to a supervisor page', () => {
    const m = machine();
    byHand(m, VA, 'pte', PFN | PAGE_KERNEL);
    expect(walked(m, VA, USER_READ)).toBe('pf 0x5');
    expect(walked(m, VA, KERNEL_WRITE)).toBe('ok 0x55000');
  });

  test('supervisor mode has no access to a user page', () => {
    const m = machine();
    byHand(m, VA, 'pte', PFN | PAGE_SHARED_EXEC);
    expect(walked(m, VA, KERNEL_READ)).toBe('pf 0x1');
    expect(walked(m, VA, KERNEL_WRITE)).toBe('pf 0x3');
    expect(walked(m, VA, KERNEL_FETCH)).toBe('pf 0x11');
  });
});

describe('accessed-dirty', () => {
  test('a write sets A at every level and D in the leaf', () => {
    const m = machine();
    const path = byHand(m, VA, 'pte', PFN | PAGE_SHARED);
    walked(m, VA, USER_WRITE);
    for (const at of [path.pgd, path.pud, path.pmd]) {
      expect(m.memory.read64(at ?? 0) & (_PAGE_ACCESSED | _PAGE_DIRTY)).toBe(_PAGE_ACCESSED);
    }
    expect(m.memory.read64(path.pte ?? 0)).toBe(PFN | PAGE_SHARED | _PAGE_ACCESSED | _PAGE_DIRTY);
  });

  test('a walk that faults writes nothing', () => {
    const m = machine();
    byHand(m, VA, 'pte', PFN | PAGE_READONLY);
    const before = m.memory.writes;
    walked(m, VA, USER_WRITE);
    expect(m.memory.writes).toBe(before);
  });
});

describe('reserved', () => {
  test('PS in a PGD entry', () => {
    const m = machine();
    byHand(m, VA, 'pte', PFN | PAGE_SHARED, { pgd: _PAGE_TABLE | _PAGE_PSE });
    expect(walked(m, VA, USER_READ)).toBe('pf 0xd');
  });

  test('a huge page that is not aligned', () => {
    const m = machine();
    byHand(m, VA, 'pmd', 0x20_2000n | PAGE_SHARED | _PAGE_PSE);
    expect(walked(m, VA, USER_WRITE)).toBe('pf 0xf');
  });
});

describe('tlb', () => {
  test('the second access to a page costs no read', () => {
    const m = machine();
    byHand(m, VA, 'pte', PFN | PAGE_SHARED);
    const cpu = new mmu.Mmu(m.memory, m.cr3);
    expect(words(cpu.access(VA, USER_READ))).toBe('ok 0x55000');
    const before = m.memory.reads;
    expect(words(cpu.access(VA + 8n, USER_READ))).toBe('ok 0x55008');
    expect(m.memory.reads).toBe(before);
  });

  test('a write after a read sets D, if `walk` does', () => {
    const [plain, cached] = [machine(), machine()];
    const at = byHand(plain, VA, 'pte', PFN | PAGE_SHARED).pte ?? 0;
    byHand(cached, VA, 'pte', PFN | PAGE_SHARED);
    walked(plain, VA, USER_WRITE);
    const cpu = new mmu.Mmu(cached.memory, cached.cr3);
    cpu.access(VA, USER_READ);
    cpu.access(VA, USER_WRITE);
    const forgotten = plain.memory.read64(at) & ~cached.memory.read64(at);
    expect(forgotten & _PAGE_DIRTY).toBe(0n);
  });

  test('invlpg makes the MMU see a right taken away', () => {
    const m = machine();
    const path = byHand(m, VA, 'pte', PFN | PAGE_SHARED);
    const cpu = new mmu.Mmu(m.memory, m.cr3);
    cpu.access(VA, USER_WRITE);
    m.memory.write64(path.pte ?? 0, m.memory.read64(path.pte ?? 0) & ~_PAGE_RW);
    cpu.invlpg(VA);
    expect(words(cpu.access(VA, USER_WRITE))).toBe('pf 0x7');
  });
});

describe('fault-loop', () => {
  test('the access is tried again when the page is there', () => {
    const m = machine();
    const cpu = new mmu.Mmu(m.memory, m.cr3);
    const codes: number[] = [];
    const result = cpu.accessWithFaults(VA, USER_WRITE, (va, code) => {
      codes.push(code);
      byHand(m, va, 'pte', PFN | PAGE_SHARED);
    });
    expect(words(result)).toBe('ok 0x55000');
    expect(codes).toEqual([6]);
  });

  test('a handler that does not help is called once', () => {
    const m = machine();
    const cpu = new mmu.Mmu(m.memory, m.cr3);
    let calls = 0;
    const result = cpu.accessWithFaults(VA, USER_READ, () => {
      calls++;
    });
    expect(words(result)).toBe('pf 0x4');
    expect(calls).toBe(1);
  });
});
