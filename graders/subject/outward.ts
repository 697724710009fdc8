/** What the realm passes out, made into values of this realm: plain data as copies, the rest as stand-ins. */
import { SubjectValueError } from './fault.ts';
import type { Passed } from './wire.ts';

/** Who makes what cannot be copied. */
interface StandIns {
  instance(id: number, className: string): object;
  callable(id: number): object;
  ownObject(id: number): object;
}

type Node = string | number | boolean | null | [string, ...unknown[]];

const TYPED = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
} as const;

export class Outward {
  readonly #standIns: StandIns;

  constructor(standIns: StandIns) {
    this.#standIns = standIns;
  }

  value(passed: Passed): unknown {
    if (typeof passed !== 'object' || passed === null) return passed;
    if ('reference' in passed) throw new Error('references are passed in, not out');
    if ('wire' in passed) return this.#read(JSON.parse(passed.wire) as Node);
    return passed.callable < 0 ? this.#standIns.ownObject(-passed.callable) : this.#standIns.callable(passed.callable);
  }

  #read(node: Node): unknown {
    if (!Array.isArray(node)) return node;
    const [tag, first, second] = node;
    switch (tag) {
      case 'u':
        return undefined;
      case 'n':
        return Number(first);
      case 'b':
        return BigInt(String(first));
      case 'y':
        return Symbol(String(first));
      case 'a':
        return this.#array(node);
      case 'o':
        return this.#object(node);
      case 'M': {
        const map = new Map<unknown, unknown>();
        for (let i = 1; i < node.length; i += 2) map.set(this.#read(node[i] as Node), this.#read(node[i + 1] as Node));
        return map;
      }
      case 'S':
        return new Set(node.slice(1).map((item) => this.#read(item as Node)));
      case 'T':
        return this.#typed(String(first), node.slice(2));
      case 'e': {
        const error = new Error(String(second));
        Object.defineProperty(error, 'name', { value: String(first), configurable: true });
        return error;
      }
      case 'i':
        return this.#standIns.instance(Number(first), String(second));
      case 'f':
        return this.#standIns.callable(Number(first));
      case 'H':
        return this.#standIns.ownObject(Number(first));
      default:
        throw new SubjectValueError(`gave ${String(first)}`);
    }
  }

  #array(node: [string, ...unknown[]]): unknown[] {
    const array = new Array<unknown>(node.length - 1);
    for (let i = 1; i < node.length; i++) {
      const item = node[i] as Node;
      if (!Array.isArray(item) || item[0] !== 'h') array[i - 1] = this.#read(item);
    }
    return array;
  }

  /** Each field is defined, not assigned: a key `__proto__` is a key like any other. */
  #object(node: [string, ...unknown[]]): object {
    const object = {};
    for (let i = 1; i < node.length; i += 2) {
      const value = this.#read(node[i + 1] as Node);
      Object.defineProperty(object, String(node[i]), { value, writable: true, enumerable: true, configurable: true });
    }
    return object;
  }

  #typed(name: string, items: readonly unknown[]): unknown {
    const values = items.map((item) => this.#read(item as Node));
    if (name === 'BigInt64Array' || name === 'BigUint64Array') return TYPED[name].from(values as bigint[]);
    if (Object.hasOwn(TYPED, name))
      return TYPED[name as Exclude<keyof typeof TYPED, `Big${string}`>].from(values as number[]);
    throw new SubjectValueError(`gave a ${name}, which cannot be read here`);
  }
}
