/** What passes when code of the subject uses objects of the test: honest uses, and uses that nobody meant. */
import { subject } from '../../../suite/index.ts';

interface It {
  echo<T>(value: T): T;
  spread(action: (...args: never[]) => unknown, first: unknown, count: number): unknown;
  call(action: (...args: never[]) => unknown, ...args: unknown[]): unknown;
  says(device: object): unknown;
  equip(device: object, kind: string): void;
  takeOff(source: object): unknown;
  keeper: { new (action: () => unknown): { readonly action: () => unknown } };
  failing(action: (value: unknown) => unknown): unknown;
  mix(from: object, onto: object): unknown;
  forge(device: object): readonly string[];
  reenter(tape: object): unknown;
  ladder(down: (n: bigint, rest: bigint) => unknown, n: bigint): unknown;
  overflow(action: () => unknown): readonly unknown[];
  keys(): object;
}
const it = subject<It>('it');

class Device {
  handler: ((n: number) => string) | null;
  readonly name: string;
  #reads = 0;
  constructor(name: string, handler: ((n: number) => string) | null) {
    this.name = name;
    this.handler = handler;
  }
  read(n: number): string {
    this.#reads++;
    return `${this.name} ${n}`;
  }
  get reads(): number {
    return this.#reads;
  }
}

class Tape {
  readonly written: unknown[][] = [];
  write(...values: unknown[]): number {
    return this.written.push(values);
  }
}

describe('arguments', () => {
  test.each([1, 4, 5, 31, 32, 33, 40, 64, 300])('%i of them all arrive as they are', (count) => {
    for (const first of [0, 7n, -1n, 2n ** 64n, 'x', null]) {
      const expected = [first, ...Array.from({ length: count - 1 }, (_, i) => i + 1)];
      expect(it.spread((...args: unknown[]) => args, first, count)).toStrictEqual(expected);
    }
  });

  test('of all kinds at once', () => {
    const mixed = [
      2n ** 64n - 1n,
      -0,
      Number.NaN,
      0n,
      'a\0\ud800',
      -(2n ** 63n),
      [7n],
      undefined,
      1n,
      2n,
      3n,
      2n ** 200n,
    ];
    const seen: unknown[][] = [];
    it.call((...args: unknown[]) => seen.push(args), ...mixed);
    expect(seen).toStrictEqual([mixed]);
  });

  test('are read before anything is done: what their reading does comes first, and whole', () => {
    const tape = new Tape();
    it.reenter(tape);
    expect(tape.written).toStrictEqual([
      [1n, 2n, 3n],
      [5n, [6], 7n],
    ]);
  });

  test('a getter in one of them that throws, throws that', () => {
    expect(() => it.failing(() => 1)).toThrow(expect.objectContaining({ name: 'TypeError', message: 'mine' }));
  });

  test('an array with holes and other fields is no plain data', () => {
    const array = Object.assign(new Array<number>(2), { 1: 5, note: 1 });
    const echoed = it.echo(array);
    expect(0 in echoed).toBe(false);
    expect(echoed[1]).toBe(5);
  });
});

describe('big integers', () => {
  test('go down and up again through both sides', () => {
    const big = 2n ** 63n;
    const down = (n: bigint, rest: bigint): unknown => (n === 0n ? rest : it.ladder(down, n - 1n));
    expect(it.ladder(down, 40n)).toBe(big + 40n);
  });
});

describe('objects', () => {
  test('a field that may hold a function or nothing is read as it is', () => {
    const devices = [new Device('a', (n) => `a ${n}`), new Device('b', null), new Device('c', (n) => `c ${n}`)];
    expect(devices.map((device) => it.says(device))).toEqual(['a 1', 'nothing', 'c 1']);
    for (const device of devices) device.handler = device.handler === null ? (n) => `late ${n}` : null;
    expect(devices.map((device) => it.says(device))).toEqual(['nothing', 'late 1', 'nothing']);
  });

  test('a function written into a field by the subject is there for the test, and for the subject', () => {
    const devices = [new Device('a', (n) => `a ${n}`), new Device('b', null)];
    for (const device of devices) it.equip(device, 'function');
    expect(devices.map(({ handler }) => handler?.(3))).toEqual(['equipped 3', 'equipped 3']);
    expect(devices.map((device) => it.says(device))).toEqual(['equipped 1', 'equipped 1']);
    for (const device of devices) it.equip(device, 'null');
    expect(devices.map(({ handler }) => handler)).toEqual([null, null]);
  });

  test('what has only a getter cannot be written', () => {
    const device = new Device('a', null);
    it.equip(device, 'reads');
    expect(device.reads).toBe(0);
  });

  test('methods taken off a literal are called alone', () => {
    const frames = [3, 2, 1];
    expect(it.takeOff({ alloc: () => frames.pop(), free: (pfn: number) => frames.push(pfn) })).toEqual([1, 2, 3]);
  });

  test('a function of the test in an instance of the subject comes back as itself', () => {
    const action = (): number => 1;
    const keeper = new it.keeper(action);
    expect(keeper.action).toBe(action);
    expect(keeper.action).toBe(action);
  });

  test('a method on an object of another class does what that one’s own does, or nothing', () => {
    class Other {
      ask(): string {
        return 'other';
      }
    }
    expect(it.mix(new Device('a', null), new Other())).toBe('other');
    expect(it.mix(new Device('a', null), { ask: () => 1 })).toBe('TypeError');
    expect(() => it.mix(new Device('a', null), new (class Nothing {})())).toThrow('has no use');
  });

  test('nobody can pretend to be one', () => {
    const device = new Device('a', null);
    expect(new Set(it.forge(device))).toEqual(new Set(['TypeError']));
    expect(device.reads).toBe(0);
  });

  test('keys with NUL are not cut short', () => {
    expect(Object.entries(it.keys())).toStrictEqual([
      ['a', 1],
      ['a\0b', 2],
      ['\ud800', 3],
    ]);
  });
});

describe('the stack', () => {
  test.each([
    ['a number', 1],
    ['a big integer', 7n],
    ['a larger one', -(2n ** 100n)],
    ['an array', [1, 2]],
    ['an object of the test', new Tape()],
  ])('that runs out near a use with %s in it is an error like another', (_, value) => {
    expect(it.overflow(() => value)).toEqual([true, 'stack overflow']);
    const thrower = (): never => {
      throw new Error('of the test');
    };
    expect(it.overflow(thrower)).toEqual([false, 'an error of the caller']);
  });
});
