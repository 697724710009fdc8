import { join } from 'node:path';
import { createInspectorThread } from '../thread.ts';

const ROOT = join(__dirname, '../../..');
const SETTING = { starter: new Map<string, string>(), tsconfig: join(ROOT, '.config/tsconfig.kernel.json') };

/** Few types, but nine million comparisons of them. */
const SLOW = `type D = '0'|'1'|'2'|'3'|'4'|'5'|'6'|'7'|'8'|'9';
type U = \`\${D}\${D}\${'0'|'1'}\${D}\`;
type M = { [K in U]: { a: [K] } }[U];
type N = { [K in U]: { a: [K, 1] } }[U] | { a: [string] };
declare const m: M;
export const n: N = m;
`;

describe('createInspectorThread', () => {
  test('answers in order, and goes on after one that had to be stopped', async () => {
    const thread = createInspectorThread(SETTING, 500);
    const request = (text: string) => thread.inspect({ overlay: new Map([['mm/a.ts', text]]), holes: ['mm/a.ts'] });
    await request('export {};');
    const [stopped, next] = await Promise.all([request(`eval('1');\n${SLOW}`), request('export const a: string = 1;')]);
    await thread.close();
    expect(stopped.findings.map(({ rule, says }) => `${rule} ${says.slice(0, 40)}`)).toEqual([
      'forbidden `eval` must not be used: code is written',
      'type Type checking took too long and was stop',
    ]);
    expect(stopped.reasons).toEqual([]);
    expect(next.findings.map(({ says }) => says)).toEqual([
      "Type 'number' is not assignable to type 'string'. (TS2322)",
    ]);
  });

  test('reports a compiler that does not start as a fault of ours', async () => {
    const thread = createInspectorThread({ ...SETTING, tsconfig: join(ROOT, 'no-such.json') });
    await expect(thread.inspect({ overlay: new Map(), holes: [] })).rejects.toMatchObject({ code: 'CHECK_FAILED' });
  });
});
