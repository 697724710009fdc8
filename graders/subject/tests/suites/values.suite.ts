/** Every kind of value, into the realm and out again. Played on an honest program and on one that patched all it could. */
import { subject } from '../../../suite/index.ts';

interface It {
  echo(value: unknown): unknown;
  give(name: string): unknown;
}
const it = subject<It>('it');

const bare = (fields: object): object => Object.assign(Object.create(null), fields);

const VALUES: readonly (readonly [string, unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['a boolean', false],
  ['numbers', [0, 1.5, -(2 ** 53), 5e-324, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
  ['minus zero', -0],
  ['minus zero in an array', [-0]],
  ['a bigint', 2n ** 64n],
  ['bigints in an object', { a: -1n }],
  ['a text', 'frame ü 漢 \u{1f600}'],
  ['a text with NUL', 'a\0b'],
  ['half a surrogate pair', '\ud800x'],
  ['the replacement character', '\ufffd'],
  ['a long text', 'x'.repeat(100_000)],
  ['an array with holes', Object.assign(new Array(4), { 0: 1, 2: 3 })],
  ['nested arrays', [[], [[1]], [undefined, null]]],
  ['an object', { a: 1, b: { c: [undefined] }, 'd e': 'f' }],
  ['a key that is __proto__', JSON.parse('{"__proto__":{"admin":true},"a":1}')],
  ['a key with NUL', { 'a\0b': 1 }],
  ['an empty Map', new Map()],
  [
    'a Map',
    new Map<unknown, unknown>([
      [1, { a: 2n }],
      [[1, 2], 'array'],
      ['m', new Map([[1, 2]])],
    ]),
  ],
  ['a Set', new Set<unknown>([1, 'one', [1], new Set()])],
  ['Uint8Array', new Uint8Array([0, 255])],
  ['Uint8ClampedArray', new Uint8ClampedArray([1])],
  ['Int8Array', new Int8Array([-1])],
  ['Uint16Array', new Uint16Array([65_535])],
  ['Int16Array', new Int16Array([-5])],
  ['Uint32Array', new Uint32Array([2 ** 32 - 1])],
  ['Int32Array', new Int32Array([-5])],
  ['Float32Array', new Float32Array([0.5])],
  ['Float64Array', new Float64Array([0.1, Number.NaN, -0])],
  ['BigInt64Array', new BigInt64Array([-1n])],
  ['BigUint64Array', new BigUint64Array([2n ** 64n - 1n])],
];

describe('both ways', () => {
  test.each(VALUES)('%s', (_, value) => {
    expect(it.echo(value)).toStrictEqual(value);
  });

  test('an object without a prototype becomes a plain one', () => {
    expect(it.echo(bare({ a: 1 }))).toStrictEqual({ a: 1 });
  });

  test('an error keeps name and message', () => {
    const error = it.echo(new RangeError('too far'));
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'RangeError', message: 'too far' });
  });

  test('an object of the test comes back as itself', () => {
    const own = new (class Disk {
      blocks = 4;
    })();
    const callback = (): number => 1;
    expect(it.echo(own)).toBe(own);
    expect(it.echo(callback)).toBe(callback);
    expect(it.echo([own, { callback }])).toStrictEqual([own, { callback }]);
  });
});

describe('refused', () => {
  test.each([
    ['circle', /nested too deeply/],
    ['deep', /nested too deeply/],
    ['long array', /an array that is too long/],
    ['many parts', /too many parts/],
    ['much text', /too many parts/],
    ['long text', /a text that is too long/],
    ['long bytes', /a typed array that is too long/],
  ])('%s', (name, says) => {
    expect(() => it.give(name)).toThrow(says);
  });
});
