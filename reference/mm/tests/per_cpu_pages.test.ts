import { GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from '../../include/gfp.ts';
import { bootAll, onlyZone } from './machines.ts';

//  65536 pages: batch 15, LOW = high = 65
function machine() {
  const pages = bootAll(65536, 'on');
  return { pages, pcp: pages.zones.pcp(onlyZone(pages), 0) };
}

describe('PerCpuPages', () => {
  test('is refilled by a batch, and hands it out as the zone gave it', () => {
    const { pages, pcp } = machine();
    expect([pcp.high, pcp.batch]).toEqual([65, 15]);
    expect(pages.allocPages(GFP_HIGHUSER_MOVABLE, 0)).toBe(0);
    expect(pcp.count).toBe(14);
    expect(pages.nrFreePages).toBe(65536 - 15);
    expect(Array.from({ length: 14 }, () => pages.allocPages(GFP_HIGHUSER_MOVABLE, 0))).toEqual(
      Array.from({ length: 14 }, (_, i) => i + 1),
    );
    expect(pcp.count).toBe(0);
  });

  test('hands out the page freed last', () => {
    const { pages } = machine();
    const [a, b] = [pages.allocPages(GFP_KERNEL, 0), pages.allocPages(GFP_KERNEL, 0)];
    pages.putPages(a ?? -1, 0);
    pages.putPages(b ?? -1, 0);
    expect(pages.allocPages(GFP_KERNEL, 0)).toBe(b);
    expect(pages.allocPages(GFP_KERNEL, 0)).toBe(a);
  });

  test('never reaches high, and gives more back the longer pages only come', () => {
    const { pages, pcp } = machine();
    const pfns = Array.from({ length: 300 }, () => pages.allocPages(GFP_HIGHUSER_MOVABLE, 0) ?? -1);
    const counts: number[] = [];
    for (const pfn of pfns) {
      pages.putPages(pfn, 0);
      counts.push(pcp.count);
    }
    expect(Math.max(...counts)).toBe(64);
    // 65 came: 50 of them may go, so that a batch stays; then again, 50 pages later
    const drops = counts.flatMap((count, i) => (count < (counts[i - 1] ?? 0) ? [count] : []));
    expect(drops).toEqual([15, 15, 15, 15, 15]);
    pages.validate();
  });

  test('gives back those pages that came first', () => {
    const { pages, pcp } = machine();
    const pfns = Array.from({ length: 75 }, () => pages.allocPages(GFP_HIGHUSER_MOVABLE, 0) ?? -1);
    expect(pcp.count).toBe(0);
    for (const pfn of pfns.slice(0, 65)) pages.putPages(pfn, 0);
    expect([...pcp.pages()].map(({ pfn }) => pfn)).toEqual(pfns.slice(50, 65).toReversed());
  });

  test('keeps orders 0 to 3 and huge pages, of other orders none', () => {
    const { pages, pcp } = machine();
    const kept = [0, 1, 2, 3, 4, 5, 8, 9, 10].map((order) => {
      const pfn = pages.allocPages(GFP_HIGHUSER_MOVABLE, order) ?? -1;
      pages.drainAllPages();
      pages.putPages(pfn, order);
      const { count } = pcp;
      pages.drainAllPages();
      return count;
    });
    // a huge page alone is more than high: it is given back at once, like orders that are not kept
    expect(kept).toEqual([1, 2, 4, 8, 0, 0, 0, 0, 0]);
  });

  test('keeps kinds apart by pageblock, not by what was asked', () => {
    const { pages, pcp } = machine();
    const movable = pages.allocPages(GFP_HIGHUSER_MOVABLE, 0) ?? -1;
    pages.drainAllPages();
    pages.zones.pageblocks.set(movable, 0);
    pages.putPages(movable, 0);
    expect([...pcp.pages()]).toEqual([{ pfn: movable, order: 0 }]);
    expect(pages.allocPages(GFP_KERNEL, 0)).toBe(movable);
  });

  test('belongs to one CPU', () => {
    const { pages } = machine();
    const pfn = pages.allocPages(GFP_KERNEL, 0, { cpu: 0 });
    pages.putPages(pfn ?? -1, 0);
    expect(pages.zones.nrPcpPages).toBe(15);
  });
});
