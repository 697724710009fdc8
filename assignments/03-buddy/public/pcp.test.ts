import { subject } from '../../../graders/suite/index.ts';
import type * as Pcp from '../../../starter/mm/pcp.ts';

const pcp = subject<typeof Pcp>('mm/pcp');

/** A zone that hands out 100, 101, 102 ... up to a limit, and remembers what came back. */
function counting(limit: number) {
  const returned: number[] = [];
  let next = 100;
  return {
    returned,
    rmqueue: () => (next < 100 + limit ? next++ : null),
    freeOnePage: (pfn: number) => {
      returned.push(pfn);
    },
  };
}

describe('pcp', () => {
  test('pages come out as the zone gave them; one just freed comes out first', () => {
    const list = new pcp.PerCpuPages(counting(100), 4, 8);
    expect([list.alloc(), list.alloc()]).toEqual([100, 101]);
    expect(list.count).toBe(2);
    list.free(100);
    expect([list.alloc(), list.alloc()]).toEqual([100, 102]);
  });

  test('at high, a batch goes back from the tail', () => {
    const zone = counting(100);
    const list = new pcp.PerCpuPages(zone, 2, 4);
    for (const pfn of [1, 2, 3, 4]) list.free(pfn);
    expect(list.count).toBe(2);
    expect(zone.returned.toSorted()).toEqual([1, 2]);
  });

  test.each([
    [3840, 0],
    [65536, 15],
    [262144, 63],
  ])('a zone of %i pages moves %i at a time', (managed, batch) => {
    expect(pcp.zoneBatchsize(managed)).toBe(batch);
  });
});
