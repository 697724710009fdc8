/** What a test passes in, as text: data by copy, its own objects and functions by id, to be called back. */
import { type Passed, type Reference, UNSAFE_TEXT } from './wire.ts';

const NEVER_SHOWN = new Set<string | symbol>(['constructor', '__proto__']);

/** What can be done with an object: by use, with arguments. Methods first; then for each field, reading and writing it. */
interface Shape {
  readonly methods: readonly string[];
  readonly fields: readonly string[];
  /** Of a class, from 1; 0: a literal. */
  readonly kind: number;
}

/** Instead of the number of a class: a function, and the use that calls it. */
const CALLABLE = -1;

export class Inward {
  readonly #idOfSubjects: (value: object) => number | undefined;
  /** The test's own that have crossed, by id - 1. */
  readonly #objects: { readonly object: object; readonly shape: Shape }[] = [];
  readonly #references = new Map<object, Reference>();
  /** By prototype and the names of own fields. */
  readonly #shapes = new Map<object, Map<string, Shape>>();
  #kinds = 0;

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
        return !UNSAFE_TEXT.test(value) ? value : { wire: JSON.stringify(value) };
      case 'symbol':
        throw new Error('a symbol cannot be passed to the subject');
      case 'function':
      case 'object':
        return value === null ? null : this.#passedObject(value);
    }
  }

  #passedObject(value: object): Passed {
    const id = this.#idOfSubjects(value);
    if (id !== undefined) return { reference: id, wire: `["i",${id}]` };
    const known = this.#references.get(value);
    if (known !== undefined) return known;
    return isOwn(value) ? this.#own(value) : { wire: this.#writeObject(value) };
  }

  /** Names are given anew: the realm has forgotten what it knew. */
  forget(): void {
    this.#objects.length = 0;
    this.#references.clear();
  }

  /** One of the test's own objects, by its id. */
  object(id: number): object {
    return this.#met(id).object;
  }

  /** Does to one of the test's own objects what a use of it means: see Shape. */
  use(id: number, use: number, args: readonly unknown[]): unknown {
    const { object, shape } = this.#met(id);
    if (use === CALLABLE) return Reflect.apply(object as Callback, undefined, args);
    const method = shape.methods[use];
    if (method !== undefined) return Reflect.apply(Reflect.get(object, method) as Callback, object, args);
    const field = shape.fields[Math.floor((use - shape.methods.length) / 2)];
    if (field === undefined) throw new Error(`the object ${id} of the test has no use ${use}`);
    return (use - shape.methods.length) % 2 === 0 ? Reflect.get(object, field) : Reflect.set(object, field, args[0]);
  }

  #met(id: number): { readonly object: object; readonly shape: Shape } {
    const found = this.#objects[id - 1];
    if (found === undefined) throw new Error(`no object of the test has the id ${id}`);
    return found;
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
        return this.#own(value).wire;
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
    return isOwn(value) ? this.#own(value).wire : this.#writePlain(value);
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
    if (Array.isArray(value)) {
      if (keys.length !== value.length) return false;
      // A hole is no JSON; and without one, there are no other keys.
      for (const item of value) if (!this.#isJson(item)) return false;
      return true;
    }
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

  /** An object or function of the test's own: stays here, and is named. */
  #own(value: object): Reference {
    let reference = this.#references.get(value);
    if (reference === undefined) {
      const shape = this.#shapeOf(value);
      const id = this.#objects.push({ object: value, shape });
      reference = { reference: -id, wire: JSON.stringify(['H', id, shape.kind, shape.methods, shape.fields]) };
      this.#references.set(value, reference);
    }
    return reference;
  }

  #shapeOf(value: object): Shape {
    if (typeof value === 'function') return { methods: [], fields: [], kind: CALLABLE };
    if (isPlain(value)) return { ...membersOf(value), kind: 0 };
    const proto = Object.getPrototypeOf(value) as object;
    const own = Object.getOwnPropertyNames(value).join();
    let shapes = this.#shapes.get(proto);
    if (shapes === undefined) {
      shapes = new Map();
      this.#shapes.set(proto, shapes);
    }
    let shape = shapes.get(own);
    if (shape === undefined) {
      shape = { ...membersOf(value), kind: ++this.#kinds };
      shapes.set(own, shape);
    }
    return shape;
  }
}

/** Whether a value is more than data: a function, an instance of a class, or a literal with functions or accessors. */
function isOwn(value: object): boolean {
  if (typeof value === 'function') return true;
  if (Array.isArray(value) || value instanceof Map || value instanceof Set || value instanceof Error) return false;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return false;
  if (!isPlain(value)) return true;
  return Object.values(Object.getOwnPropertyDescriptors(value)).some(
    (field) => field.get !== undefined || typeof field.value === 'function',
  );
}

function isPlain(value: object): boolean {
  const proto: unknown = Object.getPrototypeOf(value);
  return proto === null || proto === Object.prototype;
}

type Callback = (...args: readonly unknown[]) => unknown;

/**
 * The names of an object's methods, and of its fields and accessors, own and inherited. What an instance of a class itself
 * holds is a field, a function too: it may be another one next time, or none.
 */
function membersOf(value: object): Pick<Shape, 'methods' | 'fields'> {
  const methods = new Set<string>();
  const fields = new Set<string>();
  const isLiteral = isPlain(value);
  for (
    let proto: object | null = value;
    proto !== null && proto !== Object.prototype;
    proto = Object.getPrototypeOf(proto)
  ) {
    for (const [name, field] of Object.entries(Object.getOwnPropertyDescriptors(proto))) {
      if (NEVER_SHOWN.has(name) || methods.has(name) || fields.has(name)) continue;
      (typeof field.value === 'function' && (isLiteral || proto !== value) ? methods : fields).add(name);
    }
  }
  return { methods: [...methods], fields: [...fields] };
}
