import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packZip } from '../../../lms/archive/write.ts';
import { points } from '../../../report/text.ts';
import type { Kit } from './kit.ts';
import type { SelfChecked } from './self-check.ts';

export interface Packed {
  readonly kind: 'packed' | 'refused';
  readonly says: string;
}

/** Packs what is handed in: the files that are graded and no others. What cannot be graded is not packed. */
export async function pack({ home, assignment }: Kit, { checked, result }: SelfChecked): Promise<Packed> {
  if (result.verdict === 'ungradable') {
    return { kind: 'refused', says: 'Nothing was packed: as it is, it could not be graded. The reasons stand above.' };
  }
  const zip = join(home, `${assignment.id}.zip`);
  writeFileSync(zip, await packZip(checked.overlay));
  const files = [...checked.overlay.keys()].map((path) => `  ${path}`);
  const head = `Packed, with ${points(result.milli)} of ${points(result.maxMilli)} public points:`;
  return { kind: 'packed', says: [head, ...files, `Hand in: ${zip}`].join('\n') };
}
