import type { Result } from '../../model/result.ts';
import type { Verdict } from '../../model/verdict.ts';
import { comment } from '../comment.ts';

function result(kind: Result['verdict'], criteria: readonly [string, number, number, Verdict][]): Result {
  return {
    format: 'osgrade-result/1',
    assignment: { id: '00-tiny', title: 'Tiny' },
    submission: { key: 'ada-1', who: 'Ada', late: false, files: [] },
    verdict: kind,
    milli: criteria.reduce((sum, [, milli]) => sum + milli, 0),
    maxMilli: criteria.reduce((sum, [, , maxMilli]) => sum + maxMilli, 0),
    criteria: criteria.map(([title, milli, maxMilli, verdict]) => ({ id: title, title, milli, maxMilli, verdict })),
    findings: [],
  };
}

describe('comment', () => {
  test('names the criteria that lost points, and what became of them', () => {
    const text = comment(
      result('failed', [
        ['Map a page', 8000, 8000, { kind: 'passed' }],
        ['Unmap a range', 0, 4500, { kind: 'failed', hint: 'h', counterexamples: [], failed: 1, tests: 2 }],
      ]),
    );
    expect(text).toBe(
      [
        '8 of 12.5 points. Some answers are not right yet.',
        'Unmap a range: not right yet (0 of 4.5)',
        'The feedback page shows what went wrong, and how to see it.',
        '',
      ].join('\n'),
    );
  });

  test('says why a submission could not be graded', () => {
    const text = comment(result('ungradable', [['Map', 0, 1000, { kind: 'ungradable', reasons: ['No file.'] }]]));
    expect(text).toContain('No file.');
    expect(text).not.toContain('Map');
  });

  test('is empty when a fault of ours left the submission open', () => {
    const broken: Verdict = { kind: 'broken', code: 'RUN_WORKER', says: 'it died' };
    expect(comment(result('broken', [['Map', 0, 1000, broken]]))).toBe('');
  });

  test('names twelve criteria at most, and says how many more there are', () => {
    const failed: Verdict = { kind: 'failed', hint: 'h', counterexamples: [], failed: 1, tests: 1 };
    const text = comment(
      result(
        'failed',
        Array.from({ length: 15 }, (_, i) => [`c${i}`, 0, 1000, failed]),
      ),
    );
    expect(text).toContain('c11: ');
    expect(text).not.toContain('c12: ');
    expect(text).toContain('and 3 more.');
  });
});
