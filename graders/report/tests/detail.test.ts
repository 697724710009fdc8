import type { Location, Verdict } from '../../model/verdict.ts';
import { detail, place } from '../detail.ts';
import { steep, strip, verdicts } from './samples.ts';

const at = (line: number): Location => ({ file: 'mm/page_alloc.ts', line, column: 7 });

test('place is file, line and column', () => {
  expect(place(at(41))).toBe('mm/page_alloc.ts:41:7');
});

describe('detail', () => {
  test('numbers the steps as they were, when only the last sixty are shown', () => {
    const steps = Array.from({ length: 62 }, (_, i) => `step ${i + 1}`);
    const verdict: Verdict = {
      kind: 'failed',
      hint: 'Look again.',
      failed: 2,
      tests: 9,
      counterexamples: [{ steps, expected: '1', actual: '2', figures: [] }],
    };
    const { lead, note, examples } = detail(verdict);
    expect([lead, note]).toEqual(['Look again.', '2 of 9 tests do not pass.']);
    expect(examples[0]?.before).toBe('2 steps before these');
    expect(examples[0]?.steps.at(0)).toEqual({ number: 3, says: 'step 3', last: false });
    expect(examples[0]?.steps.at(-1)).toEqual({ number: 62, says: 'step 62', last: true });
  });

  test('shows each place of a deep recursion once, at most twelve', () => {
    const thrown = { name: 'RangeError', message: 'too deep', at: Array.from({ length: 9000 }, () => at(3)) };
    expect(detail({ kind: 'crashed', hint: 'x', thrown })).toMatchObject({
      thrown: { says: 'RangeError: too deep' },
      places: ['mm/page_alloc.ts:3:7'],
    });
    const many = { ...thrown, at: Array.from({ length: 50 }, (_, i) => at(i + 1)) };
    expect(detail({ kind: 'crashed', hint: 'x', thrown: many }).places.length).toBe(12);
  });

  test('names an error without a message', () => {
    const thrown = { name: 'Error', message: '', at: [] };
    expect(detail({ kind: 'crashed', hint: 'x', thrown }).thrown).toEqual({ says: 'Error' });
  });

  test('draws both kinds of figure, at most six of them', () => {
    const figures = Array.from({ length: 9 }, () => strip('x'));
    const example = { steps: [], expected: '1', actual: '2', figures };
    const [shown] = detail({ kind: 'failed', hint: 'x', failed: 1, tests: 1, counterexamples: [example] }).examples;
    expect(shown?.figures.map(({ strip: drawn, grid }) => [drawn?.title, grid])).toEqual(
      Array.from({ length: 6 }, () => ['After the last step', null]),
    );
  });

  test('tells a student nothing of a fault of ours but its code', () => {
    expect(JSON.stringify(detail(verdicts('x').broken))).not.toContain('kept dying');
    expect(detail(verdicts('x').broken).note).toBe('Your instructor can look it up as RUN_WORKER.');
  });

  test('tells a budget broken by growth from one broken by ratio, and which stop was whose', () => {
    const over = (why: 'ratio' | 'growth') => detail({ kind: 'overBudget', hint: 'x', why, curve: steep }).note;
    expect(over('growth')).toContain('grows too fast');
    expect(over('ratio')).toContain('too much work');
    const stopped = (limit: 'work' | 'wall') => detail({ kind: 'timedOut', hint: 'x', limit, at: [] }).note;
    expect(stopped('work')).toContain('fixed number of steps');
    expect(stopped('wall')).toContain('long time');
  });
});
