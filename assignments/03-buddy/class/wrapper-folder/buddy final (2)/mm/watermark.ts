import type { WatermarkRequest, Watermarks, ZoneFreeState } from '../include/mmzone.ts';

const pipe =
  (...steps: ((n: number) => number)[]) =>
  (n: number) =>
    steps.reduce((value, step) => step(value), n);

const lessPart = (part: number) => (n: number) => n - Math.floor(n / part);
const same = (n: number) => n;

export function zoneWatermarkOk(zone: ZoneFreeState, request: WatermarkRequest): boolean {
  const { order, mark, highestZone, allocFlags } = request;
  const sink = [same, same, lessPart(2), pipe(lessPart(2), lessPart(4))][(allocFlags >> 4) & 3]!;
  const missing = sink(mark) + zone.lowmemReserve[highestZone]! + 2 ** order - zone.nrFreePages;
  if (missing > 0) return false;
  return order === 0 || zone.nrFree.filter((n, o) => n !== 0 && o >= order).length !== 0;
}

export const calculateMinFreeKbytes = pipe(
  (pages) => pages * 4 * 16,
  Math.sqrt,
  Math.floor,
  (kb) => Math.max(kb, 128),
  (kb) => Math.min(kb, 262144),
);

export function setupPerZoneWmarks(managed: readonly number[], kb: number, scale: number): Watermarks[] {
  const lowmem = managed[0]! + managed[1]! + managed[2]!;
  const marksOf = (min: number, step: number): Watermarks => ({
    min,
    low: min + step,
    high: min + step + step,
    promo: min + step + step + step,
  });
  const shareOf = (pages: number) => Math.floor((Math.floor(kb / 4) * pages) / lowmem);
  const stepOf = (pages: number) => Math.max(Math.floor(shareOf(pages) / 4), Math.floor((pages * scale) / 10000));
  const minOf = (pages: number, zone: number) =>
    zone === 3 ? [32, Math.floor(pages / 1024), 128].sort((a, b) => a - b)[1]! : shareOf(pages);
  return managed.map((pages, zone) => marksOf(minOf(pages, zone), stepOf(pages)));
}

export function setupPerZoneLowmemReserve(managed: readonly number[], ratio: readonly number[]): number[][] {
  const upTo = managed.reduce<number[]>((sums, pages) => [...sums, sums.at(-1)! + pages], [0]);
  return managed.map((own, i) =>
    managed.map((_, j) => (j <= i || own * ratio[i]! === 0 ? 0 : Math.floor((upTo[j + 1]! - upTo[i + 1]!) / ratio[i]!))),
  );
}
