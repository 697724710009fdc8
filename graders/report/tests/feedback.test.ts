import { feedbackView } from '../feedback.ts';
import { criterion, everyKind, result, verdicts } from './samples.ts';

const { passed, failed, skipped, ungradable, broken } = verdicts('x');

describe('feedbackView', () => {
  test('adds up the points and says whether they are final', () => {
    const all = feedbackView(everyKind());
    expect([all.points, all.maxPoints, all.open]).toEqual(['3', '24', true]);
    expect(feedbackView(result([criterion(passed, 3000)], 'passed'))).toMatchObject({ open: false, first: null });
  });

  test('names first what went wrong by itself, and how much waits for it', () => {
    const { first } = feedbackView(result([criterion(broken), criterion(skipped), criterion(failed)], 'broken'));
    expect(first).toEqual({
      title: 'Title of failed',
      says: 'Look for the buddy at every order. 1 part waits for it.',
      anchor: 'c-failed',
      tone: 'bad',
    });
  });

  test('gives a reason first when nothing could be graded, and claims nothing about what findings cost', () => {
    const view = feedbackView(result([criterion(ungradable)], 'ungradable'));
    expect(view.first?.says).toBe('There is no mm/page_alloc.ts x');
    expect(view.findingsLead).toBe('Found before anything was run.');
  });

  test('links each row to its explanation; what passed unmeasured has none', () => {
    const { rows } = feedbackView(result([criterion({ kind: 'passed' }, 3000), criterion(failed)], 'failed'));
    expect(rows.map(({ anchor }) => anchor)).toEqual([null, 'c-failed']);
  });

  test('shares the bar out by points', () => {
    const { segments } = feedbackView(result([criterion(passed, 3000), criterion(failed, 1500)], 'failed'));
    expect(segments).toEqual([
      { x: 0, width: 50, filled: 50, tone: 'good' },
      { x: 50, width: 50, filled: 25, tone: 'bad' },
    ]);
  });

  test('shows sixty files and findings, and says how many more there are', () => {
    const base = everyKind();
    const view = feedbackView({
      ...base,
      submission: { ...base.submission, files: Array.from({ length: 61 }, () => ({ path: 'a', sha256: 'b' })) },
      findings: Array.from({ length: 70 }, () => ({ severity: 'note' as const, rule: 'x', says: 'y', at: null })),
    });
    expect([view.files.length, view.moreFiles]).toEqual([60, 'and 1 more file']);
    expect([view.findings.length, view.moreFindings]).toEqual([60, 'and 10 more findings']);
  });
});
