import { forAll, subject } from '../../../graders/suite/index.ts';
import type * as Mmzone from '../../../starter/mm/mmzone.ts';
import { bootPicture, compare, pictureOf, wrongAnswer } from './picture.ts';
import { construction, isMemory, type ZoneShape, zones } from './zones.ts';

const mmzone = subject<typeof Mmzone>('mm/mmzone');

function boots(shape: ZoneShape): void {
  const { startPfn, spannedPages, holes } = shape;
  const end = startPfn + spannedPages;
  const zone = new mmzone.Zone('Normal', startPfn, spannedPages, holes);
  const scene = { from: startPfn, to: Math.max(end, startPfn + 1), steps: [construction(shape)], inUse: [] };
  const expected = bootPicture(startPfn, end, isMemory(shape));
  compare(scene, null, expected, pictureOf(zone));
  const managed = spannedPages - holes.reduce((sum, hole) => sum + hole.end - hole.start, 0);
  if (zone.managedPages !== managed) {
    wrongAnswer(scene, expected, `managedPages ${managed}`, `${zone.managedPages}`);
  }
}

describe('boot', () => {
  test('zones of 0 to 64 frames from an odd frame', () => {
    for (let spannedPages = 0; spannedPages <= 64; spannedPages++) boots({ startPfn: 7, spannedPages, holes: [] });
  });

  test.each([224, 256, 1023, 1024, 1025, 5000])('a zone of %i frames', (spannedPages) => {
    boots({ startPfn: 0, spannedPages, holes: [] });
    boots({ startPfn: 1048576, spannedPages, holes: [] });
  });

  test('zones anywhere, with holes', () => {
    forAll(zones(1500), boots, 30);
  });

  test('a zone that begins and ends with a hole', () => {
    boots({
      startPfn: 100,
      spannedPages: 100,
      holes: [
        { start: 100, end: 108 },
        { start: 150, end: 151 },
        { start: 191, end: 200 },
      ],
    });
  });
});

describe('buddy-pfn', () => {
  test('is the other half of the block that is aligned to twice the size', () => {
    for (let order = 0; order < 10; order++) {
      for (const pair of [0, 1, 2, 3, 5, 511, 1023, 2 ** 19 - 1]) {
        const lower = pair * 2 ** (order + 1);
        expect(mmzone.findBuddyPfn(lower, order)).toBe(lower + 2 ** order);
        expect(mmzone.findBuddyPfn(lower + 2 ** order, order)).toBe(lower);
      }
    }
  });
});
