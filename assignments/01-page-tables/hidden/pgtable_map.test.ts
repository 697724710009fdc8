import { forAll, subject, Wrong } from '../../../graders/suite/index.ts';
import { EEXIST, EINVAL, ENOMEM } from '../../../starter/include/errno.ts';
import {
  _PAGE_ACCESSED,
  _PAGE_DIRTY,
  _PAGE_PAT_LARGE,
  _PAGE_PKEY,
  _PAGE_PRESENT,
  _PAGE_RW,
  _PAGE_SOFTW,
  PAGE_KERNEL,
  PAGE_NONE,
  PAGE_READONLY,
  PAGE_SHARED,
} from '../../../starter/include/pgtable_types.ts';
import { type Machine, machine } from '../public/machine.ts';
import { walkFigure } from './figures.ts';
import { address, flawOf, hex, Model } from './model.ts';
import { type Op, type Parts, play, sequences } from './play.ts';

const mm = subject<typeof import('../../../starter/mm/pgtable_map.ts')>('mm/pgtable_map');
const mmu = subject<typeof import('../../../starter/arch/mmu.ts')>('arch/mmu');

const newPageTable = (m: Machine) => new mm.PageTable(m.memory, m.frames, m.root);
const tables: Parts = { newPageTable };
const both: Parts = { newPageTable, walk: (m, va, access) => mmu.walk(m.memory, m.cr3, va, access) };

/** An address space on a fresh machine, and what it should be. */
function space(nrTables?: number) {
  const m = machine(nrTables);
  return { m, pt: newPageTable(m), model: new Model() };
}

/** Fails, with the walk of the page that is wrong, unless memory is as the model says. */
function holds(m: Machine, model: Model, steps: readonly string[]): void {
  const flaw = flawOf(m, model);
  if (flaw === null) return;
  throw new Wrong({
    steps: [...steps],
    expected: `${model.leaves.size} leaves in ${model.tables()} tables, as mapped`,
    actual: flaw.says,
    figures: flaw.page === null ? [] : [walkFigure(m, model, address(flaw.page))],
  });
}

describe('map', () => {
  test('addresses that differ in one field only have pages of their own', () => {
    const { m, pt, model } = space();
    const steps: string[] = [];
    for (const [i, page] of [
      0,
      1,
      511,
      2 ** 9,
      2 ** 18,
      2 ** 27,
      2 ** 35 - 1,
      2 ** 52 - 2 ** 35,
      2 ** 52 - 1,
    ].entries()) {
      steps.push(`mapPage(${hex(address(page))}, pfn ${hex(0x100 + i)}, PAGE_SHARED)`);
      expect(pt.mapPage(address(page), 0x100 + i, PAGE_SHARED)).toBe(model.map(page, 0x100 + i, 1, PAGE_SHARED));
      holds(m, model, steps);
    }
  });

  test('a leaf has the frame and the bits asked for, and no others', () => {
    const { m, pt, model } = space();
    const prots = [
      PAGE_NONE,
      PAGE_KERNEL,
      PAGE_READONLY | _PAGE_SOFTW | _PAGE_PKEY,
      PAGE_SHARED | _PAGE_ACCESSED | _PAGE_DIRTY,
    ];
    for (const [i, prot] of prots.entries()) {
      expect(pt.mapPage(address(i), 2 ** 34 - 1 - i, prot)).toBe(model.map(i, 2 ** 34 - 1 - i, 1, prot));
      holds(m, model, [`mapPage(${hex(address(i))}, pfn ${hex(2 ** 34 - 1 - i)}, ${hex(prot)})`]);
    }
  });

  test('bad arguments change nothing', () => {
    const { m, pt, model } = space();
    const bad: readonly (readonly [bigint, number, number, bigint])[] = [
      [1n, 1, 1, PAGE_SHARED],
      [0x800n, 1, 1, PAGE_SHARED],
      [2n ** 47n, 1, 1, PAGE_SHARED],
      [2n ** 64n - 2n ** 47n - 4096n, 1, 1, PAGE_SHARED],
      [2n ** 47n - 4096n, 1, 2, PAGE_SHARED],
      [2n ** 64n - 4096n, 1, 2, PAGE_SHARED],
      [0n, 1, 0, PAGE_SHARED],
      [0n, 1, -1, PAGE_SHARED],
      [0n, 1, 1.5, PAGE_SHARED],
      [0n, -1, 1, PAGE_SHARED],
      [0n, 2 ** 34, 1, PAGE_SHARED],
      [0n, 2 ** 34 - 1, 2, PAGE_SHARED],
      [0n, 1, 1, 0n],
      [0n, 1, 1, _PAGE_RW],
      [0n, 1, 1, PAGE_SHARED | _PAGE_PAT_LARGE],
      [0n, 1, 1, PAGE_SHARED | (1n << 52n)],
    ];
    for (const [va, pfn, count, prot] of bad) {
      expect([va, pfn, count, prot, pt.mapRange(va, pfn, count, prot)]).toEqual([va, pfn, count, prot, -EINVAL]);
      holds(m, model, [`mapRange(${hex(va)}, pfn ${pfn}, ${count} pages, ${hex(prot)}) = -EINVAL`]);
    }
  });

  test('a range that meets a mapped page leaves nothing behind', () => {
    for (const at of [0, 1, 2, 3, 4]) {
      const { m, pt, model } = space();
      const first = 2 ** 18 - 2;
      const steps = [`mapPage(${hex(address(first + at))})`, `mapRange(${hex(address(first))}, 5 pages) = -EEXIST`];
      pt.mapPage(address(first + at), 0x55, PAGE_NONE);
      model.map(first + at, 0x55, 1, PAGE_NONE);
      expect(pt.mapRange(address(first), 0x1000, 5, PAGE_SHARED)).toBe(-EEXIST);
      holds(m, model, steps);
    }
  });

  test('a look at what is not mapped makes no table and writes nothing', () => {
    const { m, pt, model } = space();
    pt.mapPage(address(5), 0x55, PAGE_SHARED);
    model.map(5, 0x55, 1, PAGE_SHARED);
    const before = m.memory.writes;
    for (const va of [
      0n,
      address(5) + 77n,
      address(2 ** 9),
      address(2 ** 18),
      address(2 ** 27),
      2n ** 47n,
      2n ** 64n - 1n,
    ]) {
      const found = pt.lookup(va);
      expect([hex(va), found?.entry]).toEqual([hex(va), va === address(5) + 77n ? 0x55000n | PAGE_SHARED : undefined]);
    }
    expect(m.memory.writes).toBe(before);
    holds(m, model, ['lookup of addresses that are not mapped']);
  });

  test('any sequence of maps', () => {
    forAll(sequences(['map']), (ops) => play(tables, ops), 10);
  });
});

describe('no-memory', () => {
  /** Two pages at the end of a PUD's range need 6 tables; so for each number below, the n-th is missing. */
  test('a range across tables, the n-th table missing', () => {
    for (let n = 0; n < 6; n++) {
      const { m, pt, model } = space(n);
      const step = `with ${n} frames for tables: mapRange(${hex(address(2 ** 27 - 1))}, 2 pages) = -ENOMEM`;
      expect(pt.mapRange(address(2 ** 27 - 1), 0x55, 2, PAGE_SHARED)).toBe(-ENOMEM);
      holds(m, model, [step]);
    }
    const { pt } = space(6);
    expect(pt.mapRange(address(2 ** 27 - 1), 0x55, 2, PAGE_SHARED)).toBe(0);
  });

  test('what was mapped before stays', () => {
    for (let n = 3; n < 6; n++) {
      const { m, pt, model } = space(n);
      expect(pt.mapPage(address(7), 0x77, PAGE_SHARED)).toBe(model.map(7, 0x77, 1, PAGE_SHARED));
      const step = `with ${n} frames for tables: mapPage(${hex(address(7))}), then mapPage(${hex(address(2 ** 27))}) = -ENOMEM`;
      expect(pt.mapPage(address(2 ** 27), 0x55, PAGE_SHARED)).toBe(-ENOMEM);
      holds(m, model, [step]);
      expect(pt.mapRange(address(510), 0x55, 3, PAGE_SHARED)).toBe(
        n < 4 ? -ENOMEM : model.map(510, 0x55, 3, PAGE_SHARED),
      );
      holds(m, model, [step, `mapRange(${hex(address(510))}, 3 pages)`]);
    }
  });

  test('after a failure the frames are there for a smaller request', () => {
    const { m, pt, model } = space(3);
    expect(pt.mapRange(address(511), 0x55, 2, PAGE_SHARED)).toBe(-ENOMEM);
    expect(pt.mapPage(address(511), 0x66, PAGE_SHARED)).toBe(model.map(511, 0x66, 1, PAGE_SHARED));
    holds(m, model, ['with 3 frames for tables: mapRange across the end of a table = -ENOMEM', 'mapPage = 0']);
  });
});

describe('huge', () => {
  test('each alignment is asked for', () => {
    const { m, pt, model } = space();
    for (const [page, pfn, level] of [
      [1, 0, 'pmd'],
      [256, 0, 'pmd'],
      [0, 1, 'pmd'],
      [0, 256, 'pmd'],
      [512, 0, 'pud'],
      [2 ** 17, 0, 'pud'],
      [0, 512, 'pud'],
      [0, 2 ** 17, 'pud'],
      [2 ** 35, 0, 'pmd'],
      [0, 2 ** 34, 'pud'],
    ] as const) {
      const answer = pt.mapHuge(address(page), pfn, level, PAGE_SHARED);
      expect([page, pfn, level, answer]).toEqual([page, pfn, level, -EINVAL]);
      holds(m, model, [`mapHuge(${hex(address(page))}, pfn ${hex(pfn)}, '${level}') = -EINVAL`]);
    }
    expect(pt.mapHuge(0n, 0, 'pud', PAGE_SHARED | _PAGE_PAT_LARGE)).toBe(-EINVAL);
    expect(pt.mapHuge(0n, 0, 'pmd', _PAGE_RW)).toBe(-EINVAL);
    holds(m, model, ['mapHuge with bits that are no protection']);
  });

  test('no frame for a table: nothing is left behind', () => {
    for (let n = 0; n < 2; n++) {
      const { m, pt, model } = space(n);
      expect(pt.mapHuge(address(512), 512, 'pmd', PAGE_SHARED)).toBe(-ENOMEM);
      holds(m, model, [`with ${n} frames for tables: mapHuge(${hex(address(512))}, 'pmd') = -ENOMEM`]);
    }
  });

  test('huge pages and small ones keep out of each other’s way', () => {
    const { m, pt, model } = space();
    const steps: string[] = [];
    const huge = (page: number, level: 'pmd' | 'pud', prot = PAGE_SHARED) => {
      const expected = model.mapHuge(page, 0, level, prot);
      steps.push(`mapHuge(${hex(address(page))}, pfn 0, '${level}') = ${expected}`);
      expect(pt.mapHuge(address(page), 0, level, prot)).toBe(expected);
      holds(m, model, steps);
    };
    const small = (page: number) => {
      const expected = model.map(page, 0x55, 1, PAGE_SHARED);
      steps.push(`mapPage(${hex(address(page))}) = ${expected}`);
      expect(pt.mapPage(address(page), 0x55, PAGE_SHARED)).toBe(expected);
      holds(m, model, steps);
    };
    small(2 ** 18 + 700);
    huge(2 ** 18, 'pud');
    huge(2 ** 18 + 512, 'pmd');
    huge(2 ** 18, 'pmd');
    huge(2 ** 19, 'pud', PAGE_NONE);
    huge(2 ** 19 + 512, 'pmd');
    small(2 ** 19 + 5);
    small(2 ** 18 + 511);
    small(2 ** 18 + 512);
    huge(2 ** 19, 'pud');
  });

  test('a look at each end of a huge page', () => {
    const { pt } = space();
    pt.mapHuge(address(512), 1024, 'pmd', PAGE_NONE);
    pt.mapHuge(address(2 ** 18), 2 ** 18, 'pud', PAGE_KERNEL);
    const level = (page: number) => pt.lookup(address(page))?.level;
    expect([511, 512, 1023, 1024].map(level)).toEqual([undefined, 'pmd', 'pmd', undefined]);
    expect([2 ** 18 - 1, 2 ** 18, 2 ** 19 - 1, 2 ** 19].map(level)).toEqual([undefined, 'pud', 'pud', undefined]);
    expect(pt.lookup(address(700) + 5n)?.entry).toBe(0x40_0180n);
  });

  test('any sequence of maps of all sizes', () => {
    forAll(sequences(['map', 'huge', 'huge']), (ops) => play(tables, ops), 10);
  });
});

describe('unmap', () => {
  test('tables go from the leaf up, each when its last page goes', () => {
    const { m, pt, model } = space();
    const steps: string[] = [];
    const pages = [0, 511, 512, 2 ** 18, 2 ** 27, 2 ** 52 - 1];
    for (const page of pages) {
      steps.push(`mapPage(${hex(address(page))})`);
      expect(pt.mapPage(address(page), 0x55, PAGE_SHARED)).toBe(model.map(page, 0x55, 1, PAGE_SHARED));
    }
    for (const page of pages) {
      steps.push(`unmapRange(${hex(address(page))}, 1 page)`);
      expect(pt.unmapRange(address(page), 1)).toBe(model.unmap(page, 1));
      holds(m, model, steps);
    }
  });

  test('a range is half-open', () => {
    for (const [from, count] of [
      [509, 1],
      [509, 3],
      [510, 2],
      [511, 2],
      [512, 2],
      [508, 6],
    ] as const) {
      const { m, pt, model } = space();
      pt.mapRange(address(508), 0x1000, 6, PAGE_SHARED);
      model.map(508, 0x1000, 6, PAGE_SHARED);
      expect(pt.unmapRange(address(from), count)).toBe(model.unmap(from, count));
      holds(m, model, [`mapRange(${hex(address(508))}, 6 pages)`, `unmapRange(${hex(address(from))}, ${count} pages)`]);
    }
  });

  test('PROT_NONE pages are unmapped like others', () => {
    const { m, pt, model } = space();
    pt.mapRange(address(510), 0x55, 4, PAGE_NONE);
    expect(pt.unmapRange(address(510), 4)).toBe(0);
    holds(m, model, ['mapRange(0x1fe000, 4 pages, PAGE_NONE)', 'unmapRange(0x1fe000, 4 pages)']);
  });

  test('bad ranges change nothing', () => {
    const { m, pt, model } = space();
    pt.mapPage(0n, 0x55, PAGE_SHARED);
    model.map(0, 0x55, 1, PAGE_SHARED);
    for (const [va, count] of [
      [1n, 1],
      [0n, 0],
      [0n, -1],
      [0n, 0.5],
      [2n ** 47n, 1],
      [0n, 2 ** 35 + 1],
    ] as const) {
      expect([va, count, pt.unmapRange(va, count)]).toEqual([va, count, -EINVAL]);
      holds(m, model, [`unmapRange(${hex(va)}, ${count} pages) = -EINVAL`]);
    }
  });

  test('what was unmapped can be mapped again', () => {
    const { m, pt, model } = space(3);
    for (let round = 0; round < 3; round++) {
      const page = round * 2 ** 27 + round;
      expect(pt.mapPage(address(page), 0x55 + round, PAGE_SHARED)).toBe(model.map(page, 0x55 + round, 1, PAGE_SHARED));
      holds(m, model, [`round ${round}: mapPage(${hex(address(page))})`]);
      expect(pt.unmapRange(address(page), 1)).toBe(model.unmap(page, 1));
      holds(m, model, [`round ${round}: unmapRange(${hex(address(page))}, 1 page)`]);
    }
  });

  test('any sequence of maps and unmaps', () => {
    forAll(sequences(['map', 'map', 'unmap'], 8), (ops) => play(tables, ops), 10);
  });
});

describe('protect', () => {
  test('the rights change and all else stays', () => {
    const { m, pt, model } = space();
    const kept = _PAGE_ACCESSED | _PAGE_DIRTY | _PAGE_SOFTW | _PAGE_PKEY;
    pt.mapRange(address(510), 0x55, 5, PAGE_SHARED | kept);
    model.map(510, 0x55, 5, PAGE_SHARED | kept);
    for (const prot of [PAGE_READONLY, PAGE_NONE, PAGE_KERNEL, PAGE_SHARED]) {
      expect(pt.protectRange(address(511), 3, prot)).toBe(model.protect(511, 3, prot));
      holds(m, model, [
        `mapRange(${hex(address(510))}, 5 pages)`,
        `protectRange(${hex(address(511))}, 3 pages, ${hex(prot)})`,
      ]);
    }
  });

  test('bad arguments change nothing', () => {
    const { m, pt, model } = space();
    pt.mapPage(0n, 0x55, PAGE_SHARED);
    model.map(0, 0x55, 1, PAGE_SHARED);
    for (const [va, count, prot] of [
      [1n, 1, PAGE_READONLY],
      [0n, 0, PAGE_READONLY],
      [2n ** 47n - 4096n, 2, PAGE_READONLY],
      [0n, 1, 0n],
      [0n, 1, _PAGE_PRESENT | _PAGE_PAT_LARGE],
    ] as const) {
      expect([va, count, prot, pt.protectRange(va, count, prot)]).toEqual([va, count, prot, -EINVAL]);
      holds(m, model, [`protectRange(${hex(va)}, ${count} pages, ${hex(prot)}) = -EINVAL`]);
    }
  });

  test('any sequence of maps and changes', () => {
    forAll(sequences(['map', 'map', 'protect']), (ops) => play(tables, ops), 10);
  });
});

describe('together', () => {
  test('a part of a huge page is refused at either end, and nothing changes', () => {
    for (const [from, count] of [
      [512, 511],
      [513, 511],
      [513, 512],
      [0, 600],
      [600, 1024],
      [1023, 2],
      [600, 1],
    ] as const) {
      const { m, pt, model } = space();
      pt.mapRange(0n, 0x55, 3, PAGE_SHARED);
      model.map(0, 0x55, 3, PAGE_SHARED);
      pt.mapHuge(address(512), 512, 'pmd', PAGE_SHARED);
      model.mapHuge(512, 512, 'pmd', PAGE_SHARED);
      expect(pt.unmapRange(address(from), count)).toBe(-EINVAL);
      expect(pt.protectRange(address(from), count, PAGE_READONLY)).toBe(-EINVAL);
      holds(m, model, [
        'mapRange(0x0, 3 pages)',
        "mapHuge(0x200000, 'pmd')",
        `a range of ${count} pages from page ${from}`,
      ]);
    }
  });

  test('PROT_NONE keeps what was written', () => {
    const { m, pt, model } = space();
    const steps: Op[] = [
      { do: 'map', page: 7, pfn: 0x55, count: 1, prot: PAGE_SHARED },
      { do: 'access', page: 7, write: true, user: true },
      { do: 'protect', page: 7, count: 1, prot: PAGE_NONE },
      { do: 'access', page: 7, write: false, user: true },
      { do: 'protect', page: 7, count: 1, prot: PAGE_SHARED },
      { do: 'access', page: 7, write: false, user: true },
      { do: 'unmap', page: 7, count: 1 },
    ];
    play(both, steps);
    expect(pt.lookup(0n)).toBeNull();
    holds(m, model, []);
  });

  test('any sequence of operations, with the MMU in between', () => {
    forAll(sequences(['map', 'map', 'huge', 'protect', 'unmap', 'access', 'access'], 12), (ops) => play(both, ops), 30);
  });
});
