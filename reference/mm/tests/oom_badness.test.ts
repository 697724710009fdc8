import { EACCES, EINVAL } from '../../include/errno.ts';
import { oomAdj, oomBadness, oomScore, setOomAdj, setOomScoreAdj } from '../oom_badness.ts';

/** Pages of RAM and swap. */
const TOTAL = 2_000_000;

function scoreOf(rssPages: number, adj: number): number {
  const holds = { rssPages, rss: { swapents: 0 }, pgtablesBytes: 0 };
  return oomScore(oomBadness(holds, adj, TOTAL), TOTAL);
}

describe('oomBadness', () => {
  test('pages in memory, in swap, and of page tables; nothing else', () => {
    expect(oomBadness({ rssPages: 100, rss: { swapents: 20 }, pgtablesBytes: 3 * 4096 }, 0, TOTAL)).toBe(123);
  });

  test('a thousandth of all memory for each point of oom_score_adj, rounded down', () => {
    const nothing = { rssPages: 0, rss: { swapents: 0 }, pgtablesBytes: 0 };
    expect([1, -3].map((adj) => oomBadness(nothing, adj, 5999))).toEqual([5, -15]);
  });

  test('-1000: never', () => {
    expect(oomBadness({ rssPages: TOTAL, rss: { swapents: 0 }, pgtablesBytes: 0 }, -1000, TOTAL)).toBeNull();
  });
});

describe('oomScore', () => {
  test.each([
    [0, 0, 666],
    [100_000, 0, 700],
    [1_000_000, 0, 1000],
    [2_000_000, 0, 1333],
    [100_000, 500, 1033],
    [100_000, 1000, 1366],
    [100_000, -500, 366],
    [0, -999, 0],
    [2_000_000, -1000, 0],
  ])('%i of 2,000,000 pages, set to %i: %i', (pages, adj, score) => {
    expect(scoreOf(pages, adj)).toBe(score);
  });
});

describe('setOomScoreAdj', () => {
  test('-1000 .. 1000', () => {
    const process = { oomScoreAdj: 0, oomScoreAdjMin: 0 };
    expect([-1001, 1001, 0.5].map((value) => setOomScoreAdj(process, value, true))).toEqual([
      -EINVAL,
      -EINVAL,
      -EINVAL,
    ]);
    expect(process).toEqual({ oomScoreAdj: 0, oomScoreAdjMin: 0 });
  });

  test('without CAP_SYS_RESOURCE no lower than it was last set with it', () => {
    const process = { oomScoreAdj: 0, oomScoreAdjMin: 0 };
    expect(setOomScoreAdj(process, 300, false)).toBe(0);
    expect(setOomScoreAdj(process, 0, false)).toBe(0);
    expect(setOomScoreAdj(process, -1, false)).toBe(-EACCES);
    expect(setOomScoreAdj(process, -500, true)).toBe(0);
    expect(setOomScoreAdj(process, 200, false)).toBe(0);
    expect(setOomScoreAdj(process, -500, false)).toBe(0);
    expect(setOomScoreAdj(process, -501, false)).toBe(-EACCES);
  });
});

describe('the older unit', () => {
  test.each([
    [-1000, -17],
    [0, 0],
    [100, 1],
    [250, 4],
    [333, 5],
    [500, 8],
    [999, 15],
    [1000, 15],
  ])('oom_score_adj %i reads %i', (adj, old) => {
    expect(oomAdj(adj)).toBe(old);
  });

  test.each([
    [15, 1000],
    [14, 823],
    [1, 58],
  ])('%i sets %i', (old, adj) => {
    const process = { oomScoreAdj: 0, oomScoreAdjMin: 0 };
    expect(setOomAdj(process, old, false)).toBe(0);
    expect(process.oomScoreAdj).toBe(adj);
  });

  test('-17 .. 15, and never lower without CAP_SYS_RESOURCE', () => {
    const process = { oomScoreAdj: 500, oomScoreAdjMin: 0 };
    expect([-18, 16].map((value) => setOomAdj(process, value, true))).toEqual([-EINVAL, -EINVAL]);
    expect(setOomAdj(process, 1, false)).toBe(-EACCES);
    expect([setOomAdj(process, -17, true), process.oomScoreAdj]).toEqual([0, -1000]);
  });
});
