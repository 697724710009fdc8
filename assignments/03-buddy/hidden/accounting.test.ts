import fc from 'fast-check';
import { forAll } from '../../../graders/suite/index.ts';
import { pictureOf, wrongAnswer } from './picture.ts';
import { backs, type Done, Play, type Step, takes } from './playing.ts';
import { type ZoneShape, zones } from './zones.ts';

function managed({ spannedPages, holes }: ZoneShape): number {
  return holes.reduce((sum, { start, end }) => sum - (end - start), spannedPages);
}

function counts(shape: ZoneShape, play: Play, { scene, before, after }: Done): void {
  const free = play.inUse.reduce((sum, { order }) => sum - 2 ** order, managed(shape));
  const { nrFreePages, nrFree } = play.zone;
  if (nrFreePages !== free) wrongAnswer(scene, before, `nrFreePages ${free}`, `${nrFreePages}`);
  const blocks = after.map((list) => list.length).join(' ');
  const counted = [...nrFree].join(' ');
  if (counted !== blocks) wrongAnswer(scene, before, `nrFree ${blocks}`, counted);
}

function play([shape, steps]: readonly [ZoneShape, readonly Step[]]): void {
  const play = new Play(shape);
  for (const step of steps) {
    const done = play.step(step);
    if (done !== null) counts(shape, play, done);
  }
}

const steps = fc.array(fc.oneof(takes, backs), { maxLength: 16 });

describe('accounting', () => {
  test('counts after every step in small zones', () => forAll(fc.tuple(zones(40), steps), play, 25));
  test('counts after every step in large zones', () => forAll(fc.tuple(zones(3000), steps), play, 8));

  test('isFreeBlock is true for the free blocks, and for no other place or order', () => {
    const play = new Play({ startPfn: 6, spannedPages: 30, holes: [{ start: 20, end: 22 }] });
    for (const order of [0, 1, 0, 2]) play.take(order);
    play.giveBack(1);
    const picture = pictureOf(play.zone);
    for (let order = 0; order <= 5; order++) {
      for (let pfn = 0; pfn < 48; pfn += 2 ** order) {
        const done = play.zone.isFreeBlock(pfn, order);
        expect(`isFreeBlock(${pfn}, ${order}) = ${done}`).toBe(
          `isFreeBlock(${pfn}, ${order}) = ${picture[order].includes(pfn)}`,
        );
      }
    }
  });
});
