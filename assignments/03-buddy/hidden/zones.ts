/** Random zones: any first frame, any length, holes anywhere. */
import fc from 'fast-check';
import type { PfnRange } from '../../../starter/include/mmzone.ts';

export interface ZoneShape {
  readonly startPfn: number;
  readonly spannedPages: number;
  readonly holes: readonly PfnRange[];
}

/** Distances: frames of memory before a hole, and of the hole. */
function shape(startPfn: number, spannedPages: number, gaps: readonly (readonly [number, number])[]): ZoneShape {
  const end = startPfn + spannedPages;
  const holes: PfnRange[] = [];
  let at = startPfn;
  for (const [memory, hole] of gaps) {
    const start = at + memory;
    at = Math.min(start + hole, end);
    if (start >= end) break;
    holes.push({ start, end: at });
  }
  return { startPfn, spannedPages, holes };
}

/** @param spannedPages  at most */
export function zones(spannedPages: number): fc.Arbitrary<ZoneShape> {
  return fc
    .tuple(
      fc.nat(3000),
      fc.integer({ min: 1, max: spannedPages }),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 20 })), { maxLength: 2 }),
    )
    .map(([start, pages, gaps]) => shape(start, pages, gaps));
}

export const isMemory =
  ({ holes }: ZoneShape) =>
  (pfn: number): boolean =>
    !holes.some(({ start, end }) => start <= pfn && pfn < end);

export function construction({ startPfn, spannedPages, holes }: ZoneShape): string {
  const list = holes.map(({ start, end }) => `${start}..${end - 1}`).join(', ');
  return `new Zone: ${spannedPages} frames from ${startPfn}${list === '' ? '' : `, holes ${list}`}`;
}
