import { ALLOC_MIN_RESERVE, ALLOC_NON_BLOCK } from '../include/gfp.ts';
import type { WatermarkRequest, Watermarks, ZoneFreeState } from '../include/mmzone.ts';

const clamp = (low: number, value: number, high: number) => Math.min(high, Math.max(low, value));
const div = (a: number, b: number) => Math.floor(a / b);

export const zoneWatermarkOk = (
  { nrFreePages, nrFree, lowmemReserve }: ZoneFreeState,
  { order, mark, highestZone, allocFlags }: WatermarkRequest,
): boolean => {
  const rights = allocFlags & (ALLOC_MIN_RESERVE | ALLOC_NON_BLOCK);
  const half = mark - div(mark, 2);
  const min =
    rights === (ALLOC_MIN_RESERVE | ALLOC_NON_BLOCK) ? half - div(half, 4) : rights & ALLOC_MIN_RESERVE ? half : mark;
  const enough = nrFreePages - (2 ** order - 1) > min + (lowmemReserve[highestZone] ?? 0);
  return enough && (order === 0 || nrFree.slice(order).some(Boolean));
};

export const calculateMinFreeKbytes = (lowmemPages: number): number =>
  clamp(128, Math.floor(Math.sqrt(16 * 4 * lowmemPages)), 262144);

export const setupPerZoneWmarks = (managed: readonly number[], kb: number, scale: number): Watermarks[] => {
  const lowmem = managed.slice(0, 3).reduce((a, b) => a + b, 0);
  return managed.map((pages, zone) => {
    const share = div(div(kb, 4) * pages, lowmem);
    const step = Math.max(div(share, 4), div(pages * scale, 10000));
    const min = zone < 3 ? share : clamp(32, div(pages, 1024), 128);
    const [low, high, promo] = [1, 2, 3].map((n) => min + n * step) as [number, number, number];
    return { min, low, high, promo };
  });
};

export const setupPerZoneLowmemReserve = (managed: readonly number[], ratio: readonly number[]): number[][] =>
  managed.map((own, i) =>
    managed.map((_, j) => {
      const keeps = j > i && own > 0 && (ratio[i] ?? 0) > 0;
      return keeps ? div(managed.slice(i + 1, j + 1).reduce((a, b) => a + b, 0), ratio[i] ?? 1) : 0;
    }),
  );
