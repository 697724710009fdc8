import type { WatermarkRequest, Watermarks, ZoneFreeState } from '../include/mmzone.ts';

export function zoneWatermarkOk(zone: ZoneFreeState, request: WatermarkRequest): boolean {
  let mark = request.mark;
  const high = (request.allocFlags & 0x20) !== 0;
  const nonBlock = (request.allocFlags & 0x10) !== 0;
  if (high) mark = mark - Math.trunc(mark / 2);
  if (high && nonBlock) mark = mark - Math.trunc(mark / 4);
  const usable = zone.nrFreePages - 2 ** request.order + 1;
  if (!(usable > mark + zone.lowmemReserve[request.highestZone]!)) return false;
  if (request.order === 0) return true;
  for (let o = request.order; o < 11; o++) if (zone.nrFree[o]! > 0) return true;
  return false;
}

export function calculateMinFreeKbytes(lowmemPages: number): number {
  let kb = Math.trunc(Math.sqrt(lowmemPages * 64));
  if (kb < 128) kb = 128;
  if (kb > 262144) kb = 262144;
  return kb;
}

export function setupPerZoneWmarks(managed: readonly number[], minFreeKbytes: number, scale: number): Watermarks[] {
  const pagesMin = Math.trunc(minFreeKbytes / 4);
  let low = 0;
  for (let z = 0; z < 3; z++) low += managed[z]!;
  const out: Watermarks[] = [];
  for (let z = 0; z < managed.length; z++) {
    const share = Math.trunc((pagesMin * managed[z]!) / low);
    let min = share;
    if (z === 3) {
      min = Math.trunc(managed[z]! / 1024);
      if (min < 32) min = 32;
      if (min > 128) min = 128;
    }
    const step = Math.max(Math.trunc(share / 4), Math.trunc((managed[z]! * scale) / 10000));
    out.push({ promo: min + step * 3, high: min + step * 2, low: min + step, min });
  }
  return out;
}

export function setupPerZoneLowmemReserve(managed: readonly number[], ratio: readonly number[]): number[][] {
  const table: number[][] = [];
  for (let i = 0; i < managed.length; i++) {
    table.push([]);
    for (let j = 0; j < managed.length; j++) {
      let sum = 0;
      for (let k = i + 1; k <= j; k++) sum += managed[k]!;
      table[i]!.push(ratio[i]! > 0 && managed[i]! > 0 ? Math.trunc(sum / ratio[i]!) : 0);
    }
  }
  return table;
}
