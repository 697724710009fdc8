import type { BuddyinfoZone } from '../../include/mmzone.ts';

export function fragShow(node: number, zones: readonly BuddyinfoZone[]): string {
  let text = '';
  for (const zone of zones) {
    if (zone.managedPages === 0) continue;
    text += 'Node ' + node + ', zone ' + zone.name.padStart(8, ' ') + ' ';
    for (let o = 0; o <= 10; o++) text += zone.nrFree[o]!.toString().padStart(6, ' ') + ' ';
    text += '\n';
  }
  return text;
}
