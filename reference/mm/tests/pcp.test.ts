import { Zone } from '../mmzone.ts';
import { PerCpuPages, zoneBatchsize } from '../pcp.ts';

describe('PerCpuPages', () => {
  test('hides its pages from the zone until it gives them back', () => {
    const zone = new Zone('Normal', 0, 16);
    const list = new PerCpuPages(zone, 4, 8);
    const page = list.alloc();
    expect([zone.nrFreePages, list.count]).toEqual([12, 3]);
    if (page !== null) list.free(page);
    list.drain();
    expect(zone.nrFree[4]).toBe(1);
  });
});

describe('zoneBatchsize', () => {
  test.each([
    [3840, 0],
    [65536, 15],
    [262144, 63],
    [772915, 63],
  ])('of %i pages is %i', (managed, batch) => {
    expect(zoneBatchsize(managed)).toBe(batch);
  });
});
