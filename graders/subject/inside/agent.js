// biome-ignore-all lint/style/useTemplate: a template calls String.prototype.concat here, which a student may replace.
// The half of the membrane that lives inside the realm. Evaluated first of all, it keeps the intrinsics it needs, so that
// nothing a student patches later can reach it. It turns text into values and, by `writer`, values into text; ids stand for
// what cannot be copied: instances, functions, and the test's own objects. See ../wire.ts for the text.
(hostCall, bigBytes, LIMITS, writer) => {
  const { apply, construct, get, getPrototypeOf, ownKeys, set } = Reflect;
  const { create, defineProperty } = Object;
  const { isArray } = Array;
  const { parse, stringify } = JSON;
  const BigIntOf = BigInt;
  const ErrorOf = Error;
  const MapOf = Map;
  const SetOf = Set;
  const errorPrototype = Error.prototype;
  const internalErrorPrototype = InternalError.prototype;
  const { get: mapGet, set: mapSet } = Map.prototype;
  const { get: weakGet, set: weakSet } = WeakMap.prototype;
  const { add: setAdd } = Set.prototype;
  const typedTypes = { __proto__: null };
  for (const name of ownKeys(globalThis)) {
    const type = globalThis[name];
    if (typeof type === 'function' && getPrototypeOf(type) === getPrototypeOf(Uint8Array)) typedTypes[name] = type;
  }
  const iteratorSymbol = Symbol.iterator;

  /** Things of the subject, named by id, both ways. */
  const things = new MapOf();
  const ids = new WeakMap();
  /** The stand-ins for the test's own objects and functions, by id, both ways; and errors the test threw through us. */
  const standInOf = new MapOf();
  const standIns = new WeakMap();
  const hostErrors = new WeakMap();
  let nextId = 1;

  const idOf = (thing) => {
    let id = apply(weakGet, ids, [thing]);
    if (id === undefined) {
      id = nextId++;
      apply(weakSet, ids, [thing, id]);
    }
    apply(mapSet, things, [id, thing]);
    return id;
  };

  const { describe, encode, quote } = writer(LIMITS, standIns, idOf);

  // --- text to value -------------------------------------------------------------------------------------------------

  const decode = (text) => read(parse(text));

  /** Without a prototype: a `get` that a student adds to every object must not become part of the descriptor. */
  const define = (object, key, value) =>
    defineProperty(object, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true });

  const read = (node) => {
    if (!isArray(node)) return node;
    const tag = node[0];
    switch (tag) {
      case 'j':
        return node[1];
      case 'u':
        return undefined;
      case 'n':
        return +node[1];
      case 'b':
        return BigIntOf(node[1]);
      case 'a': {
        const array = [];
        array.length = node.length - 1;
        for (let i = 1; i < node.length; i++) {
          if (!isArray(node[i]) || node[i][0] !== 'h') define(array, i - 1, read(node[i]));
        }
        return array;
      }
      case 'o': {
        const object = {};
        for (let i = 1; i < node.length; i += 2) define(object, node[i], read(node[i + 1]));
        return object;
      }
      case 'M': {
        const map = new MapOf();
        for (let i = 1; i < node.length; i += 2) apply(mapSet, map, [read(node[i]), read(node[i + 1])]);
        return map;
      }
      case 'S': {
        const values = new SetOf();
        for (let i = 1; i < node.length; i++) apply(setAdd, values, [read(node[i])]);
        return values;
      }
      case 'T': {
        const array = construct(typedTypes[node[1]], [node.length - 2]);
        for (let i = 2; i < node.length; i++) array[i - 2] = read(node[i]);
        return array;
      }
      case 'e': {
        const error = construct(ErrorOf, [node[2]]);
        define(error, 'name', node[1]);
        return error;
      }
      case 'i':
        return apply(mapGet, things, [node[1]]);
      case 'H':
        return standIn(node[1], node[2], node[3], node[4]);
    }
    throw construct(ErrorOf, ['unknown tag ' + tag]);
  };

  /** Where big integers of 64 bits are left for the host, or by it: spelling them out would cost more than the call. */
  const bigs = new BigUint64Array(bigBytes);

  const isBig = (value, at) => {
    bigs[at] = value;
    return bigs[at] === value;
  };

  /** Uses an object of the test. Most uses have few arguments, and are spelled out: nothing is faster. */
  const callOut = (id, use, args) => {
    let packed = 0;
    const count = args.length;
    for (let i = 0; i < count; i++) {
      if (typeof args[i] !== 'bigint' || i >= LIMITS.bigs || !isBig(args[i], i)) continue;
      packed |= 1 << i;
      args[i] = 0;
    }
    switch (count) {
      case 0:
        return hostCall(id, use, packed);
      case 1:
        return hostCall(id, use, packed, args[0]);
      case 2:
        return hostCall(id, use, packed, args[0], args[1]);
    }
    const list = [id, use, packed];
    for (let i = 0; i < count; i++) define(list, i + 3, args[i]);
    return apply(hostCall, undefined, list);
  };

  /**
   * The stand-in of an instance of one of the test's classes. What it can do is made once for each class; that it stands
   * for an object of the test, and for which, nobody can forge.
   */
  class StandIn {
    #id;
    constructor(id) {
      this.#id = id;
    }
    static use(use) {
      return function (...args) {
        return callOut(this.#id, use, args);
      };
    }
  }

  /** By the number of a class: a constructor with what all its stand-ins can do. */
  const types = new MapOf();
  const typeOf = (number, methods, fields) => {
    let type = apply(mapGet, types, [number]);
    if (type !== undefined) return type;
    type = class {};
    for (let i = 0; i < methods.length; i++) {
      const value = StandIn.use(i);
      defineProperty(type.prototype, methods[i], { __proto__: null, value, writable: true, configurable: true });
    }
    let use = methods.length;
    for (let i = 0; i < fields.length; i++) {
      const read = StandIn.use(use++);
      const write = StandIn.use(use++);
      defineProperty(type.prototype, fields[i], { __proto__: null, get: read, set: write });
    }
    delete type.prototype.constructor;
    apply(mapSet, types, [number, type]);
    return type;
  };

  /** The stand-in of a literal, or of a function if `callable`: its members may be taken off it and called alone. */
  const literalOf = (id, callable, methods, fields) => {
    const made = callable ? (...args) => callOut(id, -1, args) : {};
    for (let i = 0; i < methods.length; i++) define(made, methods[i], (...args) => callOut(id, i, args));
    for (let i = 0; i < fields.length; i++) {
      const use = methods.length + 2 * i;
      defineProperty(made, fields[i], {
        __proto__: null,
        get: () => hostCall(id, use, 0),
        set: (value) => callOut(id, use + 1, [value]),
        enumerable: true,
      });
    }
    return made;
  };

  /** The one stand-in for an object of the test: each use of it is a call out to the host. See ../inward.ts. */
  const standIn = (id, kind, methods, fields) => {
    const known = apply(mapGet, standInOf, [id]);
    if (known !== undefined) return known;
    const made =
      kind > 0 ? construct(StandIn, [id], typeOf(kind, methods, fields)) : literalOf(id, kind < 0, methods, fields);
    apply(mapSet, standInOf, [id, made]);
    apply(weakSet, standIns, [made, id]);
    return made;
  };

  // --- what the host may ask -----------------------------------------------------------------------------------------

  /** The id of a function or module: above zero for one of the subject's, below for one of the test's. */
  const idOfFunction = (thing) => {
    const standIn = apply(weakGet, standIns, [thing]);
    return standIn === undefined ? idOf(thing) : -standIn;
  };

  let turns = 0;
  return {
    decode,
    /** The big integer that the host has left. */
    big: () => bigs[0],
    /** What is no other primitive: undefined if it is left in `bigs`, a number for a function (see idOf), or its text. */
    out: (value) => {
      if (typeof value === 'bigint' && isBig(value, 0)) return undefined;
      return typeof value === 'function' ? idOfFunction(value) : encode(value);
    },
    at: (id) => apply(mapGet, things, [id]),
    describe: (thrown) => {
      let said = { name: 'thrown', message: 'an object that cannot be read', stack: '' };
      try {
        said = describe(thrown);
      } catch (error) {
        // A Proxy may refuse to be looked at; but when there is no memory left to look, the host must know.
        if (getPrototypeOf(error) === internalErrorPrototype) throw error;
      }
      return '[' + stringify(said.name) + ',' + stringify(said.message) + ',' + stringify(said.stack) + ']';
    },
    construct: (type, ...args) => construct(type, args),
    /** A method by its name, looked up at each call: an instance may change its own. */
    invoke: (object, key, ...args) => apply(object[key], object, args),
    get: (object, key) => get(object, key),
    set: (object, key, value) => set(object, key, value),
    has: (object, key) => key in object,
    keys: (object) => {
      const keys = ownKeys(object);
      let text = '["a"';
      for (let i = 0; i < keys.length; i++) if (typeof keys[i] === 'string') text += ',' + quote(keys[i]);
      return text + ']';
    },
    hostError: (id) => {
      // An error is dear on the other side: it holds a stack.
      for (let i = 0; i < 64; i++);
      const error = create(errorPrototype);
      define(error, 'message', 'an error of the caller');
      apply(weakSet, hostErrors, [error, id]);
      return error;
    },
    hostErrorId: (thrown) =>
      typeof thrown === 'object' && thrown !== null ? (apply(weakGet, hostErrors, [thrown]) ?? 0) : 0,
    idOf: idOfFunction,
    /** The iterator of an iterable instance, or undefined. */
    iterator: (object) => {
      const method = get(object, iteratorSymbol);
      return typeof method === 'function' ? apply(method, object, []) : undefined;
    },
    /** Turns until the work limit's next tick interrupts; `turned` tells how many. */
    turn: () => {
      for (turns = 0; ; turns++);
    },
    turned: () => turns,
  };
};
