import { join } from 'node:path';
import type { Observation } from '../../model/observation.ts';
import { outcomes, PATIENCE_MS, played, program, repertoire } from '../../play/tests/stage.ts';
import { CROSSINGS, HONEST_VALUES, OBJECTS, PATCHED_OBJECTS, PATCHED_VALUES } from './programs.ts';

const suite = (name: string): string => join(__dirname, `suites/${name}.suite.ts`);

/** The tests that did not pass; and that there were tests. */
function wrong(seen: Observation | undefined): Record<string, string> {
  const all = Object.entries(outcomes(seen));
  expect(all.length).toBeGreaterThan(20);
  return Object.fromEntries(all.filter(([, outcome]) => outcome !== 'passed'));
}

describe('values', () => {
  let seen: ReadonlyMap<string, Observation>;
  beforeAll(async () => {
    const jobs = [program('honest', HONEST_VALUES), program('patched', PATCHED_VALUES)];
    seen = await played(jobs, repertoire([suite('values')]));
  }, PATIENCE_MS);

  test('of every kind cross both ways, and what is too much is refused', () => {
    expect(wrong(seen.get('honest'))).toEqual({});
  });

  test('cross a realm in which everything was patched just the same', () => {
    expect(wrong(seen.get('patched'))).toEqual({});
  });
});

test(
  'objects keep identity and behaviour, and gain no say in the test',
  async () => {
    const seen = await played([program('objects', OBJECTS)], repertoire([suite('objects')]));
    // With the last byte gone, QuickJS itself may fall over, or not: that depends on where things lie.
    const { 'a full heap: is the subject’s own trouble': hog, ...others } = wrong(seen.get('objects'));
    expect(others).toEqual({});
    expect([undefined, 'crashed: InternalError: the interpreter gave up']).toContain(hog);
  },
  PATIENCE_MS,
);

test(
  'uses of the test’s objects arrive as they were meant, and no other way',
  async () => {
    const seen = await played([program('crossings', CROSSINGS)], repertoire([suite('crossing')]));
    expect(wrong(seen.get('crossings'))).toEqual({});
  },
  PATIENCE_MS,
);

test(
  'a subject that patched everything before the test called it changes nothing but its own',
  async () => {
    const seen = await played([program('patched', PATCHED_OBJECTS)], repertoire([suite('patched')]));
    expect(new Set(Object.values(outcomes(seen.get('patched'))))).toEqual(new Set(['passed']));
  },
  PATIENCE_MS,
);
