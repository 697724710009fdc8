import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Job, Observation } from '../../model/observation.ts';
import { withCrew } from '../crew.ts';
import type { Seen } from '../messages.ts';
import { playAll } from '../pool.ts';
import { outcomes, PATIENCE_MS, program, repertoire } from './stage.ts';

const markers = mkdtempSync(join(tmpdir(), 'osgrade-pool-'));
afterAll(() => rmSync(markers, { recursive: true, force: true }));

const job = (key: string, what: string) =>
  program(key, `return { trouble: () => (${JSON.stringify({ what, marker: join(markers, key) })}) };`);

const suites = [join(__dirname, 'suites/troubled.suite.ts')];
/** Longer than Jest takes to start on a busy machine. */
const TEST_WALL_MS = 8000;
/** As in the suite: until a worker dies that has played its job and waits for another. */
const DIES_AFTER_MS = 500;

function play(
  workers: number,
  jobs: readonly Job[],
  what: readonly string[],
  seen: Seen,
  testWallMs = 60_000,
): Promise<void> {
  return withCrew(workers, (crew) => playAll(jobs, repertoire(what), { crew, order: null, testWallMs }, seen));
}

describe('playAll', () => {
  test(
    'a worker that dies or hangs costs only the job that it held, and that one has a second try',
    async () => {
      const seen: [string, Observation][] = [];
      const jobs = [
        job('first', 'none'),
        job('dies', 'dies'),
        job('second', 'none'),
        job('dies once', 'dies once'),
        job('hangs', 'hangs'),
        job('fails', 'fails'),
        job('last', 'none'),
      ];
      await play(2, jobs, suites, (...each) => seen.push(each), TEST_WALL_MS);
      expect(seen.map(([key]) => key).sort()).toEqual(jobs.map(({ key }) => key).sort());
      const of = new Map(seen);
      for (const key of ['first', 'second', 'dies once', 'last'])
        expect(outcomes(of.get(key))).toEqual({ 'criterion: trouble': 'passed' });
      expect(outcomes(of.get('fails'))['criterion: trouble']).toMatch(/^failed: /);
      expect(of.get('dies')).toEqual({
        kind: 'broken',
        code: 'RUN_WORKER',
        says: 'the worker process died twice while it held this submission',
      });
      expect(of.get('hangs')).toEqual({ kind: 'stopped', limit: 'wall' });
    },
    PATIENCE_MS,
  );

  test(
    'the same is seen with one worker and with two, in whatever order',
    async () => {
      const jobs = ['a', 'b', 'c', 'd'].map((key) => job(key, key === 'c' ? 'fails' : 'none'));
      const runs = [1, 2].map(async (workers) => {
        const seen = new Map<string, Observation>();
        await withCrew(workers, (crew) => {
          const options = { crew, order: workers, testWallMs: 60_000 };
          return playAll(jobs, repertoire(suites), options, (key, observation) => seen.set(key, observation));
        });
        return Object.fromEntries(seen);
      });
      const [one, two] = await Promise.all(runs);
      expect(Object.keys(one ?? {}).sort()).toEqual(['a', 'b', 'c', 'd']);
      expect(two).toEqual(one);
    },
    PATIENCE_MS,
  );

  // 31: together with the one that dies, all that a run of Jest has room for: it dies between two runs.
  test.each([0, 31])(
    'a worker that dies while it waits, after %i other jobs, costs none, and nothing waits for it',
    async (before) => {
      async function* slowly(): AsyncGenerator<Job> {
        for (let i = 0; i < before; i++) yield job(`before ${i}`, 'none');
        yield job('last of its worker', 'dies later');
        await dead;
        yield job('late', 'none');
      }
      let tell: () => void = () => undefined;
      const dead = new Promise<void>((resolve) => {
        tell = () => setTimeout(resolve, 4 * DIES_AFTER_MS);
      });
      const seen: string[] = [];
      const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
      const waiting = timers();
      await withCrew(1, (crew) =>
        playAll(
          slowly(),
          repertoire(suites),
          { crew, order: null, testWallMs: 10 * PATIENCE_MS },
          (key, observation) => {
            expect(outcomes(observation)).toEqual({ 'criterion: trouble': 'passed' });
            seen.push(key);
            if (seen.length > before) tell();
          },
        ),
      );
      expect(seen.slice(before)).toEqual(['last of its worker', 'late']);
      // Jest has timers of its own, but short ones.
      while (timers() > waiting) await new Promise((resolve) => setTimeout(resolve, 100));
    },
    PATIENCE_MS,
  );

  test(
    'a suite that cannot be loaded is told for each job, in the suite’s own words',
    async () => {
      const seen: Observation[] = [];
      const missing = [join(__dirname, 'suites/missing.suite.ts')];
      await play(1, [job('a', 'none')], missing, (_, observation) => seen.push(observation));
      expect(seen).toEqual([{ kind: 'broken', code: 'RUN_WORKER', says: expect.stringContaining('missing.suite.ts') }]);
    },
    PATIENCE_MS,
  );

  test('what the listener throws ends it', async () => {
    const full = new Error('the disk is full');
    const played = play(1, [job('a', 'none')], suites, () => {
      throw full;
    });
    await expect(played).rejects.toBe(full);
  }, 60_000);

  test(
    'a crew plays one run after the other, whoever has gone in between',
    async () => {
      const seen: string[] = [];
      await withCrew(1, async (crew) => {
        const options = { crew, order: null, testWallMs: 60_000 };
        const run = (jobs: readonly Job[]): Promise<void> =>
          playAll(jobs, repertoire(suites), options, (key, observation) => seen.push(`${key} ${observation.kind}`));
        await run([job('one', 'none')]);
        const resting = crew.hire();
        crew.rest(resting);
        await run([job('two', 'none')]);
        expect(crew.hire()).toBe(resting);
        crew.rest(resting);
        resting.end();
        while (resting.alive) await new Promise((resolve) => setImmediate(resolve));
        await run([job('three', 'none')]);
      });
      expect(seen).toEqual(['one played', 'two played', 'three played']);
    },
    PATIENCE_MS,
  );
});
