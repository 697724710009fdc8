/**
 * Free blocks as a test sees them, and what each operation must make of them. Only what is said of the zone itself is
 * taken for granted, so that one wrong operation is not held against the next.
 */
import type { Figure } from '../../../graders/model/verdict.ts';
import { Wrong } from '../../../graders/suite/index.ts';
import { MAX_PAGE_ORDER, NR_PAGE_ORDERS } from '../../../starter/include/param.ts';

/** By order: the first frames of the free blocks, ascending. */
export type Picture = readonly (readonly number[])[];

export interface Block {
  readonly pfn: number;
  readonly order: number;
}

/** What is shown beside a picture. */
export interface Scene {
  readonly from: number;
  readonly to: number;
  readonly steps: readonly string[];
  readonly inUse: readonly Block[];
}

const ascending = (numbers: Iterable<number>): number[] => [...numbers].sort((a, b) => a - b);

const ORDERS = Array.from({ length: NR_PAGE_ORDERS }, (_, order) => order);

export function pictureOf(zone: { freeBlocks(): number[][] }): Picture {
  const blocks = zone.freeBlocks();
  return ORDERS.map((order) => ascending(blocks[order]));
}

/** What is free after boot of the frames for which `isMemory` holds: the largest aligned blocks that fit. */
export function bootPicture(from: number, to: number, isMemory: (pfn: number) => boolean): Picture {
  const picture: number[][] = ORDERS.map(() => []);
  // How many frames of memory there are from the first one up to each.
  const before = [0];
  for (let pfn = from; pfn < to; pfn++) before.push(before[pfn - from] + (isMemory(pfn) ? 1 : 0));
  const upTo = (pfn: number): number => before[Math.min(Math.max(pfn, from), to) - from];
  const fill = (pfn: number, order: number): void => {
    const frames = upTo(pfn + 2 ** order) - upTo(pfn);
    if (frames === 2 ** order) picture[order].push(pfn);
    else if (frames > 0) {
      fill(pfn, order - 1);
      fill(pfn + 2 ** (order - 1), order - 1);
    }
  };
  const largest = 2 ** MAX_PAGE_ORDER;
  for (let pfn = Math.floor(from / largest) * largest; pfn < to; pfn += largest) fill(pfn, MAX_PAGE_ORDER);
  return picture;
}

/** The order of the blocks of which one must be taken, or undefined when none is large enough. */
export function smallestSufficient(picture: Picture, order: number): number | undefined {
  return ORDERS.find((at) => at >= order && picture[at].length > 0);
}

/** The picture after the block of order `from` at `pfn` was split down to `order` and its start handed out. */
export function afterTake(picture: Picture, pfn: number, from: number, order: number): Picture {
  return picture.map((blocks, at) => {
    if (at === from) return blocks.filter((block) => block !== pfn);
    return at >= order && at < from ? ascending([...blocks, pfn + 2 ** at]) : blocks;
  });
}

/** The picture after a block came back and merged as far as it can. */
export function afterFree(picture: Picture, freed: Block): Picture {
  const blocks = picture.map((list) => new Set(list));
  let { pfn, order } = freed;
  while (order < MAX_PAGE_ORDER) {
    const isLower = pfn % 2 ** (order + 1) === 0;
    if (!blocks[order].delete(isLower ? pfn + 2 ** order : pfn - 2 ** order)) break;
    if (!isLower) pfn -= 2 ** order;
    order++;
  }
  blocks[order].add(pfn);
  return blocks.map(ascending);
}

export function framesIn(picture: Picture): number {
  return picture.reduce((sum, blocks, order) => sum + blocks.length * 2 ** order, 0);
}

/** @throws Wrong, with both pictures, unless they are the same */
export function compare(scene: Scene, before: Picture | null, expected: Picture, actual: Picture): void {
  if (ORDERS.every((order) => String(expected[order]) === String(actual[order]))) return;
  throw new Wrong({
    steps: [...scene.steps],
    expected: `free blocks ${inWords(expected)}`,
    actual: `free blocks ${inWords(actual)}`,
    figures: [
      ...(before === null ? [] : [strip('before the last step', scene, before, before)]),
      strip('after it', scene, expected, actual),
    ],
  });
}

/** @throws Wrong, for an answer that is not the one expected */
export function wrongAnswer(scene: Scene, before: Picture, expected: string, actual: string): never {
  throw new Wrong({
    steps: [...scene.steps],
    expected,
    actual,
    figures: [strip('before the last step', scene, before, before)],
  });
}

/** `order 0: 5, 7; order 2: 8`, the first few of each order. */
function inWords(picture: Picture): string {
  const parts = picture.flatMap((blocks, order) => {
    const shown = blocks.slice(0, 12).join(', ');
    return blocks.length === 0 ? [] : [`order ${order}: ${shown}${blocks.length > 12 ? ', ...' : ''}`];
  });
  return parts.length === 0 ? 'none' : parts.join('; ');
}

/** One row for each order, the largest on top, and one for the blocks in use. */
function strip(title: string, scene: Scene, expected: Picture, actual: Picture): Figure {
  const cell = (pfn: number, order: number, state: 'free' | 'used' | 'wrong' | 'missing') => ({
    from: pfn,
    to: pfn + 2 ** order,
    state,
    label: order === 0 ? `${pfn}` : `${pfn}..${pfn + 2 ** order - 1}`,
  });
  const rows = ORDERS.toReversed().map((order) => {
    const [wanted, found] = [new Set(expected[order]), new Set(actual[order])];
    return {
      label: `order ${order}`,
      cells: [
        ...actual[order].map((pfn) => cell(pfn, order, wanted.has(pfn) ? 'free' : 'wrong')),
        ...expected[order].filter((pfn) => !found.has(pfn)).map((pfn) => cell(pfn, order, 'missing')),
      ],
    };
  });
  const used = { label: 'in use', cells: scene.inUse.map(({ pfn, order }) => cell(pfn, order, 'used')) };
  return {
    kind: 'strip',
    title,
    axis: { unit: 'frame', from: scene.from, to: scene.to },
    rows: [...rows, used],
    text: `free blocks ${inWords(actual)}`,
  };
}
