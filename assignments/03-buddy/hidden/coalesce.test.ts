import fc from 'fast-check';
import { forAll, seed } from '../../../graders/suite/index.ts';
import { shuffled } from '../public/shuffled.ts';
import { afterFree, compare, pictureOf } from './picture.ts';
import { backs, type Done, Play, type Step, takes } from './playing.ts';
import { type ZoneShape, zones } from './zones.ts';

/** The block is free, merged as far as its free buddies allow; nothing else changes. */
function merges({ scene, before, after, gaveBack }: Done): void {
  if (gaveBack !== null) compare(scene, before, afterFree(before, gaveBack), after);
}

/** Plays the steps, then gives back what is left: the picture must be that of boot again. */
function playAndReturn([shape, steps]: readonly [ZoneShape, readonly Step[]]): void {
  const play = new Play(shape);
  const boot = pictureOf(play.zone);
  let last: Done | null = null;
  for (const step of steps) {
    last = play.step(step);
    if (last !== null) merges(last);
  }
  while (play.inUse.length > 0) {
    last = play.giveBack(play.inUse.length - 1);
    merges(last);
  }
  const { startPfn, spannedPages } = shape;
  const scene = { from: startPfn, to: startPfn + spannedPages, steps: play.steps, inUse: [] };
  compare(scene, last?.before ?? null, boot, pictureOf(play.zone));
}

const steps = (maxLength: number) => fc.array(fc.oneof(takes, backs), { maxLength });

describe('coalesce', () => {
  test('small zones', () => forAll(fc.tuple(zones(40), steps(16)), playAndReturn, 40));
  test('zones of several largest blocks', () => forAll(fc.tuple(zones(4000), steps(8)), playAndReturn, 12));

  test('whichever block comes back first, the same is free in the end', () => {
    const everyOrder = fc.tuple(zones(20), fc.nat(2), fc.nat(1000));
    forAll(
      everyOrder,
      ([shape, order, choice]) => {
        const play = new Play(shape);
        const boot = pictureOf(play.zone);
        for (let i = 0; i < shape.spannedPages; i++) play.take(order);
        const sequence = shuffled(play.inUse.length, seed() + choice);
        let last: Done | null = null;
        for (let left = sequence.length; left > 0; left--) {
          last = play.giveBack(sequence[left - 1] % left);
          merges(last);
        }
        if (last !== null) compare(last.scene, last.before, boot, last.after);
      },
      15,
    );
  });

  test('blocks of every order come back upper half first, then lower half first', () => {
    for (let order = 0; order < 10; order++) {
      for (const first of [0, 1]) {
        const play = new Play({ startPfn: 0, spannedPages: 2 ** (order + 1), holes: [] });
        play.take(order);
        play.take(order);
        if (play.inUse.length < 2) continue;
        const upper = play.inUse[0].pfn > play.inUse[1].pfn ? 0 : 1;
        merges(play.giveBack(first === 0 ? upper : 1 - upper));
        merges(play.giveBack(0));
      }
    }
  });

  test('largest blocks do not merge', () => {
    const play = new Play({ startPfn: 0, spannedPages: 4096, holes: [] });
    for (let i = 0; i < 4; i++) play.take(10);
    while (play.inUse.length > 0) merges(play.giveBack(0));
  });
});
