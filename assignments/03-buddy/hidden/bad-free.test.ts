import fc from 'fast-check';
import { forAll } from '../../../graders/suite/index.ts';
import { panics } from '../public/panics.ts';
import { type Block, pictureOf, wrongAnswer } from './picture.ts';
import { Play, type Step, takes } from './playing.ts';
import { type ZoneShape, zones } from './zones.ts';

/** @throws Wrong unless giving this block back panics */
function refuses(play: Play, { pfn, order }: Block): void {
  const before = pictureOf(play.zone);
  const scene = {
    from: play.zone.startPfn,
    to: play.zone.startPfn + play.zone.spannedPages,
    steps: [...play.steps, `freeOnePage(${pfn}, ${order})`],
    inUse: [...play.inUse],
  };
  if (!panics(() => play.zone.freeOnePage(pfn, order))) {
    wrongAnswer(scene, before, 'a panic: no such block is in use', 'the block was taken back');
  }
}

/** Sixteen frames from 16 on: one block of order 2, one of order 1 and two frames are in use, the rest is free. */
function someInUse(): Play {
  const play = new Play({ startPfn: 16, spannedPages: 16, holes: [] });
  for (const order of [2, 1, 0, 0]) play.take(order);
  return play;
}

describe('bad-free', () => {
  test('every place and order that is not in use as such', () => {
    for (let order = 0; order <= 4; order++) {
      for (let pfn = 16 - 2 ** order; pfn < 32 + 2 ** order; pfn += 2 ** order) {
        const play = someInUse();
        if (!play.inUse.some((block) => block.pfn === pfn && block.order === order)) refuses(play, { pfn, order });
      }
    }
  });

  test('a frame inside of a block', () => {
    const play = new Play({ startPfn: 0, spannedPages: 8, holes: [] });
    play.take(3);
    for (const [pfn, order] of [
      [1, 0],
      [1, 3],
      [4, 2],
    ] as const) {
      refuses(play, { pfn, order });
    }
  });

  test('a hole', () => {
    const play = new Play({ startPfn: 0, spannedPages: 8, holes: [{ start: 2, end: 4 }] });
    refuses(play, { pfn: 2, order: 1 });
    refuses(play, { pfn: 3, order: 0 });
  });

  test('a block that came back and has become part of a larger one', () => {
    const play = new Play({ startPfn: 0, spannedPages: 16, holes: [] });
    play.take(0);
    const second = play.take(0).took?.pfn ?? 0;
    play.giveBack(1);
    refuses(play, { pfn: second, order: 0 });
    play.giveBack(0);
    for (const pfn of [0, 1]) refuses(play, { pfn, order: 0 });
  });

  test('a block that came back and was split for another', () => {
    const play = new Play({ startPfn: 0, spannedPages: 4, holes: [] });
    const whole = play.take(2).took?.pfn ?? 0;
    play.giveBack(0);
    play.take(0);
    refuses(play, { pfn: whole, order: 2 });
  });

  test('all blocks of a random zone come back once', () => {
    forAll(fc.tuple(zones(60), fc.array(takes, { maxLength: 8 })), once, 15);
  });
});

function once([shape, steps]: readonly [ZoneShape, readonly Step[]]): void {
  const play = new Play(shape);
  for (const step of steps) play.step(step);
  while (play.inUse.length > 0) {
    const [block] = play.inUse;
    play.giveBack(0);
    refuses(play, block);
  }
}
