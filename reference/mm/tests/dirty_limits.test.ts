import { DEFAULT_DIRTY_SYSCTLS, domainDirtyLimits, posRatio, setDirtySysctl } from '../dirty_limits.ts';

describe('domainDirtyLimits', () => {
  test.each([
    [100001, 19995, 9985, 14990],
    [262145, 52416, 26176, 39296],
    [1000001, 199951, 99853, 149902],
  ])('of %i dirtyable pages', (dirtyable, thresh, background, freerun) => {
    expect(domainDirtyLimits(dirtyable, DEFAULT_DIRTY_SYSCTLS)).toEqual({ thresh, background, freerun });
  });

  test('the background limit is half of the other where it would not be below it', () => {
    const sysctls = { ...DEFAULT_DIRTY_SYSCTLS, dirtyRatio: 10, dirtyBackgroundRatio: 10 };
    expect(domainDirtyLimits(100001, sysctls)).toEqual({ thresh: 9985, background: 4992, freerun: 7488 });
  });

  test('bytes count instead of ratios, in whole pages', () => {
    const sysctls = { ...DEFAULT_DIRTY_SYSCTLS, dirtyBytes: 100 * 4096 + 1, dirtyBackgroundBytes: 50 * 4096 };
    expect(domainDirtyLimits(1000, sysctls)).toEqual({ thresh: 101, background: 50, freerun: 75 });
  });
});

describe('setDirtySysctl', () => {
  test('bytes zero the ratio and the other way round', () => {
    const bytes = setDirtySysctl(DEFAULT_DIRTY_SYSCTLS, 'dirtyBytes', 8192);
    expect(bytes).toEqual({ ...DEFAULT_DIRTY_SYSCTLS, dirtyBytes: 8192, dirtyRatio: 0 });
    expect(setDirtySysctl(bytes, 'dirtyRatio', 30)).toEqual({ ...DEFAULT_DIRTY_SYSCTLS, dirtyRatio: 30 });
    expect(setDirtySysctl(DEFAULT_DIRTY_SYSCTLS, 'dirtyBackgroundBytes', 1).dirtyBackgroundRatio).toBe(0);
    expect(setDirtySysctl(DEFAULT_DIRTY_SYSCTLS, 'dirtyExpireCentisecs', 1)).toMatchObject({ dirtyRatio: 20 });
  });
});

describe('posRatio', () => {
  const limits = { thresh: 2000, background: 1000, freerun: 1500 };

  test.each([
    ['twice the speed of the disk at freerun', 1500, 2048 - 24],
    ['its speed at the setpoint', 1750, 1024],
    ['half-way to the limit, seven eighths', 1875, 1024 - 128],
    ['nothing at the limit', 2000, 0],
    ['nothing above it', 2500, 0],
  ])('is %s', (_, dirty, ratio) => {
    expect(Math.abs(posRatio(dirty, limits) - ratio)).toBeLessThanOrEqual(12);
  });
});
