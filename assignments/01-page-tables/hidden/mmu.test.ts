import fc from 'fast-check';
import { forAll, subject, Wrong } from '../../../graders/suite/index.ts';
import { walk as referenceWalk } from '../../../reference/arch/mmu.ts';
import type { Access } from '../../../starter/arch/cpu.ts';
import {
  _PAGE_ACCESSED,
  _PAGE_DIRTY,
  _PAGE_GLOBAL,
  _PAGE_NX,
  _PAGE_PAT,
  _PAGE_PAT_LARGE,
  _PAGE_PKEY,
  _PAGE_PRESENT,
  _PAGE_PSE,
  _PAGE_RW,
  _PAGE_SOFTW,
  _PAGE_TABLE,
  _PAGE_USER,
  LEVELS,
  type LeafLevel,
  type Level,
  PAGE_KERNEL,
  PAGE_KERNEL_EXEC,
  PAGE_KERNEL_RO,
  PAGE_NONE,
  PAGE_READONLY,
  PAGE_SHARED,
  PAGE_SHARED_EXEC,
} from '../../../starter/include/pgtable_types.ts';
import type { Pte } from '../../../starter/include/types.ts';
import {
  byHand,
  KERNEL_FETCH,
  KERNEL_READ,
  KERNEL_WRITE,
  type Machine,
  machine,
  type Path,
  USER_FETCH,
  USER_READ,
  USER_WRITE,
  words,
} from '../public/machine.ts';
import { bits, entriesFigure } from './figures.ts';
import { hex } from './model.ts';

const mmu = subject<typeof import('../../../starter/arch/mmu.ts')>('arch/mmu');

const VA = 0x7f12_3456_7000n;
const KERNEL_VA = 0xffff_8880_1234_5000n;
const PFN = 0x55n << 12n;
const EVERYONE: readonly Access[] = [USER_READ, USER_WRITE, USER_FETCH, KERNEL_READ, KERNEL_WRITE, KERNEL_FETCH];

function walked({ memory, cr3 }: Machine, va: bigint, access: Access): string {
  return words(mmu.walk(memory, cr3, va, access));
}

function say(access: Access): string {
  return `${access.mode} ${access.kind}`;
}

/** The entries of one walk, as they were, as they are and as they should be. */
interface Rows {
  readonly before: readonly { level: Level; entry: Pte }[];
  readonly is: readonly { level: Level; entry: Pte }[];
  readonly should: readonly { level: Level; entry: Pte }[];
}

function entries({ memory }: Machine, path: Path): { level: Level; entry: Pte }[] {
  return LEVELS.flatMap((level) => {
    const at = path[level];
    return at === undefined ? [] : [{ level, entry: memory.read64(at) }];
  });
}

function fail(va: bigint, access: Access, expected: string, actual: string, { before, is, should }: Rows): never {
  throw new Wrong({
    steps: [
      ...before.map(({ level, entry }) => `the ${level.toUpperCase()} entry is ${bits(entry)}, ${hex(entry)}`),
      `${say(access)} at ${hex(va)}`,
    ],
    expected,
    actual,
    figures: [
      entriesFigure(
        `The walk of ${hex(va)} afterwards`,
        va,
        is.map(({ level, entry }, i) => ({ level, is: entry, should: should[i]?.entry ?? 0n })),
      ),
    ],
  });
}

/** One walk of tables written by hand, by the code under test and by the reference. */
function bothWalk(va: bigint, level: LeafLevel, leaf: Pte, upper: Partial<Record<Level, Pte>>, access: Access) {
  const [mine, theirs] = [machine(), machine()];
  const path = byHand(mine, va, level, leaf, upper);
  byHand(theirs, va, level, leaf, upper);
  const before = entries(mine, path);
  const expected = words(referenceWalk(theirs.memory, theirs.cr3, va, access));
  const actual = walked(mine, va, access);
  return { expected, actual, rows: { before, is: entries(mine, path), should: entries(theirs, path) } };
}

type WalkArguments = Parameters<typeof bothWalk>;

/** Holds the answer of a walk against the reference; what it leaves behind is the matter of `sameMarks`. */
function sameAnswer(...walk: WalkArguments): void {
  const { expected, actual, rows } = bothWalk(...walk);
  if (actual !== expected) fail(walk[0], walk[4], expected, actual, rows);
}

/** Holds the entries after a walk against the reference, unless its answer is wrong already. */
function sameMarks(...walk: WalkArguments): void {
  const { expected, actual, rows } = bothWalk(...walk);
  if (actual !== expected) return;
  for (const [i, { level, entry }] of rows.is.entries()) {
    const should = rows.should[i]?.entry ?? 0n;
    if (entry === should) continue;
    fail(walk[0], walk[4], `the ${level} entry ${bits(should)}`, `the ${level} entry ${bits(entry)}`, rows);
  }
}

const LEAVES = [
  ['pte', PFN],
  ['pmd', 0xa0_0000n | _PAGE_PSE],
  ['pud', 0x1_4000_0000n | _PAGE_PSE],
] as const;

function above(level: LeafLevel): Level[] {
  return LEVELS.slice(0, LEVELS.indexOf(level));
}

describe('walk', () => {
  test('addresses that differ in one field only lead to pages of their own', () => {
    const m = machine();
    const fields = [0n, 1n << 12n, 511n << 12n, 1n << 21n, 511n << 21n, 1n << 30n, 511n << 30n, 1n << 39n, 255n << 39n];
    for (const [i, va] of fields.entries()) byHand(m, va, 'pte', (BigInt(i + 1) << 12n) | PAGE_SHARED);
    for (const [i, va] of fields.entries()) {
      expect([hex(va), walked(m, va, USER_READ)]).toEqual([hex(va), `ok ${hex((i + 1) * 4096)}`]);
    }
    expect(walked(m, 2n << 12n, USER_READ)).toBe('pf 0x4');
  });

  test('every bit of the offset counts, for each size of page', () => {
    for (const [level, leaf] of LEAVES) {
      const m = machine();
      byHand(m, 0n, level, leaf | PAGE_SHARED);
      const base = leaf & ~_PAGE_PSE;
      for (let bit = 1n; bit < { pte: 1n << 12n, pmd: 1n << 21n, pud: 1n << 30n }[level]; bit <<= 1n) {
        expect([level, walked(m, bit, USER_READ)]).toEqual([level, `ok ${hex(base + bit)}`]);
      }
    }
  });

  test('the highest frame of the machine, and the top of the address space', () => {
    const m = machine();
    byHand(m, 2n ** 64n - 4096n, 'pte', (2n ** 46n - 4096n) | PAGE_KERNEL);
    byHand(m, 2n ** 47n - 4096n, 'pte', (2n ** 46n - 8192n) | PAGE_SHARED);
    expect(walked(m, 2n ** 64n - 1n, KERNEL_READ)).toBe('ok 0x3fffffffffff');
    expect(walked(m, 2n ** 47n - 1n, USER_READ)).toBe('ok 0x3fffffffefff');
  });

  test('canonical: bits 63 to 47 are all alike', () => {
    const m = machine();
    for (const va of [0n, 2n ** 47n - 1n, 2n ** 64n - 2n ** 47n, 2n ** 64n - 1n]) {
      expect([hex(va), walked(m, va, USER_READ)]).toEqual([hex(va), 'pf 0x4']);
    }
    const before = m.memory.reads;
    for (const va of [
      2n ** 47n,
      2n ** 48n,
      2n ** 48n - 1n,
      2n ** 63n,
      2n ** 64n - 2n ** 47n - 1n,
      2n ** 63n + 2n ** 47n,
    ]) {
      for (const access of EVERYONE) expect([hex(va), walked(m, va, access)]).toEqual([hex(va), 'gp']);
    }
    expect(m.memory.reads).toBe(before);
  });

  test('nothing present, at each level, for each access', () => {
    for (const access of EVERYONE) {
      for (const level of LEVELS) {
        const gone = PFN | (_PAGE_TABLE & ~_PAGE_PRESENT);
        if (level === 'pte') sameAnswer(VA, 'pte', gone | _PAGE_NX, {}, access);
        else sameAnswer(VA, 'pte', PFN | PAGE_SHARED, { [level]: _PAGE_TABLE & ~_PAGE_PRESENT }, access);
      }
    }
  });

  test('PROT_NONE is not present to the CPU', () => {
    for (const access of EVERYONE) sameAnswer(VA, 'pte', PFN | PAGE_NONE, {}, access);
    for (const access of EVERYONE) sameAnswer(VA, 'pmd', 0x20_0000n | PAGE_NONE | _PAGE_PSE, {}, access);
  });

  test('bits that say nothing about the translation do not change it', () => {
    for (const bit of [_PAGE_PAT, _PAGE_GLOBAL, _PAGE_SOFTW, _PAGE_PKEY, 0x7fn << 52n]) {
      sameAnswer(VA, 'pte', PFN | PAGE_SHARED | bit, {}, USER_WRITE);
    }
    for (const bit of [_PAGE_PAT_LARGE, _PAGE_GLOBAL, _PAGE_SOFTW, _PAGE_PKEY, 0x7fn << 52n]) {
      sameAnswer(VA, 'pmd', 0x20_0000n | PAGE_SHARED | _PAGE_PSE | bit, {}, USER_WRITE);
      sameAnswer(VA, 'pud', 0x4000_0000n | PAGE_SHARED | _PAGE_PSE | bit, {}, USER_WRITE);
    }
    for (const level of ['pgd', 'pud', 'pmd'] as const) {
      const more = _PAGE_TABLE | _PAGE_GLOBAL | _PAGE_SOFTW | _PAGE_PKEY | _PAGE_DIRTY | (0x7fn << 52n);
      sameAnswer(VA, 'pte', PFN | PAGE_SHARED, { [level]: more }, USER_READ);
    }
  });
});

describe('rights', () => {
  test('each right, missing at each level, for each access and size of page', () => {
    for (const [level, leaf] of LEAVES) {
      for (const access of EVERYONE) {
        const full = access.mode === 'user' ? PAGE_SHARED_EXEC : PAGE_KERNEL_EXEC;
        for (const change of [_PAGE_RW, _PAGE_USER, _PAGE_NX]) {
          sameAnswer(VA, level, leaf | (full ^ change), {}, access);
          for (const at of above(level)) sameAnswer(VA, level, leaf | full, { [at]: _PAGE_TABLE ^ change }, access);
        }
      }
    }
  });

  test('the error code of each access to each kind of page', () => {
    const kinds = [PAGE_READONLY, PAGE_SHARED, PAGE_SHARED_EXEC, PAGE_KERNEL_RO, PAGE_KERNEL, PAGE_KERNEL_EXEC];
    const answers = kinds.map((prot) =>
      EVERYONE.map((access) => {
        const m = machine();
        byHand(m, KERNEL_VA, 'pte', PFN | prot);
        return walked(m, KERNEL_VA, access).replace('ok 0x55000', 'ok');
      }),
    );
    //          user: read   write     fetch      supervisor: read   write     fetch
    expect(answers).toEqual([
      ['ok', 'pf 0x7', 'pf 0x15', 'pf 0x1', 'pf 0x3', 'pf 0x11'],
      ['ok', 'ok', 'pf 0x15', 'pf 0x1', 'pf 0x3', 'pf 0x11'],
      ['ok', 'ok', 'ok', 'pf 0x1', 'pf 0x3', 'pf 0x11'],
      ['pf 0x5', 'pf 0x7', 'pf 0x15', 'ok', 'pf 0x3', 'pf 0x11'],
      ['pf 0x5', 'pf 0x7', 'pf 0x15', 'ok', 'ok', 'pf 0x11'],
      ['pf 0x5', 'pf 0x7', 'pf 0x15', 'ok', 'ok', 'ok'],
    ]);
  });

  test('any rights at all levels', () => {
    const rights = fc
      .subarray([_PAGE_RW, _PAGE_USER, _PAGE_NX])
      .map((set) => set.reduce((all, bit) => all ^ bit, _PAGE_TABLE));
    const shapes = fc.record({
      leaf: fc.constantFrom(...LEAVES),
      prot: rights,
      pgd: rights,
      pud: rights,
      pmd: rights,
      access: fc.constantFrom(...EVERYONE),
    });
    forAll(
      shapes,
      ({ leaf: [level, leaf], prot, pgd, pud, pmd, access }) =>
        sameAnswer(VA, level, leaf | prot, { pgd, pud, pmd }, access),
      60,
    );
  });
});

describe('accessed-dirty', () => {
  test('every access to every size of page leaves exactly A and D behind', () => {
    for (const [level, leaf] of LEAVES) {
      for (const access of EVERYONE) {
        const full = access.mode === 'user' ? PAGE_SHARED_EXEC : PAGE_KERNEL_EXEC;
        sameMarks(VA, level, leaf | full, {}, access);
        sameMarks(VA, level, leaf | full | _PAGE_ACCESSED, {}, access);
        sameMarks(VA, level, leaf | full | _PAGE_ACCESSED | _PAGE_DIRTY, {}, access);
      }
    }
  });

  test('an access that is not permitted leaves nothing behind', () => {
    for (const [level, leaf] of LEAVES) {
      for (const access of EVERYONE) {
        sameMarks(VA, level, leaf | (access.mode === 'user' ? PAGE_KERNEL : PAGE_READONLY), {}, access);
        sameMarks(VA, level, leaf | (_PAGE_PRESENT | _PAGE_NX), { pgd: _PAGE_PRESENT }, access);
      }
    }
  });

  test('a walk that ends in a hole leaves nothing behind', () => {
    sameMarks(VA, 'pte', 0n, {}, USER_WRITE);
    sameMarks(VA, 'pmd', 0n, {}, USER_READ);
  });

  test('D is never cleared, and a read does not set it', () => {
    const m = machine();
    const path = byHand(m, VA, 'pte', PFN | PAGE_SHARED);
    const leaf = () => m.memory.read64(path.pte ?? 0) & (_PAGE_ACCESSED | _PAGE_DIRTY);
    walked(m, VA, USER_READ);
    expect(leaf()).toBe(_PAGE_ACCESSED);
    walked(m, VA, USER_WRITE);
    walked(m, VA, USER_READ);
    expect(leaf()).toBe(_PAGE_ACCESSED | _PAGE_DIRTY);
  });
});

describe('reserved', () => {
  test('each reserved bit alone, for a leaf of each size', () => {
    for (const [level, leaf] of LEAVES) {
      for (let bit = 12n; bit < 52n; bit++) {
        sameAnswer(VA, level, leaf | PAGE_SHARED | (1n << bit), {}, USER_READ);
      }
    }
  });

  test('frame bits the machine does not have, at each level and for each access', () => {
    for (const at of above('pte')) {
      for (const bit of [46n, 51n]) {
        for (const access of EVERYONE) {
          sameAnswer(VA, 'pte', PFN | PAGE_SHARED, { [at]: _PAGE_TABLE | (1n << bit) }, access);
        }
      }
    }
  });

  test('PS in the PGD, with all else in order', () => {
    for (const access of EVERYONE) {
      sameAnswer(VA, 'pte', PFN | PAGE_SHARED_EXEC, { pgd: _PAGE_TABLE | _PAGE_PSE }, access);
    }
  });

  test('not present comes first, missing rights come last', () => {
    const beyond = 1n << 50n;
    sameAnswer(VA, 'pte', PFN | beyond, {}, USER_READ);
    sameAnswer(VA, 'pte', PFN | PAGE_KERNEL_RO | beyond, {}, USER_WRITE);
    sameAnswer(VA, 'pte', 0n, { pud: _PAGE_TABLE | beyond }, USER_WRITE);
    sameAnswer(VA, 'pte', PFN | PAGE_SHARED | beyond, { pmd: 0n }, USER_WRITE);
    sameAnswer(VA, 'pmd', 0x20_2000n | PAGE_KERNEL_RO | _PAGE_PSE, {}, USER_FETCH);
  });
});

/** Pages of an address space by hand, more than an MMU may remember, of all sizes. */
const PAGES: readonly { readonly va: bigint; readonly level: LeafLevel; readonly leaf: Pte }[] = [
  ...Array.from({ length: 24 }, (_, i) => ({
    va: VA + (BigInt(i) << (i % 2 === 0 ? 12n : 21n)),
    level: 'pte' as const,
    leaf: BigInt(0x1000 + i) << 12n,
  })),
  { va: 0x4000_0000n, level: 'pud', leaf: 0x1_4000_0000n | _PAGE_PSE },
  { va: 0x8020_0000n, level: 'pmd', leaf: 0xa0_0000n | _PAGE_PSE },
];

type Step =
  | { readonly do: 'access'; readonly page: number; readonly offset: number; readonly access: Access }
  | { readonly do: 'change'; readonly page: number; readonly prot: Pte };

const CHANGES: readonly [string, Pte][] = [
  ['PAGE_SHARED', PAGE_SHARED],
  ['PAGE_READONLY', PAGE_READONLY],
  ['PAGE_KERNEL', PAGE_KERNEL],
  ['PAGE_NONE', PAGE_NONE],
];

/** D of a leaf after a write by the `walk` under test: what that forgets is the matter of accessed-dirty, not of the cache. */
function dirtyByWalk(level: LeafLevel, leaf: Pte): Pte {
  const m = machine();
  const path = byHand(m, VA, level, leaf | PAGE_SHARED);
  walked(m, VA, USER_WRITE);
  return m.memory.read64(path[level] ?? 0) & _PAGE_DIRTY;
}

/**
 * Plays accesses and changes, each change with its invlpg: every answer must be that of a walk without a cache, and D be
 * set where the `walk` under test sets it.
 */
function playCached(steps: readonly Step[]): void {
  const [mine, theirs, uncached] = [machine(), machine(), machine()];
  const paths = PAGES.map(({ va, level, leaf }) => {
    byHand(theirs, va, level, leaf | PAGE_SHARED);
    byHand(uncached, va, level, leaf | PAGE_SHARED);
    return byHand(mine, va, level, leaf | PAGE_SHARED);
  });
  const cpu = new mmu.Mmu(mine.memory, mine.cr3);
  const told: string[] = [];
  for (const step of steps) {
    const { va, level, leaf } = PAGES[step.page % PAGES.length] ?? PAGES[0];
    const path = paths[step.page % PAGES.length] ?? {};
    if (step.do === 'change') {
      for (const m of [mine, theirs, uncached]) m.memory.write64(path[level] ?? 0, leaf | step.prot);
      cpu.invlpg(va + BigInt(step.page) * 8n);
      told.push(`the leaf of ${hex(va)} is now ${CHANGES.find(([, prot]) => prot === step.prot)?.[0]}; invlpg`);
      continue;
    }
    const at = va + BigInt(level === 'pte' ? step.offset % 4096 : step.offset);
    told.push(`${say(step.access)} at ${hex(at)}`);
    const before = entries(mine, path);
    const expected = words(referenceWalk(theirs.memory, theirs.cr3, at, step.access));
    const actual = words(cpu.access(at, step.access));
    walked(uncached, at, step.access);
    const rows = { before, is: entries(mine, path), should: entries(theirs, path) };
    const [is, should] = [rows.is, rows.should].map((row) => row[row.length - 1]?.entry ?? 0n);
    const walkedLeaf = uncached.memory.read64(path[level] ?? 0);
    // An A or D too many, an A missing, or a D that the walk forgets too, is the matter of accessed-dirty.
    if (actual === expected && (should & walkedLeaf & ~is & _PAGE_DIRTY) === 0n) continue;
    throw new Wrong({
      steps: told,
      expected: `${expected}; the leaf is ${bits(should)}`,
      actual: `${actual}; the leaf is ${bits(is)}`,
      figures: [
        entriesFigure(
          `The walk of ${hex(at)} afterwards`,
          at,
          rows.is.map(({ level: at, entry }, i) => ({ level: at, is: entry, should: rows.should[i]?.entry ?? 0n })),
        ),
      ],
    });
  }
}

describe('tlb', () => {
  test('a page used twice in a row costs no read the second time, whatever its size', () => {
    for (const [level, leaf] of LEAVES) {
      const marks = dirtyByWalk(level, leaf) === 0n ? _PAGE_ACCESSED | _PAGE_DIRTY : 0n;
      const m = machine();
      byHand(m, VA & -(2n ** 30n), level, leaf | PAGE_SHARED | marks);
      const cpu = new mmu.Mmu(m.memory, m.cr3);
      expect(words(cpu.access(VA & -(2n ** 30n), USER_WRITE))).toBe(`ok ${hex(leaf & ~_PAGE_PSE)}`);
      const before = m.memory.reads;
      expect(words(cpu.access(VA & -(2n ** 30n), USER_READ))).toBe(`ok ${hex(leaf & ~_PAGE_PSE)}`);
      expect(words(cpu.access((VA & -(2n ** 30n)) + 7n, USER_WRITE))).toBe(`ok ${hex((leaf & ~_PAGE_PSE) + 7n)}`);
      expect(m.memory.reads).toBe(before);
    }
  });

  test('invlpg drops a huge page as a whole', () => {
    const m = machine();
    const path = byHand(m, 0x4000_0000n, 'pmd', 0x20_0000n | PAGE_SHARED | _PAGE_PSE);
    const cpu = new mmu.Mmu(m.memory, m.cr3);
    cpu.access(0x4000_0000n, USER_READ);
    cpu.access(0x4000_5000n, USER_READ);
    m.memory.write64(path.pmd ?? 0, 0n);
    cpu.invlpg(0x4012_3456n);
    expect(words(cpu.access(0x4000_0000n, USER_READ))).toBe('pf 0x4');
    expect(words(cpu.access(0x4000_5000n, USER_READ))).toBe('pf 0x4');
  });

  test('what becomes present or gets more rights is seen without invlpg', () => {
    const m = machine();
    const cpu = new mmu.Mmu(m.memory, m.cr3);
    expect(words(cpu.access(VA, USER_READ))).toBe('pf 0x4');
    const path = byHand(m, VA, 'pte', PFN | PAGE_READONLY);
    expect(words(cpu.access(VA, USER_READ))).toBe('ok 0x55000');
    expect(words(cpu.access(VA, USER_WRITE))).toBe('pf 0x7');
    m.memory.write64(path.pte ?? 0, PFN | PAGE_SHARED);
    expect(words(cpu.access(VA, USER_WRITE))).toBe('ok 0x55000');
  });

  test('D cleared, with invlpg, is set by the next write', () => {
    const m = machine();
    const path = byHand(m, VA, 'pte', PFN | PAGE_SHARED);
    const cpu = new mmu.Mmu(m.memory, m.cr3);
    cpu.access(VA, USER_WRITE);
    m.memory.write64(path.pte ?? 0, PFN | PAGE_SHARED);
    cpu.invlpg(VA);
    cpu.access(VA, USER_READ);
    cpu.access(VA, USER_WRITE);
    expect(dirtyByWalk('pte', PFN) & ~m.memory.read64(path.pte ?? 0)).toBe(0n);
  });

  test('a cached page keeps its rights', () => {
    const m = machine();
    byHand(m, VA, 'pte', PFN | PAGE_READONLY);
    byHand(m, VA + 4096n, 'pte', PFN | PAGE_KERNEL_RO);
    const cpu = new mmu.Mmu(m.memory, m.cr3);
    for (let round = 0; round < 2; round++) {
      expect(EVERYONE.map((access) => words(cpu.access(VA, access)))).toEqual([
        'ok 0x55000',
        'pf 0x7',
        'pf 0x15',
        'pf 0x1',
        'pf 0x3',
        'pf 0x11',
      ]);
      expect(EVERYONE.map((access) => words(cpu.access(VA + 4096n, access)))).toEqual([
        'pf 0x5',
        'pf 0x7',
        'pf 0x15',
        'ok 0x55000',
        'pf 0x3',
        'pf 0x11',
      ]);
    }
  });

  test('another CR3 is another address space', () => {
    const m = machine();
    const second = m.frames.allocTable() ?? 0;
    byHand(m, VA, 'pte', PFN | PAGE_SHARED);
    byHand({ ...m, root: second }, VA, 'pte', 0x66000n | PAGE_SHARED);
    const cpu = new mmu.Mmu(m.memory, m.cr3);
    expect(words(cpu.access(VA, USER_READ))).toBe('ok 0x55000');
    cpu.loadCr3(second * 4096);
    expect(words(cpu.access(VA, USER_READ))).toBe('ok 0x66000');
    cpu.loadCr3(m.cr3);
    expect(words(cpu.access(VA, USER_READ))).toBe('ok 0x55000');
  });

  test('an address that is not canonical', () => {
    const m = machine();
    const cpu = new mmu.Mmu(m.memory, m.cr3);
    cpu.invlpg(2n ** 47n);
    expect(words(cpu.access(2n ** 47n, USER_READ))).toBe('gp');
  });

  test('any accesses and changes', () => {
    const page = fc.oneof(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: PAGES.length - 1 }));
    const step = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({
          do: fc.constant('access' as const),
          page,
          offset: fc.constantFrom(0, 1, 0x5000, 0x12_3456),
          access: fc.constantFrom(USER_READ, USER_WRITE, USER_READ, USER_WRITE, KERNEL_READ, USER_FETCH),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          do: fc.constant('change' as const),
          page,
          prot: fc.constantFrom(...CHANGES.map(([, prot]) => prot)),
        }),
      },
    );
    forAll(fc.array(step, { minLength: 1, maxLength: 30 }), playCached, 20);
  });
});

describe('fault-loop', () => {
  /** Plays an access whose handler does one thing after the other, and helps out at the 20th call. */
  function withFixes(access: Access, fixes: readonly Pte[]) {
    const m = machine();
    const cpu = new mmu.Mmu(m.memory, m.cr3);
    const calls: string[] = [];
    const result = cpu.accessWithFaults(VA + 5n, access, (va, code) => {
      calls.push(`${hex(va)} ${hex(code)}`);
      const fix = calls.length < 20 ? fixes[calls.length - 1] : PFN | PAGE_SHARED_EXEC;
      if (fix !== undefined) byHand(m, VA, 'pte', fix);
    });
    return { result: words(result), calls };
  }

  test('no fault, no call', () => {
    const m = machine();
    byHand(m, VA, 'pte', PFN | PAGE_SHARED);
    let calls = 0;
    const cpu = new mmu.Mmu(m.memory, m.cr3);
    const result = cpu.accessWithFaults(VA, USER_WRITE, () => {
      calls++;
    });
    expect([words(result), calls]).toEqual(['ok 0x55000', 0]);
  });

  test('two faults that are not the same are progress', () => {
    expect(withFixes(USER_WRITE, [PFN | PAGE_READONLY, PFN | PAGE_SHARED])).toEqual({
      result: 'ok 0x55005',
      calls: [`${hex(VA + 5n)} 0x6`, `${hex(VA + 5n)} 0x7`],
    });
    expect(withFixes(USER_FETCH, [PFN | PAGE_SHARED, PFN | PAGE_SHARED_EXEC])).toEqual({
      result: 'ok 0x55005',
      calls: [`${hex(VA + 5n)} 0x14`, `${hex(VA + 5n)} 0x15`],
    });
  });

  test('the same fault again ends it', () => {
    expect(withFixes(USER_WRITE, [PFN | PAGE_READONLY])).toEqual({
      result: 'pf 0x7',
      calls: [`${hex(VA + 5n)} 0x6`, `${hex(VA + 5n)} 0x7`],
    });
    expect(withFixes(KERNEL_READ, [])).toEqual({ result: 'pf 0x0', calls: [`${hex(VA + 5n)} 0x0`] });
  });

  test('a fault that comes back after another one ends it, too', () => {
    expect(withFixes(USER_WRITE, [PFN | PAGE_READONLY, 0n, PFN | PAGE_READONLY, 0n])).toEqual({
      result: 'pf 0x6',
      calls: [`${hex(VA + 5n)} 0x6`, `${hex(VA + 5n)} 0x7`],
    });
  });

  test('no handler can help where the address is not canonical', () => {
    const m = machine();
    const cpu = new mmu.Mmu(m.memory, m.cr3);
    let calls = 0;
    const result = cpu.accessWithFaults(2n ** 47n, USER_WRITE, () => {
      calls++;
    });
    expect([words(result), calls]).toEqual(['gp', 0]);
  });

  test('each access counts anew', () => {
    const m = machine();
    const cpu = new mmu.Mmu(m.memory, m.cr3);
    let calls = 0;
    for (let i = 0; i < 3; i++) {
      expect(
        words(
          cpu.accessWithFaults(VA, USER_READ, () => {
            calls++;
          }),
        ),
      ).toBe('pf 0x4');
    }
    expect(calls).toBe(3);
  });
});
