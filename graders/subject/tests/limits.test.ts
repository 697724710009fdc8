import { join } from 'node:path';
import type { Observation } from '../../model/observation.ts';
import { outcomes, PATIENCE_MS, played, program, repertoire } from '../../play/tests/stage.ts';

const STOPPED = 'timedOut: work';
const MEMORY = 'crashed: InternalError: the memory limit was reached';
const OVERFLOW = 'crashed: InternalError: stack overflow';

/** What recurses without end; and how deep it comes at least before that is an ordinary error. */
const deep = (atLeast: number, recurse: string): string =>
  `let depth = 0; ${recurse} try { go(); } catch (error) { if (depth >= ${atLeast} && error.message === 'stack overflow') return 'survived'; throw error; } return depth`;

/** Fills the heap until nothing of `least` bytes fits. */
const fill = (least: number): string =>
  `const hoard = (globalThis.hoard = []); for (let size = 2 ** 20; size >= ${least}; size /= 2) try { for (;;) hoard.push(new Uint8Array(size)); } catch {}`;

/** Body of `attack`, by name, with what comes of it. It gets `answer`, a function of the test: see the suite. */
const ATTACKS: Readonly<Record<string, readonly [string, string]>> = {
  'an endless loop': ['for (;;);', STOPPED],
  'an endless loop that catches': ['for (;;) try { for (;;); } catch {} finally { attack(); }', STOPPED],
  'an endless getter': ['return { get a() { for (;;); } }.a', STOPPED],
  'an endless Proxy trap': ['return new Proxy({}, { get() { for (;;); } }).a', STOPPED],
  'an endless toString': ['return String({ toString() { for (;;); } })', STOPPED],
  'an endless comparator': ['return [1, 2].sort(() => { for (;;); })', STOPPED],
  'an endless generator': ['return [...(function* () { for (;;) yield; })()]', STOPPED],
  'an endless generator that never yields': ['return [...(function* () { for (;;); })()]', STOPPED],
  'a value that never ends to be written': [
    'return new Proxy([], { get: (_, key) => key === "length" ? 1e5 : { toString() {} }, getOwnPropertyDescriptor() { for (;;); } })',
    STOPPED,
  ],
  'an error that never ends to be read': [
    'throw new Proxy({}, { getPrototypeOf() { for (;;); }, getOwnPropertyDescriptor() { for (;;); } })',
    STOPPED,
  ],
  'an endless getter in what is passed': ['answer(Object.defineProperty([0], 0, { get() { for (;;); } }))', STOPPED],
  'an endless loop below the test, caught above': [
    'try { answer(() => { for (;;); }); } catch {} return "survived"',
    STOPPED,
  ],
  'a stopped subject that goes on': [
    'try { answer(() => { for (;;); }); } finally { for (;;) try { answer(1); } catch {} }',
    STOPPED,
  ],
  'errors of the test without end': ['for (;;) try { answer(Symbol()); } catch {}', STOPPED],
  'texts passed without end': ['let s = "x"; for (let i = 0; i < 20; i++) s += s; for (;;) answer([s])', STOPPED],
  'a value that has others written as it is read': [
    `const part = []; for (let i = 0; i < 1e5; i++) part.push(i);
     return [part, part, part].map((p) => [p, new Proxy({}, { getPrototypeOf() { answer([1]); return null; } })])`,
    'crashed: SubjectValueError: gave a value with too many parts',
  ],
  'a catastrophic regular expression': ['return /^(a+)+$/.test("a".repeat(40) + "b")', STOPPED],
  'jobs that go on for ever': [
    'const again = () => Promise.resolve().then(again); again(); return "survived"',
    'passed',
  ],
  'a promise that never settles': ['(async () => { await new Promise(() => {}); })(); return "survived"', 'passed'],
  'a walk over a made-up length': ['return [].includes.call({ length: 2 ** 53 - 1 }, 1)', STOPPED],
  'a walk over a function': [
    'const f = Object.assign(() => 0, { [Symbol.isConcatSpreadable]: true }); Object.defineProperty(f, "length", { value: 2 ** 53 - 1 }); return [].concat(f)',
    STOPPED,
  ],
  'a raw string without end': ['return String.raw({ raw: { length: 2 ** 53 - 1 } })', STOPPED],
  'an array without end, filled': ['return new Array(2 ** 32 - 1).fill(0)', STOPPED],
  'an array without end, joined': ['return new Array(2 ** 32 - 1).join("x")', STOPPED],
  'an array that grows': ['const a = []; for (;;) a.push(new Array(1000).fill(a))', MEMORY],
  'bytes that grow': ['const a = []; for (;;) a.push(new Uint8Array(1e6))', MEMORY],
  'a Map that grows': ['const m = new Map(); for (let i = 0; ; i++) m.set(i, "a".repeat(1000) + i)', MEMORY],
  'a text that doubles': ['let s = "x"; for (;;) s += s', 'crashed: InternalError: string too long'],
  'texts that double': [
    'const a = []; for (;;) { let s = "x" + a.length; for (let i = 0; i < 20; i++) s += s; a.push(s.slice(1)); }',
    MEMORY,
  ],
  'an answer that finds no room': [`${fill(2 ** 14)} return answer(3e5)`, MEMORY],
  'an argument that finds no room': [`${fill(2 ** 14)} return answer([new Uint8Array(hoard[0])])`, MEMORY],
  'a result that finds no room': [
    `let s = "x"; for (let i = 0; i < 17; i++) s += s; ${fill(2 ** 14)} return s`,
    MEMORY,
  ],
  'a heap that is filled by a getter in what is passed': [
    'answer(Object.defineProperty([0], 0, { get() { const a = []; for (;;) a.push(new Uint8Array(1e5)); } }))',
    MEMORY,
  ],
  'a huge bigint': ['return 2n ** (2n ** 25n)', 'crashed: RangeError: BigInt is too large'],
  'huge bytes': ['return new Uint8Array(2 ** 31)', 'crashed: RangeError: invalid array buffer length'],
  'nested JSON': ['return JSON.parse("[".repeat(1e6))', 'crashed: SyntaxError: stack overflow'],
  frames: [deep(5000, 'const go = () => { depth++; go(); };'), 'passed'],
  'frames with arguments': [deep(5000, 'const go = (a, b, c) => { depth++; return go(b, c, a) + 1; };'), 'passed'],
  'frames of methods': [
    deep(5000, 'const o = { go() { depth++; return this.go() + 1; } }; const go = () => o.go();'),
    'passed',
  ],
  'frames of constructors': [
    deep(5000, 'class A { constructor() { depth++; new A(); } } const go = () => new A();'),
    'passed',
  ],
  'frames of getters': [
    deep(5000, 'const o = { get a() { depth++; return this.a; } }; const go = () => o.a;'),
    'passed',
  ],
  'frames of a Proxy': [
    deep(1000, 'const p = new Proxy({}, { get(_, k, self) { depth++; return self.a; } }); const go = () => p.a;'),
    'passed',
  ],
  'frames of toString': [
    deep(1000, 'const o = { toString() { depth++; return "" + o; } }; const go = () => "" + o;'),
    'passed',
  ],
  'frames of sort': [deep(1000, 'const go = () => { depth++; [1, 2].sort(go); };'), 'passed'],
  'frames of replace': [deep(1000, 'const go = () => { depth++; "a".replace(/a/, go); };'), 'passed'],
  'frames of generators': [
    deep(1000, 'function* go2() { depth++; yield* go2(); } const go = () => go2().next();'),
    'passed',
  ],
  'frames through the test': ['const go = () => answer(go); go()', OVERFLOW],
  'frames through a getter in what is passed': [
    'const go = () => answer(Object.defineProperty([0], 0, { get: go })); go()',
    OVERFLOW,
  ],
  'an overflow that is not caught': ['const go = () => 1 + go(); return go()', OVERFLOW],
  'nested source text': ['try { return eval("[".repeat(1e5)); } catch (error) { return "survived"; }', 'passed'],
  'a long chain of Proxies': ['let p = {}; for (let i = 0; i < 1e5; i++) p = new Proxy(p, {}); return p.a', OVERFLOW],
  'a long list that is let go': [
    'let l = null; for (let i = 0; i < 1e5; i++) l = { l }; l = null; return "survived"',
    'passed',
  ],
};

describe('limits', () => {
  let seen: ReadonlyMap<string, Observation>;
  beforeAll(async () => {
    const jobs = Object.entries(ATTACKS).map(([name, [body]]) =>
      program(name, `const attack = (answer) => { ${body} }; return { attack, two: () => 2 };`),
    );
    const limits = { work: 3e6, heapBytes: 12 * 2 ** 20 };
    seen = await played(jobs, repertoire([join(__dirname, 'suites/limits.suite.ts')], { limits }));
  }, PATIENCE_MS);

  test.each(Object.entries(ATTACKS))('%s', (name, [, outcome]) => {
    expect(outcomes(seen.get(name))).toEqual({ 'attack: once': outcome, 'after: two': 'passed' });
  });
});
