/** Uses of the test's objects by a subject that patched all that it could before the first of them. */
import { subject } from '../../../suite/index.ts';

interface Box {
  n: bigint;
  readonly twice: bigint;
}
interface It {
  use(device: object): unknown;
  pass(action: (...args: never[]) => unknown, ...args: unknown[]): unknown;
  readonly Box: { new (n: bigint): Box };
  isSame(action: (box: Box) => unknown, box: Box): boolean;
  rethrow(action: () => void): void;
}
const it = subject<It>('it');

class Device {
  handler: unknown = 'none';
  name = 'tape';
  #reads = 0n;
  read(block: bigint): bigint {
    this.#reads++;
    return block + 1n;
  }
  get reads(): bigint {
    return this.#reads;
  }
}

describe('patched', () => {
  test('methods, fields and accessors', () => {
    const device = new Device();
    expect(it.use(device)).toStrictEqual(['tape', 6n, 1n]);
    expect(device.handler).toStrictEqual({ set: 1 });
  });

  test('arguments', () => {
    const args = [1n, -(2n ** 70n), 'a\0', { get: 1, value: [2n], toJSON: 3 }, new Map([[1, new Set([2])]])];
    expect(it.pass((...seen: unknown[]) => seen, ...args)).toStrictEqual(args);
  });

  test('literals', () => {
    const written: unknown[] = [];
    const tape = { name: 'tape', reads: 3n, handler: {}, read: (block: bigint) => written.push(block), get: 1 };
    expect(it.use(tape)).toStrictEqual(['tape', 1, 3n]);
    expect(written).toEqual([5n]);
  });

  test('instances', () => {
    const box = new it.Box(4n);
    expect([box.n, box.twice]).toEqual([4n, 8n]);
    box.n = 5n;
    expect(box.twice).toBe(10n);
    expect(it.isSame((same) => same, box)).toBe(true);
    expect(it.isSame(() => new it.Box(5n), box)).toBe(false);
  });

  test('errors', () => {
    const error = new Error('of the test');
    const fail = (): never => {
      throw error;
    };
    expect(() => it.rethrow(fail)).toThrow(error);
  });
});
