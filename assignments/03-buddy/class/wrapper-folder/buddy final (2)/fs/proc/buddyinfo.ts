import type { BuddyinfoZone } from '../../include/mmzone.ts';

export function fragShow(node: number, zones: readonly BuddyinfoZone[]): string {
  const line = (zone: BuddyinfoZone) =>
    [`Node ${node}, zone ${zone.name.padStart(8)}`, ...zone.nrFree.map((n) => String(n).padStart(6)), '\n'].join(' ');
  return zones.flatMap((zone) => (zone.managedPages === 0 ? [] : [line(zone)])).join('');
}
