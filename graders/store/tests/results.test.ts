import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GraderError } from '../../errors.ts';
import type { Result } from '../../model/result.ts';
import { ResultsFolder } from '../results.ts';

const folders: string[] = [];

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'osgrade-results-'));
  folders.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function result(key: string, verdict: Result['verdict'] = 'passed'): Result {
  return {
    format: 'osgrade-result/1',
    assignment: { id: '00-tiny', title: 'Tiny' },
    submission: { key, who: key, late: false, files: [] },
    verdict,
    milli: 1000,
    maxMilli: 1000,
    criteria: [],
    findings: [],
  };
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof GraderError) return error.code;
    throw error;
  }
  return 'nothing thrown';
}

describe('ResultsFolder.open', () => {
  test('makes the folder, and its parents', () => {
    const path = join(temporary(), 'results', '00-tiny');
    ResultsFolder.open(path, '00-tiny');
    expect(readdirSync(path)).toEqual(['manifest.json']);
  });

  test('refuses a folder that holds anything else, and leaves it as it is', () => {
    const path = temporary();
    writeFileSync(join(path, 'thesis.txt'), 'mine');
    expect(codeOf(() => ResultsFolder.open(path, '00-tiny'))).toBe('OUTPUT_FOREIGN');
    expect(readdirSync(path)).toEqual(['thesis.txt']);
  });

  test('refuses results of another assignment', () => {
    const path = temporary();
    ResultsFolder.open(path, '00-tiny');
    expect(codeOf(() => ResultsFolder.open(path, '03-buddy'))).toBe('OUTPUT_FOREIGN');
  });

  test('refuses a path that leads through a file', () => {
    const file = join(temporary(), 'file');
    writeFileSync(file, '');
    expect(codeOf(() => ResultsFolder.open(join(file, 'results'), '00-tiny'))).toBe('OUTPUT_FAILED');
  });

  test('refuses a manifest that is damaged', () => {
    const path = temporary();
    writeFileSync(join(path, 'manifest.json'), '{"format":"osgrade-manifest/1"');
    expect(codeOf(() => ResultsFolder.open(path, '00-tiny'))).toBe('RESULT_INVALID');
  });
});

describe('ResultsFolder.keep', () => {
  test('is known to a later run under the same hash, and only under it', () => {
    const path = temporary();
    ResultsFolder.open(path, '00-tiny').keep('hash-1', result('ada-1'));
    const again = ResultsFolder.open(path, '00-tiny');
    expect(again.known('ada-1', 'hash-1')).toEqual(result('ada-1'));
    expect(again.known('ada-1', 'hash-2')).toBeUndefined();
    expect(again.known('bob-2', 'hash-1')).toBeUndefined();
  });

  test('shows a fault of ours, but has the next run try again', () => {
    const path = temporary();
    ResultsFolder.open(path, '00-tiny').keep('hash-1', result('ada-1', 'broken'));
    expect(readdirSync(join(path, 'ada-1'))).toEqual(['result.json']);
    expect(ResultsFolder.open(path, '00-tiny').known('ada-1', 'hash-1')).toBeUndefined();
  });

  test('does not trust a result that was edited into something else', () => {
    const path = temporary();
    ResultsFolder.open(path, '00-tiny').keep('hash-1', result('ada-1'));
    writeFileSync(join(path, 'ada-1', 'result.json'), '{"milli":100000}');
    expect(ResultsFolder.open(path, '00-tiny').known('ada-1', 'hash-1')).toBeUndefined();
  });

  test('writes the same bytes whatever the order', () => {
    const [one, other] = [temporary(), temporary()];
    const first = ResultsFolder.open(one, '00-tiny');
    for (const key of ['ada-1', 'bob-2']) first.keep(`hash of ${key}`, result(key));
    const second = ResultsFolder.open(other, '00-tiny');
    for (const key of ['bob-2', 'ada-1']) second.keep(`hash of ${key}`, result(key));
    expect(readFileSync(join(one, 'manifest.json'))).toEqual(readFileSync(join(other, 'manifest.json')));
  });

  test('leaves nothing half-written when it cannot write', () => {
    const path = temporary();
    const folder = ResultsFolder.open(path, '00-tiny');
    // A folder where the file should be: the last step, the renaming, fails.
    mkdirSync(join(path, 'ada-1', 'result.json', 'in the way'), { recursive: true });
    expect(codeOf(() => folder.keep('hash-1', result('ada-1')))).toBe('OUTPUT_FAILED');
    expect(readdirSync(join(path, 'ada-1'))).toEqual(['result.json']);
    expect(ResultsFolder.open(path, '00-tiny').known('ada-1', 'hash-1')).toBeUndefined();
  });
});

describe('ResultsFolder.others', () => {
  test('names what an earlier run graded and this class does not have', () => {
    const folder = ResultsFolder.open(temporary(), '00-tiny');
    for (const key of ['carl-3', 'ada-1', 'bob-2']) folder.keep('hash', result(key));
    expect(folder.others(['bob-2'])).toEqual(['ada-1', 'carl-3']);
  });
});
