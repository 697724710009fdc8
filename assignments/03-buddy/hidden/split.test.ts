import fc from 'fast-check';
import { forAll } from '../../../graders/suite/index.ts';
import { afterTake, compare, smallestSufficient, wrongAnswer } from './picture.ts';
import { type Done, Play, type Step, takes } from './playing.ts';
import { type ZoneShape, zones } from './zones.ts';

/** The start of a block of the smallest sufficient order; its upper halves become free, nothing else changes. */
function splits({ scene, before, after, took }: Done): void {
  if (took === null) return;
  const { order, pfn } = took;
  const from = smallestSufficient(before, order);
  if (from === undefined) {
    if (pfn !== null) wrongAnswer(scene, before, 'null: no block is large enough', String(pfn));
    compare(scene, before, before, after);
    return;
  }
  if (pfn === null || !before[from].includes(pfn)) {
    wrongAnswer(scene, before, `the first frame of a free block of order ${from}`, String(pfn));
  }
  compare(scene, before, afterTake(before, pfn, from, order), after);
}

function play([shape, steps]: readonly [ZoneShape, readonly Step[]]): void {
  const play = new Play(shape);
  for (const step of steps) {
    const done = play.step(step);
    if (done !== null) splits(done);
  }
}

const steps = (maxLength: number) => fc.array(takes, { maxLength });

describe('split', () => {
  test('small zones', () => forAll(fc.tuple(zones(64), steps(16)), play, 50));
  test('zones of several largest blocks', () => forAll(fc.tuple(zones(4000), steps(8)), play, 12));

  test('a whole zone, frame by frame', () => {
    const play = new Play({ startPfn: 3, spannedPages: 50, holes: [{ start: 40, end: 41 }] });
    for (let i = 0; i < 50; i++) splits(play.take(0));
  });
});
