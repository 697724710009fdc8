/** What a test passes in, as text: data by copy, its own objects and functions by id, to be called back. */
import type { Passed } from './wire.ts';

/** NUL, or half of a surrogate pair. */
const UNSAFE_TEXT = /[\0\p{Surrogate}]/u;

const NEVER_SHOWN = new Set<string | symbol>(['constructor', '__proto__']);

export class Inward {
  readonly #idOfSubjects: (value: object) => number | undefined;
  readonly #objects: object[] = [];
  /** What each port does: one for each use of each member of an object of the test. */
  readonly #ports: ((args: readonly unknown[]) => unknown)[] = [];
  readonly #wires = new Map<object, string>();

  /** @param idOfSubjects  the id behind a stand-in for something of the subject's own */
  constructor(idOfSubjects: (value: object) => number | undefined) {
    this.#idOfSubjects = idOfSubjects;
  }

  list(values: readonly unknown[]): Passed[] {
    return values.map((value) => this.passed(value));
  }

  passed(value: unknown): Passed {
    switch (typeof value) {
      case 'undefined':
      case 'boolean':
      case 'number':
      case 'bigint':
        return value;
      case 'string':
        // A text with NUL or half a surrogate pair would be cut short on its way as a C string.
        return !UNSAFE_TEXT.test(value) ? value : { wire: JSON.stringify(value) };
      default:
        return value === null ? null : { wire: this.#write(value) };
    }
  }

  /** One of the test's own objects, by its id. */
  object(id: number): object {
    const found = this.#objects[id - 1];
    if (found === undefined) throw new Error(`no object of the test has the id ${id}`);
    return found;
  }

  /** Does to one of the test's own objects what a port was made for. */
  use(port: number, args: readonly unknown[]): unknown {
    const action = this.#ports[port - 1];
    if (action === undefined) throw new Error(`there is no port ${port}`);
    return action(args);
  }

  #write(value: unknown): string {
    switch (typeof value) {
      case 'undefined':
        return '["u"]';
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0)
          ? String(value)
          : `["n","${Object.is(value, -0) ? '-0' : value}"]`;
      case 'bigint':
        return `["b","${value}"]`;
      case 'boolean':
        return String(value);
      case 'string':
        return JSON.stringify(value);
      case 'symbol':
        throw new Error('a symbol cannot be passed to the subject');
      case 'function':
        return this.#own(value);
      default:
        return value === null ? 'null' : this.#writeObject(value as object);
    }
  }

  #writeObject(value: object): string {
    const id = this.#idOfSubjects(value);
    if (id !== undefined) return `["i",${id}]`;
    if (this.#isJson(value)) return `["j",${JSON.stringify(value)}]`;
    if (Array.isArray(value)) {
      const items = Array.from(value, (item: unknown, i) => (i in value ? `,${this.#write(item)}` : ',["h"]'));
      return `["a"${items.join('')}]`;
    }
    if (value instanceof Map)
      return `["M"${[...value]
        .flat(1)
        .map((item) => `,${this.#write(item)}`)
        .join('')}]`;
    if (value instanceof Set) return `["S"${[...value].map((item) => `,${this.#write(item)}`).join('')}]`;
    if (value instanceof Error) return `["e",${JSON.stringify(value.name)},${JSON.stringify(value.message)}]`;
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
      const items = [...(value as Uint8Array)].map((item) => `,${this.#write(item)}`);
      return `["T","${(value as Uint8Array)[Symbol.toStringTag]}"${items.join('')}]`;
    }
    return this.#behaves(value) ? this.#own(value) : this.#writePlain(value);
  }

  /** Whether JSON holds a value just as it is, through and through. */
  #isJson(value: unknown): boolean {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return true;
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0);
      case 'object':
        break;
      default:
        return false;
    }
    if (value === null) return true;
    if (this.#idOfSubjects(value) !== undefined) return false;
    const keys = Object.keys(value);
    if (Array.isArray(value)) return keys.length === value.length && value.every((item) => this.#isJson(item));
    if (Object.getPrototypeOf(value) !== Object.prototype || Reflect.ownKeys(value).length !== keys.length)
      return false;
    return keys.every((key) => {
      const field = Reflect.getOwnPropertyDescriptor(value, key);
      return field !== undefined && 'value' in field && this.#isJson(field.value);
    });
  }

  #writePlain(value: object): string {
    const fields = Object.entries(value).map(([key, item]) => `,${JSON.stringify(key)},${this.#write(item)}`);
    return `["o"${fields.join('')}]`;
  }

  /** Whether an object is more than data: an instance of a class, or a literal with functions or accessors. */
  #behaves(value: object): boolean {
    const proto: unknown = Object.getPrototypeOf(value);
    if (proto !== Object.prototype && proto !== null) return true;
    return Object.values(Object.getOwnPropertyDescriptors(value)).some(
      (field) => field.get !== undefined || typeof field.value === 'function',
    );
  }

  /** An object or function of the test's own: stays here, and is named. */
  #own(value: object): string {
    let wire = this.#wires.get(value);
    if (wire === undefined) {
      this.#objects.push(value);
      const callPort =
        typeof value === 'function' ? this.#port((args) => Reflect.apply(value as Callback, undefined, args)) : 0;
      const { methods, fields } = typeof value === 'function' ? { methods: [], fields: [] } : shape(value);
      const calls = methods.map((name) => [
        name,
        this.#port((args) => Reflect.apply(Reflect.get(value, name) as Callback, value, args)),
      ]);
      const accesses = fields.map((name) => [
        name,
        this.#port(() => Reflect.get(value, name)),
        this.#port(([item]) => Reflect.set(value, name, item)),
      ]);
      wire = JSON.stringify(['H', this.#objects.length, callPort, calls, accesses]);
      this.#wires.set(value, wire);
    }
    return wire;
  }

  /** @returns the number of a new port; 0 is none */
  #port(action: (args: readonly unknown[]) => unknown): number {
    return this.#ports.push(action);
  }
}

type Callback = (...args: readonly unknown[]) => unknown;

/** The names of an object's methods, and of its fields and accessors, own and inherited. */
function shape(value: object): { methods: string[]; fields: string[] } {
  const methods = new Set<string>();
  const fields = new Set<string>();
  for (
    let proto: object | null = value;
    proto !== null && proto !== Object.prototype;
    proto = Object.getPrototypeOf(proto)
  ) {
    for (const [name, field] of Object.entries(Object.getOwnPropertyDescriptors(proto))) {
      if (NEVER_SHOWN.has(name) || methods.has(name) || fields.has(name)) continue;
      (typeof field.value === 'function' ? methods : fields).add(name);
    }
  }
  return { methods: [...methods], fields: [...fields] };
}
