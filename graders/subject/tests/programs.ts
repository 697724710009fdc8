/** Programs of the subject, as it might be written by a student: honest, odd and hostile. */

const VALUES = `
  const give = (name) => {
    switch (name) {
      case 'circle': { const a = [0]; a[0] = a; return a; }
      case 'deep': { let a = []; for (let i = 0; i < 100; i++) a = [a]; return a; }
      case 'long array': { const a = []; a.length = 2 ** 32 - 1; return a; }
      case 'many parts': { let tree = [0, 0]; for (let i = 0; i < 20; i++) tree = [tree, tree]; return tree; }
      case 'much text': { let text = 'x'; for (let i = 0; i < 20; i++) text += text; return [text, text, text, text, text]; }
      case 'long text': { let text = 'x'; for (let i = 0; i < 21; i++) text += text; return text; }
      case 'long bytes': return new Bytes(1e6);
    }
  };
  return { echo: (value) => value, give };
`;

/** All that can be replaced is replaced, by functions that throw; and every object has fields of a descriptor. */
const PATCHES = `
  const Bytes = Uint8Array;
  const { ownKeys, getOwnPropertyDescriptor, defineProperty, getPrototypeOf } = Reflect;
  const fail = () => { throw new Error('patched'); };
  const iterators = [[].values(), new Map().values(), new Set().values(), ''[Symbol.iterator]()].map(getPrototypeOf);
  const owners = [
    Array, Array.prototype, Object, Object.prototype, Map.prototype, Set.prototype, WeakMap.prototype, String.prototype,
    Number, Number.prototype, BigInt, BigInt.prototype, Symbol.prototype, Function.prototype, Error.prototype,
    Uint8Array.prototype, getPrototypeOf(Uint8Array), getPrototypeOf(Uint8Array.prototype), Math, JSON, Reflect, ...iterators,
  ];
  const all = owners.map((owner) => [owner, ownKeys(owner)]);
  for (let i = 0; i < all.length; i++) {
    const owner = all[i][0], keys = all[i][1];
    for (let j = 0; j < keys.length; j++) {
      const found = getOwnPropertyDescriptor(owner, keys[j]);
      if (!found.configurable || keys[j] === 'constructor') continue;
      if (typeof found.value === 'function') defineProperty(owner, keys[j], { value: fail, configurable: true });
      else if (found.get !== undefined) defineProperty(owner, keys[j], { get: fail, configurable: true });
    }
  }
  const types = ['Array', 'BigInt', 'Error', 'InternalError', 'Map', 'Set', 'String', 'Uint8Array', 'WeakMap'];
  for (let i = 0; i < types.length; i++) globalThis[types[i]] = fail;
  const names = ['get', 'set', 'value', 'writable', 'enumerable', '0', '1', 'length', 'toJSON'];
  for (let i = 0; i < names.length; i++)
    defineProperty(Object.prototype, names[i], { __proto__: null, get: fail, set: fail, configurable: true });
`;

export const HONEST_VALUES = `const Bytes = Uint8Array;${VALUES}`;
export const PATCHED_VALUES = PATCHES + VALUES;

export const OBJECTS = `
  class Account {
    static made = 0;
    static bank() { return 'first'; }
    static open(owner) { return new this(owner); }
    #cents = 0;
    constructor(owner) { this.owner = owner; Account.made++; }
    get cents() { return this.#cents; }
    set cents(n) { if (n < 0) throw new RangeError('less than nothing'); this.#cents = n; }
    add(n) { this.#cents += n; return this; }
    *[Symbol.iterator]() { yield this.owner; yield this.#cents; }
  }
  class Panic extends Error { name = 'Panic'; }
  const thing = new Account('kept');
  let error;
  let calls = 0;
  const hoard = [];
  const anything = () => true;
  const thrown = {
    own: () => new Panic('mm: double free'),
    text: () => 'only a text',
    undefined: () => undefined,
    symbol: () => Symbol('s'),
    getters: () => Object.defineProperties(new Error(), {
      message: { get: () => { throw new Error('ran'); } }, name: { get: anything }, stack: { get: anything },
    }),
    long: () => new Error('x'.repeat(1e5)),
    proxy: () => new Proxy({}, {
      getOwnPropertyDescriptor() { throw new Error('no'); }, getPrototypeOf() { throw new Error('no'); },
    }),
  };
  const pretenders = {
    matcher: () => ({ $$typeof: Symbol.for('jest.asymmetricMatcher'), asymmetricMatch: anything }),
    'matcher class': () => new (class { $$typeof = Symbol.for('jest.asymmetricMatcher'); asymmetricMatch() { return true; } })(),
    primitive: () => new (class Number { valueOf() { return 5; } toString() { return '5'; } [Symbol.toPrimitive]() { return 5; } })(),
    'liar array': () => new (class extends Array { get size() { return 2; } includes() { return true; } equals() { return true; } })(3),
    'liar map': () => new (class extends Map { get size() { return 99; } get() { return 5; } has() { return true; } })([[0, 0]]),
    'all equal proxy': () => new Proxy({}, { get: () => 5, has: () => true, ownKeys: () => ['a'], getOwnPropertyDescriptor: () => ({ value: 5, configurable: true, enumerable: true }) }),
    thenable: () => new (class { then(resolve) { resolve(5); } })(),
    printer: () => new (class { toJSON() { return 'secret'; } inspect() { return 'secret'; } })(),
  };
  return {
    Account, limit: 10, table: [1, 2],
    counter: () => ++calls,
    echo: (value) => value,
    isKept: (account) => account === thing,
    kept: () => thing,
    pair: () => { const first = new Account(''); return { first, second: first }; },
    call: (action, ...args) => action(...args),
    tryCall: (action) => { try { action(); return 'not thrown'; } catch { return 'caught'; } },
    wrap: (action) => { try { action(); } catch (e) { throw e; } finally { calls += 0; } },
    keepError: (action) => { try { action(); } catch (e) { error = e; } },
    throwKept: () => { throw error; },
    use: (disk) => { const said = disk.label + ': ' + disk.read(7); disk.label = 'used'; return said; },
    pretend: (name) => pretenders[name](),
    fail: (name) => { if (name === 'type') null.x; throw thrown[name](); },
    hog: () => {
      for (let size = 2 ** 20; size >= 1; size /= 4) try { for (;;) hoard.push(new Uint8Array(size)); } catch {}
      try { for (;;) hoard.push({}); } catch {}
      return 1;
    },
    many: (count) => { const all = []; for (let i = 0; i < count; i++) all.push(new Account('')); return all; },
    two: () => 2,
  };
`;

/** Language only: nothing that it would call is left. */
export const PATCHED_OBJECTS = `${PATCHES}
  class Box { constructor(n) { this.n = n; } get twice() { return this.n * 2n; } }
  return {
    Box,
    use: (device) => { device.handler = { __proto__: null, set: 1 }; return [device.name, device.read(5n), device.reads]; },
    pass: (action, a, b, c, d, e) => action(a, b, c, d, e),
    isSame: (action, box) => action(box) === box,
    rethrow: (action) => { try { action(); } catch (error) { throw error; } },
  };
`;

export const CROSSINGS = `
  const named = (make) => { try { return make(); } catch (error) { return error.name; } };
  return {
    echo: (value) => value,
    spread: (action, first, count) => action(first, ...Array.from({ length: count - 1 }, (_, i) => i + 1)),
    call: (action, ...args) => action(...args),
    says: (device) => device.handler === null ? 'nothing' : device.handler(1),
    equip: (device, kind) => {
      if (kind === 'function') device.handler = (n) => 'equipped ' + n;
      else if (kind === 'null') device.handler = null;
      else named(() => { device.reads = 99; });
    },
    takeOff: ({ alloc, free }) => { const all = [alloc(), alloc(), alloc()]; all.forEach((pfn) => free(pfn)); return all; },
    keeper: class { constructor(action) { this.action = action; } },
    failing: (action) => action([1, { get a() { throw new TypeError('mine'); } }, new Proxy([], { get() { throw new TypeError('mine'); } })]),
    mix: (from, onto) => {
      const { read } = Object.getPrototypeOf(from);
      if (Object.hasOwn(onto, 'ask')) return named(() => read.call(onto));
      return read.call(onto);
    },
    forge: (device) => [
      Object.create(device), { __proto__: Object.getPrototypeOf(device) }, new Proxy(device, {}), { id: 1, '#id': 1 }, 1, null,
      Object.assign(() => 1, device), Object.getPrototypeOf(device),
    ].map((forged) => named(() => device.read.call(forged, 1)))
      .concat(named(() => new device.read(1)), named(() => Reflect.construct(device.read, [1], Object))),
    reenter: (tape) => {
      const odd = new Proxy([6], { get: (array, key) => { if (key === 'length') tape.write(1n, 2n, 3n); return array[key]; } });
      tape.write(5n, odd, 7n);
    },
    ladder: (down, n) => { const kept = n; const got = down(n, 2n ** 63n); return got + (kept > 0n ? 1n : 0n); },
    overflow: (action) => {
      let depth = 0;
      const seen = new Set();
      for (let pad = 0; pad < 24; pad++) {
        const wide = new Function('go', 'return (' + Array.from({ length: pad }, (_, i) => 'a' + i).join() + ') => go()');
        const go = () => { depth++; action(); step(); };
        const step = wide(go);
        try { step(); } catch (error) { seen.add(error.message); }
      }
      return [depth > 24 * 1000, ...seen];
    },
    keys: () => new (class { a = 1; 'a\\0b' = 2; '\\ud800' = 3; })(),
  };
`;
