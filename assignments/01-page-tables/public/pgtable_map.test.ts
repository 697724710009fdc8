import { subject } from '../../../graders/suite/index.ts';
import { EEXIST, EINVAL, ENOMEM } from '../../../starter/include/errno.ts';
import {
  _PAGE_PSE,
  PAGE_KERNEL,
  PAGE_NONE,
  PAGE_READONLY,
  PAGE_SHARED,
} from '../../../starter/include/pgtable_types.ts';
import { machine } from './machine.ts';

const mm = subject<typeof import('../../../starter/mm/pgtable_map.ts')>('mm/pgtable_map');

/** An address space on a fresh machine. */
function space(nrTables?: number) {
  const m = machine(nrTables);
  return { ...m, pt: new mm.PageTable(m.memory, m.frames, m.root) };
}

/** Level and entry of a lookup, or null. */
function seen(leaf: { level: string; entry: bigint } | null) {
  return leaf === null ? null : [leaf.level, leaf.entry];
}

const MIB = 2n ** 20n;
const GIB = 2n ** 30n;

describe('map', () => {
  test('a mapped page is found at each of its bytes, its neighbours are not', () => {
    const { pt, frames } = space();
    expect(pt.mapPage(0x40_0000n, 0x55, PAGE_SHARED)).toBe(0);
    expect(seen(pt.lookup(0x40_0000n))).toEqual(['pte', 0x8000_0000_0005_5007n]);
    expect(seen(pt.lookup(0x40_0fffn))).toEqual(['pte', 0x8000_0000_0005_5007n]);
    expect(pt.lookup(0x3f_ffffn)).toBeNull();
    expect(pt.lookup(0x40_1000n)).toBeNull();
    expect(frames.live).toBe(3);
  });

  test('a range has one frame after the other, across the end of a table', () => {
    const { pt, frames } = space();
    expect(pt.mapRange(0x3f_f000n, 0x55, 3, PAGE_READONLY)).toBe(0);
    expect(pt.lookup(0x3f_f000n)?.entry).toBe(0x8000_0000_0005_5005n);
    expect(pt.lookup(0x40_0000n)?.entry).toBe(0x8000_0000_0005_6005n);
    expect(pt.lookup(0x40_1000n)?.entry).toBe(0x8000_0000_0005_7005n);
    expect(frames.live).toBe(4);
    //  neighbours, and the first and last pages of both tables: a page too many may have landed there
    for (const va of [0x20_0000n, 0x20_1000n, 0x3f_e000n, 0x40_2000n, 0x5f_f000n]) expect(pt.lookup(va)).toBeNull();
  });

  test('a page is mapped once', () => {
    const { pt } = space();
    pt.mapPage(0x40_1000n, 0x55, PAGE_NONE);
    expect(pt.mapPage(0x40_1000n, 0x66, PAGE_SHARED)).toBe(-EEXIST);
    expect(pt.mapRange(0x40_0000n, 0x66, 2, PAGE_SHARED)).toBe(-EEXIST);
    expect(pt.lookup(0x40_0000n)).toBeNull();
    expect(pt.lookup(0x40_1000n)?.entry).toBe(0x5_5100n);
  });

  test('bad arguments are refused', () => {
    const { pt, frames } = space();
    expect(pt.mapPage(0x40_0800n, 0x55, PAGE_SHARED)).toBe(-EINVAL);
    expect(pt.mapPage(0x8000_0000_0000n, 0x55, PAGE_SHARED)).toBe(-EINVAL);
    expect(pt.mapRange(0x40_0000n, 0x55, 0, PAGE_SHARED)).toBe(-EINVAL);
    expect(pt.mapPage(0x40_0000n, 0x55, PAGE_SHARED | _PAGE_PSE)).toBe(-EINVAL);
    expect(frames.live).toBe(0);
  });
});

describe('no-memory', () => {
  test('with a frame too few nothing is left behind', () => {
    const { pt, frames } = space(2);
    expect(pt.mapPage(0x40_0000n, 0x55, PAGE_SHARED)).toBe(-ENOMEM);
    expect(frames.live).toBe(0);
    expect(pt.lookup(0x40_0000n)).toBeNull();
  });
});

describe('huge', () => {
  test('2 MiB need two tables, 1 GiB needs one', () => {
    const { pt, frames } = space();
    expect(pt.mapHuge(2n * MIB, 512, 'pmd', PAGE_SHARED)).toBe(0);
    expect(frames.live).toBe(2);
    expect(pt.mapHuge(GIB, 2 ** 18, 'pud', PAGE_KERNEL)).toBe(0);
    expect(frames.live).toBe(2);
    expect(seen(pt.lookup(3n * MIB))).toEqual(['pmd', 0x8000_0000_0020_0087n]);
    expect(seen(pt.lookup(2n * GIB - 1n))).toEqual(['pud', 0x8000_0000_4000_0083n]);
  });

  test('address and frame must both be aligned', () => {
    const { pt } = space();
    expect(pt.mapHuge(MIB, 512, 'pmd', PAGE_SHARED)).toBe(-EINVAL);
    expect(pt.mapHuge(2n * MIB, 256, 'pmd', PAGE_SHARED)).toBe(-EINVAL);
  });

  test('no room where a page is mapped', () => {
    const { pt } = space();
    pt.mapPage(3n * MIB, 0x55, PAGE_SHARED);
    expect(pt.mapHuge(2n * MIB, 512, 'pmd', PAGE_SHARED)).toBe(-EEXIST);
    expect(pt.mapHuge(4n * MIB, 512, 'pmd', PAGE_SHARED)).toBe(0);
    expect(pt.mapPage(5n * MIB, 0x55, PAGE_SHARED)).toBe(-EEXIST);
  });

  test('a PROT_NONE page is there: PS makes it a leaf with P=0, too', () => {
    const { pt, frames } = space();
    expect(pt.mapHuge(2n * MIB, 512, 'pmd', PAGE_NONE)).toBe(0);
    expect(seen(pt.lookup(4n * MIB - 1n))).toEqual(['pmd', 0x20_0180n]);
    expect(pt.mapPage(3n * MIB, 0x55, PAGE_SHARED)).toBe(-EEXIST);
    expect(frames.live).toBe(2);
  });
});

describe('unmap', () => {
  test('a table goes when its last page goes, and no sooner', () => {
    const { pt, frames } = space();
    pt.mapPage(0x40_0000n, 0x55, PAGE_SHARED);
    pt.mapPage(0x40_5000n, 0x66, PAGE_SHARED);
    expect(pt.unmapRange(0x40_0000n, 1)).toBe(0);
    expect(pt.lookup(0x40_0000n)).toBeNull();
    expect(pt.lookup(0x40_5000n)?.entry).toBe(0x8000_0000_0006_6007n);
    expect(frames.live).toBe(3);
    expect(pt.unmapRange(0x40_5000n, 1)).toBe(0);
    expect(frames.live).toBe(0);
  });

  test('the page behind the range stays', () => {
    const { pt } = space();
    pt.mapRange(0x40_0000n, 0x55, 3, PAGE_SHARED);
    pt.unmapRange(0x40_0000n, 2);
    expect(pt.lookup(0x40_1000n)).toBeNull();
    expect(pt.lookup(0x40_2000n)?.entry).toBe(0x8000_0000_0005_7007n);
  });

  test('holes are passed over, large ones as a whole', () => {
    const { pt, frames } = space();
    pt.mapPage(0x40_3000n, 0x55, PAGE_SHARED);
    expect(pt.unmapRange(0n, 2 ** 35)).toBe(0);
    expect(frames.live).toBe(0);
  });
});

describe('protect', () => {
  test('to PROT_NONE and back, the page is still there', () => {
    const { pt } = space();
    pt.mapPage(0x40_0000n, 0x55, PAGE_SHARED);
    expect(pt.protectRange(0x40_0000n, 1, PAGE_NONE)).toBe(0);
    expect(pt.lookup(0x40_0000n)?.entry).toBe(0x5_5100n);
    expect(pt.protectRange(0x40_0000n, 1, PAGE_SHARED)).toBe(0);
    expect(pt.lookup(0x40_0000n)?.entry).toBe(0x8000_0000_0005_5007n);
  });

  test('holes are passed over, and stay holes', () => {
    const { pt, frames } = space();
    pt.mapPage(0x40_1000n, 0x55, PAGE_SHARED);
    expect(pt.protectRange(0x40_0000n, 3, PAGE_READONLY)).toBe(0);
    expect(pt.lookup(0x40_0000n)).toBeNull();
    expect(pt.lookup(0x40_1000n)?.entry).toBe(0x8000_0000_0005_5005n);
    expect(frames.live).toBe(3);
  });
});

describe('together', () => {
  test('a huge page goes as a whole or not at all', () => {
    const { pt, frames } = space();
    pt.mapHuge(2n * MIB, 512, 'pmd', PAGE_SHARED);
    expect(pt.unmapRange(2n * MIB, 511)).toBe(-EINVAL);
    expect(pt.unmapRange(3n * MIB, 1024)).toBe(-EINVAL);
    expect(pt.lookup(2n * MIB)?.level).toBe('pmd');
    expect(pt.unmapRange(2n * MIB, 512)).toBe(0);
    expect(frames.live).toBe(0);
  });

  test('so does a huge page that is PROT_NONE', () => {
    const { pt, frames } = space();
    pt.mapHuge(2n * MIB, 512, 'pmd', PAGE_SHARED);
    expect(pt.protectRange(2n * MIB, 512, PAGE_NONE)).toBe(0);
    expect(pt.lookup(2n * MIB)?.entry).toBe(0x20_0180n);
    expect(pt.protectRange(2n * MIB, 1, PAGE_SHARED)).toBe(-EINVAL);
    expect(pt.unmapRange(0n, 1024)).toBe(0);
    expect(frames.live).toBe(0);
  });

  test('an address space is built, changed and taken down', () => {
    const { pt, frames } = space();
    pt.mapRange(0x40_0000n, 0x100, 4, PAGE_SHARED);
    pt.mapHuge(0x60_0000n, 0x200, 'pmd', PAGE_SHARED);
    pt.protectRange(0x40_2000n, 2 + 508 + 512, PAGE_READONLY);
    expect(pt.lookup(0x40_1000n)?.entry).toBe(0x8000_0000_0010_1007n);
    expect(pt.lookup(0x40_3000n)?.entry).toBe(0x8000_0000_0010_3005n);
    expect(pt.lookup(0x60_0000n)?.entry).toBe(0x8000_0000_0020_0085n);
    expect(pt.unmapRange(0n, 2048)).toBe(0);
    expect(frames.live).toBe(0);
  });
});
