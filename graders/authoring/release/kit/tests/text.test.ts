import { criterion, result, steep, verdicts } from '../../../../report/tests/samples.ts';
import { asText } from '../text.ts';

const { passed, overBudget } = verdicts('x');
const told = (findings: number, ...criteria: ReturnType<typeof criterion>[]): string[] => {
  const whole = result(criteria, 'passed');
  const some = { ...whole, findings: whole.findings.slice(0, findings) };
  const checked = { submission: some.submission, overlay: new Map(), findings: [], gradable: true, reasons: [] };
  return asText({ checked: checked as never, result: some, onlyHidden: [] }).split('\n');
};

describe('asText', () => {
  test('says that nothing was found in the files', () => {
    const lines = told(0, criterion(passed, 3000));
    expect(lines[2]).toBe('Types and rules: nothing found.');
    expect(lines.filter((line) => line.startsWith('At the top'))).toEqual([]);
  });

  test('whoever reads only the end is sent to what was found', () => {
    const lines = told(1, criterion(passed, 3000));
    expect(lines[2]).toBe('a name:4:2: No overload a name');
    expect(lines.slice(-4)).toEqual([
      'Public tests: 3 of 3 points. Everything that was asked for works.',
      'At the top: 1 remark on your files.',
      'Grading has further, hidden tests for all parts.',
      '',
    ]);
  });

  test('names the size at which the work is worst', () => {
    const lines = told(0, criterion({ ...overBudget, curve: steep } as typeof overBudget));
    expect(lines.find((line) => line.includes('ratio'))).toContain(' at size 256, up to ');
  });
});
