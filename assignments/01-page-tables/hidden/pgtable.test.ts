import fc from 'fast-check';
import { forAll, subject, Wrong } from '../../../graders/suite/index.ts';
import {
  _PAGE_ACCESSED,
  _PAGE_DIRTY,
  _PAGE_GLOBAL,
  _PAGE_NX,
  _PAGE_PRESENT,
  _PAGE_RW,
  _PAGE_SOFTW,
  PAGE_KERNEL,
  PAGE_NONE,
  PAGE_READONLY,
  PAGE_READONLY_EXEC,
  PAGE_SHARED,
  PAGE_SHARED_EXEC,
  PROT_BITS,
} from '../../../starter/include/pgtable_types.ts';
import { machine } from '../public/machine.ts';
import { hex } from './model.ts';

const pgtable = subject<typeof import('../../../starter/mm/pgtable.ts')>('mm/pgtable');

/** A random 64-bit word with all kinds of bits. */
const word = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

function same(call: string, expected: bigint | number | boolean, actual: bigint | number | boolean): void {
  if (actual === expected) return;
  const show = (value: bigint | number | boolean) => (typeof value === 'boolean' ? String(value) : hex(value));
  throw new Wrong({ steps: [call], expected: show(expected), actual: show(actual), figures: [] });
}

describe('index', () => {
  const fields = [
    ['pgdIndex', 39n, 512n],
    ['pudIndex', 30n, 512n],
    ['pmdIndex', 21n, 512n],
    ['pteIndex', 12n, 512n],
    ['pageOffset', 0n, 4096n],
  ] as const;

  test('each helper reads its own bits, and no others', () => {
    for (const [name, shift, size] of fields) {
      for (let bit = 0n; bit < 64n; bit++) {
        const va = 1n << bit;
        same(`${name}(${hex(va)})`, Number((va >> shift) % size), pgtable[name](va));
      }
      same(`${name}(${hex(2n ** 64n - 1n)})`, Number(size - 1n), pgtable[name](2n ** 64n - 1n));
    }
  });

  test('any address', () => {
    forAll(
      word,
      (va) => {
        for (const [name, shift, size] of fields) {
          same(`${name}(${hex(va)})`, Number((va >> shift) % size), pgtable[name](va));
        }
      },
      20,
    );
  });
});

describe('entries', () => {
  const PROTS = [PAGE_NONE, PAGE_READONLY, PAGE_READONLY_EXEC, PAGE_SHARED, PAGE_SHARED_EXEC, PAGE_KERNEL];

  test('frame and bits come out as they went in', () => {
    const pfn = fc.oneof(fc.integer({ min: 0, max: 2 ** 20 }), fc.constantFrom(2 ** 20, 2 ** 31 + 1, 2 ** 40 - 1));
    forAll(fc.tuple(pfn, fc.constantFrom(...PROTS)), ([frame, prot]) => {
      const pte = BigInt(frame) * 4096n + prot;
      same(`mkPte(${hex(frame)}, ${hex(prot)})`, pte, pgtable.mkPte(frame, prot));
      same(`ptePfn(${hex(pte)})`, frame, pgtable.ptePfn(pte));
    });
  });

  test('the bits around the frame are not part of its number', () => {
    const around = 2n ** 64n - 1n - (2n ** 52n - 4096n);
    same(`ptePfn(${hex(around)})`, 0, pgtable.ptePfn(around));
  });

  test('present is P or PROT_NONE, none is nothing at all', () => {
    forAll(word, (pte) => {
      same(`ptePresent(${hex(pte)})`, (pte & (_PAGE_PRESENT | _PAGE_GLOBAL)) !== 0n, pgtable.ptePresent(pte));
      same(`pteNone(${hex(pte)})`, pte === 0n, pgtable.pteNone(pte));
    });
    for (let bit = 0n; bit < 64n; bit++) {
      const pte = 1n << bit;
      same(`ptePresent(${hex(pte)})`, bit === 0n || bit === 8n, pgtable.ptePresent(pte));
      same(`pteNone(${hex(pte)})`, false, pgtable.pteNone(pte));
    }
  });

  test('one bit changes, the others stay', () => {
    forAll(word, (pte) => {
      same(`pteMkyoung(${hex(pte)})`, pte | _PAGE_ACCESSED, pgtable.pteMkyoung(pte));
      same(`pteMkdirty(${hex(pte)})`, pte | _PAGE_DIRTY, pgtable.pteMkdirty(pte));
      same(`pteWrprotect(${hex(pte)})`, pte & ~_PAGE_RW, pgtable.pteWrprotect(pte));
    });
  });

  test('pteModify takes exactly the bits of PROT_BITS', () => {
    forAll(fc.tuple(word, word), ([pte, prot]) => {
      const modified = (pte & ~PROT_BITS) | (prot & PROT_BITS);
      same(`pteModify(${hex(pte)}, ${hex(prot)})`, modified, pgtable.pteModify(pte, prot));
    });
  });

  test('pteModify to PROT_NONE and back', () => {
    const pte = (0x55n << 12n) | PAGE_SHARED | _PAGE_ACCESSED | _PAGE_DIRTY | _PAGE_SOFTW;
    const nobodys = pgtable.pteModify(pte, PAGE_NONE);
    same(`pteModify(${hex(pte)}, PAGE_NONE)`, (pte & ~PAGE_SHARED & ~_PAGE_NX) | _PAGE_GLOBAL, nobodys);
    same(`pteModify(${hex(nobodys)}, PAGE_SHARED)`, pte, pgtable.pteModify(nobodys, PAGE_SHARED));
  });

  test('entries of a table above 4 GiB', () => {
    const { memory, root } = machine();
    for (const index of [0, 1, 255, 256, 511]) {
      const at = root * 4096 + index * 8;
      pgtable.setEntry(memory, root, index, BigInt(index) + 2n ** 63n);
      same(
        `read64(${hex(at)}) after setEntry(table ${hex(root)}, ${index})`,
        BigInt(index) + 2n ** 63n,
        memory.read64(at),
      );
      memory.write64(at, BigInt(index) + 7n);
      same(`getEntry(table ${hex(root)}, ${index})`, BigInt(index) + 7n, pgtable.getEntry(memory, root, index));
    }
  });
});
