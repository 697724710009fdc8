import fc from 'fast-check';
import type { Figure } from '../../../graders/model/verdict.ts';
import { forAll, subject, Wrong } from '../../../graders/suite/index.ts';
import { gfpToAllocFlags, gfpZone } from '../../../reference/mm/page_alloc.ts';
import { zoneWatermarkOk } from '../../../reference/mm/watermark.ts';
import { __GFP_DMA, __GFP_DMA32, GFP_ATOMIC, GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from '../../../starter/include/gfp.ts';
import { ZONE_NAMES, type ZoneDescription, type ZoneIndex } from '../../../starter/include/mmzone.ts';
import type * as PageAlloc from '../../../starter/mm/page_alloc.ts';
import { panics } from '../public/panics.ts';
import { type Block, framesIn, type Picture, pictureOf } from './picture.ts';

const pageAlloc = subject<typeof PageAlloc>('mm/page_alloc');

const REQUESTS = {
  GFP_KERNEL,
  'GFP_KERNEL | __GFP_DMA': GFP_KERNEL | __GFP_DMA,
  'GFP_KERNEL | __GFP_DMA32': GFP_KERNEL | __GFP_DMA32,
  GFP_HIGHUSER_MOVABLE,
  GFP_ATOMIC,
} as const;
type Request = keyof typeof REQUESTS;

type Step =
  | { readonly kind: 'alloc'; readonly gfp: Request; readonly order: number }
  | { readonly kind: 'free'; readonly pick: number };

const START = [16, 4096, 1048576, 1050000];

/** Zones without marks and reserves. */
function plain(sizes: readonly number[]): ZoneDescription[] {
  return sizes.flatMap((spannedPages, zone) =>
    spannedPages === 0 ? [] : [zoneOf(zone, spannedPages, 0, 0, [0, 0, 0, 0])],
  );
}

function zoneOf(
  zone: number,
  pages: number,
  min: number,
  low: number,
  lowmemReserve: readonly number[],
): ZoneDescription {
  const watermarks = { min, low, high: low + 1, promo: low + 2 };
  return { zone: zone as ZoneIndex, startPfn: START[zone], spannedPages: pages, holes: [], watermarks, lowmemReserve };
}

/** A node in play: what it was made of, what was done, what is in use. */
class Node {
  readonly node: PageAlloc.PageAllocator;
  readonly steps: string[];
  readonly inUse: Block[] = [];
  private readonly zones: readonly ZoneDescription[];
  /** What is free, by zone index. */
  private readonly pictures = new Map<number, Picture>();

  constructor(zones: readonly ZoneDescription[]) {
    this.zones = zones;
    this.node = new pageAlloc.PageAllocator(zones);
    this.steps = zones.map(({ zone, startPfn, spannedPages, watermarks, lowmemReserve }) => {
      const { min, low } = watermarks;
      return `zone ${ZONE_NAMES[zone]}: ${spannedPages} frames from ${startPfn}, MIN ${min}, LOW ${low}, reserve ${lowmemReserve.join(' ')}`;
    });
    for (const { zone } of zones) this.look(zone);
  }

  step(step: Step): void {
    if (step.kind === 'alloc') this.alloc(step.gfp, step.order);
    else if (this.inUse.length > 0) this.free(step.pick % this.inUse.length);
  }

  private alloc(gfp: Request, order: number): void {
    const expected = this.zoneFor(gfp, order);
    const pfn = this.node.allocPages(REQUESTS[gfp], order);
    this.steps.push(`allocPages(${gfp}, ${order}) = ${pfn}`);
    const actual = pfn === null ? null : this.home(pfn);
    if (actual !== expected) this.wrong(name(expected), pfn === null ? 'null' : `${pfn}, in ${name(actual)}`);
    if (pfn === null) return;
    this.look(expected);
    if (this.inUse.some((used) => used.pfn < pfn + 2 ** order && pfn < used.pfn + 2 ** used.order)) {
      this.wrong('frames that are not in use', String(pfn));
    }
    this.inUse.push({ pfn, order });
  }

  private free(index: number): void {
    const [{ pfn, order }] = this.inUse.splice(index, 1);
    const home = this.home(pfn);
    const before = framesIn(this.picture(home));
    this.node.freePages(pfn, order);
    this.steps.push(`freePages(${pfn}, ${order})`);
    this.look(home);
    const grown = framesIn(this.picture(home)) - before;
    if (grown !== 2 ** order) this.wrong(`${2 ** order} more free frames in ${ZONE_NAMES[home]}`, `${grown} more`);
  }

  /** Reads what is free in a zone from the subject. */
  private look(index: number | null): void {
    if (index === null) return;
    const zone = this.node.zone(index as ZoneIndex);
    if (zone === null) this.wrong(`a zone ${ZONE_NAMES[index]}`, 'null');
    this.pictures.set(index, pictureOf(zone));
  }

  private picture(zone: number): Picture {
    return this.pictures.get(zone) ?? [];
  }

  /** The index of the zone that must serve a request now, by what is free in the subject's own zones. */
  private zoneFor(gfp: Request, order: number): number | null {
    const highestZone = gfpZone(REQUESTS[gfp]);
    const candidates = this.zones.filter(({ zone }) => zone <= highestZone).sort((a, b) => b.zone - a.zone);
    for (const level of ['low', 'min'] as const) {
      const allocFlags = level === 'low' ? 0 : gfpToAllocFlags(REQUESTS[gfp]);
      const found = candidates.find(({ zone, watermarks, lowmemReserve }) => {
        const picture = this.picture(zone);
        const nrFree = picture.map((blocks) => blocks.length);
        const state = { nrFreePages: framesIn(picture), nrFree, lowmemReserve };
        const hasBlock = nrFree.some((blocks, at) => at >= order && blocks > 0);
        return hasBlock && zoneWatermarkOk(state, { order, mark: watermarks[level], highestZone, allocFlags });
      });
      if (found !== undefined) return found.zone;
    }
    return null;
  }

  private home(pfn: number): number {
    return (
      this.zones.find(({ startPfn, spannedPages }) => startPfn <= pfn && pfn < startPfn + spannedPages)?.zone ?? -1
    );
  }

  private wrong(expected: string, actual: string): never {
    throw new Wrong({ steps: this.steps, expected, actual, figures: [this.table()] });
  }

  /** The zones in the order they are asked in, as they were when last looked at. */
  private table(): Figure {
    const zones = [...this.zones].sort((a, b) => b.zone - a.zone);
    const rows = zones.map(({ zone, watermarks, lowmemReserve }) => {
      const picture = this.picture(zone);
      const largest = picture.findLastIndex((blocks) => blocks.length > 0);
      const cells = [
        ZONE_NAMES[zone],
        framesIn(picture),
        largest < 0 ? 'none' : `order ${largest}`,
        watermarks.low,
        watermarks.min,
        lowmemReserve.join(' '),
      ];
      return cells.map((cell) => ({ text: String(cell), mark: 'none' as const }));
    });
    return {
      kind: 'grid',
      title: 'free memory of the zones',
      columns: ['zone', 'free frames', 'largest free block', 'LOW', 'MIN', 'reserve by highest zone'],
      rows,
      text: rows.map((row) => `${row[0].text}: ${row[1].text} free, largest ${row[2].text}`).join('; '),
    };
  }
}

const name = (zone: number | null): string => (zone === null ? 'null' : `a block of zone ${ZONE_NAMES[zone] ?? '?'}`);

const steps = (orders: fc.Arbitrary<number>) =>
  fc.array(
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant('alloc' as const),
          gfp: fc.constantFrom(...(Object.keys(REQUESTS) as Request[])),
          order: orders,
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('free' as const), pick: fc.nat(20) }) },
    ),
    { maxLength: 16 },
  );

const sizes = fc.tuple(fc.nat(6), fc.nat(9), fc.nat(9), fc.nat(5));

describe('zone-fallback', () => {
  test('the highest zone that has a block serves; blocks go home', () => {
    forAll(
      fc.tuple(sizes, steps(fc.nat(3))),
      ([pages, list]) => {
        const node = new Node(plain(pages));
        for (const step of list) node.step(step);
      },
      25,
    );
  });

  test('zones may be given in any order', () => {
    const node = new Node(plain([2, 2, 2, 2]).reverse());
    for (let i = 0; i < 9; i++) node.step({ kind: 'alloc', gfp: 'GFP_HIGHUSER_MOVABLE', order: 0 });
  });

  test('an order that no zone can have', () => {
    const { node } = new Node(plain([16, 16, 4096, 0]));
    expect(node.allocPages(GFP_KERNEL, 11)).toBeNull();
    expect(node.allocPages(GFP_KERNEL, 10)).not.toBeNull();
  });

  test('a frame of no zone does not come back', () => {
    const { node } = new Node(plain([16, 16, 16, 0]));
    for (const pfn of [0, 15, 32, 4095, 4112, 1048575, 1048592]) {
      expect(panics(() => node.freePages(pfn, 0))).toBe(true);
    }
  });
});

describe('ladder', () => {
  test('all zones to LOW, then all to MIN, by right and reserve', () => {
    const zone = fc.tuple(fc.nat(12), fc.nat(5), fc.nat(4), fc.tuple(fc.nat(4), fc.nat(4), fc.nat(4)));
    const zones = fc.tuple(zone, zone, zone, zone).map((all) =>
      all.flatMap(([pages, min, more, above], index) => {
        const reserve = [0, ...above].map((pages, j) => (j > index ? pages : 0));
        return pages === 0 ? [] : [zoneOf(index, pages, min, min + more, reserve)];
      }),
    );
    forAll(
      fc.tuple(zones, steps(fc.nat(2))),
      ([given, list]) => {
        const node = new Node(given);
        for (const step of list) node.step(step);
      },
      25,
    );
  });

  test.each(Object.keys(REQUESTS) as Request[])('%s drains a node as far as it may', (gfp) => {
    const node = new Node([
      zoneOf(0, 8, 4, 5, [0, 1, 3, 3]),
      zoneOf(1, 10, 4, 6, [0, 0, 2, 3]),
      zoneOf(2, 12, 5, 7, [0, 0, 0, 1]),
      zoneOf(3, 8, 4, 6, [0, 0, 0, 0]),
    ]);
    for (let i = 0; i < 38; i++) node.step({ kind: 'alloc', gfp, order: 0 });
  });
});

describe('bulk', () => {
  const boot = () => new pageAlloc.PageAllocator(plain([4, 0, 8, 0]));
  const free = (node: PageAlloc.PageAllocator) =>
    ([0, 2] as const).map((zone) => {
      const found = node.zone(zone);
      return found === null ? 0 : framesIn(pictureOf(found));
    });
  /** How many single pages a fresh node gives. */
  const most = () => {
    const node = boot();
    let pages = 0;
    while (pages < 20 && typeof node.allocPages(GFP_KERNEL, 0) === 'number') pages++;
    return pages;
  };

  test('as many as there are, each once', () => {
    for (let count = 0; count <= most(); count++) {
      const node = boot();
      const before = free(node).reduce((sum, pages) => sum + pages);
      const pages = node.allocPagesBulk(GFP_KERNEL, count);
      expect(pages).not.toBeNull();
      expect(new Set(pages).size).toBe(count);
      expect(free(node).reduce((sum, pages) => sum + pages)).toBe(before - count);
    }
  });

  test('too many: null, and all has come back, whichever page was the one that failed', () => {
    const all = most();
    for (let taken = 0; taken <= all; taken++) {
      const node = boot();
      for (let i = 0; i < taken; i++) node.allocPages(GFP_KERNEL, 0);
      const before = free(node);
      expect(node.allocPagesBulk(GFP_KERNEL, all - taken + 1)).toBeNull();
      expect(free(node)).toEqual(before);
    }
  });

  test('what was got can be given back', () => {
    const node = boot();
    const before = free(node);
    for (const pfn of node.allocPagesBulk(GFP_KERNEL, most()) ?? []) node.freePages(pfn, 0);
    expect(free(node)).toEqual(before);
  });
});
