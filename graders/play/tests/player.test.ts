import { join } from 'node:path';
import { outcomes, PATIENCE_MS, played, program, repertoire } from './stage.ts';

const SUBJECT = `
  let kept;
  return {
    fail: () => { const error = new Error('forged'); error.stack = 'at f (subject.js:0:0)'; throw error; },
    keep: (action) => { try { action(); } catch (error) { kept = error; } },
    throwKept: () => { throw kept; },
    spin: (n) => { for (let i = 0; i < n; i++); },
  };
`;

test(
  'what tests throw, what runs away, and what is counted',
  async () => {
    const what = repertoire([join(__dirname, 'suites/throws.suite.ts')], { sizes: { steps: [10, 20, 30] } });
    const seen = (await played([program('one', SUBJECT), program('two', SUBJECT)], what)).get('two');
    expect(outcomes(seen)).toEqual({
      'throws: undefined': expect.stringMatching(/^failed: /),
      'throws: an error of its own through the subject': 'passed',
      'throws: what the subject kept of it': 'crashed: thrown: undefined',
      'throws: forged stack': 'crashed: Error: forged',
      'throws: nothing': 'passed',
      'runaway: first': 'timedOut: work',
      'steps: size 10': 'passed',
      'steps: size 20': 'passed',
      'steps: size 30': 'passed',
    });
    const counts = seen?.kind === 'played' ? seen.counts : [];
    expect(counts.map(({ criterion, size }) => [criterion, size])).toEqual([
      ['steps', 10],
      ['steps', 20],
      ['steps', 30],
    ]);
    const [ten = 0, twenty = 0, thirty = 0] = counts.map(({ count }) => count);
    expect(thirty - twenty).toBe(twenty - ten);
    expect(twenty - ten).toBeGreaterThanOrEqual(10);
  },
  PATIENCE_MS,
);
