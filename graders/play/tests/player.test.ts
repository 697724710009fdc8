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

test(
  'what a submission leaves in an object of the suite does nothing for the next',
  async () => {
    const body = (end: string): string =>
      `return { put: (shelf) => { shelf.item = () => 'mine'; ${end} }, take: (shelf) => shelf.item() };`;
    const jobs = [program('one', body('')), program('stopped', body('for (;;);')), program('two', body(''))];
    const seen = await played(jobs, repertoire([join(__dirname, 'suites/shared.suite.ts')]));
    const kept = { 'shelf: so is what an earlier test left, however that one ended': 'passed' };
    const first = 'shelf: what another submission left there is void';
    expect(outcomes(seen.get('one'))).toEqual({ [first]: 'passed', ...kept });
    expect(outcomes(seen.get('stopped'))).toEqual({ [first]: 'timedOut: work' });
    expect(outcomes(seen.get('two'))).toEqual({ [first]: 'passed', ...kept });
  },
  PATIENCE_MS,
);
