import { NSEC_PER_SEC } from '../../arch/clock.ts';
import { DropCaches } from '../../fs/drop_caches.ts';
import { SuperShrinker } from '../../fs/super_shrink.ts';
import { FsRoom } from '../../fs/tests/fs_room.ts';
import { ENOENT } from '../../include/errno.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import { Shrinkers } from '../../mm/shrinker.ts';
import { breaksPageCacheLaw, breaksReadaheadBudget, type CachedFiles, type Random } from '../page_cache.ts';

/** A linear congruential generator: the same numbers on every run. */
function seeded(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function ours(room: FsRoom): CachedFiles {
  const open = [0, 1, 2].map((file) => room.open(`/f${file}`));
  const shrinkers = new Shrinkers(room.rooms.vmstat.events);
  shrinkers.register(new SuperShrinker(room.fs));
  const drop = new DropCaches(room.writeback, shrinkers, () => undefined);
  const zero = (result: number): number => Math.min(result, 0);
  return {
    write: (file, page, fill) => zero(room.writePages(open[file], page, 1, fill)),
    read(file, page) {
      const bytes = room.fs.read(open[file], page * PAGE_SIZE, PAGE_SIZE);
      if (typeof bytes === 'number') return bytes;
      if (bytes.length === 0) return -ENOENT;
      return bytes.every((byte) => byte === bytes[0]) ? bytes[0] : Number.NaN;
    },
    truncate: (file, pages) => room.fs.truncate(open[file], pages * PAGE_SIZE),
    fsync: (file) => room.fs.fsync(open[file]),
    dropCaches: () => void drop.write(3, 'sh', 1),
    wait: (seconds) => room.rooms.clock.advance(seconds * NSEC_PER_SEC),
    validate: () => room.validate(),
    reboot: () => ours(room.reboot()),
  };
}

const make = (): CachedFiles => ours(new FsRoom({ frames: 128, blocks: 128 }));

describe('the laws of a page cache', () => {
  test.each(Array.from({ length: 12 }, (_, seed) => seed))('hold for ours, seed %i', (seed) => {
    expect(breaksPageCacheLaw(make(), seeded(seed), 200)).toBeNull();
  });

  const faulty: [string, (files: CachedFiles) => Partial<CachedFiles>, string][] = [
    ['writes nothing on fsync', () => ({ fsync: () => 0 }), 'older than its last fsync'],
    ['forgets dirty pages when caches are dropped', (f) => ({ dropCaches: () => void f.truncate(0, 0) }), 'file 0'],
    ['keeps what was cut off', (f) => ({ truncate: (file, pages) => f.truncate(file, pages + 1) }), 'not -2'],
  ];

  test.each(faulty)('catch one that %s', (_, change, law) => {
    const broken = Array.from({ length: 8 }, (__, seed) => {
      const files = make();
      return breaksPageCacheLaw({ ...files, ...change(files) }, seeded(seed), 200);
    });
    expect(broken.some((said) => said?.includes(law))).toBe(true);
  });
});

describe('the budget of readahead', () => {
  test.each([100, 333])('is kept by ours for %i pages', (pages) => {
    const room = new FsRoom();
    let files = 0;
    const reader = (): ((page: number) => void) => {
      const file = room.coldFile(`/f${files++}`, pages);
      return (page) => void room.readPages(file, page, 1);
    };
    expect(breaksReadaheadBudget(pages, reader, (run) => room.readsOf(run))).toBeNull();
  });

  test('is not kept without windows', () => {
    const room = new FsRoom();
    const reader = (): ((page: number) => void) => {
      const file = room.coldFile('/f', 100);
      file.ra.raPages = 0;
      return (page) => void room.readPages(file, page, 1);
    };
    expect(breaksReadaheadBudget(100, reader, (run) => room.readsOf(run))).toMatch('took 100 requests, not 7');
  });
});
