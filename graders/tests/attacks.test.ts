/** Every attack of the corpus, in one class with honest work: nobody gains, nobody else loses, nothing leaks. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Result } from '../model/result.ts';
import { deepThread, PATIENCE_MS } from '../play/tests/stage.ts';
import { ATTACKS, type Attack, HONEST } from './attacks/corpus.ts';
import { layOut, SECRETS } from './attacks/course.ts';

const folder = mkdtempSync(join(tmpdir(), 'osgrade-attacks-'));
const out = join(folder, 'results');

/** The honest ones are played before, between and after the attacks; each differs a little, or it would be played once. */
const honest = ['a0-honest', 'c7-honest', 'z9-honest'];

function handIn(name: string, files: Attack['files']): void {
  for (const [path, text] of Object.entries(files)) {
    const target = join(folder, 'class', name, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}

async function graded(): Promise<ReadonlyMap<string, Result>> {
  const course = layOut(folder);
  for (const [name, { files }] of Object.entries(ATTACKS)) handIn(name, files);
  for (const name of honest) handIn(name, { 'mm/sum.ts': `// ${name}\n${HONEST}` });
  const request = {
    assignment: '00-tiny',
    source: join(folder, 'class'),
    out,
    gradeFile: null,
    column: null,
  };
  const thread = deepThread('tests/attacks/grade-thread.ts', { course, request });
  const results = await new Promise<readonly Result[]>((resolve, reject) => {
    thread.on('message', resolve);
    thread.on('error', reject);
  });
  await thread.terminate();
  return new Map(results.map((result) => [result.submission.who, result]));
}

describe('a class with attackers in it', () => {
  let results: ReadonlyMap<string, Result>;
  beforeAll(async () => {
    results = await graded();
  }, PATIENCE_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const came = (name: string): unknown => {
    const result = results.get(name);
    return { points: (result?.milli ?? -1) / 1000, kinds: result?.criteria.map(({ verdict }) => verdict.kind) };
  };

  test.each(honest)('%s gets full marks', (name) => {
    expect(came(name)).toEqual({ points: 8, kinds: ['passed', 'passed', 'passed'] });
  });

  test.each(Object.entries(ATTACKS))('%s', (name, { points, kinds }) => {
    expect(came(name)).toEqual({ points, kinds });
  });

  test.each([...Object.keys(ATTACKS), ...honest])('%s is told no secret', (name) => {
    const key = results.get(name)?.submission.key ?? '';
    for (const page of ['result.json', 'feedback.html', 'feedback.md']) {
      const text = readFileSync(join(out, key, page), 'utf8');
      for (const secret of [...SECRETS, folder, process.cwd(), 'root:x:0']) {
        expect([page, secret, text.includes(secret)]).toEqual([page, secret, false]);
      }
      expect(text.length).toBeLessThan(200_000);
    }
  });

  test('what a student throws is text on the page, not markup', () => {
    const key = results.get('d10-templates')?.submission.key ?? '';
    const html = readFileSync(join(out, key, 'feedback.html'), 'utf8');
    expect(html).toContain('&lt;/script&gt;');
    expect(html).not.toContain('<script>alert');
    expect(html).not.toContain('<img');
    expect(html).toContain('{{constructor}}');
  });
});
