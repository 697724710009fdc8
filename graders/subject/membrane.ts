/**
 * The membrane's half on the test's side: makes of what the realm passes out objects that a test can use as if the code
 * were its own, and of what a test passes in, text. Loaded in the realm of the tests, so that arrays and Maps made here are
 * the tests' own kind and `toStrictEqual` holds.
 */
import { SubjectError, SubjectStopped } from './fault.ts';
import { Inward } from './inward.ts';
import { Outward } from './outward.ts';
import type { Realm } from './realm.ts';
import { type Fault, isFault, type Passed } from './wire.ts';

/** Names that Jest and JavaScript itself ask of a value to let it decide for itself. The subject is never asked. */
const NEVER_ASKED = new Set(['asymmetricMatch', '$$typeof', 'then', 'toJSON', 'constructor', 'inspect', 'nodeType']);

const membranes = new WeakMap<Realm, Membrane>();

/** The exports of a module of the subject: functions and classes as first seen in a test, all else read anew at each use. */
export function importModule(realm: Realm, path: string): object {
  let membrane = membranes.get(realm);
  if (membrane === undefined) {
    membrane = new Membrane(realm);
    membranes.set(realm, membrane);
  }
  return membrane.module(path);
}

class Membrane {
  readonly #realm: Realm;
  readonly #inward: Inward;
  readonly #outward: Outward;
  /** What stands on this side for an instance or function of the subject, and the id of each such stand-in. */
  readonly #standIns = new Map<number, object>();
  readonly #ids = new WeakMap<object, number>();
  #epoch: number;

  constructor(realm: Realm) {
    this.#realm = realm;
    this.#epoch = realm.epoch;
    this.#inward = new Inward((value) => this.#idOf(value));
    this.#outward = new Outward({
      instance: (id, className) => this.#standIn(id, () => this.#instance(id, className)),
      callable: (id) => this.#standIn(id, () => this.#callable(id)),
      ownObject: (id) => this.#inward.object(id),
    });
    realm.answer = (object, use, args) => {
      const values = args.map((arg) => this.#take(arg));
      return this.#inward.passed(this.#inward.use(object, use, values));
    };
  }

  module(path: string): object {
    const id = this.#realm.exports(path);
    if (typeof id !== 'number') return this.#take(id) as object;
    return this.#standIn(id, () => new Proxy({}, this.#traps(id, 'Module')));
  }

  #take(passed: Passed | Fault): unknown {
    if (!isFault(passed)) return this.#outward.value(passed);
    switch (passed.fault) {
      case 'thrown':
        throw new SubjectError(passed.name, passed.message, passed.stack);
      case 'stopped':
        throw new SubjectStopped(passed.reason);
      case 'host':
        throw passed.error;
      default:
        return passed satisfies never;
    }
  }

  /** The one stand-in of a thing of the subject, while the test that met it lasts. */
  #standIn(id: number, make: () => object): object {
    if (this.#epoch !== this.#realm.epoch) {
      this.#standIns.clear();
      this.#inward.forget();
      this.#epoch = this.#realm.epoch;
    }
    let found = this.#standIns.get(id);
    if (found === undefined) {
      found = make();
      this.#standIns.set(id, found);
      this.#ids.set(found, id);
    }
    return found;
  }

  #instance(id: number, className: string): object {
    return new Proxy({}, this.#traps(id, className));
  }

  #callable(id: number): object {
    const realm = this.#realm;
    const epoch = realm.epoch;
    const alive = () => this.#alive(epoch);
    // `function`, not an arrow: the stand-in must be able to be constructed.
    const target = function stub() {};
    return new Proxy(target, {
      ...this.#traps(id, 'Function'),
      apply: (_, self: object, args: unknown[]) => {
        alive();
        const owner = this.#ids.has(self) ? self : undefined;
        return this.#take(realm.call(id, this.#inward.passed(owner), this.#inward.list(args)));
      },
      construct: (_, args: unknown[]) => {
        alive();
        return this.#take(realm.construct(id, this.#inward.list(args))) as object;
      },
      ownKeys: () => Reflect.ownKeys(target),
      getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(target, key),
      has: (_, key) => Reflect.has(target, key),
    });
  }

  /** The id behind a stand-in; undefined for what is the test's own. */
  #idOf(value: object): number | undefined {
    const id = this.#ids.get(value);
    if (id !== undefined && (this.#epoch !== this.#realm.epoch || this.#standIns.get(id) !== value)) throw kept();
    return id;
  }

  #alive(epoch: number): void {
    if (epoch !== this.#realm.epoch) throw kept();
  }

  #traps(id: number, className: string): ProxyHandler<object> {
    const realm = this.#realm;
    const epoch = realm.epoch;
    const methods = new Map<string, unknown>();
    const read = (key: string | symbol): unknown => {
      this.#alive(epoch);
      if (key === Symbol.iterator) return this.#iterate(id);
      if (key === Symbol.toStringTag) return className;
      if (typeof key === 'symbol' || NEVER_ASKED.has(key)) return undefined;
      const known = methods.get(key);
      if (known !== undefined) return known;
      const value = this.#take(realm.get(id, key));
      if (typeof value !== 'function' || className === 'Function' || !this.#ids.has(value)) return value;
      if (className === 'Module') {
        methods.set(key, value);
        return value;
      }
      // Known to be a method: from now on it takes one crossing to call it, not one more to fetch it.
      const method = (...args: unknown[]): unknown => {
        this.#alive(epoch);
        return this.#take(realm.invoke(id, key, this.#inward.list(args)));
      };
      methods.set(key, method);
      return method;
    };
    return {
      get: (_, key) => read(key),
      set: (_, key, value) => {
        this.#alive(epoch);
        methods.delete(String(key));
        return typeof key === 'string' && this.#take(realm.set(id, key, this.#inward.passed(value))) === true;
      },
      has: (_, key) => {
        this.#alive(epoch);
        return typeof key === 'string' && !NEVER_ASKED.has(key) && this.#take(realm.has(id, key)) === true;
      },
      ownKeys: () => {
        this.#alive(epoch);
        return (this.#take(realm.keys(id)) as string[]).filter((key) => !NEVER_ASKED.has(key));
      },
      getOwnPropertyDescriptor: (_, key) => {
        this.#alive(epoch);
        if (typeof key === 'symbol' || NEVER_ASKED.has(key) || this.#take(realm.has(id, key)) !== true)
          return undefined;
        return { value: read(key), enumerable: true, configurable: true, writable: true };
      },
      getPrototypeOf: () => Object.prototype,
      defineProperty: () => false,
      deleteProperty: () => false,
      preventExtensions: () => false,
      setPrototypeOf: () => false,
    };
  }

  /** `Symbol.iterator` of an instance that is iterable in the realm. */
  #iterate(id: number): (() => Iterator<unknown>) | undefined {
    const iterator = this.#take(this.#realm.iterator(id)) as Iterator<unknown> | undefined;
    if (iterator === undefined) return undefined;
    return () => ({ next: () => iterator.next() });
  }
}

function kept(): Error {
  return new Error('an object of the subject was kept from an earlier test: make it anew in each test');
}
