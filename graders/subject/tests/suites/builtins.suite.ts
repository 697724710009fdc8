/** Built-ins of the realm against those of Node: the same answers; and their price against what they walk. */

import { subject } from '../../../suite/index.ts';
import { stage } from '../../../suite/stage.ts';
import type { Realm } from '../../realm.ts';

interface It {
  evaluate(text: string): unknown;
  prepare(text: string, size: number): void;
  run(): void;
}
const it = subject<It>('it');

/** What an expression comes to, or the name of the error that it throws. */
const SHOW = `(make) => { try { return make(); } catch (error) { return 'threw ' + error.name; } }`;
const inNode = (text: string): unknown => new Function(`return (${SHOW})(() => (${text}))`)();

const ARRAYS = ['[3, 1, 2, 1]', '[]', '[1, , 3, undefined, NaN]', '[[1, [2]], [3]]', "['b', 'a', 'ab']"];
const LIKE = ["({ length: 3, 0: 'a', 2: 'c' })", "'text'", "({ length: '2', 0: 1, 1: 2 })", '({ length: -1 })', '({})'];
const TYPED = ['new Uint8Array([3, 1, 2, 1])', 'new Float64Array([NaN, -0, 1.5])', 'new BigInt64Array([3n, -1n])'];

const CALLS = [
  'slice()',
  'slice(1)',
  'slice(-2)',
  'slice(1, -1)',
  'slice(2, 1)',
  "slice('1')",
  'slice(NaN, 1.7)',
  'indexOf(1)',
  'indexOf(1, -1)',
  'indexOf(1, 2)',
  'indexOf(NaN)',
  'lastIndexOf(1)',
  'lastIndexOf(1, -2)',
  'includes(NaN)',
  'includes(undefined)',
  'includes(1, 2)',
  'join()',
  "join('-')",
  'reverse()',
  'sort()',
  'sort((a, b) => (String(a) < String(b) ? 1 : -1))',
  'fill(7, 1)',
  'fill(7, -1, 9)',
  'copyWithin(0, 1)',
  'copyWithin(1, 0, -1)',
  'map((x, i) => i)',
  'filter((x) => x)',
  'find((x) => x === 1)',
  'findIndex((x) => x === undefined)',
  'findLast((x) => x === 1)',
  'every((x) => x)',
  'some((x) => x === 3)',
  'reduce((a, x) => a + String(x), String())',
  'reduceRight((a, x) => a + String(x), String())',
  'toReversed()',
  'toSorted()',
  'with(0, 9)',
  'with(9, 9)',
  'at(-1)',
  'toString()',
];
const ARRAY_ONLY = [
  'shift()',
  'unshift(1, 2)',
  'splice(1, 2, 9)',
  'splice(-1)',
  'splice()',
  'toSpliced(0, 1, 8, 8)',
  'concat([1], 2, [[3]])',
  'concat()',
  'flat()',
  'flat(Infinity)',
  'flatMap((x) => [x, x])',
  'pop()',
  'push(4)',
  'sort(1)',
];
const OTHERS = [
  'Array.from({ length: 3 }, (_, i) => i * i)',
  'Array.from(new Set([1, 2]))',
  "Array.from('a\u{1f600}b')",
  'Array.from(4)',
  'Array.from(null)',
  'Uint8Array.from([1, 300])',
  'Uint8Array.from(new Set([5]))',
  'new Uint8Array([1, 2])',
  'new Uint8Array(new Uint8Array([1, 2]).buffer, 1)',
  'new Float32Array(2)',
  'Uint8Array(2)',
  'new Uint8Array(-1)',
  'new Array(3).fill().map((_, i) => i)',
  '[...new Map([[1, 2]])]',
  "[...'a\u{1f600}']",
  '[...[1, , 2].entries()]',
  "'abcabc'.replaceAll('b', (x) => x + x)",
  "'a-b'.split('-')",
  "'a'.repeat(3)",
  "'a'.repeat(-1)",
  "'a'.padStart(3, 'xy')",
  "'abc'.indexOf('c', -5)",
  "'abc'.at(-1)",
  "'aXbX'.match(/X/g)",
  "' a '.trim()",
  "[...'a1b2'.matchAll(/[0-9]/g)].map((m) => m[0])",
  'String.raw`a\\n`',
  "String.raw({ raw: 'xyz' }, 1, 2)",
  'Object.keys({ b: 1, a: 2 })',
  'Object.entries([7])',
  "Object.fromEntries([['a', 1]])",
  'Object.assign({ a: 1 }, { b: 2 })',
  'JSON.stringify({ a: [1, undefined, () => 1], b: undefined })',
  'JSON.stringify([1], null, 2)',
  'JSON.parse(\'[1, {"a": null}]\')',
  "JSON.parse('[')",
  'Math.max.apply(null, [1, 5, 2])',
  'Reflect.apply(Math.min, null, [3, 2])',
  'Reflect.construct(Array, [3])',
  'Reflect.ownKeys([1])',
  'Reflect.apply(1, null, [])',
  'Array.isArray([].concat([1]))',
  '[3, 2, 1].sort.length',
  '[].indexOf.name',
  "[[].splice, [].slice, [].concat, ''.repeat, JSON.parse, Array.from].map((f) => [f.name, f.length])",
  'new [].slice()',
  "'prototype' in [].map",
  'Object.getOwnPropertyDescriptor(Array.prototype, "map").enumerable',
  'Array.prototype.flat.call(null)',
  'Uint8Array.name + Uint8Array.length',
  'Uint8Array.BYTES_PER_ELEMENT',
  'new Uint8Array(1).constructor === Uint8Array',
  'new Uint8Array(1) instanceof Uint8Array',
  '(() => { class A extends Array { top() { return this.at(-1); } } const a = new A(1, 2, 3); return [a.top(), a.map((x) => x) instanceof A, a.length, a.slice(1).top()]; })()',
  '(() => { class B extends Uint8Array { sum() { return this.reduce((a, b) => a + b, 0); } } const b = new B([1, 2]); return [b.sum(), b instanceof B, b instanceof Uint8Array, b.subarray(1) instanceof B, B.from([4]).sum()]; })()',
  '(() => { class M extends Map { first() { return this.keys().next().value; } } return new M([[5, 6]]).first(); })()',
  '(() => { const log = []; for (const x of { *[Symbol.iterator]() { try { yield 1; yield 2; } finally { log.push("closed"); } } }) { log.push(x); break; } return log; })()',
  '(() => { const [a, , b = 5, ...c] = [1, 2, undefined, 4, 5]; return [a, b, c]; })()',
  'typeof new Date(5).getTime()',
  'new Date(86400000).toISOString()',
  'Math.random() < 1',
  'typeof Math.random()',
  'console.log(1)',
];

const like = (receiver: string, call: string): string =>
  `Array.prototype.${call.slice(0, call.indexOf('('))}.call(${receiver}${call.endsWith('()') ? '' : ', '}${call.slice(call.indexOf('(') + 1)}`;

describe('same answers', () => {
  const sameFor = (texts: readonly string[]): void => {
    for (const text of texts) expect([text, it.evaluate(text)]).toStrictEqual([text, inNode(text)]);
  };

  test.each(ARRAYS)('%s', (array) => {
    sameFor([...CALLS, ...ARRAY_ONLY].map((call) => `((a) => [a.${call}, a])(${array})`));
  });
  test.each(TYPED)('%s', (array) => {
    // A Float64Array of the realm crosses as one of Node's: only what sorts or joins across kinds differs in words.
    sameFor(
      CALLS.filter((call) => !/fill|with/.test(call) || !array.includes('n]')).map(
        (call) => `((a) => [a.${call}, a])(${array})`,
      ),
    );
  });
  test.each(LIKE)('%s', (receiver) => {
    const reading = CALLS.filter((call) => !/^(fill|copyWithin|reverse|sort|toString)/.test(call));
    sameFor(reading.map((call) => like(receiver, call)));
  });
  test('the others', () => sameFor(OTHERS));
});

/** Program text that makes something of a size `n`, and gives what is then run once; what it costs at least, per element. */
const PRICES: readonly (readonly [string, number])[] = [
  ['const a = [...Array(n).keys()]; return () => a.indexOf(-1)', 1],
  ['const a = [...Array(n).keys()]; return () => a.indexOf(n - 1)', 1],
  ['const a = [...Array(n).keys()]; return () => a.lastIndexOf(0)', 1],
  ['const a = [...Array(n).keys()]; return () => a.includes(-1)', 1],
  ['const a = [...Array(n).keys()]; return () => a.shift()', 1],
  ['const a = [...Array(n).keys()]; return () => a.unshift(1)', 1],
  ['const a = [...Array(n).keys()]; return () => a.splice(0, 1)', 1],
  ['const a = [...Array(n).keys()]; return () => a.slice()', 1],
  ['const a = [...Array(n).keys()]; return () => a.concat(a)', 2],
  ['const a = [...Array(n).keys()]; return () => [].concat(a)', 1],
  ['const a = [...Array(n).keys()]; return () => a.reverse()', 1],
  ['const a = [...Array(n).keys()]; return () => a.join()', 1],
  ['const a = [...Array(n).keys()]; return () => a.flat()', 1],
  ['const a = [...Array(n).keys()]; return () => a.sort()', 1],
  ['const a = [...Array(n).keys()]; return () => a.toSorted()', 1],
  ['const a = [...Array(n).keys()]; return () => a.copyWithin(0, 1)', 1],
  ['const a = [...Array(n).keys()]; return () => [...a]', 1],
  ['const a = [...Array(n).keys()]; return () => { const [...b] = a; }', 1],
  ['const a = [...Array(n).keys()]; return () => Math.max(...a)', 1],
  ['const a = [...Array(n).keys()]; return () => Math.max.apply(null, a)', 1],
  ['const a = [...Array(n).keys()]; return () => new Set(a)', 1],
  ['const a = new Set(Array(n).keys()); return () => [...a]', 1],
  ['const a = new Set(Array(n).keys()); return () => Array.from(a)', 1],
  ['const a = new Set(Array(n).keys()); return () => a.union(a)', 1],
  ['const a = new Map(Array(n).entries()); return () => new Map(a)', 1],
  ['return () => Array(n).fill(0)', 1],
  ['return () => Array.from({ length: n })', 1],
  ['const a = new Uint8Array(n); return () => a.indexOf(1)', 1],
  ['const a = new Uint8Array(n); return () => a.fill(1)', 1],
  ['const a = new Uint8Array(n); return () => a.slice()', 1],
  ['const a = new Uint8Array(n); return () => a.set(a.slice())', 2],
  ['const a = new Uint8Array(n); return () => new Uint8Array(a)', 1],
  ['const a = new Uint8Array(n); return () => Uint8Array.from(a)', 1],
  ['const o = Object.fromEntries(Array(n).entries()); return () => Object.keys(o)', 1],
  ['const o = Object.fromEntries(Array(n).entries()); return () => Object.values(o)', 1],
  ['const o = Object.fromEntries(Array(n).entries()); return () => Object.assign({}, o)', 1],
  ["const s = 'x'.repeat(n); return () => s.indexOf('y')", 1 / 16],
  ["const s = 'x'.repeat(n); return () => s.includes('y')", 1 / 16],
  ["const s = 'x'.repeat(n); return () => s.split('')", 1 / 16],
  ["const s = 'x'.repeat(n); return () => s.replace('y', '')", 1 / 16],
  ["return () => 'x'.repeat(n)", 1 / 16],
  ["return () => ''.padEnd(n)", 1 / 16],
  ['const a = [...Array(n).keys()]; return () => JSON.stringify(a)', 1 / 16],
  ["const s = '[' + '1,'.repeat(n) + '1]'; return () => JSON.parse(s)", 1 / 16],
  ["const s = '[' + '1,'.repeat(n) + '1]'; return () => [...s]", 1],
  ["const a = ['', ...Array(n).fill('x')]; return () => String.raw({ raw: a })", 1],
];

const running = (): Realm => {
  const realm = stage()?.realm();
  if (realm === undefined) throw new Error('this suite is played on a realm only');
  return realm;
};

const cost = (text: string, size: number): number => {
  const { run } = it;
  it.prepare('return () => undefined', size);
  // The first use of a function of the subject in a test is a little dearer: it is given a name and a handle.
  run();
  it.prepare(text, size);
  return running().measure(() => run());
};

describe('prices', () => {
  test.each(PRICES)('%s', (text, perElement) => {
    expect(cost(text, 4000) - cost(text, 2000)).toBeGreaterThanOrEqual(Math.floor(2000 * perElement));
  });

  test('a search pays for the way to what it finds, not for the rest', () => {
    expect(cost('const a = [...Array(n).keys()]; return () => a.indexOf(5)', 100_000)).toBeLessThan(100);
    expect(cost('const a = [...Array(n).keys()]; return () => a.includes(5)', 100_000)).toBeLessThan(100);
    expect(cost('const a = [...Array(n).keys()]; return () => a.lastIndexOf(n - 5)', 100_000)).toBeLessThan(100);
  });

  test('a queue drained with shift() grows with the square of its length', () => {
    const drain = 'const a = Array(n).fill(0); return () => { while (a.length > 0) a.shift(); }';
    const [small, large] = [cost(drain, 500), cost(drain, 2000)];
    expect(Math.log(large / small) / Math.log(4)).toBeGreaterThan(1.9);
  });
});

describe('meter', () => {
  const loop = 'return () => { for (let i = 0; i < n; i++); }';
  test('counts the same each time, to one', () => {
    expect(cost(loop, 12_345)).toBe(cost(loop, 12_345));
  });
  test('nothing is nothing', () => {
    expect(running().measure(() => undefined)).toBe(0);
  });
  test('one turn more is the price of one turn', () => {
    const turn = cost(loop, 8) - cost(loop, 7);
    expect(turn).toBeGreaterThan(0);
    expect(cost(loop, 10_001) - cost(loop, 10_000)).toBe(turn);
    expect(cost(loop, 30_000) - cost(loop, 20_000)).toBe(10_000 * turn);
  });
  test('does not depend on what was done before', () => {
    const before = cost(loop, 100);
    for (const size of [1, 77, 9_999, 123_456]) {
      it.prepare(loop, size);
      it.run();
      expect(cost(loop, 100)).toBe(before);
    }
  });
});
