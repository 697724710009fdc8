import { PG_head } from '../../include/page_flags.ts';
import { LargeFolios } from '../huge_folio.ts';
import { MemMap } from '../mem_map.ts';
import { VmStat } from '../vm_stat.ts';

const [A, B, C] = [1, 2, 3];
const HEAD = 512;

function folios(): LargeFolios {
  const memMap = new MemMap(2048);
  memMap.set(HEAD, PG_head);
  memMap.order[HEAD] = 9;
  return new LargeFolios(memMap, new VmStat(1).events);
}

describe('who maps a folio', () => {
  test('one address space alone: not shared, however often', () => {
    const large = folios();
    large.addMapcount(HEAD, 1, A);
    expect(large.addMapcount(HEAD, 511, A).mappedShared).toBe(false);
  });

  test('two: shared, until one of them has gone', () => {
    const large = folios();
    large.addMapcount(HEAD, 512, A);
    expect(large.addMapcount(HEAD, 512, B).mappedShared).toBe(true);
    expect(large.subMapcount(HEAD, 511, A).mappedShared).toBe(true);
    expect(large.subMapcount(HEAD, 1, A).mappedShared).toBe(false);
  });

  test('a third has no name: shared while it is there, and after it only if two are left', () => {
    const large = folios();
    for (const mm of [A, B, C]) large.addMapcount(HEAD, 10, mm);
    expect(large.subMapcount(HEAD, 10, A).mappedShared).toBe(true);
    expect(large.subMapcount(HEAD, 10, C).mappedShared).toBe(false);
  });

  test('one that had no name and is left alone stays shared, as in Linux', () => {
    const large = folios();
    for (const mm of [A, B, C]) large.addMapcount(HEAD, 10, mm);
    large.subMapcount(HEAD, 10, A);
    expect(large.subMapcount(HEAD, 10, B).mappedShared).toBe(true);
  });
});

describe('a folio that loses parts', () => {
  test('waits to be split, once; and is forgotten when nobody maps it', () => {
    const large = folios();
    const folio = large.addMapcount(HEAD, 512, A);
    folio.nrPagesMapped = 512;
    large.settle(HEAD);
    expect([...large.deferred]).toEqual([]);
    for (const left of [511, 510]) {
      large.subMapcount(HEAD, 1, A).nrPagesMapped = left;
      large.settle(HEAD);
    }
    expect([[...large.deferred], folio.partiallyMapped]).toEqual([[HEAD], true]);
    large.subMapcount(HEAD, 510, A).nrPagesMapped = 0;
    large.settle(HEAD);
    expect([[...large.deferred], large.find(HEAD)]).toEqual([[], null]);
  });

  test('is unmapped once too often: panic', () => {
    const large = folios();
    large.addMapcount(HEAD, 1, A);
    expect(() => large.subMapcount(HEAD, 2, A)).toThrow('huge_folio: pfn 512 is unmapped once too often');
  });
});
