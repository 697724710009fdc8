/** Instances, functions, callbacks, errors and what pretends to be one of them. */
import { subject } from '../../../suite/index.ts';
import { stage } from '../../../suite/stage.ts';

interface Account extends Iterable<unknown> {
  owner: string;
  cents: number;
  add(cents: number): Account;
  fail(): void;
}
interface It {
  readonly Account: { new (owner: string): Account; made: number; bank(): string; open(owner: string): Account };
  readonly limit: number;
  readonly table: readonly number[];
  counter(): number;
  echo<T>(value: T): T;
  isKept(account: Account): boolean;
  kept(): Account;
  pair(): { first: Account; second: Account };
  call<T>(action: (...args: never[]) => T, ...args: unknown[]): T;
  tryCall(action: () => void): string;
  wrap(action: () => void): void;
  keepError(action: () => void): void;
  throwKept(): void;
  use(disk: object): string;
  pretend(name: string): unknown;
  fail(name: string): void;
  hog(): number;
  many(count: number): unknown[];
  two(): number;
}
const it = subject<It>('it');

describe('instances', () => {
  test('are constructed, asked, told and called', () => {
    const account = new it.Account('Ada');
    expect(account.owner).toBe('Ada');
    account.owner = 'Grace';
    account.cents = 5;
    expect([account.owner, account.cents, account.add(2).cents]).toEqual(['Grace', 5, 7]);
    expect('cents' in account).toBe(true);
    expect('dollars' in account).toBe(false);
    expect(Object.keys(account)).toEqual(['owner']);
  });

  test('are the same object each time they cross', () => {
    const account = it.kept();
    expect(it.kept()).toBe(account);
    expect(account.add(0)).toBe(account);
    expect(it.echo(account)).toBe(account);
    expect(it.echo([account])[0]).toBe(account);
    expect(it.isKept(account)).toBe(true);
    expect(it.isKept(new it.Account('other'))).toBe(false);
    const { first, second } = it.pair();
    expect(first).toBe(second);
  });

  test('a setter that throws, throws', () => {
    const account = new it.Account('Ada');
    expect(() => {
      account.cents = -1;
    }).toThrow('less than nothing');
  });

  test('are iterable when they say so', () => {
    const account = new it.Account('Ada').add(3);
    expect([...account]).toEqual(['Ada', 3]);
    expect(new Set(account)).toEqual(new Set(['Ada', 3]));
  });

  test('static members', () => {
    const before = it.Account.made;
    new it.Account('Ada');
    expect(it.Account.made).toBe(before + 1);
    expect(it.Account.bank()).toBe('first');
    expect(it.Account.open('Ada').owner).toBe('Ada');
  });
});

describe('modules', () => {
  test('values and functions', () => {
    expect(it.limit).toBe(10);
    expect(it.table).toStrictEqual([1, 2]);
    expect(Object.keys(it)).toContain('limit');
    expect('limit' in it).toBe(true);
  });

  test('keep their state within a test', () => {
    expect([it.counter(), it.counter()]).toEqual([1, 2]);
  });

  test('... and begin anew in the next', () => {
    expect(it.counter()).toBe(1);
  });
});

describe('callbacks', () => {
  test('get what is passed, and give back', () => {
    expect(it.call((a: number, b: number[]) => [...b, a], 1, [2])).toStrictEqual([2, 1]);
  });

  test('may call back in, many deep', () => {
    const down = (n: number): number => (n === 0 ? 0 : 1 + it.call(down as (...args: never[]) => number, n - 1));
    expect(down(50)).toBe(50);
  });

  test('methods, fields and accessors of an object of the test', () => {
    const disk = new (class {
      reads = 0;
      #label = 'swap';
      get label(): string {
        return this.#label;
      }
      set label(text: string) {
        this.#label = text;
      }
      read(block: number): string {
        this.reads++;
        return `block ${block}`;
      }
    })();
    expect(it.use(disk)).toBe('swap: block 7');
    expect([disk.reads, disk.label]).toEqual([1, 'used']);
  });
});

describe('errors', () => {
  test('of the subject keep name and message', () => {
    expect(() => it.fail('own')).toThrow(expect.objectContaining({ name: 'Panic', message: 'mm: double free' }));
    expect(() => it.fail('type')).toThrow(expect.objectContaining({ name: 'TypeError' }));
    expect(() => it.fail('text')).toThrow(expect.objectContaining({ name: 'thrown', message: 'only a text' }));
    expect(() => it.fail('undefined')).toThrow(expect.objectContaining({ name: 'thrown', message: 'undefined' }));
    expect(() => it.fail('symbol')).toThrow(expect.objectContaining({ name: 'symbol', message: 'Symbol(s)' }));
  });

  test('that are hostile are read without running them', () => {
    expect(() => it.fail('getters')).toThrow(expect.objectContaining({ message: '' }));
    expect(() => it.fail('long')).toThrow(expect.objectContaining({ message: 'x'.repeat(2000) }));
    expect(() => it.fail('proxy')).toThrow('an object that cannot be read');
  });

  test('of the test go through the subject unchanged', () => {
    class OutOfBlocks extends Error {}
    const error = new OutOfBlocks('none left');
    const fail = (): never => {
      throw error;
    };
    for (const through of [() => it.call(fail), () => it.wrap(fail)]) {
      try {
        through();
        expect('nothing thrown').toBe('');
      } catch (thrown) {
        expect(thrown).toBe(error);
      }
    }
    expect(it.tryCall(fail)).toBe('caught');
    it.keepError(fail);
  });

  test('of an earlier test are gone with all that it left', () => {
    expect(() => it.throwKept()).toThrow(expect.objectContaining({ name: 'thrown', message: 'undefined' }));
  });
});

let old: Account;
let add: Account['add'];
describe('what a test was given', () => {
  test('lasts for the test', () => {
    old = it.kept();
    add = old.add;
    expect(add(0)).toBe(old);
  });

  test('is void in the next', () => {
    const says = /kept from an earlier test/;
    expect(() => old.cents).toThrow(says);
    expect(() => add(1)).toThrow(says);
    expect(() => it.echo(old)).toThrow(says);
    expect(() => Object.keys(old)).toThrow(says);
    expect(() => Object.hasOwn(old, 'owner')).toThrow(says);
    expect(it.kept()).not.toBe(old);
  });
});

describe('pretenders', () => {
  test.each(['matcher', 'matcher class', 'primitive', 'liar array', 'liar map', 'all equal proxy'])(
    '%s equals nothing',
    (name) => {
      expect(it.pretend(name)).not.toEqual(5);
      expect(it.pretend(name)).not.toEqual([1, 2]);
      expect(it.pretend(name)).not.toStrictEqual({ a: 1 });
      expect({ a: it.pretend(name) }).not.toEqual({ a: 5 });
      expect(it.pretend(name)).not.toBe(5);
    },
  );

  test('a thenable is not waited for', async () => {
    const thenable = it.pretend('thenable');
    expect(await thenable).toBe(thenable);
  });

  test('a Map of its own kind is a plain Map here', () => {
    expect(it.pretend('liar map')).toStrictEqual(new Map([[0, 0]]));
  });

  test('an instance has no say in how it is printed', () => {
    expect(JSON.stringify(it.pretend('printer'))).not.toContain('secret');
  });
});

describe('a full heap', () => {
  test('is the subject’s own trouble', () => {
    expect(it.hog()).toBe(1);
  });

  test('... and a realm that still has room is made for the next test', () => {
    expect(it.two()).toBe(2);
  });
});

describe('many instances', () => {
  test.each([1, 2, 3])('do not make the next test dearer (%i)', () => {
    const before = stage()?.realm().work;
    expect(before).toBeLessThanOrEqual(10_000);
    for (let i = 0; i < 2; i++) expect(it.many(20_000)).toHaveLength(20_000);
  });
});
